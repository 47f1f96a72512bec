"""What lists of cases promise: they say what the rows say, in order, page by page."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.errors import CursorInvalidError, PayloadRejectedError
from gov_core.storage import lists
from gov_core.storage.protocol import CaseFilter
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, random_row, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.storage.protocol import CaseOrder, CaseRow, CaseStore
    from gov_core.testing.store.promises import Trial


def filters(now_us: int) -> list[CaseFilter]:
    """Each filter alone, and some together."""
    lights = [CaseFilter(light=light, now_us=now_us) for light in ("green", "yellow", "red")]
    return [
        CaseFilter(),
        *lights,
        *(CaseFilter(unit=unit) for unit in ("", "U-1", "nobody")),
        *(CaseFilter(place=place) for place in ("S-1", "C-2", "G-11", "G-1", "nowhere")),
        CaseFilter(matter="M-2"),
        CaseFilter(state="closed"),
        CaseFilter(open=True),
        CaseFilter(open=False),
        CaseFilter(procedure="service"),
        CaseFilter(sensitive=False),
        CaseFilter(unit="U-1", matter="M-1", open=True),
        CaseFilter(place="C-1", light="red", now_us=now_us, sensitive=False),
        CaseFilter(unit="U-2", place="C-0", light="yellow", now_us=now_us),
        CaseFilter(state="accepted", procedure="whistle", light="green", now_us=now_us),
    ]


def pages(store: CaseStore, where: CaseFilter, order: CaseOrder, limit: int) -> list[CaseRow]:
    """A whole list, page by page."""
    found: list[CaseRow] = []
    page = store.query_cases(where, order=order, limit=limit)
    while page.next is not None:
        assert len(page.rows) == limit
        found += page.rows
        page = store.query_cases(where, order=order, after=page.next, limit=limit)
    assert page.rows or not found
    return found + list(page.rows)


@promise("X10", "bronze", limit_s=600)
def lists_are_what_the_rows_say(trial: Trial) -> None:
    """A list has exactly the cases whose rows fit, in its order, by pages; and they are counted so."""
    store, rng = trial.store(), trial.rng
    writers: dict[int, Writer] = {}
    rows: dict[int, CaseRow] = {}
    for step in range(900):
        number = rng.randrange(250)
        writer = writers.setdefault(number, Writer(f"case-{number}"))
        given = None if rng.random() < 0.2 else random_row(rng, writer.case_id)
        store.append(writer.append("x", row=given))
        if given is not None:
            rows[number] = given
        if step % 300 not in (150, 299):
            continue
        arrival = {number: place for place, number in enumerate(writers)}
        places = {number: lists.place_of(each, arrival[number], "due") for number, each in rows.items()}
        opened = {number: (each.opened_us, arrival[number]) for number, each in rows.items()}
        keys: dict[CaseOrder, Callable[[int], Any]] = {
            "due": places.__getitem__,
            "opened": opened.__getitem__,
            "arrival": arrival.__getitem__,
        }
        for now_us, order in product((T0, T0 + (step // 30) * SECOND, T0 + 90 * SECOND), keys):
            trial.clock.now_us = max(trial.clock.now_us, now_us)
            for where in filters(now_us):
                fitting = [number for number, each in rows.items() if lists.matches(each, where)]
                expected = [rows[number] for number in sorted(fitting, key=keys[order])]
                assert pages(store, where, order, limit=40) == expected, (where, order)
                assert store.count_cases(where) == len(expected), where
    assert all(store.case_row(each.case_id) == each for each in rows.values())
    assert store.case_row("case-250") is None


@promise("X11", "bronze")
def pages_follow_each_other_while_rows_change(trial: Trial) -> None:
    """The next page goes on behind the last row of the page before, wherever that row has gone since."""
    store = trial.store()
    writers = [Writer(f"c{number:02}") for number in range(30)]
    store.append_many(
        [
            writer.append("x", row=row(writer.case_id, due_us=T0 + number))
            for number, writer in enumerate(writers)
        ]
    )
    page = store.query_cases(limit=10)
    # Shown ones go to the end, one that was not yet comes to the front.
    store.append(writers[3].append("x", row=row("c03", due_us=T0 + 1_000)))
    store.append(writers[9].append("x", row=row("c09", due_us=T0 + 1_001)))
    store.append(writers[25].append("x", row=row("c25", due_us=T0 - 1_000)))
    shown = [each.case_id for each in page.rows]
    while page.next is not None:
        page = store.query_cases(after=page.next, limit=10)
        shown += [each.case_id for each in page.rows]
    assert shown == [f"c{number:02}" for number in range(30) if number != 25] + ["c03", "c09"]


@promise("X12", "bronze")
def questions_that_are_none_are_refused(trial: Trial) -> None:
    """A list that cannot be asked for is refused with all its faults, and so is a place in no page."""
    store = trial.store()
    store.append_many([Writer(f"c{number}").append("x", row=row(f"c{number}")) for number in range(3)])
    with pytest.raises(PayloadRejectedError) as caught:
        store.query_cases(CaseFilter(light="red"), limit=0)
    assert [fault.code for fault in caught.value.faults] == ["storage.light_without_time", "storage.limit"]
    for where, order in ((CaseFilter(light="blue", now_us=1), "due"), (CaseFilter(), "size")):  # type: ignore[arg-type]
        with pytest.raises(PayloadRejectedError):
            store.query_cases(where, order=order)  # type: ignore[arg-type]
    after = store.query_cases(limit=1).next
    assert after is not None
    for token in (after.replace("due", "opened"), "", "due:x:1", "due:1", f"due:{2**70}:1", f"due:1:{2**70}"):
        with pytest.raises(CursorInvalidError):
            store.query_cases(after=token)
    assert len(store.query_cases(after=after).rows) == 2


@promise("X13", "bronze")
def a_row_stays_until_another_comes(trial: Trial) -> None:
    """An append without a row leaves row and clocks of its case; one with a row replaces both."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("a"))
    assert store.case_row("c") is None
    assert store.query_cases().rows == ()
    for state in ("one", "two"):
        store.append(writer.append("b", row=row("c", state=state)))
        for _ in range(2):
            store.append(writer.append("c"))
            assert store.case_row("c") == row("c", state=state)
            assert store.query_cases().rows == (row("c", state=state),)
            store = trial.reopen()
    assert store.count_cases(CaseFilter(state="one")) == 0
