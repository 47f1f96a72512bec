"""Features of a map, GeoJSON, GeoPackage or GeoParquet, in one form."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import repeat
from typing import TYPE_CHECKING, Any

from gov_core import _core

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gov_core.city._draft import Draft

Value = str | float | date | None
"""A property: a text, a number, a day, nothing, or False for what is none of them."""
Properties = dict[str, Value]


@dataclass(slots=True)
class Feature:
    """One place as the file has it.

    Attributes:
        properties: By name.
        drawn: Whether it has a geometry, sound or not.
        wkb: The geometry; None if there is none, or none that is sound.
        had_heights: Whether heights were dropped.
        flaws: What is wrong with it: (code, message, hint).
    """

    properties: Properties
    drawn: bool
    wkb: bytes | None
    had_heights: bool = False
    flaws: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Source:
    """A file of places.

    Attributes:
        features: In the order of the file.
        crs: As the file names it; None if it does not.
    """

    features: list[Feature]
    crs: str | None


def read_geojson(data: bytes, file: str, *, degrees: bool, draft: Draft) -> Source | None:
    """Reads GeoJSON strictly; None, after the faults, if it cannot be read to its end."""
    rows, crs, faults = _core.read_geojson(data, degrees)
    features = [Feature({**own}, drawn, wkb, had_heights) for own, drawn, wkb, had_heights in rows]
    broken = False
    for code, message, hint, at, line in faults:
        if at is not None and at < len(features) and code not in {"json.syntax", "json.depth"}:
            features[at].flaws.append((code, message, hint))
        else:
            draft.fault(code, message, f"{file}:{line}", hint)
            broken = True
    if broken:
        # The features in front of the break are judged all the same: their faults are real.
        draft.places.known = False
    return Source(features, crs)


def read_ogr(path: Path, encoding: str, draft: Draft) -> Source | None:
    """Reads a GeoPackage or a Shapefile: the layer that is named as the file, or the only one."""
    try:
        import pyogrio
        from pyogrio.raw import read
    except ImportError:
        hint = 'pip install "gov-core[geo]"'
        draft.fault("file.needs_geo", "reading such a map needs pyogrio", path.name, hint)
        return None
    # A Shapefile says its encoding in a file beside it, or not at all; a GeoPackage is always UTF-8.
    said = path.suffix != ".shp" or path.with_suffix(".cpg").exists()
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if len(layers) != 1 and path.stem not in layers:
            message = f"the file has {len(layers)} layers and none is called {path.stem}"
            draft.fault("file.layers", message, path.name)
            return None
        layer = path.stem if path.stem in layers else layers[0]
        meta, _, outlines, columns = read(path, layer=layer, encoding=None if said else encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        draft.fault("file.unreadable", f"the file cannot be read: {error}", path.name)
        return None
    except UnicodeDecodeError:
        hint = "save a .cpg file beside it that says its encoding, or state encoding in city.toml"
        draft.fault("text.encoding", f"the texts are not {encoding}", path.name, hint)
        return None
    if outlines is None:
        outlines = [None] * len(columns[0] if len(columns) else ())
    names = [str(name) for name in meta["fields"]]
    return Source(_features(names, columns, outlines), meta["crs"])


def open_parquet(path: Path, draft: Draft) -> Any:  # noqa: ANN401  # an arro3 table
    """A Parquet file as a table, or None after a fault."""
    from arro3.io import read_parquet as read

    try:
        return read(path).read_all()
    except BaseException as error:
        # arro3-io panics on a broken file, and a panic is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        draft.fault("file.unreadable", "the file is no Parquet file, or a damaged one", path.name)
        return None


def read_parquet(path: Path, draft: Draft) -> Source | None:
    """Reads GeoParquet with outlines as WKB."""
    table = open_parquet(path, draft)
    if table is None:
        return None
    try:
        geo = json.loads(table.schema.metadata_str["geo"])
        column = geo["primary_column"]
        described = geo["columns"][column]
        outlines = table.column(column).to_pylist()
    except (KeyError, TypeError, ValueError):
        draft.fault(
            "file.no_geometry",
            "the file has no GeoParquet metadata",
            path.name,
            "save it as GeoParquet 1.0 or later",
        )
        return None
    if described.get("encoding") != "WKB":
        message = f"outlines are encoded as {described.get('encoding')}"
        draft.fault("file.encoding", message, path.name, "save them as WKB")
        return None
    names = [name for name in table.column_names if name != column]
    return Source(
        _features(names, [table.column(name).to_pylist() for name in names], outlines), _crs_name(described)
    )


def _crs_name(described: dict[str, Any]) -> str | None:
    """Name of the CRS of a GeoParquet column; its absence means OGC:CRS84, null means unknown."""
    crs = described.get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})
    if crs is None:
        return None
    if isinstance(crs, dict) and isinstance(crs.get("id"), dict):
        return f"{crs['id'].get('authority')}:{crs['id'].get('code')}"
    return json.dumps(crs)  # a whole description, which pyproj reads


def _features(
    names: list[str], columns: Iterable[Iterable[Any]], outlines: Iterable[bytes | None]
) -> list[Feature]:
    values = [[_value(value) for value in column] for column in columns]
    rows: Iterable[tuple[Value, ...]] = zip(*values, strict=True) if values else repeat(())
    # Without columns there may be rows all the same.
    pairs = zip(rows, outlines, strict=bool(values))
    return [Feature(dict(zip(names, row, strict=True)), wkb is not None, wkb) for row, wkb in pairs]


def _value(value: Any) -> Value:  # noqa: ANN401  # a cell of any type
    if isinstance(value, str):
        return value
    # NaN is how a missing cell of a number column reads.
    if value is None or value != value:  # noqa: PLR0124
        return None
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, datetime):
        # A day with hours is a moment, which nothing here has.
        return plain.date() if plain.time() == time() else False
    return plain if isinstance(plain, (int, float, date)) else False
