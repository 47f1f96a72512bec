import pickle
import traceback

import pytest

from gov_core.errors import PayloadRejectedError
from gov_core.privacy import PersonalInput, Plain


def test_a_plain_value_shows_itself_only_when_asked():
    value = Plain("13800000001")

    for shown in (repr(value), str(value), f"{value}", f"{value!s:>20}", f"{[value]}", "%s" % value):  # noqa: UP031
        assert "1380" not in shown
    assert value.text == "13800000001"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(value)


def test_an_input_shows_names_and_no_values():
    said = PersonalInput(subject="s", contact="13800000001", text="三楼漏水", point=(118.7, 32.0))

    assert repr(said) == "PersonalInput(subject='s', contact=…, text=…, point=…)"
    assert said.values["point"].point == (118.7, 32.0)
    assert set(said.values) == {"contact", "text", "point"}


def test_all_that_is_wrong_is_told_at_once_without_the_values():
    with pytest.raises(PayloadRejectedError) as caught:
        PersonalInput(contact=138, text="字" * 30_000, room="\ud800", point=Plain("[1]"))  # type: ignore[arg-type]

    assert [fault.code for fault in caught.value.faults] == [
        "privacy.no_text",
        "privacy.too_long",
        "privacy.no_point",
        "privacy.no_text",
    ]
    told = "".join(traceback.format_exception(caught.value))
    assert "字字" not in told


def test_what_is_added_does_not_replace_what_was_said():
    said = PersonalInput(subject="s", text="a").with_values({"text": Plain("b"), "room": Plain("301")})

    assert {name: value.text for name, value in said.values.items()} == {"text": "a", "room": "301"}
