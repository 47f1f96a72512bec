"""What is written down is read back the same, in every schema there ever was."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from casebook import Run
from gov_core.cases import commands as c
from gov_core.cases.case import Location, Source, Task
from gov_core.cases.codec import (
    COMMAND_TYPES,
    EVENT_TYPES,
    UPCASTERS,
    decode,
    decode_command,
    encode,
    encode_command,
)
from gov_core.cases.events import CaseTriaged
from gov_core.errors import PayloadRejectedError


def test_all_events_are_known_by_their_type() -> None:
    assert all(kind.type == name for name, kind in EVENT_TYPES.items())
    assert len(EVENT_TYPES) == len(COMMAND_TYPES)


def test_an_event_holds_nothing_that_is_as_by_default() -> None:
    run = Run().triaged()
    assert encode(run.events[-1]) == (
        b'{"at":"2026-03-02T01:20:00Z","by":{"role":"community","body":"c1-committee",'
        b'"person":"p-community","relation":"area"},"to":"triaged"}'
    )


@pytest.mark.parametrize(
    ("type_", "schema", "data", "code"),
    [
        ("case_exploded", 1, b"{}", "event.unknown_type"),
        ("case_triaged", 99, b"{}", "event.newer_schema"),
        ("case_triaged", 1, b"{", "event.unreadable"),
        ("case_triaged", 1, b'{"at":"yesterday"}', "event.unreadable"),
        ("case_triaged", 0, b"{}", "event.unreadable"),
    ],
)
def test_what_cannot_be_read_is_told(type_: str, schema: int, data: bytes, code: str) -> None:
    with pytest.raises(PayloadRejectedError) as refused:
        decode(type_, schema, data)
    assert refused.value.faults[0].code == code


def test_an_event_of_an_older_schema_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Run().triaged().events[-1]
    older = encode(event).replace(b'"to":"triaged"', b'"state":"TRIAGED"')
    monkeypatch.setattr(CaseTriaged, "schema", 3)
    monkeypatch.setitem(UPCASTERS, ("case_triaged", 1), lambda it: it | {"target": it["state"].lower()})
    monkeypatch.setitem(
        UPCASTERS,
        ("case_triaged", 2),
        lambda it: (
            {name: value for name, value in it.items() if name not in ("state", "target")}
            | {"to": it["target"]}
        ),
    )
    assert decode("case_triaged", 1, older) == event


@pytest.mark.parametrize(
    "command",
    [
        c.Report(
            case_id="c", source=Source("hotline", "1"), matter="m", location=Location("g", "d/g"), owner="s"
        ),
        c.ReturnCase(reason="not_our_duty", suggest="roads"),
        c.BlowWhistle(level="street", units=("a", "b"), policy="any"),
        c.Triage(),
    ],
)
def test_commands_come_back_the_same(command: c.Command) -> None:
    assert decode_command(command.trigger, encode_command(command)) == command


def test_all_faults_of_a_command_are_told_at_once() -> None:
    with pytest.raises(PayloadRejectedError) as refused:
        decode_command("whistle", b'{"level":7,"units":"water","unit":"water"}')
    places = [fault.place for fault in refused.value.faults]
    assert places == ["whistle.level", "whistle.units", "whistle.unit"]
    with pytest.raises(PayloadRejectedError, match=r"command\.unknown_trigger"):
        decode_command("explode", b"{}")


def test_every_field_of_a_command_that_its_event_has_too_is_taken_over() -> None:
    by_trigger = {kind.trigger: kind for kind in EVENT_TYPES.values()}
    common = {item.name for item in fields(c.Command)}
    for trigger, command in COMMAND_TYPES.items():
        asked = {item.name for item in fields(command)} - common
        told = {item.name for item in fields(by_trigger[trigger])}
        if trigger == "assign_task":  # its fields make the task that the event began
            told |= {item.name for item in fields(Task)}
        assert asked <= told, trigger


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (c.Evaluate(score=99.5), "evaluate.score"),  # type: ignore[arg-type]
        (c.Evaluate(score="88"), "evaluate.score"),  # type: ignore[arg-type]
        (c.GiveFeedback(grade="fixed"), "give_feedback.grade"),  # type: ignore[arg-type]
        (c.Urge(reason=None), "urge.reason"),  # type: ignore[arg-type]
        (c.Urge(reason="\ud800"), "urge"),
    ],
)
def test_command_of_another_type_is_refused_before_it_makes_an_event_nobody_reads(
    command: c.Command, place: str
) -> None:
    with pytest.raises(PayloadRejectedError, match=r"command\.bad_field") as refused:
        encode_command(command)
    assert [fault.place for fault in refused.value.faults] == [place]


def test_text_that_is_no_unicode_is_not_written() -> None:
    event = Run().triaged().events[-1]
    with pytest.raises(PayloadRejectedError, match=r"event\.unwritable"):
        encode(replace(event, reason="\udcff"))
