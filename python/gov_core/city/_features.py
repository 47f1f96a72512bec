"""places.geojson: from features to places and outlines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gov_core.city._entities import Place, Void
from gov_core.city._settings import VOID_LEVEL

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city._draft import Draft
    from gov_core.city._settings import Settings


def read_places(folder: Path, settings: Settings, max_bytes: int, draft: Draft) -> None:
    import shapely

    draft.crs = settings.crs
    path = folder / "places.geojson"
    if not path.exists():
        draft.places.known = False
        draft.fault("file.missing", "the file is missing", path.name)
        return
    for feature in json.loads(path.read_text("utf-8-sig"))["features"]:
        own = feature["properties"]
        geometry = feature["geometry"]
        wkb = geometry and shapely.to_wkb(
            shapely.from_geojson(json.dumps(geometry)), byte_order=1, output_dimension=2
        )
        if own["level"] == VOID_LEVEL:
            draft.voids.append(Void(own["id"], wkb))
            continue
        draft.places.add(
            Place(own["id"], own.get("name") or "", own["level"], own.get("parent") or None),
            f"places.geojson#{own['id']}",
        )
        if wkb:
            draft.outlines[own["id"]] = wkb
