"""A city while it is reorganised: rows that steps take, replace and rename."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gov_core.city._closest import Closest
from gov_core.city._ground import assign
from gov_core.city._sheets import BY_PART, OUTLASTING, SHEETS, TextField, words_of
from gov_core.city._successions import Successions
from gov_core.city._timeline import undated
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    import shapely
    from shapely.geometry.base import BaseGeometry

    from gov_core.city._city import City
    from gov_core.city._sheets import Sheet
    from gov_core.places import Place

_END_WITH = {
    *(("relations", end) for end in ("source", "target")),
    *(("posts", field) for field in ("body", "at")),
    *(("assignments", field) for field in ("source", "target", "at")),
    *(("grants", field) for field in ("holder", "over")),
    *(("teams", field) for field in ("unit", "serves")),
    *((part, "unit") for part in ("providers", "systems")),
}
"""What is said of a body or its place ends with it; a rule, an item, a thing or money would be nobody's."""

_CHAINS = {("rules", "unit"), ("items", "holder")}
"""Fallback chains: the parts of a split body are no fallbacks for each other."""

_REPEATED = {("rules", "area"), *(("relations", end) for end in ("source", "target"))}
"""One row for each part of what was split says the same as the row before."""

_SAME_TWICE = {"relations", "grants"}
"""Tables whose rows merge when their keys become equal, unless they say the opposite."""


@dataclass(slots=True)
class Stage:
    """Rows of one version, without dates, with all faults of the steps so far.

    Attributes:
        on: First day of the new version.
        source: What it follows.
        where: The step at hand, in words of a fault.
    """

    on: date
    source: str
    levels: tuple[str, ...]
    partition: str
    places: list[Place]
    outlines: dict[str, bytes]
    tables: dict[str, list[Any]]
    successions: Successions = field(default_factory=Successions)
    faults: list[Fault] = field(default_factory=list)
    where: str = ""

    @classmethod
    def of(cls, city: City, on: date, source: str) -> Stage:
        """The rows of a city."""
        stage = cls(
            on,
            source,
            city.levels,
            city.partition,
            [undated(place) for place in city.places],
            city.drawn,
            {sheet.part: [undated(row) for row in getattr(city, sheet.part)] for sheet in SHEETS},
        )
        for part, row in _outlasting(city):
            stage.tables[part].remove(undated(row))
            stage.successions.note(part, {key_of(part, row): ()})
        return stage

    def city(self, before: City) -> City:
        """The rows as a city of their own."""
        tables: Any = self.tables
        return type(before).from_parts(
            name=before.name,
            crs=before.crs,
            levels=self.levels,
            partition=self.partition,
            grades=before.grades,
            places=self.places,
            geometries=self.outlines,
            voids=before.voids,
            hard_rules=before.hard_rules,
            severities=dict(before.severities),
            preset=before.preset,
            procedure_files=before.procedure_files,
            **tables,
        )

    def fault(self, code: str, message: str, hint: str = "") -> None:
        """Notes what is wrong with the step at hand."""
        self.faults.append(Fault(f"reorganisation.{code}", message, self.where, hint))

    def take(self, part: str, key: str) -> Any:  # noqa: ANN401  # a row of the part
        """A row by its key; None after a fault if there is none."""
        rows = self._rows(part)
        found = next((row for row in rows if key_of(part, row) == key), None)
        if found is None:
            hint = Closest([key_of(part, row) for row in rows])(key)
            self.fault("unknown", f'{part} hold no "{key}"', hint)
        return found

    def replace_all(self, part: str, keys: Iterable[str], new: list[Any]) -> None:
        """Puts new rows where the first of the old ones stood.

        A new row may have the key of one it replaces, not that of another.
        """
        keys, rows = set(keys), self._rows(part)
        at = next((at for at, row in enumerate(rows) if key_of(part, row) in keys), len(rows))
        kept = [row for row in rows if key_of(part, row) not in keys]
        there = {key_of(part, row) for row in kept}
        for row in new:
            if key_of(part, row) in there:
                self.fault(
                    "id_taken", f'{part} hold "{key_of(part, row)}" already', "give the new one its own id"
                )
        rows[:] = [*kept[:at], *new, *kept[at:]]

    def rename(
        self,
        part: str,
        mapping: Mapping[str, tuple[str, ...]],
        moves: Mapping[str, str] | None = None,
        *,
        by_point: bool = False,
    ) -> None:
        """Lets all rows that named old keys of a part name the new ones.

        Args:
            part: Whose keys changed.
            mapping: Old key to the new ones: none if it ended, several if it was split.
            moves: Key of a row that names something split, to the new key it goes to.
            by_point: Rows with coordinates go to the place of the new tiling that holds them, whatever place
                took over from theirs.
        """
        self.successions.note(part, mapping)
        rename = _Rename(self, part, mapping, moves or {}, by_point=by_point)
        for sheet in SHEETS:
            named = [
                word
                for word in words_of(sheet.part)
                if word.refers is not None and part in word.refers.parts and word.field != "successors"
            ]
            if named:
                self._rename_rows(sheet, named, rename)
        if part == "places":
            self.places = [rename.parent(place) for place in self.places]

    def _rename_rows(self, sheet: Sheet, named: list[TextField], rename: _Rename) -> None:
        """Renames in one table, and notes what became of its own rows by that."""
        renamed: list[Any] = []
        became: dict[str, tuple[str, ...]] = {}
        for row in self.tables[sheet.part]:
            rows = [row]
            for word in named:
                rows = [new for old in rows for new in rename.row(sheet.part, old, word)]
            if len(rows) != 1 or rows[0] is not row:
                if sheet.part == "relations":
                    rows = [new for new in rows if new.source != new.target]
                became[sheet.key_of(row)] = tuple(map(sheet.key_of, rows))
            renamed += rows
        self.tables[sheet.part] = self._merged(sheet, renamed) if sheet.part in _SAME_TWICE else renamed
        self.successions.note(sheet.part, became)

    def _merged(self, sheet: Sheet, rows: list[Any]) -> list[Any]:
        """One row for each key; the first, if they do not contradict each other."""
        first: dict[str, Any] = {}
        for row in rows:
            key = sheet.key_of(row)
            if getattr(first.setdefault(key, row), "held", None) != getattr(row, "held", None):
                self.fault("conflict", f"{sheet.part}#{key} would be held and barred at once", _MEND)
        return list(first.values())

    def drawn(
        self, level: str, places: Iterable[Place], outlines: Mapping[str, bytes]
    ) -> dict[str, BaseGeometry]:
        """Outlines of the places of a level: their own, or those of what tiles the city below them."""
        import shapely

        places = list(places)
        parents = {place.id: place.parent for place in places}
        parts: dict[str, list[bytes]] = {place.id: [] for place in places if place.level == level}
        for place in places:
            if place.id not in outlines or (place.level not in {self.partition, level}):
                continue
            step: str | None = place.id
            while step is not None and step not in parts:
                step = parents.get(step)
            if step is not None:
                parts[step].append(outlines[place.id])
        return {
            name: shapely.union_all(shapely.from_wkb([outlines[name]] if name in outlines else own))
            for name, own in parts.items()
            if own
        }

    def _rows(self, part: str) -> list[Any]:
        return self.places if part == "places" else self.tables[part]


