import io
import json
import logging

import pytest

from gov_core.privacy import Redaction, redacted
from gov_core.privacy.redaction import BLOT, install


@pytest.mark.parametrize(
    "value",
    [
        "13800000001",
        "+86 138 0000 0001",
        "138-0000-0001",
        "025-84400001",
        "110101199003070038",
        "11010119900307003X",
        "someone@example.org",
        "118.79432",
        "-32.0603",
    ],
)
def test_what_looks_personal_is_blotted_out(value):
    assert redacted(f"call {value}, please") == f"call {BLOT}, please"
    assert redacted(f"电话：{value}。") == f"电话：{BLOT}。"


@pytest.mark.parametrize(
    "text",
    [
        "case 12345-2025-000001 refused",
        "place 320104001001003",
        "position 1380000000123",
        "0.25 s for 1,000 events",
        "sha256 " + "0123456789abcdef" * 4,
        "2025-06-01T09:00:00+08:00",
        "hotline-20250601-00017",
    ],
)
def test_what_does_not_stays(text):
    assert redacted(text) == text


def test_a_handler_with_a_redaction_writes_no_value_in_message_or_traceback():
    to = io.StringIO()
    handler = logging.StreamHandler(to)
    log = logging.getLogger("gov_core.test_redaction")
    log.propagate = False
    log.addHandler(handler)
    assert install(["gov_core.test_redaction"]) == 1
    assert install(["gov_core.test_redaction"]) == 0
    try:
        try:
            int("someone@example.org")
        except ValueError:
            log.exception("no answer from %s", "someone@example.org")
        log.warning("100 %% of %d", "wrong")
    finally:
        log.removeHandler(handler)

    written = to.getvalue()
    assert f"no answer from {BLOT}" in written
    assert f"with base 10: '{BLOT}'" in written
    assert "100 %% of %d" in written
    assert "138" not in written


class OfItsOwn(logging.Formatter):
    """Writes all a record holds as JSON, and the exception as it finds it."""

    def format(self, record: logging.LogRecord) -> str:
        whole = {**record.__dict__, "text": record.getMessage(), "trace": record.exc_text}
        if record.exc_info:
            whole["trace"] = self.formatException(record.exc_info)
        return json.dumps(whole, default=str)


def test_a_formatter_that_writes_exceptions_and_extras_itself_gets_no_value():
    to = io.StringIO()
    handler = logging.StreamHandler(to)
    handler.setFormatter(OfItsOwn())
    handler.addFilter(Redaction())
    log = logging.getLogger("gov_core.test_redaction_json")
    log.propagate = False
    log.addHandler(handler)
    try:
        int("someone@example.org")
    except ValueError:
        log.exception("it failed", extra={"to": "13800000001", "place": "G1"}, stack_info=True)
    finally:
        log.removeHandler(handler)

    written = json.loads(to.getvalue())
    assert "someone@" not in to.getvalue()
    assert f"with base 10: '{BLOT}'" in written["trace"]
    assert (written["to"], written["place"], written["name"]) == (BLOT, "G1", log.name)


def test_the_filter_lets_every_record_through():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "plain %s", ("words",), None)
    assert Redaction().filter(record) is True
    assert record.getMessage() == "plain words"
