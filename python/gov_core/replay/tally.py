"""What became of cases, counted: each rate with its numerator and denominator."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from gov_core.cases.machine import MACHINE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gov_core.cases.case import Case
    from gov_core.cases.clock import Clock
    from gov_core.cases.procedure import Procedure

ENDED_BY_CLOSING = frozenset(("closed", "evaluated", "archived"))
SATISFIED = 4


class Rate(NamedTuple):
    """A share of cases that can be reckoned up again.

    Attributes:
        name: What it says.
        version: Of its formula; grows when that changes.
        numerator: Cases that have it; None if that is not shown.
        denominator: Cases that could; as `numerator`.
        formula: In words.
    """

    name: str
    version: int
    numerator: int | None
    denominator: int | None
    formula: str

    @property
    def value(self) -> float | None:
        """The share; None of no case, and of counts that are not shown."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator


@dataclass(slots=True)
class UnitCounts:
    """What one body has to do with.

    Attributes:
        cases: Cases it has, or had when they ended.
        ended: Of them, closed.
        on_time: Of them, dealt with in time.
        late: Of them, dealt with too late, or open and overdue.
        overdue: Of these, open and overdue.
    """

    cases: int = 0
    ended: int = 0
    on_time: int = 0
    late: int = 0
    overdue: int = 0


@dataclass(slots=True)
class CaseTally:
    """Counts of cases at a moment; sensitive ones are not to be added.

    Attributes:
        until: The moment.
        procedures: Of the city, by name.
        cases: How many were counted.
        states: By state.
        units: By body; an empty id for cases that no body has.
        lights: Open cases by light.
        counts: What the rates are made of, and how often a case went out of its way.
        digest: Sum of the chain hashes of the last events of the cases, modulo 2^256.
        eventful: Version, negative, and id of the case with most events; of equals the first by id.
    """

    until: datetime
    procedures: Mapping[str, Procedure]
    cases: int = 0
    states: Counter[str] = field(default_factory=Counter)
    units: dict[str, UnitCounts] = field(default_factory=dict)
    lights: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    digest: int = 0
    eventful: tuple[int, str] = (0, "")

    def add(self, case: Case, hash_: bytes) -> None:
        """Count a case as it stands.

        Args:
            case: As it stands.
            hash_: Chain hash of its last event.
        """
        self.digest = (self.digest + int.from_bytes(hash_)) % 2**256
        self.eventful = min(self.eventful, (-case.version, case.id))
        self.cases += 1
        self.states[case.state] += 1
        clock = judged_by(case, self.procedures[case.procedure])
        unit = self.units.setdefault(case.unit, UnitCounts())
        unit.cases += 1
        closed = case.state in ENDED_BY_CLOSING and case.closure is not None
        unit.ended += closed
        if case.state in MACHINE.open:
            light = clock.light(self.until) if clock is not None else "green"
            self.lights[light] += 1
            unit.overdue += light == "red"
        verdict = in_time(clock, self.until)
        if case.deferred and verdict is not None:
            self.counts["deferred"] += 1
        elif case.appeal is not None and case.appeal.upheld and verdict == "late":
            self.counts["exempted"] += 1
        elif verdict is not None:
            unit.on_time += verdict == "on_time"
            unit.late += verdict == "late"
        if closed and case.closure is not None:
            self.counts["closed"] += 1
            self.counts[f"closed_{case.closure.grade}"] += 1
            called = any(hand.act == "dispatch" for hand in case.hands)
            self.counts["in_grid"] += case.closure.grade == "solved" and not called and not case.level
            if case.satisfied is not None:
                self.counts["rated"] += 1
                self.counts["satisfied"] += case.satisfied >= SATISFIED
        self.counts["handled"] += case.handled_at is not None
        self.counts["reworked"] += case.reworks > 0
        self.counts["returned"] += case.bounces > 0
        self.counts["forced"] += any(part.forced for part in case.participations)
        self.counts["extended"] += any(asked.granted for asked in case.extensions)
        self.counts["rested"] += any(clock.pauses or clock.paused_at is not None for clock in case.clocks)
        self.counts["reopened"] += case.reopened > 0
        self.counts["escalated"] += case.level > 0
        self.counts["whistled"] += case.whistle is not None

    def rates(self) -> tuple[Rate, ...]:
        """The rates, with what they are made of."""
        on_time = sum(unit.on_time for unit in self.units.values())
        late = sum(unit.late for unit in self.units.values())
        counts = self.counts
        return (
            Rate(
                "on_time",
                1,
                on_time,
                on_time + late,
                "dealt with in time / (dealt with + open and overdue); deferred and exempted ones left out",
            ),
            Rate(
                "closed_of_due",
                1,
                counts["closed"],
                counts["closed"] + sum(unit.overdue for unit in self.units.values()),
                "closed / (closed + open and overdue)",
            ),
            Rate(
                "in_grid",
                1,
                counts["in_grid"],
                counts["closed"],
                "solved with no body called and no escalation / closed",
            ),
            Rate("rework", 1, counts["reworked"], counts["handled"], "sent back by the check / handled"),
            Rate("satisfied", 1, counts["satisfied"], counts["rated"], "rated 4 or 5 of 5 / rated"),
        )


def judged_by(case: Case, procedure: Procedure) -> Clock | None:
    """The clock that says whether a case was in time: the last of those that the procedure judges by."""
    clocks = [clock for clock in case.clocks if clock.kind in procedure.judged]
    return clocks[-1] if clocks else None


def in_time(clock: Clock | None, until: datetime) -> Literal["on_time", "late"] | None:
    """Whether a case was in time; None as long as that is open, and where it was let off."""
    if clock is None or clock.state == "waived":
        return None
    if clock.state == "met":
        return "on_time"
    return "late" if clock.state == "late_met" or clock.light(until) == "red" else None
