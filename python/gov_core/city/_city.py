"""One city: its parts together, as a value that cannot be half right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from gov_core.city import _digest, _folder, _parts, _write
from gov_core.city._draft import outline_key
from gov_core.city._duties import Duties, duties_of
from gov_core.city._ids import check_outline_keys
from gov_core.city._links import add_assets_of_rules, check_links, check_validity
from gov_core.city._sheets import BY_PART, PLACES, SHEETS
from gov_core.city._timeline import EVER, Timeline, draft_on, versions_of
from gov_core.errors import CityError, Fault
from gov_core.fields import validity_of
from gov_core.organisation import Graph, Powers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from gov_core.cases.procedure_use import ProcedureUse
    from gov_core.cases.subscription import Subscription
    from gov_core.checklists import Checklist, Item, ItemLimit, Matter, Transfer
    from gov_core.city._draft import Draft
    from gov_core.city._figure import Figure, Term
    from gov_core.city._rule import Rule
    from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team, Unit
    from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Place, Premises, Void


class Tables(TypedDict, total=False):
    """The tables of a city as `City.from_parts` takes them; each may be left out."""

    units: Iterable[Unit]
    matters: Iterable[Matter]
    asset_classes: Iterable[AssetClass]
    rules: Iterable[Rule]
    relations: Iterable[Relation]
    posts: Iterable[Post]
    assignments: Iterable[Assignment]
    grants: Iterable[Grant]
    teams: Iterable[Team]
    providers: Iterable[Provider]
    systems: Iterable[System]
    layers: Iterable[Layer]
    layer_areas: Iterable[LayerArea]
    assets: Iterable[Asset]
    premises: Iterable[Premises]
    addresses: Iterable[Address]
    checklists: Iterable[Checklist]
    items: Iterable[Item]
    item_limits: Iterable[ItemLimit]
    transfers: Iterable[Transfer]
    procedures: Iterable[ProcedureUse]
    subscriptions: Iterable[Subscription]
    norms: Iterable[Norm]
    figures: Iterable[Figure]
    terms: Iterable[Term]


_UNDATED = (
    *("name", "crs", "levels", "partition", "grades", "voids"),
    *("hard_rules", "severities", "preset", "procedure_files", "warnings", "_where"),
)
"""What is the same in all versions of a city."""


@dataclass(frozen=True, slots=True)
class City:
    """Places, bodies, checklists, rules and things of one city on one day, checked against each other.

    Made by `City.load` or `City.from_parts`. Whether the grids are a partition and the rules agree is seen
    when they are compiled (`gov_core.routing`), whether the city is a good one when it is checked
    (`gov_core.checker`), not here.

    A folder may hold rows that are valid for a time only. A city then is the newest version of them, and
    `as_of` gives that of any other day.

    Attributes:
        name: For people.
        crs: What coordinates of grids, and of events that do not say, are in: ``EPSG:4326``,
            ``EPSG:4490``, ``GCJ-02`` or ``BD-09``.
        levels: Names of the levels of places, top to bottom.
        partition: The level whose places, the grids, tile the city; levels below it, such as buildings, lie
            in grids and need no outline.
        grades: Grades an event may have; None if the city has none.
        voids: Holes that are meant.
        places: Places of all levels, in the order of the file.
        grids: Ids of the places of the level `partition`, in the order of the file; the slots of an index.
        geometries: Outlines as WKB (little endian, two dimensions), aligned with `grids`.
        outlines: Outlines of other places, as far as they are known: (place id, WKB).
        units: Bodies.
        matters: Tree of matters.
        asset_classes: Tree of asset classes.
        rules: Who handles what, said outright; without any, checklists decide.
        relations: How bodies stand to each other.
        posts: Seats in bodies.
        assignments: Seats that one body fills in another.
        grants: Which bodies hold which powers.
        teams: Forces laid over the grids.
        providers: Registered providers of services.
        systems: Business systems that are joined.
        layers: Jurisdictions beside the grids.
        layer_areas: Their areas.
        assets: Components with ids.
        premises: Buildings, estates and venues.
        addresses: Standard addresses.
        checklists: Lists of powers, services and duties.
        items: Items of the lists.
        item_limits: Limits of items by condition and grade.
        transfers: Duties that moved, and the money that moved with them.
        procedures: Which procedure cases of a matter run through.
        subscriptions: Who is told of which events of cases.
        norms: Bounds that places and bodies are held against.
        figures: Numbers of sources.
        terms: Words of sources.
        hard_rules: Names of the hard rules that the checker holds the city to.
        severities: Diagnostics that count otherwise here: (code, ``error``, ``warning`` or ``off``).
        preset: Name of the preset the city was made from; empty if none.
        procedure_files: Procedures of its own, as files of the folder ``procedures``: (name, text); read by
            `gov_core.cases.procedure.read_procedures`.
        warnings: What was odd about the input and did not stop it.
    """

    name: str
    crs: str
    levels: tuple[str, ...]
    partition: str
    grades: tuple[str, ...] | None
    voids: tuple[Void, ...]
    places: tuple[Place, ...]
    grids: tuple[str, ...]
    geometries: tuple[bytes, ...] = field(repr=False)
    outlines: tuple[tuple[str, bytes], ...] = field(repr=False)
    units: tuple[Unit, ...] = ()
    matters: tuple[Matter, ...] = ()
    asset_classes: tuple[AssetClass, ...] = ()
    rules: tuple[Rule, ...] = ()
    relations: tuple[Relation, ...] = ()
    posts: tuple[Post, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    grants: tuple[Grant, ...] = ()
    teams: tuple[Team, ...] = ()
    providers: tuple[Provider, ...] = ()
    systems: tuple[System, ...] = ()
    layers: tuple[Layer, ...] = ()
    layer_areas: tuple[LayerArea, ...] = ()
    assets: tuple[Asset, ...] = ()
    premises: tuple[Premises, ...] = ()
    addresses: tuple[Address, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    items: tuple[Item, ...] = ()
    item_limits: tuple[ItemLimit, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    procedures: tuple[ProcedureUse, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    norms: tuple[Norm, ...] = ()
    figures: tuple[Figure, ...] = ()
    terms: tuple[Term, ...] = ()
    hard_rules: tuple[str, ...] = ()
    severities: tuple[tuple[str, str], ...] = ()
    preset: str = ""
    procedure_files: tuple[tuple[str, str], ...] = ()
    warnings: tuple[Fault, ...] = field(default=(), compare=False)
    _timeline: Timeline | None = field(default=None, repr=False)
    _where: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, folder: str | Path, *, max_bytes: int = _folder.MAX_BYTES) -> City:
        """Reads a city folder.

        Args:
            folder: Holds city.toml, places.geojson (or another map) and the tables; see the reference of the
                city folder.
            max_bytes: No file may be larger than this.

        Returns:
            The newest version, if rows have dates; `as_of` gives the others.

        Raises:
            CityError: With every fault of the folder, in any of its versions.
        """
        return cls._from_draft(_folder.read_folder(folder, max_bytes))

    @classmethod
    def from_parts(
        cls,
        *,
        name: str,
        crs: str = "EPSG:4326",
        levels: Iterable[str],
        partition: str = "",
        grades: Iterable[str] | None = None,
        places: Iterable[Place],
        geometries: Mapping[str, bytes],
        voids: Iterable[Void] = (),
        hard_rules: Iterable[str] = (),
        severities: Mapping[str, str] | None = None,
        preset: str = "",
        procedure_files: Iterable[tuple[str, str]] = (),
        **tables: Unpack[Tables],
    ) -> City:
        """Builds a city in code, with the checks of `load`.

        Args:
            name: For people.
            crs: ``EPSG:4326``, ``EPSG:4490``, ``GCJ-02`` or ``BD-09``.
            levels: Names of the levels, top to bottom.
            partition: The level whose places tile the city; empty for the last.
            grades: Grades an event may have; None if there are none.
            places: Places of all levels; the order of those of the level `partition` is that of the slots.
            geometries: Place id to polygon or multipolygon as WKB; needed for the level `partition`. A place
                with a first day is named ``id@2016-06-08``.
            voids: Holes that are meant.
            hard_rules: Names of the hard rules that the checker holds the city to.
            severities: Code of a diagnostic to ``error``, ``warning`` or ``off``.
            preset: Name of the preset the city was made from.
            procedure_files: Procedures of its own: name of a file, ``night.toml``, and what it says.
            **tables: The tables, as named by the attributes of a city; without asset classes, those that
                rules name.

        Raises:
            CityError: With every fault of the parts.
        """
        return cls._from_draft(
            _parts.draft_of(
                name=name,
                crs=crs,
                levels=levels,
                partition=partition,
                grades=grades,
                places=places,
                geometries=geometries,
                voids=voids,
                hard_rules=hard_rules,
                severities=severities or {},
                preset=preset,
                procedure_files=procedure_files,
                tables=tables,
            )
        )

    @classmethod
    def _from_draft(cls, draft: Draft) -> City:
        add_assets_of_rules(draft)
        check_validity(draft)
        check_outline_keys(draft)
        versions = versions_of(draft)
        seen = set(draft.faults)
        for day in versions:
            valid = draft_on(draft, day)
            check_links(valid, draft)
            # Rows that did not change are wrong in the same way in each version.
            draft.faults += [fault for fault in valid.faults if fault not in seen]
            seen.update(valid.faults)
        if draft.faults:
            raise CityError(draft.faults)
        timeline = Timeline(
            places=tuple(draft.places.items),
            tables={sheet.part: tuple(draft.table(sheet.part).items) for sheet in SHEETS},
            outlines=draft.outlines,
            versions=versions,
        )
        where = {
            sheet.part: _spots((sheet.key_of(row), row, spot) for row, spot in draft.table(sheet.part))
            for sheet in SHEETS
        }
        where["places"] = _spots((place.id, place, spot) for place, spot in draft.places)
        where["voids"] = {void.name: spot for void, spot in draft.voids}
        file, _, key = draft.levels_where.partition("#")
        if key:  # the settings are in a file
            where["hard_rules"] = dict.fromkeys(draft.hard_rules, f"{file}#check.hard_rules")
            where["severities"] = {code: f"{file}#check.severities" for code, _ in draft.severities}
        city = cls._on(
            versions[-1],
            timeline,
            name=draft.name,
            crs=draft.crs,
            levels=draft.levels,
            partition=draft.tiling,
            grades=draft.grades,
            voids=tuple(draft.voids.items),
            hard_rules=draft.hard_rules,
            severities=draft.severities,
            preset=draft.preset,
            procedure_files=draft.procedure_files,
            warnings=tuple(draft.warnings),
            _where=where,
        )
        faults = [fault for day in versions if city.items for fault in city.as_of(day).duties.faults]
        if faults:
            raise CityError(list(dict.fromkeys(faults)))
        return city

    @classmethod
    def _on(
        cls,
        day: date,
        timeline: Timeline,
        *,
        partition: str,
        **parts: Any,  # noqa: ANN401  # what does not change, as the fields are named
    ) -> City:
        """The version of a day."""
        rows = timeline.places_on(day)
        grids = [(place.id, wkb) for place, wkb in rows if place.level == partition]
        tables: dict[str, Any] = {sheet.part: timeline.table_on(sheet.part, day) for sheet in SHEETS}
        return cls(
            places=tuple(place for place, _ in rows),
            partition=partition,
            grids=tuple(grid for grid, _ in grids),
            # Every grid has an outline: without, the city would have been refused.
            geometries=tuple(wkb for _, wkb in grids if wkb is not None),
            outlines=tuple(
                (place.id, wkb) for place, wkb in rows if place.level != partition and wkb is not None
            ),
            # A city without dates is its only version, and needs no second copy.
            _timeline=None if timeline.versions == (EVER,) else timeline,
            **tables,
            **parts,
        )

    def as_of(self, day: date) -> City:
        """The city as it is on a day.

        Args:
            day: Any day; before the first version there are no places.

        Raises:
            CityError: The city has no grids on that day.
        """
        if self._timeline is None:
            return self
        city = self._on(day, self._timeline, **{name: getattr(self, name) for name in _UNDATED})
        if not city.grids:
            first, last = self._timeline.versions[0], self._timeline.versions[-1]
            hint = f"its versions begin {first}" if first == last else f"its versions begin {first} to {last}"
            message = f"there is no {self.partition} on {day}"
            raise CityError([Fault("city.no_version", message, "places", hint)])
        return city

    @property
    def versions(self) -> tuple[date, ...]:
        """First days of the versions, the earliest first; `date.min` for one that has always been."""
        return (EVER,) if self._timeline is None else self._timeline.versions

    @property
    def effective_rules(self) -> tuple[Rule, ...]:
        """The rules that decide: `rules`, or if there are none, what the checklists amount to."""
        return self.rules or self.duties.rules

    @property
    def duties(self) -> Duties:
        """The checklists read as rules; empty if there are rules that say outright who handles what."""
        if "duties" not in self._known:
            self._known["duties"] = duties_of(self) if not self.rules else Duties((), {}, ())
        duties: Duties = self._known["duties"]
        return duties

    def where_rule(self, rule: Rule) -> str:
        """Where one of the `effective_rules` was found: its own row, or that of the item it is from."""
        item = self.duties.items.get(rule.id)
        if item is not None:
            return self.where("items", item)
        return f"rules.csv:{rule.line}" if rule.line else self.where("rules", rule.id)

    @property
    def digest(self) -> str:
        """SHA-256 in hex over all that decides an answer."""
        if "digest" not in self._known:
            self._known["digest"] = _digest.digest(self)
        return str(self._known["digest"])

    def where(self, part: str, key: str) -> str:
        """Where a row of the city was found, in words of a fault: ``units.csv:7``, ``places.geojson#G1``.

        Args:
            part: ``places``, ``voids``, ``hard_rules``, ``severities``, or the name of a table.
            key: Its id or code; for tables without, the fields that identify a row, joined by ``/``.
        """
        spots = self._where.get(part, {})
        first_day = None if self._timeline is None else self._first_days(part).get(key)
        return spots.get(f"{key}@{first_day}") or spots.get(key) or f"{part}#{key}"

    def _first_days(self, part: str) -> dict[str, date]:
        """First day of each row of this version that has one, by its key."""
        known: dict[str, dict[str, date]] = self._known.setdefault("first_days", {})
        if part not in known:
            sheet = PLACES if part == "places" else BY_PART.get(part)
            rows = () if sheet is None else getattr(self, part)
            known[part] = {
                sheet.key_of(row): day
                for row in rows
                if sheet is not None and (day := validity_of(row).valid_from) is not None
            }
        return known[part]

    def save(self, folder: str | Path) -> None:
        """Writes the city as a folder; `load` gives the same city back, with all its versions.

        Each file appears whole or not at all. The folder is made if it is not there.

        Raises:
            OSError: The folder cannot be written.
        """
        _write.write_folder(self, folder)

    def rows(self, part: str) -> tuple[Any, ...]:
        """All rows of a part in all versions, in the order of its file."""
        if self._timeline is None:
            return tuple(getattr(self, part))
        return self._timeline.places if part == "places" else self._timeline.tables[BY_PART[part].part]

    @property
    def drawn(self) -> dict[str, bytes]:
        """Outlines of all places of this version, as far as they are known, by id."""
        return dict(zip(self.grids, self.geometries, strict=True)) | dict(self.outlines)

    def outlines_ever(self) -> Mapping[str, bytes]:
        """Outlines of all places in all versions, by id; those of a place with a first day by ``id@day``."""
        if self._timeline is not None:
            return self._timeline.outlines
        drawn = self.drawn
        return {outline_key(place): drawn[place.id] for place in self.places if place.id in drawn}

    def redrawn(self, outlines: Mapping[str, bytes]) -> City:
        """The same city with other outlines.

        Args:
            outlines: Polygon or multipolygon as WKB by place id; those of a place with a first day by
                ``id@day``. Places that are not named keep theirs.

        Raises:
            CityError: An outline is no clear area, or of a place that there is not.
        """
        tables: Any = {sheet.part: self.rows(sheet.part) for sheet in SHEETS}
        return City.from_parts(
            name=self.name,
            crs=self.crs,
            levels=self.levels,
            partition=self.partition,
            grades=self.grades,
            places=self.rows("places"),
            geometries={**self.outlines_ever(), **outlines},
            voids=self.voids,
            hard_rules=self.hard_rules,
            severities=dict(self.severities),
            preset=self.preset,
            **tables,
        )

    def path(self, place_id: str) -> tuple[str, ...]:
        """Ids from the top level down to a place, the place itself included.

        Raises:
            KeyError: The city has no such place.
        """
        parents = self._parents
        found = []
        step: str | None = place_id
        while step is not None:
            found.append(step)
            step = parents[step]
        return tuple(reversed(found))

    @property
    def _parents(self) -> dict[str, str | None]:
        if "parents" not in self._known:
            self._known["parents"] = {place.id: place.parent for place in self.places}
        parents: dict[str, str | None] = self._known["parents"]
        return parents

    @property
    def graph(self) -> Graph:
        """How the units of the city stand to each other: `relations`, put onto them."""
        if "graph" not in self._known:
            self._known["graph"] = Graph.of(self.units, self.relations, self._parents)
        graph: Graph = self._known["graph"]
        return graph

    @property
    def powers(self) -> Powers:
        """Which units may do what: `grants`, put onto them."""
        if "powers" not in self._known:
            self._known["powers"] = Powers.of(self.grants, self.units, self._parents)
        powers: Powers = self._known["powers"]
        return powers


def _spots(rows: Iterable[tuple[str, object, str]]) -> dict[str, str]:
    """Where each row was found: by its key, and one that has a first day by ``key@day``."""
    found: dict[str, str] = {}
    for key, row, spot in rows:
        day = validity_of(row).valid_from
        if day is None:
            found[key] = spot
        else:
            found[f"{key}@{day}"] = spot
            found.setdefault(key, spot)
    return found
