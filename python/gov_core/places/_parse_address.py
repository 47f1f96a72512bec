"""Reads an address into its components by rules; nothing is looked up but the names it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import normalize

from gov_core.places._address import Address
from gov_core.places._address_text import normalise_address
from gov_core.places._address_words import (
    BETWEEN_SEVERAL,
    DIGITS,
    DIVISION_ENDS,
    ESTATE_ENDS,
    MARKERS,
    NAMED_BUILDINGS,
    NEAR,
    NOT_AFTER,
    NOT_AFTER_ROAD,
    ROAD_ENDS,
    ROAD_SECTIONS,
    STRONG_DIVISIONS,
    TENS,
)

MAX_LETTERS = 1000
"""Longest address that is read: far above any real one, far below what keeps a program busy."""

COMPONENTS = ("division", "road", "number", "estate", "building", "unit", "floor", "room")
"""Components of an address, widest first."""

_ENDS = {
    "number": "号",
    "building": "幢",
    "unit": "单元",
    "floor": "层",
    "room": "室",
}


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address, taken apart.

    Values are bare: ``3`` for 3幢, 三号楼 and 3座, ``200弄12`` for 200弄12号, ``B1`` for 负一层. `str`
    writes the address in one form, which is read as the same address again.

    Attributes:
        division: Province to community, as far as they are known or plain to see.
        road: Road or lane.
        number: Number on the road, of a lane (弄) and in it, or of a compound (号院).
        estate: Estate, or whatever else has a name: a market, an office block.
        building: Building (幢, 栋, 座, 号楼).
        unit: Unit of a building (单元, 梯, 门).
        floor: Floor (层, 楼).
        room: Room (室, 房; 号 after a building).
        near: Word that says that what is meant is beside this address, not at it: 对面; or that it is one of
            several: the 至 of 1号至3号.
        unread: Parts that are none of these.
        text: The normalised address.
        spans: Component, start and end of each part of `text` that was used.
    """

    division: str = ""
    road: str = ""
    number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    near: str = field(default="", compare=False)
    unread: tuple[str, ...] = field(default=(), compare=False)
    text: str = field(default="", compare=False)
    spans: tuple[tuple[str, int, int], ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, row: Address) -> ParsedAddress:
        """A row of an address table, with its first name of the estate."""
        return cls(
            bare_value("division", row.division),
            bare_value("road", row.road),
            bare_value("number", row.number),
            bare_value("estate", row.estate[0]) if row.estate else "",
            bare_value("building", row.building),
            bare_value("unit", row.unit),
            bare_value("floor", row.floor),
            bare_value("room", row.room),
        )

    def __str__(self) -> str:
        number = self.number if self.number.endswith("弄") else _written("number", self.number)
        names = (self.road, number, self.estate) if self.road else (self.estate, number)
        parts = [_written(name, getattr(self, name)) for name in ("building", "unit", "floor", "room")]
        return "".join((self.division, *names, *parts))


def _written(component: str, value: str) -> str:
    if component == "building" and value in NAMED_BUILDINGS:
        return f"{value}楼"
    return f"{value}{_ENDS[component]}" if value else ""


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _marker(word: str) -> str:
    own = {"门": r"(?=\d)", "F": r"(?!-|\d{1,2}(?!\d))"}.get(word, "")
    before = r"(?<=\d)" if word == "F" else ""
    return f"{before}{re.escape(word)}(?![路街巷道桥{NOT_AFTER.get(word[-1], '')}]){own}"


_MARKERS = "|".join(_marker(word) for word in sorted(MARKERS, key=len, reverse=True))
_COUNT = r"\d+[A-Z]?(?:-[A-Z]?\d+[A-Z]?)*(?:附\d+)?[甲乙丙丁]?"
_VALUE = (
    rf"(?:[甲乙丙丁]?{_COUNT}|(?<![A-Z])(?:负|地下|[A-Z]{{1,2}}-?){_COUNT}|(?<![A-Z])[A-Z]{{1,2}}|[甲乙丙丁])"
)
_TOKEN = re.compile(
    rf"(?=[0-9A-Z(第负地甲乙丙丁])(?:\([^()]*\)?|第?(?<![0-9])(?<![0-9A-Z]-)({_VALUE})({_MARKERS})(附\d+号?)?)"
)
_SEVERAL = re.compile(
    rf"号\s*([{BETWEEN_SEVERAL}])\s*(?:[^0-9号]{{1,10}}(?:{_any(ROAD_ENDS)}))?"
    rf"[0-9{''.join([*DIGITS, *TENS])}]+号(?![{NOT_AFTER['号']}楼幢栋院房室大])"
)
"""Two numbers, on one road or on two; what separates them is lost once the address is normalised."""

