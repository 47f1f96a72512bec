"""The register of the grids (房、物、事): how much of what there is in each; of people no small counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gov_core.places.small_counts import shown
from gov_core.routing.things import grids_of_places, locate_things

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.city import City
    from gov_core.routing.index import GridIndex
    from gov_core.routing.things import Part, Site, Things

People = Literal["households", "population"]
Element = Literal["place", "premises", "component", "matter"] | People
PEOPLE: tuple[People, ...] = ("households", "population")
ELEMENTS: tuple[Element, ...] = ("place", "premises", "component", "matter", *PEOPLE)

_ELEMENTS: Mapping[Part, Element] = {"assets": "component", "premises": "premises"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register.

    Attributes:
        grid: Id of the grid.
        element: ``place`` (places below the grid), ``premises``, ``component``, ``matter`` (events of it),
            ``households`` or ``population``.
        kind: Level of the places, kind of the premises, class of the components, code of the matter; empty
            for households and population.
        count: How many; None if it is too small to be shown.
    """

    grid: str
    element: Element
    kind: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one kind of element is in the grids ("全部纳入网格").

    Attributes:
        element: ``component`` or ``premises``.
        kind: Class of the components, kind of the premises.
        total: How many the city has.
        missing: Those in no grid, each with the reason.
    """

    element: Element
    kind: str
    total: int
    missing: tuple[Site, ...]

    @property
    def share(self) -> float:
        """Part that is in a grid, 0 to 1."""
        return 1 - len(self.missing) / self.total


@dataclass(frozen=True, slots=True)
class Register:
    """What there is in each grid of a city.

    Attributes:
        entries: By grid in the order of the city, then by element and kind; nothing that counts 0.
        coverage: By element and kind, in alphabetical order of the kinds.
        things: Where each component and each of the premises is.
    """

    entries: tuple[Entry, ...]
    coverage: tuple[Coverage, ...]
    things: Things

    def of(self, grid: str) -> tuple[Entry, ...]:
        """The lines of one grid."""
        return tuple(entry for entry in self.entries if entry.grid == grid)

    def table(self) -> Any:  # noqa: ANN401 - an Arrow table, whatever reads it
        """The entries as an `arro3.core.Table` with the columns grid, element, kind and count."""
        from arro3.core import Array, DataType, Table

        text = DataType.utf8()
        columns: dict[str, Any] = {
            name: Array([getattr(entry, name) for entry in self.entries], text)
            for name in ("grid", "element", "kind")
        }
        columns["count"] = Array([entry.count for entry in self.entries], DataType.int64())
        return Table.from_pydict(columns)


def register_of(
    city: City,
    *,
    smallest: int,
    events: object | None = None,
    index: GridIndex | None = None,
) -> Register:
    """Counts what there is in each grid of a city.

    Things that lie in several grids count in each. Sensitive matters, and those below them, are left out.
    Households and people are those that the grid itself states.

    Args:
        city: The city.
        smallest: Smallest number of households or people that is shown; smaller ones but 0 are None.
            There is no default: no source names a number.
        events: Events as routed, with the columns place and matter, by the Arrow PyCapsule interface; without
            them there are no matters.
        index: The index of ``city.geometries``, if it is there already; else it is built.

    Raises:
        CoverageError: Grids overlap.
        GeometryError: An outline of a grid is no clear area.
        ValueError: `smallest` is negative.
    """
    if smallest < 0:
        message = f"smallest is {smallest}, a count is 0 or more"
        raise ValueError(message)
    things = locate_things(city, index=index)
    grid_of = grids_of_places(city)
    counts: Counter[tuple[str, Element, str]] = Counter()
    for place in city.places:
        grid = grid_of.get(place.id, place.id)
        if grid != place.id:
            counts[grid, "place", place.level] += 1
    for site in things.sites:
        counts.update((grid, _ELEMENTS[site.part], site.kind) for grid in site.grids)
    if events is not None:
        counts.update(_matters(events, grid_of, city))
    entries = [Entry(*key, count) for key, count in counts.items()]
    entries += _people(city, smallest)
    rank = {grid: at for at, grid in enumerate(city.grids)}
    entries.sort(key=lambda entry: (rank[entry.grid], ELEMENTS.index(entry.element), entry.kind))
    return Register(tuple(entries), tuple(_coverage(things)), things)


def _people(city: City, smallest: int) -> Iterator[Entry]:
    for place in city.places:
        if place.level == city.partition:
            for what in PEOPLE:
                count = getattr(place, what)
                if count:
                    yield Entry(place.id, what, "", shown(count, smallest))


def _matters(
    events: Any,  # noqa: ANN401 - any table that speaks Arrow
    grid_of: Mapping[str, str],
    city: City,
) -> Iterator[tuple[str, Element, str]]:
    """Grid and matter of each event that has both; sensitive matters are passed over."""
    from arro3.core import Table

    parents = {matter.code: matter.parent for matter in city.matters}
    hidden = {matter.code for matter in city.matters if matter.sensitive}

    def told(code: str | None) -> bool:
        while code is not None and code not in hidden:
            code = parents.get(code)
        return code is None

    open_matters = {code for code in parents if told(code)}
    table = Table(events)
    for place, matter in zip(
        table.column("place").to_pylist(), table.column("matter").to_pylist(), strict=True
    ):
        if place in grid_of and matter in open_matters:
            yield grid_of[place], "matter", matter


def _coverage(things: Things) -> Iterator[Coverage]:
    kinds: dict[tuple[Element, str], list[Site]] = {}
    for site in things.sites:
        kinds.setdefault((_ELEMENTS[site.part], site.kind), []).append(site)
    for (element, kind), sites in sorted(kinds.items()):
        yield Coverage(element, kind, len(sites), tuple(site for site in sites if site.reason))
