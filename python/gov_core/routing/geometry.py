"""Geometries of any kind as well-known binary, which the index reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def to_wkb(geometries: object) -> Iterable[bytes]:
    """Return each geometry as well-known binary, in order.

    Args:
        geometries: One of

            - an iterable of WKB `bytes`;
            - an iterable of objects with ``__geo_interface__`` (shapely geometries, GeoJSON features) or of
              GeoJSON mappings; numpy arrays of shapely geometries and GeoSeries included;
            - a GeoArrow column: an object with ``__arrow_c_array__`` or ``__arrow_c_stream__`` that holds
              WKB, polygons
              or multipolygons (extension ``geoarrow.wkb``, ``geoarrow.polygon``, ``geoarrow.multipolygon``).

    Raises:
        TypeError: An element is none of these.
    """
    if hasattr(geometries, "__arrow_c_stream__") or hasattr(geometries, "__arrow_c_array__"):
        return _from_arrow(geometries)
    if not isinstance(geometries, Iterable) or isinstance(geometries, str | bytes | Mapping):
        found = type(geometries).__name__
        raise TypeError(f"geometries must be an iterable of geometries or a GeoArrow column, not {found}")
    return _each(geometries)


def _each(geometries: Iterable[object]) -> Iterator[bytes]:
    for at, geometry in enumerate(geometries):
        if isinstance(geometry, bytes | bytearray | memoryview):
            yield bytes(geometry)
        elif hasattr(geometry, "geom_type") and hasattr(geometry, "wkb"):
            yield geometry.wkb
        elif isinstance(geometry, Mapping):
            yield _from_mapping(geometry, at)
        elif hasattr(geometry, "__geo_interface__"):
            yield _from_mapping(geometry.__geo_interface__, at)
        else:
            message = f"geometry {at} is neither WKB nor has it __geo_interface__: {type(geometry).__name__}"
            raise TypeError(message)


def _from_mapping(mapping: Mapping[str, Any], at: int) -> bytes:
    import shapely.geometry

    geometry = mapping.get("geometry") if mapping.get("type") == "Feature" else mapping
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        message = f"geometry {at} must be a Polygon or MultiPolygon, not {kind}"
        raise TypeError(message)
    wkb: bytes = shapely.geometry.shape(dict(geometry or {})).wkb
    return wkb


def _from_arrow(column: Any) -> Iterator[bytes]:  # noqa: ANN401 - whatever has the capsule interface
    import arro3.core

    array = arro3.core.ChunkedArray.from_arrow(column)
    name = (array.field.metadata_str or {}).get("ARROW:extension:name", "")
    for at in range(len(array)):
        value: object = array[at].as_py()
        if name in {"geoarrow.polygon", "geoarrow.multipolygon"}:
            yield _from_nested(value, multi=name.endswith("multipolygon"))
        elif isinstance(value, bytes):
            yield value
        else:
            kind = f"{type(value).__name__} (extension {name or 'none'})"
            raise TypeError(f"geometry {at} of the column is no WKB but {kind}")


def _from_nested(value: Any, *, multi: bool) -> bytes:  # noqa: ANN401 - nested lists as Arrow gives them
    import shapely

    def corners(ring: list[Any]) -> list[tuple[float, float]]:
        return [(p["x"], p["y"]) if isinstance(p, Mapping) else (p[0], p[1]) for p in ring]

    polygons = [
        shapely.Polygon(corners(rings[0]), [corners(hole) for hole in rings[1:]])
        for rings in (value if multi else [value])
    ]
    wkb: bytes = (shapely.MultiPolygon(polygons) if multi else polygons[0]).wkb
    return wkb
