"""What self-contained pages are made of: templates, data that is safe inside a script, outlines as text."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_DECIMALS = 5  # about a metre, for display only


def fill(name: str, parts: Mapping[str, str]) -> str:
    """Return a template of the folder ``page`` with its ``{{names}}`` replaced; parts are not looked into."""
    pieces = (files("gov_core.report") / "page" / name).read_text("utf-8").split("{{")
    text = pieces[0]
    for piece in pieces[1:]:
        part, rest = piece.split("}}", 1)
        text += parts[part] + rest
    return text


def embedded(data: str) -> str:
    """Return JSON in which no text can end the script element around it."""
    return data.replace("<", "\\u003c")


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def features(properties: list[dict[str, Any]], shapes: NDArray[np.object_]) -> str:
    """Return a GeoJSON feature collection; GEOS writes the geometries, ten times as fast as Python."""
    import shapely

    rounded = shapely.transform(shapes, lambda points: np.round(points, _DECIMALS))
    features = ",".join(
        f'{{"type":"Feature","properties":{as_json(values)},"geometry":{geometry}}}'
        for values, geometry in zip(properties, shapely.to_geojson(rounded), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'


def borders(rings: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the borders of areas that share them exactly, each border once, as one multi-line."""
    import shapely

    points, ring = shapely.get_coordinates(rings, return_index=True)
    steps = np.hstack([points[:-1], points[1:]])[ring[:-1] == ring[1:]]
    backward = (steps[:, 0] > steps[:, 2]) | ((steps[:, 0] == steps[:, 2]) & (steps[:, 1] > steps[:, 3]))
    steps[backward] = steps[backward][:, [2, 3, 0, 1]]
    steps = np.unique(steps, axis=0)
    return np.array([shapely.line_merge(shapely.multilinestrings(steps.reshape(-1, 2, 2)))], dtype=object)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
