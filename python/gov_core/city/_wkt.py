"""Lines and areas as Well-Known Text in one cell, with every digit."""

from __future__ import annotations

import json
from typing import Any

KINDS = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")
"""What may be drawn in a cell; a point has columns of its own."""


def to_wkt(wkb: bytes) -> str:
    """Well-Known Text that reads as exactly the same shape; empty for what is none."""
    import shapely

    shape = shapely.from_wkb(wkb, on_invalid="ignore") if wkb else None
    if shape is None:
        return ""
    # GEOS writes GeoJSON with the shortest digits that are exact, and Well-Known Text with rounded ones.
    drawn = json.loads(shapely.to_geojson(shapely.force_2d(shape)))
    return f"{drawn['type'].upper()} {_nested(drawn.get('coordinates', []))}"


def _nested(coordinates: list[Any]) -> str:
    if coordinates and isinstance(coordinates[0], (int, float)):
        return " ".join(map(repr, coordinates))
    return f"({', '.join(map(_nested, coordinates))})"


def from_wkt(text: str) -> bytes | None:
    """Little-endian WKB of a line or an area without heights, all finite; None for any other text."""
    import numpy as np
    import shapely

    with np.errstate(all="ignore"):
        # A number beyond any double becomes infinite, which is refused below.
        shape: Any = shapely.from_wkt(text, on_invalid="ignore")
    if shape is None or shape.is_empty or shape.has_z or shape.geom_type not in KINDS:
        return None
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    return bytes(shapely.to_wkb(shape, byte_order=1))
