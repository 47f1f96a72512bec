"""The bulletin of cases (通报): by body and by state, in time or not, the paper's claim beside our rate."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.cases.machine import MACHINE

if TYPE_CHECKING:
    from gov_core.casework import Governance
    from gov_core.replay.opening import Opened
    from gov_core.replay.tally import CaseTally, Rate


class Claim(NamedTuple):
    """What a paper says of a rate; shown beside ours, never as ours.

    Attributes:
        rate: Of `Rate.name`.
        value: The share.
        source: Who says so, and of what.
    """

    rate: str
    value: float
    source: str


CLAIMS: Final = (Claim("in_grid", 0.9, "Lin Tao 2021 of Nanjing Qinhuai: found and solved in the grid"),)


@dataclass(frozen=True, slots=True)
class StateRow:
    """Cases in a state.

    Attributes:
        state: Of the machine.
        chinese: Its word in the field.
        cases: How many.
    """

    state: str
    chinese: str
    cases: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Cases of a body.

    Attributes:
        id: Of the body; empty for cases that none has.
        name: Its name.
        cases: That it has, or had when they ended.
        closed: Of them.
        on_time: Dealt with in time.
        late: Dealt with too late, or open and overdue.
        overdue: Of these, open.
    """

    id: str
    name: str
    cases: int
    closed: int
    on_time: int
    late: int
    overdue: int


@dataclass(frozen=True, slots=True)
class CaseBulletin:
    """What came of a replay. Sensitive cases are not in it, and neither is any person.

    Attributes:
        city: Name of the city.
        digest: Equal for equal events, city, office and number of cases, whatever came in between.
        until: The moment it is about, ISO.
        events: Events that were looked at.
        opened: Cases that the store has of them.
        known: Events that were told before.
        problems: Events that are no report, by what they lack.
        cases: Cases the office worked on; what follows is about them.
        states: By state.
        units: By body, the one with most first.
        lights: Open cases by light.
        rates: With numerators and denominators.
        claims: What papers say of them.
        counts: How often cases went out of their way.
        example: Id of the case with most events; empty if there is none.
    """

    city: str
    digest: str
    until: str
    events: int
    opened: int
    known: int
    problems: dict[str, int]
    cases: int
    states: tuple[StateRow, ...]
    units: tuple[UnitRow, ...]
    lights: dict[str, int]
    rates: tuple[Rate, ...]
    claims: tuple[Claim, ...]
    counts: dict[str, int]
    example: str

    @classmethod
    def of(
        cls, governance: Governance, opened: Opened, in_store: int, tally: CaseTally, digest: str
    ) -> CaseBulletin:
        """The bulletin of a replay that has ended.

        Args:
            governance: Of the city.
            opened: What became of the events.
            in_store: How many cases the store has.
            tally: What became of the cases.
            digest: Of all of it.
        """
        names = {unit.id: unit.name for unit in governance.city.units}
        units = sorted(tally.units.items(), key=lambda item: (-item[1].cases, item[0]))
        return cls(
            city=governance.city.name,
            digest=digest,
            until=tally.until.astimezone(governance.calendar.tz).isoformat(),
            events=opened.rows,
            opened=in_store,
            known=opened.rows - opened.problems.counts.total() - in_store,
            problems=dict(opened.problems.counts),
            cases=tally.cases,
            states=tuple(
                StateRow(name, chinese, tally.states[name])
                for name, chinese in MACHINE.states.items()
                if tally.states[name]
            ),
            units=tuple(
                UnitRow(id_, names.get(id_, ""), row.cases, row.ended, row.on_time, row.late, row.overdue)
                for id_, row in units
            ),
            lights={light: tally.lights[light] for light in ("green", "yellow", "red")},
            rates=tally.rates(),
            claims=CLAIMS,
            counts=dict(sorted(tally.counts.items())),
            example=tally.eventful[1],
        )

    def as_dict(self) -> dict[str, Any]:
        """The bulletin as plain values for JSON."""
        whole = asdict(self)
        whole["rates"] = [rate._asdict() | {"value": rate.value} for rate in self.rates]
        whole["claims"] = [claim._asdict() for claim in self.claims]
        return whole
