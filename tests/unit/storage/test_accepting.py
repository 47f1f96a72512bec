"""What is wrong with an item is told by its fields, whether it comes alone or among sound ones."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from gov_core.storage.accepting import refusal, refusals
from gov_core.storage.chain import UNHASHABLE, chained
from gov_core.storage.outbox import Message
from gov_core.storage.protocol import NEW, Append, CaseRow, ClockRow, Personal

ODD = (
    None,
    True,
    0,
    -1,
    2**63,
    1.5,
    "",
    "x",
    "\0",
    "\ud800",
    "y" * 256,
    b"",
    b"x" * 32,
    bytearray(32),
    ("a",),
)
LISTS = ("events", "clocks", "personal", "outbox")


def item(case_id: str = "c-1") -> Append:
    events, _ = chained(case_id, NEW, [("told", 1, 5, b"{}"), ("told", 1, 6, b"[]")])
    row = CaseRow(case_id, "open", True, "plain", "rubbish", "", "g1", "d/g1", "water", 1, 2, 3, False)
    clocks = (ClockRow("handling:", 1, 2), ClockRow("sign_in:water", 3, 4))
    personal = (Personal(b"c" * 32, "s-1", b"sealed"),)
    outbox = (Message("m-1", "desk", b"{}"), Message("m-2", "desk", b"{}"))
    return Append(case_id, NEW, events, f"of-{case_id}", b"d" * 32, row, clocks, personal, ("s-1",), outbox)


def changed(sound: Append, name: str, number: int, odd: Any) -> Append:
    """One field of an item, or of the first of its events, clocks, ... is of another kind."""
    part: Any = getattr(sound, name)
    entry = part[0] if name in LISTS else part
    if number >= len(entry):
        return sound
    entry = entry._replace(**{entry._fields[number]: odd})
    changes: dict[str, Any] = {name: (entry, *part[1:]) if name in LISTS else entry}
    return sound._replace(**changes)


def rechained(odd: Append) -> Append:
    """With hashes that fit what the events say now, if that can be hashed at all."""
    try:
        events, _ = chained(odd.case_id, odd.expected, [event[:4] for event in odd.events])
    except UNHASHABLE:
        return odd
    return odd._replace(events=events)


def told(odd: Append) -> list[tuple[str, str]]:
    error = refusal(odd)
    return [] if error is None else [(fault.code, fault.place) for fault in error.faults]


def test_among_others_an_item_is_told_what_it_is_told_alone() -> None:
    seen = 0
    for name, number, odd in product((*LISTS, "row", "expected"), range(13), ODD):
        item_ = rechained(changed(item(), name, number, odd))
        alone = told(item_)
        first, other = refusals([item_, item("c-2")])
        assert other is None
        assert alone == ([] if first is None else [(fault.code, fault.place) for fault in first.faults])
        seen += bool(alone)
    assert seen > 200


@pytest.mark.parametrize(
    ("name", "number", "odd", "fault"),
    [
        ("events", 1, True, ("storage.not_a_number", "events[0].schema")),
        ("events", 3, bytearray(b"{}"), ("storage.not_bytes", "events[0].data")),
        ("clocks", 0, bytearray(b"x"), ("storage.not_a_text", "clocks[0].clock")),
        ("outbox", 0, ["m-1"], ("storage.not_a_text", "outbox[0].id")),
    ],
)
def test_what_only_looks_alike_is_refused(name: str, number: int, odd: Any, fault: tuple[str, str]) -> None:
    assert fault in told(rechained(changed(item(), name, number, odd)))


def test_a_hash_that_may_still_change_is_none() -> None:
    hash_ = bytearray(item().events[0].hash)
    assert ("storage.not_a_hash", "events[0].hash") in told(changed(item(), "events", 4, hash_))


SHAPES = (None, 1, "abc", object(), (1, 2), [None], {"a": 1})


@pytest.mark.parametrize("name", ["expected", "row", *LISTS, "subjects"])
@pytest.mark.parametrize("odd", SHAPES, ids=lambda odd: type(odd).__name__)
def test_what_is_another_thing_altogether_is_refused_by_its_place(name: str, odd: Any) -> None:
    if (name, odd) == ("row", None):
        return
    item_ = item()._replace(**{name: odd})
    first, other = refusals([item_, item("c-2")])
    assert other is None
    assert first is not None
    assert first.faults == getattr(refusal(item_), "faults", None)
    assert {fault.place.partition("[")[0] for fault in first.faults} == {name}


@pytest.mark.parametrize("name", [*LISTS, "subjects"])
def test_what_can_be_gone_through_once_only_is_no_list(name: str) -> None:
    assert told(item()._replace(**{name: iter(getattr(item(), name))})) == [("storage.wrong_kind", name)]


@pytest.mark.parametrize("name", ["expected", "row", *LISTS])
def test_a_tuple_without_names_is_no_record(name: str) -> None:
    part = getattr(item(), name)
    plain = [tuple(each) for each in part] if name in LISTS else tuple(part)
    assert {code for code, _ in told(item()._replace(**{name: plain}))} == {"storage.wrong_kind"}


@pytest.mark.parametrize("odd", [None, (1,), tuple(item()), "item"])
def test_what_is_no_append_is_refused(odd: Any) -> None:
    assert told(odd) == [("storage.wrong_kind", "")]
