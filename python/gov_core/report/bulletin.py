"""The bulletin (通报) of one run: events by street, unit, matter and status, and how fast it went."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from gov_core.privacy.small_cells import SMALLEST, is_small, shown, without_small

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gov_core.city import City
    from gov_core.report.tally import Tally

_TOP_UNITS = 12
_TOP_STREETS = 12
_STATUS_WORDS = {
    "routed": "a unit is responsible",
    "out_of_area": "the point lies in no grid",
    "no_location": "neither a place nor coordinates",
    "bad_coordinate": "swapped, or beyond 180 or 90 degrees",
    "no_rule": "no rule covers it",
    "unknown_place": "not a place of the city",
    "unknown_matter": "not a matter of the city",
    "unknown_grade": "not a grade of the city",
    "unknown_asset": "not an asset class of the city",
}
_LOCATED_WORDS = {
    "place": "the event names a place",
    "address": "a row of the address table",
    "coordinates": "the grid that holds the point",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table of the bulletin.

    Attributes:
        id: Of the place, unit, matter or status.
        name: For people.
        events: Events counted; None if that is not shown.
        share: Of all events, 0 to 1; as `events`.
        grids: Grids below the place; 0 where there are none to count.
        busiest: The grid with most events; empty where there is none to name.
        busiest_events: Its events.
    """

    id: str
    name: str
    events: int | None
    share: float | None
    grids: int = 0
    busiest: str = ""
    busiest_events: int = 0


@dataclass(frozen=True, slots=True)
class Speed:
    """How long a part of the run took.

    Attributes:
        what: Which part.
        events: Events it handled.
        seconds: Wall clock.
    """

    what: str
    events: int
    seconds: float

    @property
    def events_per_second(self) -> float:
        """Events a second."""
        return self.events / max(self.seconds, 1e-9)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What a run did, as values; streets and units with most events first.

    Attributes:
        city: Name of the city.
        digest: Its digest: which version of the city gave these answers.
        events: Events in and out.
        grids: Grids of the city.
        statuses: Events by status.
        streets: Located events by place of the top level.
        units: Routed events by unit.
        matters: Routed events by class of matter.
        speeds: How long the parts took.
        located: Located events by what located them, if addresses were asked.
        disagreements: Events whose coordinates lie outside of the grid of their address.
        smallest: The smallest count of a street, unit, class or area that is shown; smaller ones are None, as
            are others that would give them away.
    """

    city: str
    digest: str
    events: int
    grids: int
    statuses: tuple[Row, ...]
    streets: tuple[Row, ...]
    units: tuple[Row, ...]
    matters: tuple[Row, ...]
    speeds: tuple[Speed, ...] = ()
    located: tuple[Row, ...] = ()
    disagreements: int = 0
    smallest: int = 1

    @classmethod
    def of(cls, city: City, tally: Tally, speeds: tuple[Speed, ...] = ()) -> Bulletin:
        """Make the bulletin of a run over a city."""
        unit_names = {unit.id: unit.name for unit in city.units}
        tops = _tops(city)
        matter_names = {matter.code: matter.name for matter in city.matters}
        classes: Counter[str] = Counter()
        for code, count in tally.matters.items():
            classes[tops[code]] += count
        return cls(
            city=city.name,
            digest=city.digest,
            events=tally.rows,
            grids=len(city.grids),
            statuses=_rows(tally.statuses, _STATUS_WORDS, tally.rows),
            streets=_streets(city, tally),
            units=_rows(tally.units, unit_names, tally.rows),
            matters=_rows(classes, matter_names, tally.rows),
            speeds=speeds,
            located=_rows(tally.located.by, _LOCATED_WORDS, tally.rows),
            disagreements=tally.located.disagreements,
        )

    def published(self, smallest: int = SMALLEST) -> Bulletin:
        """The same without small counts of streets, units and classes; the maps go by it, too.

        Args:
            smallest: The smallest count that is shown.
        """
        return replace(
            self,
            streets=tuple(_without_busiest(row, smallest) for row in _published(self.streets, smallest)),
            units=_published(self.units, smallest),
            matters=_published(self.matters, smallest),
            smallest=smallest,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the bulletin as plain values for JSON."""
        whole = asdict(self)
        for speed, values in zip(self.speeds, whole["speeds"], strict=True):
            values["events_per_second"] = round(speed.events_per_second)
        # Norm of Huai'an Qinghe (paper 003): one manager and two volunteers a grid. Counts, never persons.
        whole["staff_by_norm"] = {"grid_managers": self.grids, "volunteers": 2 * self.grids}
        return whole

    def print(self, console: Console) -> None:
        """Print the bulletin as tables."""
        console.print(f"[bold]{self.city}[/]  {self.events:,} events, {self.grids:,} grids", highlight=False)
        norm = f"{self.grids:,} managers and {2 * self.grids:,} volunteers"
        console.print(f"[dim]city digest {self.digest[:16]}; by norm {norm}[/]\n", highlight=False)
        console.print(_table("by status", ("status", "meaning"), self.statuses))
        if self.located:
            console.print(_table("by what located them", ("located by", "meaning"), self.located))
            console.print(f"{self.disagreements:,} points lie outside of the grid of their address\n")
        console.print(self._street_table())
        console.print(_table("by class of matter", ("code", "class"), self.matters))
        console.print(
            _table("by unit", ("unit", "name"), self.units[:_TOP_UNITS], len(self.units) - _TOP_UNITS)
        )
        if self.speeds:
            console.print(self._speed_table())

    def _street_table(self) -> Table:
        left_out = len(self.streets) - _TOP_STREETS
        table = frame("by street", left_out)
        table.add_column("street")
        table.add_column("name")
        for title in ("grids", "events", "a grid", "share"):
            table.add_column(title, justify="right")
        table.add_column("busiest grid", justify="right")
        for row in self.streets[:_TOP_STREETS]:
            table.add_row(
                row.id,
                row.name,
                f"{row.grids:,}",
                shown(row.events),
                "–" if row.events is None else f"{row.events / max(row.grids, 1):,.0f}",
                "–" if row.share is None else f"{row.share:.1%}",
                f"{row.busiest} {row.busiest_events:,}".lstrip(),
            )
        return table

    def _speed_table(self) -> Table:
        table = frame("how fast", 0)
        table.add_column("part")
        for title in ("events", "seconds", "events/s"):
            table.add_column(title, justify="right")
        for speed in self.speeds:
            table.add_row(
                speed.what, f"{speed.events:,}", f"{speed.seconds:.3f}", f"{speed.events_per_second:,.0f}"
            )
        return table


