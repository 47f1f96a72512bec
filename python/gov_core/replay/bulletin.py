"""The bulletin of cases (通报): by body and by state, in time or not, the paper's claim beside our rate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.cases.machine import MACHINE
from gov_core.places.small_counts import too_small
from gov_core.privacy.small_cells import SMALLEST
from gov_core.replay.telling import RATES, UNIT_COLUMNS, not_told

if TYPE_CHECKING:
    from gov_core.casework import Governance
    from gov_core.replay.opening import Opened
    from gov_core.replay.tally import CaseTally, Rate
    from gov_core.replay.telling import Name


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
        cases: How many; None if that is not shown.
    """

    state: str
    chinese: str
    cases: int | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Cases of a body; a count is None if it is not shown.

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
    cases: int | None
    closed: int | None
    on_time: int | None
    late: int | None
    overdue: int | None


@dataclass(frozen=True, slots=True)
class CaseBulletin:
    """What came of a replay. Sensitive cases are not in it, and neither is any person.

    Attributes:
        city: Name of the city.
        digest: Equal for equal events, city, office and number of cases, whatever came in between.
        until: The moment it is about, ISO.
        events: Events that were looked at, without those that opened cases of sensitive matters.
        opened: Cases that the store has of them.
        known: Events that were told before, whatever they are about.
        problems: Events that are no report, by what they lack.
        cases: Cases the office worked on; what follows is about them.
        states: By state.
        units: By body, the one with most first.
        lights: Open cases by light.
        rates: With numerators and denominators.
        claims: What papers say of them.
        counts: How often cases went out of their way.
        example: Id of the case with most events; empty if there is none.
        smallest: The smallest count of cases that is shown; smaller ones are None, and others with them that
            would give them away.
        left_out: How many counts that is.
    """

    city: str
    digest: str
    until: str
    events: int | None
    opened: int | None
    known: int
    problems: dict[str, int]
    cases: int | None
    states: tuple[StateRow, ...]
    units: tuple[UnitRow, ...]
    lights: dict[str, int | None]
    rates: tuple[Rate, ...]
    claims: tuple[Claim, ...]
    counts: dict[str, int | None]
    example: str
    smallest: int = 1
    left_out: int = 0

    @classmethod
    def of(
        cls,
        governance: Governance,
        opened: Opened,
        in_store: int,
        tally: CaseTally,
        digest: str,
        *,
        sensitive: int = 0,
    ) -> CaseBulletin:
        """The bulletin of a replay that has ended, with all of its counts.

        Args:
            governance: Of the city.
            opened: What became of the events.
            in_store: How many cases the store has, without sensitive ones.
            tally: What became of the cases.
            digest: Of all of it.
            sensitive: How many sensitive cases the store has; no total of the bulletin holds them.
        """
        names = {unit.id: unit.name for unit in governance.city.units}
        units = sorted(tally.units.items(), key=lambda item: (-item[1].cases, item[0]))
        return cls(
            city=governance.city.name,
            digest=digest,
            until=tally.until.astimezone(governance.calendar.tz).isoformat(),
            events=opened.rows - sensitive,
            opened=in_store,
            known=opened.rows - opened.problems.counts.total() - in_store - sensitive,
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

    def published(self, smallest: int = SMALLEST) -> CaseBulletin:
        """The same without small counts, for those who do not work on the cases.

        With them goes what would give them away: the next smallest of the same row or column, until no small
        count follows from those that are told. A body whose cases are left out stands at the end, by its id:
        its place among the others would tell.

        Args:
            smallest: The smallest count of cases that is shown.

        Raises:
            ValueError: `smallest` is negative, or the bulletin was published already.
        """
        if self.left_out:
            raise ValueError("a bulletin is published once: what is left out of it is not known any more")
        hidden = not_told(self._by_name(), smallest)
        if too_small(self.cases or 0, smallest):  # of a few cases nothing is told by parts
            hidden |= {("cases",), ("opened",), ("events",)}
            hidden |= {("state", row.state) for row in self.states} | {
                ("light", name) for name in self.lights
            }
            hidden |= {("unit", row.id, column) for row in self.units for column in UNIT_COLUMNS}

        def told(count: int | None, *name: str) -> int | None:
            return None if name in hidden else count

        def row(unit: UnitRow) -> UnitRow:
            counts = (told(getattr(unit, column), "unit", unit.id, column) for column in UNIT_COLUMNS)
            return UnitRow(unit.id, unit.name, *counts)

        def rate(one: Rate) -> Rate:
            part, whole = RATES[one.name]
            return one._replace(
                numerator=told(one.numerator, *part), denominator=told(one.denominator, *whole)
            )

        return replace(
            self,
            events=told(self.events, "events"),
            opened=told(self.opened, "opened"),
            cases=told(self.cases, "cases"),
            states=tuple(replace(row, cases=told(row.cases, "state", row.state)) for row in self.states),
            units=tuple(
                sorted(
                    map(row, self.units), key=lambda unit: (unit.cases is None, -(unit.cases or 0), unit.id)
                )
            ),
            lights={light: told(count, "light", light) for light, count in self.lights.items()},
            rates=tuple(map(rate, self.rates)),
            counts={name: told(count, "count", name) for name, count in self.counts.items()},
            smallest=smallest,
            left_out=len(hidden),
        )

    def _by_name(self) -> dict[Name, int]:
        """All counts by what `gov_core.replay.telling` calls them."""
        told: dict[Name, int | None] = {
            ("cases",): self.cases,
            ("opened",): self.opened,
            ("events",): self.events,
        }
        told |= {("state", row.state): row.cases for row in self.states}
        told |= {("light", light): count for light, count in self.lights.items()}
        told |= {("count", name): count for name, count in self.counts.items()}
        for rate in self.rates:
            told |= dict(zip(RATES[rate.name], (rate.numerator, rate.denominator), strict=True))
        for row in self.units:
            told |= {("unit", row.id, column): getattr(row, column) for column in UNIT_COLUMNS}
        return {name: count or 0 for name, count in told.items()}

    def as_dict(self) -> dict[str, Any]:
        """The bulletin as plain values for JSON."""
        whole = asdict(self)
        whole["rates"] = [rate._asdict() | {"value": rate.value} for rate in self.rates]
        whole["claims"] = [claim._asdict() for claim in self.claims]
        return whole
