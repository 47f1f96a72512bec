"""Standard addresses before coordinates: the place of an event by its address, and how far its point is off.

What is found becomes the place of the event, so that everything after it is as if the event had named it.
"""
# ruff: noqa: ANN401 - tables of arro3 and of what speaks Arrow

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from gov_core.errors import EventError, Fault
from gov_core.places import AddressBook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gov_core.city import City
    from gov_core.places import Address, AddressMatch, Place
    from gov_core.routing.explanation import Explanation
    from gov_core.routing.index import GridIndex
    from gov_core.routing.route import Route

ADDRESS = "address"
"""The field, or column, of an event that is read here."""

ANSWERS = ("located_by", "disagree_m")
"""Columns of answers that events with addresses have beside the others."""

LocatedBy = Literal["place", "address", "coordinates", "asset"]


class Addresses:
    """The address table of one city, and the outlines of its grids.

    The book and the outlines are put together when they are first asked for. Immutable to the outside; may be
    used by many threads.

    Args:
        rows: The table.
        places: All places of the city.
        outlines: Outlines of the grids as WKB, by id.
        crs: What coordinates are in that do not say.
        index: The index of the outlines; with it, a point in the grid of its address costs next to nothing.
    """

    __slots__ = ("_book", "_crs", "_index", "_indexes", "_outlines", "_parents", "_places", "_rows", "_slots")

    def __init__(
        self,
        rows: Sequence[Address],
        places: Sequence[Place],
        outlines: Mapping[str, bytes],
        crs: str,
        index: GridIndex | None = None,
    ) -> None:
        self._rows, self._places, self._outlines, self._crs = rows, places, outlines, crs
        self._index, self._slots = index, {grid: slot for slot, grid in enumerate(outlines)}
        self._parents: dict[str, str | None] | None = None
        self._book: AddressBook | None = None
        self._indexes: dict[str, GridIndex] = {}

    @property
    def book(self) -> AddressBook:
        """The table, as it is searched."""
        if self._book is None:
            found = {row.place: self._grid_of(row.place) for row in self._rows}
            grids = {place: grid for place, grid in found.items() if grid is not None}
            self._book = AddressBook.of(self._rows, self._places, grids)
        return self._book

    def distance_m(self, place: str, lon: float, lat: float, crs: str | None) -> float | None:
        """Metres from a point to the grid that a place is, or is in; 0 inside and on its border.

        Args:
            place: The place of an address.
            lon: Degrees; the point is one that the router takes.
            lat: Degrees.
            crs: What they are in; None or empty for the city's.

        Returns:
            Metres, as exact as `GridIndex.locate_nearest`; None if the place is in no grid.
        """
        grid = self._grid_of(place)
        if grid is None:
            return None
        if crs and crs != self._crs:
            from gov_core.routing.crs import convert  # the extension; cities are listed without it

            lon, lat = (float(degrees) for degrees in convert(lon, lat, source=crs, target=self._crs))
        if self._index is not None and self._index.locate(lon, lat) == self._slots[grid]:
            return 0.0
        if grid not in self._indexes:
            from gov_core.routing.index import GridIndex

            self._indexes[grid] = GridIndex.build([self._outlines[grid]])
        near = self._indexes[grid].locate_nearest(lon, lat, within_m=float("inf"))
        return None if near is None else near.distance_m

    def over(self, index: GridIndex) -> Addresses:
        """The same table with an index of its grids."""
        return Addresses(self._rows, self._places, self._outlines, self._crs, index)

    def read(self, event: Mapping[str, Any]) -> AddressedEvent | None:
        """Looks up the address of an event; None if it has no such field.

        Raises:
            EventError: The address is no text.
        """
        if ADDRESS not in event:
            return None
        address = event[ADDRESS]
        if address is not None and not isinstance(address, str):
            raise _wrong_type(type(address).__name__)
        match = self.book.find(address) if address else None
        given = event.get("place") not in (None, "")
        plain = {name: value for name, value in event.items() if name != ADDRESS}
        if not given and match is not None and match.place is not None:
            plain["place"] = match.place
        return AddressedEvent(self, plain, match, given)

    def __reduce__(self) -> tuple[type[Addresses], tuple[Any, ...]]:
        return Addresses, (self._rows, self._places, self._outlines, self._crs)

    def _grid_of(self, place: str) -> str | None:
        """The grid that a place is, or is in."""
        if place in self._outlines:
            return place
        if self._parents is None:
            self._parents = {each.id: each.parent for each in self._places}
        step = self._parents.get(place)
        while step is not None and step not in self._outlines:
            step = self._parents.get(step)
        return step