def _outlasting(city: City) -> Iterator[tuple[str, Any]]:
    """Rows that tell of units and items of other times; a version by itself has no place for them."""
    known = {"units": {unit.id for unit in city.units}, "items": {item.code for item in city.items}}
    for part in OUTLASTING:
        refers = [(word, word.refers.parts[0]) for word in words_of(part) if word.refers is not None]
        for row in getattr(city, part):
            names = ((name, to) for word, to in refers if to in known for name in word.named(row))
            if not all(name.startswith("@") or name in known[to] for name, to in names):
                yield part, row


def key_of(part: str, row: Any) -> str:  # noqa: ANN401  # a row of the part
    """The key of a row of any part."""
    return str(row.id) if part == "places" else BY_PART[part].key_of(row)


class _Rename:
    """New names for old ones in the rows of a stage."""

    def __init__(
        self,
        stage: Stage,
        part: str,
        mapping: Mapping[str, tuple[str, ...]],
        moves: Mapping[str, str],
        *,
        by_point: bool,
    ) -> None:
        self._tiles: tuple[str, ...] = ()
        if by_point:
            self._tiles = tuple(place.id for place in stage.places if place.level == stage.partition)
        self._trees: dict[tuple[str, ...], shapely.STRtree] = {}
        self._stage, self._part, self._mapping, self._moves = stage, part, mapping, moves
        self._outlines: dict[tuple[str, ...], dict[str, BaseGeometry]] = {}

    def row(self, part: str, row: Any, word: TextField) -> Iterator[Any]:  # noqa: ANN401
        """The row with new names in one field: as it was, changed, once for each new name, or not at all."""
        names = tuple(word.named(row))
        if not any(name in self._mapping for name in names):
            yield row
        elif isinstance(getattr(row, word.field), tuple):
            yield from self._list(part, row, word, names)
        else:
            yield from self._single(part, row, word, names[0])

    def parent(self, place: Place) -> Place:
        """A place under its new parent."""
        if place.parent is None or place.parent not in self._mapping:
            return place
        new = self._mapping[place.parent]
        target = new[0] if len(new) == 1 else self._moved("places", place.id, new)
        target = target or self._by_ground(place, new)
        if target is None:
            self._unsettled("places", place.id, place.parent, new)
            return place
        return replace(place, parent=target)

    def _list(self, part: str, row: Any, word: TextField, names: tuple[str, ...]) -> Iterator[Any]:  # noqa: ANN401
        key = key_of(part, row)
        renamed: list[str] = []
        for name in names:
            new = self._mapping.get(name, (name,))
            if len(new) > 1 and (part, word.field) in _CHAINS:
                chosen = self._moved(part, key, new)
                if chosen is None:
                    self._unsettled(part, key, name, new)
                    new = (name,)
                else:
                    new = (chosen,)
            renamed += new
        if renamed:
            yield replace(row, **{word.field: tuple(dict.fromkeys(renamed))})
        elif (part, word.field) not in _END_WITH:
            self._stage.fault(
                "unheld", f"{part}#{key} names only {', '.join(names)} as its {word.field}", _MEND
            )

    def _single(self, part: str, row: Any, word: TextField, name: str) -> Iterator[Any]:  # noqa: ANN401
        key, new = key_of(part, row), self._mapping[name]
        if self._tiles and (here := self._by_point(row, self._tiles)):
            yield replace(row, **{word.field: here})
        elif len(new) == 1:
            yield replace(row, **{word.field: new[0]})
        elif not new:
            if (part, word.field) not in _END_WITH:
                self._stage.fault("unheld", f"{part}#{key} names only {name} as its {word.field}", _MEND)
        elif (part, word.field) in _REPEATED:
            for other in new:
                own = {"id": f"{row.id}/{other}"} if hasattr(row, "id") else {}
                yield replace(row, **own, **{word.field: other})
        else:
            target = self._moved(part, key, new) or self._by_point(row, new)
            if target is None:
                self._unsettled(part, key, name, new)
            else:
                yield replace(row, **{word.field: target})

    def _moved(self, part: str, key: str, new: tuple[str, ...]) -> str | None:
        target = self._moves.get(key)
        if target is not None and target not in new:
            hint = f"one of {', '.join(new)}"
            self._stage.fault(
                "move", f'{part}#{key} goes to "{target}", which did not come of what it named', hint
            )
        return target if target in new else None

    def _by_point(self, row: Any, new: tuple[str, ...]) -> str | None:  # noqa: ANN401
        """The new place that holds the coordinates of an address, a component or premises."""
        import shapely

        if self._part != "places" or getattr(row, "lon", None) is None or row.lat is None:
            return None
        outlines = self._drawn(new)
        names = list(outlines)
        if new not in self._trees:
            self._trees[new] = shapely.STRtree(list(outlines.values()))
        hits = self._trees[new].query(shapely.Point(row.lon, row.lat), predicate="intersects")
        return names[min(hits)] if len(hits) else None

    def _by_ground(self, place: Place, new: tuple[str, ...]) -> str | None:
        """The new place that a place below shares most ground with."""
        stage = self._stage
        own = stage.drawn(place.level, stage.places, stage.outlines).get(place.id)
        return None if own is None else assign({place.id: own}, self._drawn(new))[place.id][0]

    def _drawn(self, names: tuple[str, ...]) -> dict[str, BaseGeometry]:
        if names not in self._outlines:
            stage = self._stage
            level = next((place.level for place in stage.places if place.id in names), "")
            drawn = stage.drawn(level, stage.places, stage.outlines)
            self._outlines[names] = {name: drawn[name] for name in names if name in drawn}
        return self._outlines[names]

    def _unsettled(self, part: str, key: str, name: str, new: tuple[str, ...]) -> None:
        message = f'{part}#{key} names "{name}", which became {", ".join(new)}'
        self._stage.fault("unsettled", message, "say in moves which of them it goes to")


_MEND = "name a successor, or end or change the row in an earlier step"
