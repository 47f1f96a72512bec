"""The parts of a city on one day as a record, and what follows from them alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gov_core.city._draft import outline_key
from gov_core.city._sheets import BY_PART, PLACES
from gov_core.city._timeline import EVER, Timeline
from gov_core.fields import validity_of
from gov_core.organisation import Graph, Powers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gov_core.cases.procedure_use import ProcedureUse
    from gov_core.cases.subscription import Subscription
    from gov_core.checklists import Checklist, Item, ItemLimit, Matter, Transfer
    from gov_core.city._figure import Figure, Term
    from gov_core.city._rule import Rule
    from gov_core.errors import Fault
    from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team, Unit
    from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Place, Premises, Void


@dataclass(frozen=True, slots=True)
class CityRecord:
    """What a city has; `City` says what each field is, how it comes to be, and what is read out of it."""

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

    @property
    def versions(self) -> tuple[date, ...]:
        """First days of the versions, the earliest first; `date.min` for one that has always been."""
        return (EVER,) if self._timeline is None else self._timeline.versions

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