@dataclass(frozen=True, slots=True)
class AddressedEvent:
    """An event with an address, after the address was looked up.

    Attributes:
        addresses: The table.
        event: The event without its address, the place of the address filled in.
        match: What the table knows; None if the address is empty.
        given: Whether the event names a place itself, which wins.
    """

    addresses: Addresses
    event: dict[str, Any]
    match: AddressMatch | None
    given: bool

    def answered(self, route: Route) -> Route:
        """The answer, with how the place was found."""
        if route.place is None:
            return route
        has_point = None not in (self.event.get("lon"), self.event.get("lat"))
        found = _located_by(self.match, given=self.given, has_point=has_point)
        return route._replace(located_by=found, disagree_m=self._disagree_m(found))

    def explained(self, explanation: Explanation) -> Explanation:
        """The explanation, with what became of the address."""
        route, match = self.answered(explanation.route), self.match
        location, notes = explanation.location, list(explanation.notes)
        if match is None:
            return replace(explanation, route=route)
        if route.located_by == "address" and route.path is not None:
            names = route.path.replace("/", " > ")
            rows = ", ".join(f'"{row}"' for row in (match.address, *match.candidates) if row is not None)
            location = f'address "{match.matched}" is row {rows} in {names}'
            if route.disagree_m:
                lon, lat = self.event.get("lon"), self.event.get("lat")
                notes.append(f"the point ({lon}, {lat}) lies {route.disagree_m:.0f} m outside of that grid")
        elif not self.given:
            rows = ", ".join(f'"{row}"' for row in match.candidates)
            notes.append(
                {
                    "ambiguous": f"the address fits rows in several places: {rows}",
                    "near": f'the address is beside another ("{match.parsed.near}"), not at it: {rows}',
                }.get(match.outcome, "no row of the address table fits the address")
            )
        return replace(explanation, route=route, location=location, notes=tuple(notes))

    def _disagree_m(self, found: LocatedBy) -> float | None:
        lon, lat = self.event.get("lon"), self.event.get("lat")
        at = None if self.match is None else self.match.place
        if found != "address" or lon is None or lat is None or at is None:
            return None
        return self.addresses.distance_m(at, float(lon), float(lat), self.event.get("crs"))