_BARE = re.compile(r"[A-Z]{0,2}\d+[A-Z]?(?:-[A-Z]?\d+[A-Z]?)*")
_BARE_END = re.compile(r"(?<![0-9A-Z-])(?:\d{3,4}[A-Z]?|[A-Z]?\d+[A-Z]?(?:-[A-Z]?\d+[A-Z]?)+)$")
_ROAD = re.compile(rf"[^()]{{1,12}}?(?:{_any(ROAD_ENDS)})(?:[{ROAD_SECTIONS}]+段)?(?![{NOT_AFTER_ROAD}])")
_ENDS_ALONE = frozenset(ESTATE_ENDS)
_ENDS_OF_NAMES = (*ESTATE_ENDS, "期", "区")
_NAME = "[^\\W0-9A-Z路巷弄号幢栋]"
_LEAST = {"province": 2, "town": 2}
_NOT_BEFORE = {"county": "(?<![小园社])", "community": "(?<!新)"}
_NOT_FIRST = "(?!街道|社区|居委会|村委会)"
_NOT_NEXT = dict.fromkeys("市县区镇乡村", "(?!街道|社区|居委会|村委会)")
_NOT_NEXT["旗"] = "(?![区县市镇乡村]|街道|社区)"
_NOT_NEXT["区"] = "(?<![小园社]区)" + _NOT_NEXT["区"]
DIVISION_END = "|".join(
    re.escape(end) + _NOT_NEXT.get(end, "")
    for end in sorted({end for ends in DIVISION_ENDS.values() for end in ends}, key=len, reverse=True)
)
"""Pattern of the end of any division; the 旗 of 红旗街道 is none, nor is the 村 of 三里村社区."""


def _level_pattern(level: str, ends: Iterable[str]) -> str:
    ended = "|".join(re.escape(end) + _NOT_NEXT.get(end, "") for end in sorted(ends, key=len, reverse=True))
    name = f"{_NOT_FIRST}{_NAME}{{{_LEAST.get(level, 1)},8}}?"
    return f"({name}{_NOT_BEFORE.get(level, '')}(?:{ended}))?"


_DIVISIONS = re.compile("".join(_level_pattern(level, ends) for level, ends in DIVISION_ENDS.items()))
_STRONG = re.compile(f"(?:{_NAME}{{2,8}}?街道(?:办事处)?)?(?:{_NAME}{{1,8}}?社区(?:居委会)?)?")


class Names:
    """Names of one sort, asked for the longest that stands at a position of a text."""

    __slots__ = ("_lengths", "_names")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(filter(None, map(normalise_address, names)))
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def longest(self, text: str, at: int) -> int:
        """Where the longest name that starts at a position ends; the position if there is none."""
        for length in self._lengths.get(text[at : at + 2], ()):
            if text[at : at + length] in self._names:
                return at + length
        return at


