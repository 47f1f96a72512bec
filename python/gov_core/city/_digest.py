"""The fingerprint of a city: equal digests, equal answers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.city._record import CityRecord
    from gov_core.city._rule import Rule


def digest(city: CityRecord, rules: Iterable[Rule]) -> str:
    """SHA-256 in hex over all that decides an answer, in a canonical form.

    The order of rows, line numbers, voids and outlines above the grids decide nothing and are left out; so
    are names for people, but those of places in a city with an address table. Answers hold ids, so the
    order of grids is left out, too.
    """
    deciding = {
        "format": 2,
        "crs": city.crs,
        "levels": city.levels,
        "grades": None if city.grades is None else sorted(city.grades),
        "places": sorted((place.id, place.level, place.parent or "") for place in city.places),
        "units": sorted((unit.id, unit.kind, sorted(set(unit.serves))) for unit in city.units),
        "matters": sorted((matter.code, matter.parent or "") for matter in city.matters),
        "asset_classes": sorted((asset.code, asset.parent or "") for asset in city.asset_classes),
        "assets": sorted(
            (
                asset.id,
                asset.asset_class,
                *(value or "" for value in (asset.place, asset.manager)),
                *(repr(degrees) for degrees in (asset.lon, asset.lat)),
            )
            for asset in city.assets
        ),
        "rules": sorted(
            (
                rule.id,
                # None (any) and an id must stay apart and sort together: "*" is no id.
                *(value or "*" for value in (rule.matter, rule.area, rule.asset, rule.grade)),
                rule.unit,
                rule.assist,
                str(rule.respond_within or ""),
                str(rule.resolve_within or ""),
                *(
                    sorted(left_out)
                    for left_out in (rule.except_areas, rule.except_assets, rule.except_matters)
                ),
            )
            for rule in rules
        ),
    }
    if city.layer_areas:
        deciding["layers"] = sorted(
            (area.layer, area.id, hashlib.sha256(area.wkb).hexdigest()) for area in city.layer_areas
        )
    if city.addresses:
        # Which row an address fits may hang on the names of the divisions around it.
        deciding["names"] = sorted((place.id, place.name) for place in city.places)
        deciding["addresses"] = sorted(
            (
                *(address.place, address.division, address.road, address.number, "\0".join(address.estate)),
                *(address.building, address.unit, address.floor, address.room),
            )
            for address in city.addresses
        )
    state = hashlib.sha256(json.dumps(deciding, ensure_ascii=True, separators=(",", ":")).encode("ascii"))
    for grid, wkb in sorted(zip(city.grids, city.geometries, strict=True)):
        # Lengths first, so that no two lists of outlines run together into the same bytes.
        name = grid.encode()
        state.update(len(name).to_bytes(8, "little") + name + len(wkb).to_bytes(8, "little"))
        state.update(wkb)
    return state.hexdigest()