class AddressedTable:
    """A table of events with addresses, after they were looked up, each once.

    Args:
        events: Columns as an Arrow stream, among them ``address``.
        of_row: The address table that a row is looked up in; None for rows without.

    Raises:
        EventError: The addresses are no texts.

    Attributes:
        columns: The events without addresses, with the places that were found.
    """

    def __init__(self, events: Any, of_row: Callable[[int], Addresses | None]) -> None:
        from arro3.core import Array, ChunkedArray, DataType, Table

        table = Table(events)
        if not _is(table.column(ADDRESS).type, "text"):
            raise _wrong_type(f"a column of {table.column(ADDRESS).type}")
        texts = table.column(ADDRESS).to_pylist()
        self._events, self._of_row = table, of_row
        self.columns = _without(table, ADDRESS)
        self._places: list[str | None] = [None] * len(texts)
        if "place" in table.column_names:
            if not _is(table.column("place").type, "text", "integer"):
                return  # the router refuses it, in its own words
            given = table.column("place").to_pylist()
            self._places = [None if place is None else str(place) for place in given]
            self.columns = _without(self.columns, "place")
        self._given = [bool(place) for place in self._places]
        self._matches: list[AddressMatch | None] = [None] * len(texts)
        known: dict[tuple[int, str], AddressMatch] = {}
        for row, text in enumerate(texts):
            addresses = of_row(row) if text else None
            if addresses is None:
                continue
            match = known.get((id(addresses), text)) or addresses.book.find(text)
            known[id(addresses), text] = self._matches[row] = match
            if not self._given[row]:
                self._places[row] = match.place
        column = Array(self._places, DataType.utf8())
        self.columns = self.columns.append_column("place", ChunkedArray([column]))

    def attach(self, answers: Any) -> Any:
        """Appends ``located_by`` and ``disagree_m`` to the columns of answers."""
        from arro3.core import Array, ChunkedArray, DataType, Table

        answers = Table(answers)
        located: list[str | None] = []
        distances: list[float | None] = []
        columns = {
            name: self._events.column(name).to_pylist()
            for name in ("lon", "lat", "crs")
            if name in self._events.column_names
        }
        for row, place in enumerate(answers.column("place").to_pylist()):
            addresses = None if place is None else self._of_row(row)
            lon, lat, crs = (
                columns[name][row] if name in columns else None for name in ("lon", "lat", "crs")
            )
            found = None
            if addresses is not None:
                has_point = None not in (lon, lat)
                found = _located_by(self._matches[row], given=self._given[row], has_point=has_point)
            located.append(found)
            distance = None
            if found == "address" and addresses is not None:
                at = self._places[row]
                if lon is not None and lat is not None and at is not None:
                    distance = addresses.distance_m(at, float(lon), float(lat), crs)
            distances.append(distance)
        answers = answers.append_column("located_by", ChunkedArray([Array(located, DataType.utf8())]))
        return answers.append_column("disagree_m", ChunkedArray([Array(distances, DataType.float64())]))


class LocatedCounts:
    """Counts how events were located, while routed batches stream past.

    Attributes:
        by: Located events by what located them; empty where no batch says so.
        disagreements: Events whose coordinates lie outside of the grid of their address.
    """

    def __init__(self) -> None:
        self.by: Counter[str] = Counter()
        self.disagreements = 0

    def add(self, batch: Any) -> None:
        """Counts the rows of a routed batch; one without the columns counts for nothing."""
        if set(ANSWERS) <= set(batch.schema.names):
            self.by.update(filter(None, batch["located_by"].to_pylist()))
            self.disagreements += sum(bool(metres) for metres in batch["disagree_m"].to_pylist())


def addresses_of(city: City) -> Addresses | None:
    """The address table of a city; None if it has none."""
    if not city.addresses:
        return None
    outlines = dict(zip(city.grids, city.geometries, strict=True))
    return Addresses(city.addresses, city.places, outlines, city.crs)


def _located_by(match: AddressMatch | None, *, given: bool, has_point: bool) -> LocatedBy:
    """What located an event that is located: without anything else it is the component it names."""
    if given:
        return "place"
    if match is not None and match.place is not None:
        return "address"
    return "coordinates" if has_point else "asset"


def _wrong_type(found: str) -> EventError:
    return EventError(
        [Fault("event.wrong_type", f'"{ADDRESS}" is {found}, not text', ADDRESS, "convert it first")]
    )


def _without(table: Any, name: str) -> Any:
    return table.select([other for other in table.column_names if other != name])


def _is(kind: Any, *sorts: str) -> bool:
    """Whether an Arrow type, or that of a dictionary's values, is text or an integer; null is any."""
    from arro3.core import DataType

    if DataType.is_dictionary(kind):
        kind = kind.value_type
    asked = {"text": ("string", "large_string", "string_view"), "integer": ("integer",)}
    names = ("null", *(name for sort in sorts for name in asked[sort]))
    return any(getattr(DataType, f"is_{name}")(kind) for name in names)
