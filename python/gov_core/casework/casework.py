"""Casework: what an app calls. Each call decides and stores one step of one case, or refuses it whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from gov_core.cases.actor import SCHEDULER
from gov_core.cases.context import Context
from gov_core.casework.handling import Outcome, handle, load
from gov_core.casework.report import Intake, open_case
from gov_core.casework.rows import micros
from gov_core.casework.ticking import Tick, tick
from gov_core.casework.timeline import Entry, timeline
from gov_core.casework.whos_turn import Turn, who_may

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.procedure import Procedure
    from gov_core.casework.governance import Governance
    from gov_core.storage.protocol import AsOf, CaseFilter, CaseOrder, CasePage, CaseStore, DueClock


class Casework:
    """The cases of one city over one store.

    Args:
        governance: What the city says about its cases.
        store: Where they are kept.
        now: What time it is, with a time zone; the clock of the machine by default.
        new_id: Makes ids for cases and commands that come without one; must never give one twice.
    """

    def __init__(
        self,
        governance: Governance,
        store: CaseStore,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.governance = governance
        self.store = store
        self._now = now
        self._new_id = new_id

    def report(self, intake: Intake, actor: Actor, *, command_id: str = "") -> Outcome:
        """Take a report: locate it, find who is responsible, open a case.

        A second delivery of the same reference of the same channel gives the case of the first.

        Args:
            intake: What was said.
            actor: Who says it.
            command_id: Unique for ever; made from channel and reference, or anew, if empty.

        Raises:
            CaseRefusedError: It cannot be taken; every reason.
        """
        return open_case(self.store, self.governance, intake, actor, self._now(), self._new_id, command_id)

    def handle(self, case_id: str, command: Command, actor: Actor, *, command_id: str = "") -> Outcome:
        """Apply a command to a case.

        Args:
            case_id: Which case.
            command: What is asked.
            actor: Who asks.
            command_id: Unique for ever: with the same one again nothing happens twice. Made anew if empty,
                which is for callers that never retry.

        Raises:
            UnknownCaseError: There is no such case.
            CaseRefusedError: The case does not take it; every reason.
            ConcurrencyConflictError: Others were first, again and again.
        """
        return handle(
            self.store,
            case_id,
            command,
            actor,
            command_id=command_id or self._new_id(),
            context=lambda case: self.context(case, actor),
        )

    def context(self, case: Case, actor: Actor, *, at: datetime | None = None) -> Context:
        """By which rules a case is decided: its own procedure, and the boundaries of the day.

        Args:
            case: Which.
            actor: Who acts.
            at: When; now if None.
        """
        now = at or self._now()
        governance = self.governance
        return Context(
            now=now,
            actor=actor,
            procedure=self.procedure(case),
            calendar=governance.calendar,
            authority=governance.on(now.astimezone(governance.calendar.tz).date()),
        )

    def procedure(self, case: Case) -> Procedure:
        """The procedure a case runs through."""
        return self.governance.procedures[case.procedure]

    def case(self, case_id: str, *, as_of: AsOf | None = None) -> Case:
        """A case, now or as it was.

        Raises:
            UnknownCaseError: There is no such case, or was none then.
        """
        return load(self.store, case_id, as_of=as_of)[0]

    def cases(
        self, where: CaseFilter, *, order: CaseOrder = "due", after: str | None = None, limit: int = 100
    ) -> CasePage:
        """A page of a list of cases; lights are told by the time it is now unless the filter says another."""
        if where.light is not None and where.now_us is None:
            where = where._replace(now_us=micros(self._now()))
        return self.store.query_cases(where, order=order, after=after, limit=limit)

    def due(self, *, limit: int = 1000) -> tuple[DueClock, ...]:
        """The clocks that have something to tell now, in order; `tick` tells it."""
        return self.store.due(micros(self._now()), limit=limit)

    def tick(self, *, limit: int = 1000) -> Iterator[Tick]:
        """Let the clocks tell what they have to, each once, the longest due first.

        Two workers may do so at the same time; what one has told the other passes over.

        Args:
            limit: How many at most.
        """
        return tick(self.store, self._now(), limit, lambda case, at: self.context(case, SCHEDULER, at=at))

    def timeline(self, case_id: str, *, language: str = "zh") -> tuple[Entry, ...]:
        """The story of a case, event by event.

        Args:
            case_id: Which.
            language: ``zh`` or ``en``.

        Raises:
            UnknownCaseError: There is no such case.
        """
        return timeline(self.store, self.governance, case_id, language)

    def who_may(self, case_id: str) -> tuple[Turn, ...]:
        """What may be done to a case as it stands, and by whom.

        Raises:
            UnknownCaseError: There is no such case.
        """
        case = self.case(case_id)
        return who_may(case, self.procedure(case))
