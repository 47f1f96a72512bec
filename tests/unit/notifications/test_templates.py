"""Texts: the part of Jinja2 that they may use always ends, and what is wrong is told at once."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.cases.codec import EVENT_TYPES
from gov_core.errors import NotificationError, TemplateError
from gov_core.notifications.filling import Speech
from gov_core.notifications.notice import Manner, Notice
from gov_core.notifications.templates import LANGUAGES, MAX_TEXT, VALUES, Template, Templates

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = (
    "A whistle was blown for case C-1 (市容, 一网格): 城管局, WATER, please report in by 2026-03-02 18:00."
)
SPEECH = Speech("清河", {"ROADS": "城管局", "G1": "一网格", "dirt": "市容"})


def notice(event: str = "whistle_blown", language: str = "zh", /, **data: object) -> Notice:
    said = {
        "case": "C-1",
        "version": 2,
        "state": "whistled",
        "matter": "dirt",
        "place": "G1",
        "unit": "ROADS",
        "due": "2026-03-02T10:00:00Z",
        "body": "ROADS",
        "event": {"units": ["ROADS", "WATER"], "clock": "handling", "ended": True},
    }
    values = {"type": event, "timestamp": "2026-03-02T01:00:00.000000Z", "data": said | data}
    return Notice(json.dumps(values).encode(), Manner("ROADS", "sms", language))  # type: ignore[arg-type]


def codes(source: str) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        Template("t", "zh", "", source)
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("zh", "吹哨通知", "事项C-1（市容，一网格）吹哨，请城管局、WATER报到，时限2026-03-02 18:00。"),
        (
            "en",
            "Whistle",
            ENGLISH,
        ),
    ],
)
def test_a_whistle_in_words(language: str, title: str, text: str) -> None:
    told = Templates().of("whistle_blown", language).fill(SPEECH.values(notice("whistle_blown", language)))
    assert told == (title, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENT_TYPES)
def test_every_event_has_words_also_of_a_sensitive_case(event: str, language: str) -> None:
    bare = {"matter": "", "place": "", "unit": "", "due": None}
    for each in (notice(event, language), notice(event, language, **bare)):
        told = Templates().of(event, language).fill(SPEECH.values(each))
        assert told.title
        assert "C-1" in told.text


def test_values_are_those_that_templates_may_name() -> None:
    assert SPEECH.values(notice()).keys() == VALUES


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10 ** 9) %}x{% endfor %}",
        "{{ 'x' * 10000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{% for a in units %}{% for b in units %}{% for c in units %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in units recursive %}{{ loop(units) }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 't' %}",
        "{% extends 't' %}",
        "{% import 'os' as os %}",
        "{% set x = case %}{{ x }}",
        "{{ case.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ case.upper() }}",
        "{{ case | center(10000000) }}",
        "{{ units | map('upper') }}",
        "{{ cycler }}",
        "{{ reporter }}",
        "{{ self }}",
        "{{ case ~ case }}",
        "{{ case is filter }}",
        "{% for x in [1, 2] %}{% endfor %}",
        "{{ loop.index }}",
    ],
)
def test_what_templates_may_not_do(source: str) -> None:
    assert set(codes(source)) == {"template.forbidden"}


@pytest.mark.parametrize(
    "source", ["{{ case", "{% if %}", "{% endfor %}", "{{ case | nothing }}", "{{" * 3000 + "}}"]
)
def test_what_is_no_template(source: str) -> None:
    assert codes(source)[0] in ("template.syntax", "template.forbidden")


def test_a_template_may_not_be_long() -> None:
    assert codes("x" * 8001) == ["template.too_large"]


def test_all_faults_of_a_template_are_told_with_their_lines() -> None:
    with pytest.raises(TemplateError) as caught:
        Template("t", "zh", "{{ who }}", "{{ a }}\n{{ case | evil }}", "t.zh.txt")
    assert [fault.place for fault in caught.value.faults] == [
        "t.zh.txt#title:1",
        "t.zh.txt#text:1",
        "t.zh.txt#text:2",
    ]


def test_what_gets_too_long_is_refused_and_ends_soon() -> None:
    values = SPEECH.values(notice()) | {"units": ["x" * 100] * 400}
    source = "{% for a in units %}{% for b in units %}{{ a }}{{ b }}{% endfor %}{% endfor %}"
    started = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        Template("t", "zh", "", source).fill(values)
    assert caught.value.code == "template.too_long"
    assert time.monotonic() - started < 2


def test_loops_conditions_and_filters_work() -> None:
    source = (
        "{% for u in units %}{{ loop.index }}:{{ u | upper }}{% if not loop.last %},{% endif %}{% endfor %}"
        " {{ units | length }} {{ 'late' if ended else 'soon' }} {{ data.clock }}"
    )
    told = Template("t", "zh", "", source).fill(SPEECH.values(notice()))
    assert told.text == "1:城管局,2:WATER 2 late handling"


def test_what_does_not_fit_the_values_is_told() -> None:
    for source in ("{{ data.nothing }}", "{{ units.first.second }}", "{% for x in version %}{% endfor %}"):
        with pytest.raises(TemplateError) as caught:
            Template("t", "zh", "", source).fill(SPEECH.values(notice()))
        assert caught.value.code == "template.failed"


@given(st.one_of(st.text(max_size=60), st.text("{}%|. ca'sunitforeachin0x()[]", max_size=60)))
def test_any_text_is_a_template_that_ends_or_is_refused(source: str) -> None:
    try:
        told = Template("t", "zh", "", source).fill(SPEECH.values(notice()))
    except TemplateError:
        return
    assert len(told.text) <= MAX_TEXT


def test_a_folder_of_texts(tmp_path: Path) -> None:
    (tmp_path / "short.zh.txt").write_text("短\n{{ case }}\n", "utf-8")
    (tmp_path / "case_closed.en.txt").write_text("\ufeffDone\n{{ case }} is done", "utf-8")
    texts = Templates.load(tmp_path)
    values = SPEECH.values(notice())
    assert texts.of("case_closed", "zh", "short").fill(values) == ("短", "C-1")
    assert texts.of("case_closed", "en").fill(values) == ("Done", "C-1 is done")
    assert Templates.load(tmp_path / "none").of("anything", "zh").name == "default"
    with pytest.raises(TemplateError) as caught:
        texts.of("case_closed", "en", "short")
    assert caught.value.code == "template.unknown"


def test_all_faults_of_a_folder_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.fr.txt").write_text("x\ny", "utf-8")
    (tmp_path / "b.zh.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "c.zh.txt").write_text("x\n{{ nobody }}", "utf-8")
    with pytest.raises(TemplateError) as caught:
        Templates.load(tmp_path)
    assert [(fault.code, fault.place.split("#")[0]) for fault in caught.value.faults] == [
        ("template.bad_name", "a.fr.txt"),
        ("template.encoding", "b.zh.txt"),
        ("template.forbidden", "c.zh.txt"),
    ]


@pytest.mark.parametrize("payload", [b"[]", b"{}", b'{"type":1}', b"\xff", b'{"type":"x","data":{}}'])
def test_what_is_no_event_is_refused(payload: bytes) -> None:
    with pytest.raises(NotificationError) as caught:
        SPEECH.values(Notice(payload, Manner("a", "b", "zh")))
    assert caught.value.code == "notice.unreadable"


def test_a_reporter_is_told_of_the_case_they_reported() -> None:
    merged = notice("case_closed", event={"into": "C-9", "clock": "handling"})
    own = Notice(merged.payload, Manner("reporter", "sms", "zh", reported="C-2"))
    values = SPEECH.values(own)
    assert values["case"] == "C-2"
    assert values["data"] == {"clock": "handling"}
    assert SPEECH.values(merged)["data"]["into"] == "C-9"


@pytest.mark.parametrize(
    "source",
    [
        "{{ case" + "|trim" * 1500 + " }}",  # deeper than Jinja2 or a walk over its tree can go
        "{{ case" + "|trim" * 300 + " }}",  # deeper than Python compiles
        "{{ " + "not " * 600 + "case }}",
    ],
)
def test_what_is_nested_too_deep_is_a_fault_and_no_crash(source: str) -> None:
    assert codes(source) == ["template.syntax"]


@pytest.mark.parametrize("source", ["{{ case|join(case|join(case)) }}", "{{ case|join('ab')|join('cd') }}"])
def test_joins_do_not_multiply(source: str) -> None:
    """Eight of them make more letters of an id of thirty than a machine has room for."""
    assert codes(source) == ["template.forbidden"]
