"""One city: its parts together, as a value that cannot be half right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gov_core.city import _digest, _folder, _parts, _write
from gov_core.city._links import check_links
from gov_core.errors import CityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gov_core.city._draft import Draft
    from gov_core.city._entities import AssetClass, Matter, Place, Rule, Unit, Void
    from gov_core.errors import Fault


@dataclass(frozen=True, slots=True)
class City:
    """Places, units, matters and rules of one city, checked against each other.

    Made by `City.load` or `City.from_parts`. Whether the grids are a partition and the rules
    agree is seen when they are compiled (`gov_core.routing`), not here.

    Attributes:
        name: For people.
        crs: What coordinates of grids, and of events that do not say, are in: ``EPSG:4326``,
            ``EPSG:4490``, ``GCJ-02`` or ``BD-09``.
        levels: Names of the levels of places, top to bottom; the last one has the grids.
        grades: Grades an event may have; None if the city has none.
        voids: Holes that are meant.
        places: Places of all levels, in the order of the file.
        grids: Ids of the places of the lowest level, in the order of the file; the slots of an index.
        geometries: Outlines as WKB (little endian, two dimensions), aligned with `grids`.
        outlines: Outlines of places above the grids, as far as they are known: (place id, WKB).
        units: Bodies that handle events.
        matters: Tree of matters.
        asset_classes: Tree of asset classes.
        rules: Who handles what.
        warnings: What was odd about the input and did not stop it.
        digest: SHA-256 in hex over all that decides an answer.
    """

    name: str
    crs: str
    levels: tuple[str, ...]
    grades: tuple[str, ...] | None
    voids: tuple[Void, ...]
    places: tuple[Place, ...]
    grids: tuple[str, ...]
    geometries: tuple[bytes, ...] = field(repr=False)
    outlines: tuple[tuple[str, bytes], ...] = field(repr=False)
    units: tuple[Unit, ...]
    matters: tuple[Matter, ...]
    asset_classes: tuple[AssetClass, ...]
    rules: tuple[Rule, ...]
    warnings: tuple[Fault, ...] = field(default=(), compare=False)
    digest: str = field(init=False, compare=False)
    _parents: dict[str, str | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parents", {place.id: place.parent for place in self.places})
        object.__setattr__(self, "digest", _digest.digest(self))

    @classmethod
    def load(cls, folder: str | Path, *, max_bytes: int = _folder.MAX_BYTES) -> City:
        """Reads a city folder, format 1.

        Args:
            folder: Holds city.toml, places.geojson (or .gpkg, .parquet), units.csv, matters.csv,
                rules.csv and, if wanted, asset_classes.csv.
            max_bytes: No file may be larger than this.

        Raises:
            CityError: With every fault of the folder.
        """
        return cls._from_draft(_folder.read_folder(folder, max_bytes))

    @classmethod
    def from_parts(
        cls,
        *,
        name: str,
        crs: str = "EPSG:4326",
        levels: Iterable[str],
        grades: Iterable[str] | None = None,
        places: Iterable[Place],
        geometries: Mapping[str, bytes],
        voids: Iterable[Void] = (),
        units: Iterable[Unit] = (),
        matters: Iterable[Matter] = (),
        asset_classes: Iterable[AssetClass] = (),
        rules: Iterable[Rule] = (),
    ) -> City:
        """Builds a city in code, with the checks of `load`.

        Args:
            name: For people.
            crs: ``EPSG:4326``, ``EPSG:4490``, ``GCJ-02`` or ``BD-09``.
            levels: Names of the levels, top to bottom.
            grades: Grades an event may have; None if there are none.
            places: Places of all levels; the order of those of the lowest level is that of the slots.
            geometries: Place id to polygon or multipolygon as WKB; needed for the lowest level.
            voids: Holes that are meant.
            units: Bodies that handle events.
            matters: Tree of matters, in any order.
            asset_classes: Tree of asset classes; if empty, the classes that rules name.
            rules: Who handles what.

        Raises:
            CityError: With every fault of the parts.
        """
        return cls._from_draft(
            _parts.draft_of(
                name=name,
                crs=crs,
                levels=levels,
                grades=grades,
                places=places,
                geometries=geometries,
                voids=voids,
                units=units,
                matters=matters,
                asset_classes=asset_classes,
                rules=rules,
            )
        )

    @classmethod
    def _from_draft(cls, draft: Draft) -> City:
        check_links(draft)
        if draft.faults:
            raise CityError(draft.faults)
        leaf = draft.levels[-1]
        grids = tuple(place.id for place in draft.places.items if place.level == leaf)
        return cls(
            name=draft.name,
            crs=draft.crs,
            levels=draft.levels,
            grades=draft.grades,
            voids=tuple(draft.voids.items),
            places=tuple(draft.places.items),
            grids=grids,
            geometries=tuple(draft.outlines[grid] for grid in grids),
            outlines=tuple(
                (place.id, draft.outlines[place.id])
                for place in draft.places.items
                if place.level != leaf and place.id in draft.outlines
            ),
            units=tuple(draft.units.items),
            matters=tuple(draft.matters.items),
            asset_classes=tuple(draft.asset_classes.items),
            rules=tuple(draft.rules.items),
            warnings=tuple(draft.warnings),
        )

    def save(self, folder: str | Path) -> None:
        """Writes the city as a folder, format 1; `load` gives the same city back.

        Each file appears whole or not at all. The folder is made if it is not there.

        Raises:
            OSError: The folder cannot be written.
        """
        _write.write_folder(self, folder)

    def path(self, place_id: str) -> tuple[str, ...]:
        """Ids from the top level down to a place, the place itself included.

        Raises:
            KeyError: The city has no such place.
        """
        found = []
        step: str | None = place_id
        while step is not None:
            found.append(step)
            step = self._parents[step]
        return tuple(reversed(found))
