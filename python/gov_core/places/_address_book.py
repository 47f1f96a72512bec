"""The table of standard addresses, asked where a reported address is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from gov_core.places._address import Address
from gov_core.places._address_words import DIVISION_ENDS
from gov_core.places._parse_address import DIVISION_END, AddressParser, ParsedAddress, bare_value
from gov_core.places._place import Place

INNER = ("building", "unit", "floor", "room")
"""Components inside of a site, widest first."""

_BITS = (1, 2, 4, 8)
_SHARED = tuple(
    tuple(
        part for part in range(shape + 1) if part & shape == part and (not part or part & 1 or not shape & 1)
    )
    for shape in range(16)
)
"""For each set of inner components (as bits) what an address may share with it: what is in a building says
nothing without the building."""

_SHOWN = 10
_LEVEL_OF = {end: level for level, ends in DIVISION_ENDS.items() for end in ends} | {"市": "市"}
"""Level of a division by the end of its name; a 市 may be of two levels, and is held against 市 alone."""

_DIVISION = re.compile(f"(.+?)({DIVISION_END})")

Rows = int | tuple[int, ...]
"""Rows that are alike, one for each place that they are in; nearly always one."""


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """What an address book knows about a reported address.

    Attributes:
        outcome: ``found``; ``ambiguous``: rows in several places fit equally well; ``near``: the address says
            that it is beside another, not at it; ``unknown``.
        place: The place it is in; None unless it was found.
        address: Id of the row that says so; None unless it was found, or where several rows in one grid do.
        matched: The part of the reported address that the row shares, in the form of `ParsedAddress`.
        candidates: Ids of the rows that fit, one for each place and ten at most; empty if one row was found,
            or none.
        parsed: The reported address, taken apart.
    """

    outcome: Literal["found", "ambiguous", "near", "unknown"]
    place: str | None
    address: str | None
    matched: str
    candidates: tuple[str, ...]
    parsed: ParsedAddress


Divisions = frozenset[tuple[str, str]]
"""Pairs of a level and the name of a division without its end."""


class _Site(NamedTuple):
    """What rows share that differ only in inner components."""

    divisions: Divisions
    road: str
    number: str
    estate: str


class AddressBook:
    """Finds the longest row of a table that a reported address begins with.

    A row and a reported address belong together if they share the road and the number, or the estate by any
    of its names (or the road, where a row is a whole road), and nothing that both say differs. Of these the
    rows that share most inside, from the building down to the room, are looked at, and of equal ones those
    that share more of road, number and estate. A row that the address begins with wins over one that goes on
    beyond it. Where all that are left lie in one place, that place is the answer; else there is none, only
    candidates.

    What a row leaves out differs from nothing: an estate known as 柳湾路12号阳光花园 is found as 阳光花园.
    A name of an estate that no row has is passed over if road and number are known. 小区 at the end of a name
    makes no difference.

    Books are immutable and pickle. One of 100,000 rows takes 20 to 50 MB.

    Examples:
        >>> book = AddressBook.of(
        ...     [
        ...         Address("A1", "G1", road="柳湾路", number="12", estate=("阳光花园", "太阳城")),
        ...         Address("A2", "G2", estate=("阳光花园",), building="9幢"),
        ...     ]
        ... )
        >>> book.find("柳湾路１２号三幢501").place, book.find("太阳城9栋501").place
        ('G1', 'G2')
        >>> book.find("白鹭路1号").outcome
        'unknown'
    """

    __slots__ = (
        *("_anchors", "_estates", "_grids", "_ids", "_parser", "_places", "_roads", "_rows", "_shapes"),
        "_sites",
    )

    def __init__(
        self,
        addresses: Iterable[Address],
        places: Iterable[Place] = (),
        grids: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        addresses, places = tuple(addresses), tuple(places)
        self._grids = dict(grids)
        parts = cache(_parts)
        around = _divisions_around(places)
        self._ids = tuple(address.id for address in addresses)
        self._places = tuple(address.place for address in addresses)
        self._estates = _estates(addresses)
        self._rows: dict[str, Rows] = {}
        sites: dict[_Site, int] = {}
        anchors: dict[str, list[int]] = {}
        shapes = set()
        for row, address in enumerate(addresses):
            bare = ParsedAddress.of(address)
            site = _Site(
                parts(bare.division) | around.get(address.place, frozenset()),
                bare.road,
                bare.number,
                self._estates[_plain(bare.estate)] if bare.estate else "",
            )
            number = sites.get(site)
            if number is None:
                number = sites[site] = len(sites)
                for anchor in _anchors(site.road, site.number, site.estate):
                    anchors.setdefault(anchor, []).append(number)
            inner = [getattr(bare, name) for name in INNER]
            shape = _shape(inner)
            shapes.add(shape)
            for shared in _SHARED[shape]:
                self._add(_key(number, shape, shared, inner), row)
            if site.road:
                self._add(_along(site.road), row)
        self._anchors = {anchor: tuple(found) for anchor, found in anchors.items()}
        self._sites = tuple(sites)
        self._shapes = tuple(sorted(shapes))
        self._roads = frozenset(site.road for site in sites if site.road)
        divisions = {bare_value("division", address.division) for address in addresses}
        named = (place.name for place in places if place.name.endswith(tuple(_LEVEL_OF)))
        self._parser = AddressParser({*divisions, *named}, self._roads, self._estates)

    @classmethod
    def of(
        cls,
        addresses: Iterable[Address],
        places: Iterable[Place] = (),
        grids: Mapping[str, str] = MappingProxyType({}),
    ) -> AddressBook:
        """Builds a book.

        Args:
            addresses: The rows, as ``city.addresses``.
            places: Places, as ``city.places``; their names say in which divisions rows are, too.
            grids: The grid of each place that is in one. What fits several places of one grid is found there.
        """
        return cls(addresses, places, grids)

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"AddressBook({len(self)} addresses)"

    def parse(self, address: str) -> ParsedAddress:
        """Takes an address apart with the names that the book knows."""
        return self._parser.parse(address)

    def find(self, address: str) -> AddressMatch:
        """Says where a reported address is."""
        parsed = self.parse(address)
        rows, matched = self._fits(parsed)
        if not rows:
            return AddressMatch("unknown", None, None, "", (), parsed)
        if len(rows) > 1 or parsed.near:
            candidates = tuple(self._ids[row] for row in rows[:_SHOWN])
            grids = {self._grids.get(self._places[row]) for row in rows}
            if len(grids) == 1 and None not in grids and not parsed.near:
                return AddressMatch("found", grids.pop(), None, matched, candidates, parsed)
            return AddressMatch(
                "near" if parsed.near else "ambiguous", None, None, matched, candidates, parsed
            )
        return AddressMatch("found", self._places[rows[0]], self._ids[rows[0]], matched, (), parsed)

    def _add(self, key: str, row: int) -> None:
        """Notes a row under a key, if none of its place is there."""
        known = self._rows.get(key)
        if known is None:
            self._rows[key] = row
        elif isinstance(known, int):
            if self._places[known] != self._places[row]:
                self._rows[key] = (known, row)
        elif all(self._places[other] != self._places[row] for other in known):
            self._rows[key] = (*known, row)

    def _fits(self, parsed: ParsedAddress) -> tuple[list[int], str]:
        """The rows that fit best, one for each place in the order of the table, and what they share."""
        before, road = self._known_road(parsed.road)
        estate = self._estates.get(_plain(parsed.estate), "")
        if parsed.estate and not estate and not parsed.number:
            return [], ""
        inner = [getattr(parsed, name) for name in INNER]
        given = _shape(inner)
        divisions = _parts(parsed.division) | _parts(before)
        best = (-1, -1)
        fits: list[_Fit] = []
        for number in self._near(road, parsed.number, estate):
            site = self._sites[number]
            outer = _agreement(site, divisions, road, parsed.number, estate)
            if outer < 0:
                continue
            for shape in self._shapes:
                shared = shape & given
                score = shared.bit_count(), outer
                if score >= best and (rows := self._rows.get(_key(number, shape, shared, inner))) is not None:
                    if score > best:
                        best, fits = score, []
                    fits.append(_Fit(number, shape, shared, rows))
        if fits:
            return self._narrowed(fits, road, parsed, estate)
        if road in self._roads and not (parsed.number or estate or given):
            return self._distinct([self._rows[_along(road)]]), road
        return [], ""

    def _narrowed(
        self, fits: list[_Fit], road: str, parsed: ParsedAddress, estate: str
    ) -> tuple[list[int], str]:
        """Of rows that share equally much those that the address begins with, if there are any."""
        begun = []
        for fit in fits:
            site = self._sites[fit.site]
            beyond = (site.road and not road) or (site.number and not parsed.number)
            if fit.shape == fit.shared and not beyond and (estate or not site.estate):
                begun.append(fit)
        if not begun:
            whole = {fit.site for fit in fits if fit.shape == fit.shared}
            begun = [fit for fit in fits if fit.shape == fit.shared or fit.site not in whole]
        site, shared = self._sites[begun[0].site], begun[0].shared
        inner = {name: getattr(parsed, name) for name, bit in zip(INNER, _BITS, strict=True) if shared & bit}
        matched = ParsedAddress(
            road=site.road and road,
            number=site.number and parsed.number and site.number,
            estate=parsed.estate if site.estate and estate else "",
            **inner,
        )
        return self._distinct([fit.rows for fit in begun]), str(matched)

    def _distinct(self, found: Iterable[Rows]) -> list[int]:
        """One row for each place, the first of the table."""
        first: dict[str, int] = {}
        for rows in found:
            for row in (rows,) if isinstance(rows, int) else rows:
                place = self._places[row]
                first[place] = min(row, first.get(place, row))
        return sorted(first.values())

    def _known_road(self, road: str) -> tuple[str, str]:
        """A division that no rule could tell from the name of the road after it, and the road."""
        if road and road not in self._roads:
            for at in range(1, len(road) - 1):
                if road[at:] in self._roads and road[:at].endswith(tuple(_LEVEL_OF)):
                    return road[:at], road[at:]
        return "", road

    def _near(self, road: str, number: str, estate: str) -> Iterator[int]:
        """The sites that share road and number, or the estate, or are the whole road."""
        seen: set[int] = set()
        numbers = [number, *_wider(number)] if number else [""]
        for each in numbers:
            for anchor in _anchors(road, each, estate):
                for site in self._anchors.get(anchor, ()):
                    if site not in seen:
                        seen.add(site)
                        yield site
        if road and (number or estate):
            yield from (site for site in self._anchors.get(_anchors(road, "", "")[0], ()) if site not in seen)


class _Fit(NamedTuple):
    """Rows of one site that fit: which components they have inside, and which of them are shared."""

    site: int
    shape: int
    shared: int
    rows: Rows


def _agreement(site: _Site, divisions: Divisions, road: str, number: str, estate: str) -> int:
    """How much of road, number and estate an address shares with a site; -1 if anything differs."""
    if (site.road and road and site.road != road) or (site.estate and estate and site.estate != estate):
        return -1
    if site.number and number and site.number != number and site.number not in _wider(number):
        return -1
    if divisions and site.divisions and _differ(divisions, site.divisions):
        return -1
    same_number = 2 * (site.number == number) or 1 if site.number and number else 0
    return same_number + bool(site.road and road) + bool(site.estate and estate)


def _differ(some: Divisions, others: Divisions) -> bool:
    """Whether two addresses name different divisions of one level."""
    for level in {level for level, _ in some}:
        names = {name for at, name in others if at == level}
        if names and names.isdisjoint(name for at, name in some if at == level):
            return True
    return False


def _wider(number: str) -> list[str]:
    """The lane of a number in a lane, the number of an annexe: 200弄 for 200弄12."""
    lane, sign, inside = number.partition("弄")
    if sign and inside:
        return [lane + sign]
    whole, sign, _ = number.partition("附")
    return [whole] if sign else []


def _anchors(road: str, number: str, estate: str) -> list[str]:
    """What finds a site, each alone."""
    anchors = []
    if road and number:
        anchors.append(f"{road}|{number}")
    if estate:
        anchors.append(f"|{estate}")
    return anchors or ([f"{road}|"] if road and not number else [])


def _along(road: str) -> str:
    return f"{road}|"


def _shape(inner: Sequence[str]) -> int:
    return sum(bit for bit, value in zip(_BITS, inner, strict=True) if value)


def _key(site: int, shape: int, shared: int, inner: Sequence[str]) -> str:
    building, unit, floor, room = inner
    return (
        f"{site}|{shape}|{building if shared & 1 else ''}|{unit if shared & 2 else ''}"
        f"|{floor if shared & 4 else ''}|{room if shared & 8 else ''}"
    )


def _plain(estate: str) -> str:
    """The name of an estate without 小区 at its end."""
    return estate.removesuffix("小区") or estate


def _estates(addresses: Iterable[Address]) -> dict[str, str]:
    """All names of estates; each leads to one name for all that are aliases of each other."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := parent.setdefault(name, name)) != name:
            name = above
        return name

    for address in addresses:
        names = [_plain(bare_value("estate", name)) for name in address.estate]
        for name in names:
            parent[root(name)] = root(names[0])
    return {name: root(name) for name in parent}


def _divisions_around(places: Sequence[Place]) -> dict[str, Divisions]:
    """The divisions that a place is in, by the names of what is above it."""
    by_id = {place.id: place for place in places}
    found: dict[str, Divisions] = {}

    def around(place: Place) -> Divisions:
        if place.id not in found:
            above = by_id.get(place.parent or "")
            found[place.id] = _parts(bare_value("division", place.name)) | (
                around(above) if above is not None else frozenset()
            )
        return found[place.id]

    for place in places:
        around(place)
    return found


def _parts(division: str) -> Divisions:
    return frozenset((_LEVEL_OF[end], name) for name, end in _DIVISION.findall(division))
