from datetime import UTC, datetime

import pytest

from gov_core.errors import PrivacyError
from gov_core.privacy import Retention


def test_a_policy_is_so_many_days_before_now():
    policy = Retention(365).policy(datetime(2026, 1, 1, tzinfo=UTC))

    assert policy.basis == "retention"
    assert policy.before_us == int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def test_a_file_says_how_long(tmp_path):
    path = tmp_path / "retention.toml"
    path.write_text('[retention]\nkeep_days = 90\nbasis = "case_done"\n', "utf-8")
    assert Retention.load(path) == Retention(90, "case_done")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[retention]",
        "[retention]\nkeep_days = -1",
        "[retention]\nkeep_days = true",
        "[retention]\nkeep_days = 1.5",
        '[retention]\nkeep_days = 1\nbasis = "A B"',
        "[retention]\nkeep_days = 1\nkeep = 2",
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path, text):
    path = tmp_path / "retention.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PrivacyError) as caught:
        Retention.load(path)
    assert caught.value.code == "retention.invalid"
    assert caught.value.faults[0].hint


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(PrivacyError, match=r"retention\.unreadable"):
        Retention.load(tmp_path / "nothing.toml")
