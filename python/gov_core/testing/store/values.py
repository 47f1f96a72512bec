"""What a store promises about values: what goes in comes out, and what cannot be kept is refused."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from gov_core.errors import PayloadRejectedError
from gov_core.storage.chain import chained
from gov_core.storage.personal import Personal
from gov_core.storage.protocol import (
    NEW,
    START,
    Append,
    CaseFilter,
    ClockRow,
    DueClock,
    Head,
    Position,
    RecordedAt,
)
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, clock, digest, everything, row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.storage.protocol import CaseStore, Envelope
    from gov_core.testing.store.promises import Trial

TEXTS: Final = (
    "社区网格员",
    "\N{GRINNING FACE} \N{WAVING WHITE FLAG}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\N{RAINBOW}",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "STRASSE",
    "strasse",
    "stra\N{LATIN SMALL LETTER SHARP S}e",
    "\N{FULLWIDTH LATIN CAPITAL LETTER A}",
    "\x01\x1f\x7f\N{ZERO WIDTH NO-BREAK SPACE}",
    " space ",
    "space",
    "tab\tand\r\nline",
    "\U0010ffff",
)
SET_BACK: Final = 684_867_600 * SECOND
"""When the clocks of Shanghai were set back by an hour, at the end of its last summer time."""
HOSTILE: Final = (
    "'; DROP TABLE events; --",
    '"; DELETE FROM cases; --',
    '"%_\\`[]{}',
    "%",
    "_",
    "\\",
    "$1",
    ":name",
    "?",
    "{0}",
    "%s",
    "NULL",
    "0x27",
    "--",
    "/* */",
)


def _kept(trial: Trial, texts: Iterable[str]) -> None:
    """Use each text as everything that a text can be, and find it again by each."""
    store, texts = trial.store(), tuple(texts)
    rows = {}
    for number, text in enumerate(texts):
        envelopes, _ = chained(text, NEW, [(text, 1, T0, text.encode())])
        path = f"S/{text}" if "/" not in text else text
        rows[text] = row(
            text, state=text, procedure=text, matter=text, grade=text, place=text, unit=text, path=path
        )
        clocks = (ClockRow(text, T0 + number, T0),)
        result = store.append(Append(text, NEW, envelopes, text, digest(text), rows[text], clocks))
        assert result.head == Head(1, envelopes[0].hash)
        store.checkpoint_set(text, store.read_feed(limit=1).next, expected=START)
    for _ in range(2):
        assert [event.case_id for event in everything(store)] == list(texts)
        for number, text in enumerate(texts):
            (event,) = store.read_case(text)
            assert (event.case_id, event.command_id, event.envelope.type) == (text, text, text)
            assert event.envelope.data == text.encode()
            assert store.case_row(text) == rows[text]
            for where in (
                CaseFilter(unit=text),
                CaseFilter(state=text),
                CaseFilter(matter=text),
                CaseFilter(procedure=text),
                CaseFilter(unit=text, state=text),
            ):
                assert store.query_cases(where).rows == (rows[text],), where
                assert store.count_cases(where) == 1
            assert store.command_result(text, digest(text)) is not None
            assert DueClock(text, text, T0 + number, T0) in store.due(T0 + number)
            assert store.checkpoint_get(text).position > 0
        assert store.verify().sound
        store = trial.reopen()


@promise("S13", "bronze")
def texts_are_told_apart_and_never_folded(trial: Trial) -> None:
    """Chinese, emoji and look-alikes come back as they are: composed is not decomposed, case is kept.

    Compare texts by their code points: a collation that folds makes two cases one.
    """
    _kept(trial, TEXTS)


@promise("S14", "bronze")
def nul_and_lone_surrogates_are_refused(trial: Trial) -> None:
    """Texts that no database can keep, with NUL or half a surrogate pair, are refused and not found."""
    store = trial.store()
    good = append("c", NEW, "note", command_id="x", row=row("c"), clocks=[clock("a", 1)])
    for text, code in (("a\0b", "nul"), ("a\ud800b", "surrogate"), ("\udfff", "surrogate")):
        for changed in (
            good._replace(command_id=text),
            good._replace(row=row("c", unit=text)),
            good._replace(clocks=[ClockRow(text, T0, T0)]),
            good._replace(events=(good.events[0]._replace(type=text),)),
        ):
            with pytest.raises(PayloadRejectedError) as caught:
                store.append(changed)
            assert f"storage.{code}" in {fault.code for fault in caught.value.faults}
        with pytest.raises(PayloadRejectedError):
            store.checkpoint_set(text, START, expected=START)
    assert everything(store) == []
    assert store.append(good).head.version == 1


def _at(at_us: int, case_id: str) -> Append:
    envelopes, _ = chained(case_id, NEW, [("noted", 1, at_us, b"{}")])
    return Append(case_id, NEW, envelopes, case_id, digest(case_id))


@promise("S15", "bronze")
def whole_numbers_are_exact_up_to_64_bits(trial: Trial) -> None:
    """Numbers come back exactly up to the largest that is taken, and larger ones are refused by name."""
    store = trial.store()
    taken = [2**53 + 1, 2**62 + 1, 2**63 - 2, -(2**53) - 1, -(2**62), 0, -1]
    for number, value in enumerate(taken):
        case_id = f"c{number}"
        given = row(case_id, opened_us=value, yellow_us=value, due_us=value)
        clocks = (ClockRow("a", value, value),)
        store.append(_at(value, case_id)._replace(row=given, clocks=clocks))
    store = trial.reopen()
    for number, value in enumerate(taken):
        assert store.read_case(f"c{number}")[0].envelope.at_us == value
        told = store.case_row(f"c{number}")
        assert told is not None
        assert (told.opened_us, told.yellow_us, told.due_us) == (value, value, value)
        assert DueClock(f"c{number}", "a", value, value) in store.due(value)
    good = append("x", NEW, "note", command_id="x")
    for value in (2**63 - 1, 2**63, 2**63 + 1, -(2**63) - 1, 2**64, 2**200):
        for changed in (
            good._replace(row=row("x", due_us=value)),
            good._replace(row=row("x"), clocks=(ClockRow("a", value, 0),)),
        ):
            with pytest.raises(PayloadRejectedError) as caught:
                store.append(changed)
            assert {fault.code for fault in caught.value.faults} == {"storage.number_out_of_range"}
    assert store.head("x") == NEW


@promise("S16", "bronze")
def numbers_in_an_event_keep_their_form(trial: Trial) -> None:
    """Fractions and decimals in an event keep every digit and their form: 1.10 is not 1.1."""
    texts = ["0.1", "1.10", "1e400", "-0.0", "1E-7", "123456789012345678901234567890", "0.30000000000000004"]
    texts += [repr(trial.rng.random()) for _ in range(50)]
    texts += [str(Decimal(trial.rng.randrange(10**30)).scaleb(-trial.rng.randrange(30))) for _ in range(50)]
    envelopes, _ = chained("c", NEW, [("noted", 1, T0, f'{{"v":{text}}}'.encode()) for text in texts])
    store = trial.store()
    store.append(append("c", NEW, "x", command_id="x")._replace(events=envelopes))
    read = [event.envelope.data.decode() for event in trial.reopen().read_case("c")]
    assert read == [f'{{"v":{text}}}' for text in texts]
    assert [json.loads(each, parse_float=Decimal)["v"] for each in read[7:57]] == [
        Decimal(text) for text in texts[7:57]
    ]


@promise("S17", "bronze")
def times_are_exact_to_the_microsecond(trial: Trial) -> None:
    """Times are whole microseconds in UTC, before 1970 too; none is rounded or moved to a time zone."""
    store = trial.store()
    times = [T0 + 1, T0 + 999_999, T0 - 1, -1, -999_999, 0, -(2**55) - 1, 2**55 + 1]
    times += [SET_BACK - 1, SET_BACK, SET_BACK + 1]  # which a wall clock shows an hour earlier, or later
    for number, at_us in enumerate(times):
        trial.clock.now_us = T0 + number * 1_000_001
        store.append(_at(at_us, f"c{number}"))
    for each in trial.twice():
        for number, at_us in enumerate(times):
            (event,) = each.read_case(f"c{number}")
            assert event.envelope.at_us == at_us
            assert event.recorded_us == T0 + number * 1_000_001
            before = each.read_case(f"c{number}", as_of=RecordedAt(event.recorded_us - 1))
            assert before == ()
            assert each.read_case(f"c{number}", as_of=RecordedAt(event.recorded_us)) == (event,)


@promise("S18", "bronze")
def an_event_may_have_a_megabyte(trial: Trial) -> None:
    """An event of one megabyte is taken, and comes back whole."""
    data = trial.rng.randbytes(2**20)
    envelopes, head = chained("c", NEW, [("noted", 1, T0, data)])
    store = trial.store()
    assert store.append(append("c", NEW, "x", command_id="x")._replace(events=envelopes)).head == head
    assert trial.reopen().read_case("c")[0].envelope.data == data


def _sized(size: int) -> tuple[Envelope, ...]:
    return chained("c", NEW, [("noted", 1, T0, b"x" * size)])[0]


@promise("S19", "bronze")
def what_is_over_a_limit_is_refused_by_name(trial: Trial) -> None:
    """An event of exactly the size that the store names is taken; one byte more is refused, typed."""
    store = trial.store()
    limit = store.describe().max_event_bytes
    good = append("c", NEW, "x", command_id="x")
    with pytest.raises(PayloadRejectedError) as caught:
        store.append(good._replace(events=_sized(limit + 1)))
    assert [fault.code for fault in caught.value.faults] == ["storage.too_large"]
    for changed in (
        good._replace(command_id="a" * 256),
        good._replace(row=row("c", path="p" * 4_001)),
        good._replace(row=row("c", unit="u" * 256)),
    ):
        with pytest.raises(PayloadRejectedError) as caught:
            store.append(changed)
        assert [fault.code for fault in caught.value.faults] == ["storage.text_too_long"]
    assert everything(store) == []
    store.append(good._replace(events=_sized(limit), command_id="界" * 255))
    assert len(store.read_case("c")[0].envelope.data) == limit


@promise("S20", "bronze")
def texts_are_never_taken_for_statements(trial: Trial) -> None:
    """Quotes, wildcards and statements in texts are texts: values are bound, never put into a statement."""
    _kept(trial, HOSTILE)
    assert trial.store().query_cases(CaseFilter(place="%")).rows == (trial.store().case_row("%"),)


@promise("X05", "bronze")
def every_fault_is_told_at_once(trial: Trial) -> None:
    """What cannot be kept is refused with all its faults, each with a code and its place."""
    store = trial.store()
    good = append("c", NEW, "note", command_id="x", row=row("c"), clocks=[clock("a", 1)])
    event = good.events[0]
    odd, half = cast("bytes", "text"), cast("int", 1.5)
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"events": ()}, ["no_events"]),
        ({"case_id": ""}, ["empty_text", "broken_chain", "row_of_another_case"]),
        ({"command_id": 7, "digest": b"short"}, ["not_a_text", "not_a_hash"]),
        ({"events": (event._replace(data=odd),)}, ["not_bytes"]),
        ({"events": (event._replace(schema=0, type=""),)}, ["empty_text", "number_out_of_range"]),
        ({"events": (event._replace(at_us=2**63),)}, ["number_out_of_range"]),
        ({"events": (event._replace(at_us=half),)}, ["not_a_number"]),
        ({"events": (event._replace(hash=bytes(32)),)}, ["broken_chain"]),
        ({"row": row("d")}, ["row_of_another_case"]),
        ({"row": row("c", unit="\0", opened_us=2**63, open=1)}, ["nul", "number_out_of_range", "not_a_bool"]),
        ({"row": row("c", due_us="soon")}, ["not_a_number"]),
        ({"row": None}, ["clocks_without_row"]),
        ({"clocks": [clock("a", 1), clock("a", 2)]}, ["clock_twice"]),
        ({"clocks": [ClockRow("", T0, True)]}, ["empty_text", "not_a_number"]),
        ({"personal": [Personal(b"", "", "clear")]}, ["not_a_hash", "empty_text", "not_bytes"]),  # type: ignore[arg-type]
    ]
    for changes, codes in cases:
        with pytest.raises(PayloadRejectedError) as caught:
            store.append(good._replace(**changes))
        assert [fault.code for fault in caught.value.faults] == [f"storage.{code}" for code in codes], changes
        assert all(fault.place for fault in caught.value.faults)
    assert everything(store) == []
    assert store.append(good).head.version == 1


@promise("X06", "bronze")
def what_cannot_be_kept_is_not_found(trial: Trial) -> None:
    """To ask for what can never be there is answered like any unknown: with nothing."""
    store = trial.store()
    store.append(Writer("c").append("a", row=row("c")))
    for text in ("\ud800", "a\0", ""):
        assert store.read_case(text) == ()
        assert store.head(text) == NEW
        assert store.case_row(text) is None
        assert store.command_result(text) is None
        assert store.query_cases(CaseFilter(unit=text)).rows == ()
        assert store.query_cases(CaseFilter(place=text)).rows == ()
        assert store.query_cases(CaseFilter(state=text)).rows == ()
        assert store.checkpoint_get(text) == START
        if trial.claims("snapshots"):
            assert store.load_snapshot(text, schema=1) is None
    assert store.due(-(2**80)) == ()
    assert store.read_case("c", after=2**80) == ()
    assert len(store.read_case("c", after=-(2**80), as_of=Position(2**80))) == 1


def _answers_to(store: CaseStore, huge: int) -> list[int]:
    return [
        len(store.query_cases(limit=huge).rows),
        len(store.read_feed(limit=huge).events),
        len(store.read_case("c", limit=huge)),
        len(store.due(huge, limit=huge)),
        len(store.read_case("c", as_of=RecordedAt(huge))),
        store.count_cases(CaseFilter(light="red", now_us=huge)),
        store.count_cases(CaseFilter(light="green", now_us=-huge)),
    ]


@promise("X07", "bronze")
def numbers_of_any_size_are_numbers(trial: Trial) -> None:
    """Limits, versions and times of any size are asked for without an overflow."""
    store = trial.store()
    store.append(Writer("c").append("x", row=row("c"), clocks=[clock("handle", 5)]))
    for huge in (sys.maxsize, 2**63, 2**200):
        assert _answers_to(store, huge) == [1] * 7
        assert store.read_case("c", after=huge) == () == store.due(-huge, limit=huge)
    assert store.next_due_us() == T0 + 5 * SECOND
