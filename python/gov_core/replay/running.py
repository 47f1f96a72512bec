"""A year of an office: cases and their clocks in the order of event time, stored as it goes.

Each case goes its way alone, so the year is the merge of these ways by time. What is next to a case follows
from its events; a replay that was killed loads them and goes on, and what is stored in the end is the same,
in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.casework.handling import appended, digest_of
from gov_core.casework.rows import RESUME, clock_name, micros
from gov_core.errors import CaseRefusedError, StorageError
from gov_core.replay.life import Life
from gov_core.replay.uncollected import uncollected
from gov_core.storage.protocol import CaseFilter, Head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.replay.office import Office
    from gov_core.replay.tally import CaseTally
    from gov_core.storage.protocol import Append, CaseStore

_TRANSACTION = 1_000
"""Steps of a transaction."""
_PAGE = 1_000


@dataclass(slots=True)
class Ran:
    """How far the office is.

    Attributes:
        cases: Cases it has begun to work on.
        steps: Steps that were stored by this run.
        refused: Steps that a case did not take, so that another was tried.
    """

    cases: int = 0
    steps: int = 0
    refused: int = 0


def run_office(
    store: CaseStore, office: Office, tally: CaseTally, *, cases: int, until: datetime
) -> Iterator[Ran]:
    """Let the office work until a day, over cases spread evenly over those of the store.

    Sensitive cases are left alone. Run again, it goes on where it was, or does nothing.

    Args:
        store: With its cases opened.
        office: Who works.
        tally: Counts each case once, as it is at the end.
        cases: Over how many, at most.
        until: The last moment that is looked at.

    Yields:
        The same counts after each transaction, as they have grown.

    Raises:
        StorageError: The store took less than all of a transaction; somebody else works on these cases.
    """
    run = _Run(store, office, tally, until)
    for case_id, opened_us in _chosen(store, cases):
        yield from run.up_to(opened_us)
        run.begin(case_id)
    yield from run.up_to(None)
    run.end()
    yield run.ran


def _chosen(store: CaseStore, cases: int) -> Iterator[tuple[str, int]]:
    """Id and time of every so manieth case, the earliest first."""
    where = CaseFilter(sensitive=False)
    total = store.count_cases(where)
    wanted = min(cases, total)
    seen, after = 0, None
    while seen < total:
        page = store.query_cases(where, order="opened", after=after, limit=_PAGE)
        for row in page.rows:
            if (seen + 1) * wanted // total > seen * wanted // total:
                yield row.case_id, row.opened_us
            seen += 1
        after = page.next
        if after is None:
            return


class _Run:
    """The lives of one replay, by when something happens next to each."""

    def __init__(self, store: CaseStore, office: Office, tally: CaseTally, until: datetime) -> None:
        self._store, self._office, self._tally, self._until = store, office, tally, until
        self._lives: dict[str, Life] = {}
        self._next: list[tuple[datetime, str]] = []
        self._waiting: list[Append] = []
        self.ran = Ran()

    def begin(self, case_id: str) -> None:
        """Take a case up."""
        self.ran.cases += 1
        life = Life.load(self._store, case_id)
        self._plan(life)
        self._lives[case_id] = life
        self._queue(life)

    def up_to(self, time_us: int | None) -> Iterator[Ran]:
        """Do what happens before a time; all of it, if None."""
        while self._next and (time_us is None or micros(self._next[0][0]) < time_us):
            with uncollected():
                self._work_up_to(time_us)
            if len(self._waiting) >= _TRANSACTION:
                self._store_steps()
                yield self.ran

    def end(self) -> None:
        """Store what is left, and count the cases that are still under way."""
        self._store_steps()
        for life in self._lives.values():
            self._tally.add(life.case, life.head.hash)
        self._lives.clear()

    def _work_up_to(self, time_us: int | None) -> None:
        """Do what happens before a time, or as much of it as a transaction takes."""
        while self._next and (time_us is None or micros(self._next[0][0]) < time_us):
            at, case_id = heappop(self._next)
            self._step(self._lives[case_id], at)
            if len(self._waiting) >= _TRANSACTION:
                return

    def _step(self, life: Life, at: datetime) -> None:
        fires = life.fires()
        if fires is not None and fires[0] <= at:
            self._fire(life, *fires)
        else:
            self._work(life, at)
        self._queue(life)

    def _fire(self, life: Life, at: datetime, kind: str, scope: str) -> None:
        """A clock tells what it has to, under the name that `Casework.tick` would tell it by."""
        command: c.Command = c.Fire(clock=kind, scope=scope) if kind else c.Resume()
        name = clock_name(kind, scope) if kind else RESUME
        if not self._do(life, SCHEDULER, command, at, f"tick/{life.case.id}/{name}/{micros(at)}"):
            life.deaf = True
        elif not kind:
            self._plan(life)

    def _work(self, life: Life, at: datetime) -> None:
        planned, case = life.planned, life.case
        life.planned = None
        if planned is None:
            return
        command_id = f"office/{self._office.seed}/{case.id}/{life.step}"
        for actor, command in self._office.tries(case, planned, life.step):
            if self._do(life, actor, command, at, command_id):
                self._plan(life)
                return

    def _do(self, life: Life, actor: Actor, command: c.Command, at: datetime, command_id: str) -> bool:
        """Whether the case took a step."""
        governance = self._office.governance
        calendar, procedure = governance.calendar, governance.procedures[life.case.procedure]
        authority = governance.on(at.astimezone(calendar.tz).date())
        try:
            events = decide(life.case, command, Context(at, actor, procedure, calendar, authority))
        except CaseRefusedError:
            self.ran.refused += 1
            return False
        if not events:
            return False
        item, case = appended(
            life.case.id,
            life.case,
            life.head,
            events,
            procedure,
            command_id=command_id,
            digest=digest_of(life.case.id, command, actor),
        )
        self._waiting.append(item)
        life.take(case, Head(case.version, item.events[-1].hash), events[-1])
        return True

    def _plan(self, life: Life) -> None:
        life.planned = self._office.plan(life.case, life.step, life.since)

    def _queue(self, life: Life) -> None:
        """Put a case where its next moment is; one that has none any more is counted and let go."""
        fires = life.fires()
        moments = [moment for moment in (fires and fires[0], life.planned and life.planned.at) if moment]
        at = min(moments, default=None)
        if at is not None and at <= self._until:
            heappush(self._next, (at, life.case.id))
        elif not moments:
            self._forget(life)

    def _forget(self, life: Life) -> None:
        self._tally.add(life.case, life.head.hash)
        del self._lives[life.case.id]

    def _store_steps(self) -> None:
        for result in self._store.append_many(self._waiting) if self._waiting else ():
            if isinstance(result, StorageError):
                raise result
        self.ran.steps += len(self._waiting)
        self._waiting = []
