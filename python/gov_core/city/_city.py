"""One city: its parts together, as a value that cannot be half right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from gov_core.city import _digest, _folder, _parts, _write
from gov_core.city._duties import Duties, duties_of
from gov_core.city._ids import check_outline_keys
from gov_core.city._links import add_assets_of_rules, check_links, check_validity
from gov_core.city._record import CityRecord
from gov_core.city._sheets import SHEETS
from gov_core.city._timeline import EVER, Timeline, draft_on, versions_of
from gov_core.errors import CityError, Fault
from gov_core.fields import validity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from gov_core.city._draft import Draft
    from gov_core.city._parts import Tables
    from gov_core.city._rule import Rule
    from gov_core.places import Place, Void


_UNDATED = (
    *("name", "crs", "levels", "partition", "grades", "voids"),
    *("hard_rules", "severities", "preset", "procedure_files", "warnings", "_where"),
)
"""What is the same in all versions of a city."""


@dataclass(frozen=True, slots=True)
class City(CityRecord):
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
            self._known["digest"] = _digest.digest(self, self.effective_rules)
        return str(self._known["digest"])

    def save(self, folder: str | Path) -> None:
        """Writes the city as a folder; `load` gives the same city back, with all its versions.

        Each file appears whole or not at all. The folder is made if it is not there.

        Raises:
            OSError: The folder cannot be written.
        """
        _write.write_folder(self, folder)

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
