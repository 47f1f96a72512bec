"""Components that events name: of which class, where, and whose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gov_core.city import City
    from gov_core.places import Asset
    from gov_core.routing.reference.locate import Grids


class ReferenceComponents:
    """The components of a city, by id."""

    def __init__(self, city: City, grids: Grids) -> None:
        self._city, self._grids = city, grids
        self._assets = {asset.id: asset for asset in city.assets}

    def get(self, name: str | None) -> Asset | None:
        """The component of an id; None if there is none."""
        return None if name is None else self._assets.get(name)

    def home(self, asset: Asset) -> str | None:
        """Where events about a component happen that do not say: its place, unless a point says it better."""
        if asset.lon is None or asset.lat is None:
            return asset.place
        levels = {level: at for at, level in enumerate(self._city.levels)}
        named = next((place for place in self._city.places if place.id == asset.place), None)
        if named is not None and levels[named.level] >= levels[self._city.partition]:
            return named.id
        if not (math.isfinite(asset.lon) and math.isfinite(asset.lat)):
            return None
        slot = self._grids.owner(asset.lon, asset.lat)
        return None if slot is None else self._city.grids[slot]