class AddressParser:
    """Reads addresses by rules, and by names that are known.

    A known name decides where rules would have to guess: whether 柳湾里 is a lane or an estate, where a
    division ends. Names are compared as they are normalised.

    Args:
        divisions: Names of divisions, from provinces to communities, each alone or several joined.
        roads: Names of roads and lanes.
        estates: Names of estates and other premises, aliases too.

    Examples:
        >>> parser = AddressParser(roads=["柳湾里"])
        >>> parser.parse("柳湾里3号").road, AddressParser().parse("柳湾里3号").estate
        ('柳湾里', '柳湾里')
    """

    __slots__ = ("_divisions", "_estates", "_roads")

    def __init__(
        self, divisions: Iterable[str] = (), roads: Iterable[str] = (), estates: Iterable[str] = ()
    ) -> None:
        self._divisions, self._roads, self._estates = Names(divisions), Names(roads), Names(estates)

    def parse(self, address: str) -> ParsedAddress:
        """Takes an address apart; what it cannot read is in `ParsedAddress.unread`, nothing is an error.

        The rules, in order:

        * A number with a word after it is a component: 12号, 3幢, 2单元, 5层, 501室. 号 after a building is a
          room, and a building after a number and a name; 楼 is a floor unless a unit follows.
        * Bare numbers after a name or a component are building, unit and room: 3-2-501, 3-501, 501.
        * More than `MAX_LETTERS` letters are no address, and all of it is unread.
        * A name before the first component is divisions, then roads, then an estate; after it, an estate.
        """
        if len(address) > MAX_LETTERS:
            return ParsedAddress(unread=(address,))
        text = normalise_address(address)
        reading = _Reading(text)
        at = 0
        for token in _TOKEN.finditer(text):
            if token.start() > at:
                self._read_gap(reading, at, token.start())
            at = token.end()
            value, marker, extra = token.groups()
            if value is None:
                reading.unread.append(token[0].strip("()"))
            else:
                reading.take(value + (extra or "").rstrip("号"), marker, token.start(), at)
        if at < len(text):
            self._read_gap(reading, at, len(text))
        if "号" in text and (several := _SEVERAL.search(normalize("NFKC", address))):
            reading.near = several[1]
        return reading.parsed()

    def _read_gap(self, reading: _Reading, start: int, end: int) -> None:
        """Reads what stands between two components."""
        text, found = reading.text, reading.found
        if start and text.startswith(NEAR, start, end):
            reading.near = _first(NEAR, lambda word: text.startswith(word, start, end))
            reading.leave(start + len(reading.near), end)
            return
        if text.endswith(NEAR, start, end):
            reading.near = _first(NEAR, lambda word: text.endswith(word, start, end))
            end -= len(reading.near)
            if start == end:
                return
        if start and _BARE.fullmatch(text, start, end):
            reading.spread(start, end)
        elif "building" in found or "unit" in found or "floor" in found or "room" in found:
            reading.leave(start, end)
        else:
            self._read_names(reading, start, end)

    def _read_names(self, reading: _Reading, start: int, end: int) -> None:
        """Reads divisions, roads and an estate; numbers at the end of the text without a word after them."""
        text = reading.text
        stop = end
        if (
            text[start:end] not in self._estates
            and end == len(text)
            and (bare := _BARE_END.search(text, start, end))
        ):
            stop = bare.start()
        name_end = _name_end(text, start, stop)
        if "road" not in reading.found and "number" not in reading.found:
            start = self._divisions_end(reading, start, name_end)
            start = self._roads_end(reading, start, name_end)
            name_end = _name_end(text, start, name_end) if name_end == stop else name_end
        if start < name_end:
            reading.put("estate", text[start:name_end], start, name_end)
        if name_end < stop:
            reading.put("building", text[name_end], name_end, stop)
        if stop < end:
            reading.spread(stop, end)

    def _divisions_end(self, reading: _Reading, start: int, end: int) -> int:
        """Where the divisions that a name starts with end."""
        text = reading.text
        at = self._known_divisions_end(text, start, end)
        if text[at:end] not in self._roads and text[at:end] not in self._estates:
            at = self._known_divisions_end(text, _by_rule(text, at, end), end)
        if at > start:
            reading.put("division", text[start:at], start, at)
        return at

    def _known_divisions_end(self, text: str, at: int, end: int) -> int:
        """Where known divisions end; a longer name of a road or an estate is none."""
        while (known := self._divisions.longest(text, at)) > at:
            if known > end or max(self._roads.longest(text, at), self._estates.longest(text, at)) > known:
                break
            at = known
        return at

    def _roads_end(self, reading: _Reading, start: int, end: int) -> int:
        """Where the roads and lanes that a name starts with end."""
        text, at = reading.text, start
        if text[start:end] in self._estates:
            return start
        while at < end:
            known = self._roads.longest(text, at)
            if at < known <= end:
                at = known
            elif (
                (road := _ROAD.match(text, at, end))
                and text[road.end() : end] not in _ENDS_ALONE
                and text[at:end] not in self._estates
            ):
                at = road.end()
            else:
                break
        if at > start:
            reading.put("road", text[start:at], start, at)
        return at


def _first(words: Iterable[str], holds: Callable[[str], bool]) -> str:
    return next(filter(holds, words))


def _name_end(text: str, start: int, end: int) -> int:
    """Where a name ends that may have a building without a number after it: 阳光花园东楼."""
    named = end - start >= 2 and text[end - 1] == "楼" and text[end - 2] in NAMED_BUILDINGS
    return end - 2 if named and (end - start == 2 or text.endswith(_ENDS_OF_NAMES, start, end - 2)) else end


def _by_rule(text: str, start: int, end: int) -> int:
    """Where the divisions end that are plain from their ends alone."""
    found = _DIVISIONS.match(text, start, end)
    if found is None or found.end() == start:
        return start
    names = [name for name in found.groups() if name]
    if found.end() < end and (len(names) > 1 or names[0].endswith(STRONG_DIVISIONS)):
        return found.end()
    strong = _STRONG.match(text, start, end)
    return strong.end() if strong else start


