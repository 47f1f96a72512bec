"""The bulletin of cases (通报): by body and by state, in time or not, the paper's claim beside our rate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.cases.machine import MACHINE
from gov_core.privacy.small_cells import SMALLEST, is_small, without_small

if TYPE_CHECKING:
    from collections.abc import Mapping

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


_COLUMNS: Final = ("cases", "closed", "on_time", "late", "overdue")
"""Counts of a body; of each the sum over all bodies is told by a rate."""


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
        smallest: The smallest count of cases that is shown; smaller ones are None, and others with them that
            would give them away.
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
    lights: dict[str, int | None]
    rates: tuple[Rate, ...]
    claims: tuple[Claim, ...]
    counts: dict[str, int | None]
    example: str
    smallest: int = 1

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

    def published(self, smallest: int = SMALLEST) -> CaseBulletin:
        """The same without small counts, for those who do not work on the cases.

        Args:
            smallest: The smallest count of cases that is shown.
        """
        small_whole = is_small(self.cases, smallest)
        states = _hidden({row.state: row.cases for row in self.states}, smallest, everything=small_whole)
        columns = {
            name: _hidden(
                {row.id: getattr(row, name) for row in self.units}, smallest, everything=small_whole
            )
            for name in _COLUMNS
        }
        bare = {row.id for row in self.units if columns["cases"][row.id] is None}
        return replace(
            self,
            states=tuple(replace(row, cases=states[row.state]) for row in self.states),
            units=tuple(
                UnitRow(
                    row.id,
                    row.name,
                    *(None if row.id in bare else columns[name][row.id] for name in _COLUMNS),
                )
                for row in self.units
            ),
            lights=_hidden(self.lights, smallest, everything=small_whole),
            rates=tuple(rate.published(smallest) for rate in self.rates),
            counts={
                name: None if count is None or is_small(count, smallest) else count
                for name, count in self.counts.items()
            },
            smallest=smallest,
        )

    def as_dict(self) -> dict[str, Any]:
        """The bulletin as plain values for JSON."""
        whole = asdict(self)
        whole["rates"] = [rate._asdict() | {"value": rate.value} for rate in self.rates]
        whole["claims"] = [claim._asdict() for claim in self.claims]
        return whole


def _hidden(counts: Mapping[str, int | None], smallest: int, *, everything: bool) -> dict[str, int | None]:
    """Counts without small ones; of a bulletin over a few cases all of them are small."""
    if everything:
        return dict.fromkeys(counts)
    return {
        **dict.fromkeys(counts),
        **without_small({key: n for key, n in counts.items() if n is not None}, smallest),
    }