def frame(title: str, left_out: int) -> Table:
    """An empty table as all reports have them, with a line on how many rows are left out."""
    from rich import box
    from rich.table import Table

    more = f"… and {left_out:,} more" if left_out > 0 else None
    return Table(
        title=title,
        caption=more,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
        expand=True,
    )


def _table(title: str, columns: tuple[str, str], rows: tuple[Row, ...], left_out: int = 0) -> Table:
    table = frame(title, left_out)
    table.add_column(columns[0])
    table.add_column(columns[1])
    table.add_column("events", justify="right")
    table.add_column("share", justify="right")
    for row in rows:
        share = "–" if row.share is None else f"{row.share:.2%}"
        table.add_row(row.id, row.name, shown(row.events), share)
    return table


def _rows(counts: Counter[str], names: dict[str, str], total: int) -> tuple[Row, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Row(id_, names.get(id_, ""), count, count / max(total, 1)) for id_, count in ordered)


def _published(rows: tuple[Row, ...], smallest: int) -> tuple[Row, ...]:
    """Rows of one total without the small ones."""
    counts = without_small({row.id: row.events for row in rows if row.events is not None}, smallest)
    return tuple(
        row if counts.get(row.id) is not None else replace(row, events=None, share=None) for row in rows
    )


def _without_busiest(row: Row, smallest: int) -> Row:
    """A street without its busiest grid, where that is small, or the rest of the street is."""
    if row.events is not None and not (
        is_small(row.busiest_events, smallest) or is_small(row.events - row.busiest_events, smallest)
    ):
        return row
    return replace(row, busiest="", busiest_events=0)


def _tops(city: City) -> dict[str, str]:
    """Return the class on top of each matter."""
    parents = {matter.code: matter.parent for matter in city.matters}
    tops: dict[str, str] = {}
    for code in parents:
        top = code
        while (parent := parents[top]) is not None:
            top = parent
        tops[code] = top
    return tops


def _streets(city: City, tally: Tally) -> tuple[Row, ...]:
    names = {place.id: place.name for place in city.places}
    events: Counter[str] = Counter()
    grids: Counter[str] = Counter()
    busiest: dict[str, tuple[int, str]] = {}
    for grid in city.grids:
        grids[city.path(grid)[0]] += 1
    loads: Counter[str] = Counter()
    for (place, _), count in tally.places.items():
        loads[place] += count
    for place, count in loads.items():
        street = city.path(place)[0]
        events[street] += count
        busiest[street] = max(busiest.get(street, (0, "")), (count, place))
    return tuple(
        Row(
            row.id,
            row.name,
            row.events,
            row.share,
            grids[row.id],
            busiest.get(row.id, (0, ""))[1],
            busiest.get(row.id, (0, ""))[0],
        )
        for row in _rows(Counter({street: events[street] for street in grids}), names, tally.rows)
    )