class _Reading:
    """What has been read of one address so far."""

    __slots__ = ("found", "near", "spans", "text", "unread")

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[str, str] = {}
        self.spans: list[tuple[str, int, int]] = []
        self.unread: list[str] = []
        self.near = ""

    def parsed(self) -> ParsedAddress:
        return ParsedAddress(
            **self.found, near=self.near, unread=tuple(self.unread), text=self.text, spans=tuple(self.spans)
        )

    def leave(self, start: int, end: int) -> None:
        """Notes that a part is not understood."""
        if start < end:
            self.unread.append(self.text[start:end])

    def put(self, component: str, value: str, start: int, end: int) -> None:
        """Notes a component; a second value for one is not understood."""
        if component in self.found:
            self.leave(start, end)
        else:
            self.found[component] = value
            self.spans.append((component, start, end))

    def take(self, value: str, marker: str, start: int, end: int) -> None:
        """Notes a number with the word after it."""
        found, component = self.found, MARKERS[marker]
        value = _bare(value)
        inside = "building" in found or "unit" in found or "floor" in found
        if component == "number" and inside:
            component = "room"
        elif component == "number" and "number" in found:
            if found["number"].endswith("弄"):
                found["number"] += value
                self.spans.append(("number", start, end))
                return
            component = "building"
        elif component == "lane":
            component, value = "number", f"{value}弄"
        elif marker == "楼" and not inside and (value.isalpha() or _UNIT_NEXT.match(self.text, end)):
            component = "building"
        if component == "room" and "-" in value:
            self.spread(start, end, value)
        else:
            self.put(component, value, start, end)

    def spread(self, start: int, end: int, value: str = "") -> None:
        """Notes numbers without words, such as 3-2-501, as the components they must be."""
        parts = [_bare(part) for part in (value or self.text[start:end]).split("-")]
        components = self._components_of(parts)
        if components is None:
            self.leave(start, end)
            return
        self.found.update(
            zip(
                components,
                [*parts[: len(components) - 1], "-".join(parts[len(components) - 1 :])],
                strict=True,
            )
        )
        self.spans.extend((component, start, end) for component in components)

    def _components_of(self, parts: list[str]) -> tuple[str, ...] | None:
        found = self.found
        if "room" in found or len(parts) > 3:
            return None
        if "unit" in found or "floor" in found:
            return ("room",)
        if "building" in found:
            return ("unit", "floor", "room")[:: 2 if len(parts) == 2 else 1] if len(parts) > 1 else ("room",)
        if len(parts) == 1:
            return ("room",) if len(parts[0]) > 2 else None
        if len(parts) == 2:
            return ("building", "room" if len(parts[1]) > 2 else "unit")
        return ("building", "unit", "room")


_UNIT_NEXT = re.compile(r"第?[0-9A-Z]+单元")


def _bare(value: str) -> str:
    """A value in one form: no zeros before it, basements as B."""
    if value[0] in "负地0" or "-0" in value:
        value = re.sub(r"(?<![0-9])0+(?=\d)", "", re.sub("^(?:负|地下)", "B", value))
    return value


_PLAIN = AddressParser()


def parse_address(address: str) -> ParsedAddress:
    """Takes an address apart by rules alone; see `AddressParser.parse`.

    Examples:
        >>> found = parse_address("清风街道柳湾路１２号阳光花园三号楼2单元501室")
        >>> found.road, found.number, found.estate, found.building, found.unit, found.room
        ('柳湾路', '12', '阳光花园', '3', '2', '501')
        >>> str(found)
        '清风街道柳湾路12号阳光花园3幢2单元501室'
        >>> found.division, parse_address("柳湾路12号对面").near
        ('清风街道', '对面')
    """
    return _PLAIN.parse(address)


@lru_cache(maxsize=1 << 16)  # tables repeat their values
def bare_value(component: str, value: str) -> str:
    """A component as a table has it, in the form of `ParsedAddress`: ``3`` for 3幢 and for 3.

    Examples:
        >>> bare_value("building", "三号楼"), bare_value("number", "200弄12号"), bare_value("road", "中山3路")
        ('3', '200弄12', '中山三路')
    """
    text = normalise_address(value)
    if component in {"division", "road", "estate"} or not text:
        return text
    if component == "building" and text[:-1] in NAMED_BUILDINGS and text[-1] == "楼":
        return text[:-1]
    return _bare(_TOKEN.sub(_without_marker, text))


def _without_marker(token: re.Match[str]) -> str:
    value, marker, extra = token.groups()
    if value is None:
        return token[0]
    return _bare(value) + ("弄" if marker == "弄" else "") + (extra or "").rstrip("号")
