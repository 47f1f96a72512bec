"""Writes a city folder, format 1."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.city._settings import FORMAT, VOID_LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.checklists import Matter
    from gov_core.city._city import City
    from gov_core.places import AssetClass

_CHUNK = 4096


def write_folder(city: City, folder: str | Path) -> None:
    """Writes every file of the folder, each whole or not at all."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "city.toml", [_settings(city)])
    _write(folder / "places.geojson", _features(city))
    units = ((unit.id, unit.name, unit.kind, ";".join(unit.serves)) for unit in city.units)
    _write(folder / "units.csv", [_table(("id", "name", "kind", "serves"), units)])
    _write(folder / "matters.csv", [_tree(city.matters)])
    if city.asset_classes:
        _write(folder / "asset_classes.csv", [_tree(city.asset_classes)])
    else:
        (folder / "asset_classes.csv").unlink(missing_ok=True)
    _write(folder / "rules.csv", [_rules(city)])


def _settings(city: City) -> str:
    # A JSON text is a TOML text, and so is a JSON list of texts.
    keys = {"name": city.name, "crs": city.crs, "levels": list(city.levels)}
    if city.grades is not None:
        keys["grades"] = list(city.grades)
    if city.voids:
        keys["voids"] = [void.name for void in city.voids]
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items())
    return "\n".join([f"format = {FORMAT}", "", "[city]", *lines, ""])


def _features(city: City) -> Iterator[str]:
    outlines = dict(zip(city.grids, city.geometries, strict=True)) | dict(city.outlines)
    features = [
        (
            {"id": place.id, "name": place.name, "level": place.level, "parent": place.parent},
            outlines.get(place.id),
        )
        for place in city.places
    ]
    features += [({"id": void.name, "level": VOID_LEVEL}, void.wkb) for void in city.voids]
    yield '{"type": "FeatureCollection", "features": [\n'
    joint = ""
    for start in range(0, len(features), _CHUNK):
        chunk = features[start : start + _CHUNK]
        for (properties, _), geometry in zip(chunk, _geometries(wkb for _, wkb in chunk), strict=True):
            text = json.dumps(properties, ensure_ascii=False)
            yield f'{joint}{{"type": "Feature", "properties": {text}, "geometry": {geometry}}}'
            joint = ",\n"
    yield "\n]}\n"


def _geometries(outlines: Iterable[bytes | None]) -> Iterator[str]:
    import shapely

    for text in shapely.to_geojson(shapely.from_wkb(list(outlines))):
        yield text or "null"


def _tree(nodes: Iterable[Matter | AssetClass]) -> str:
    return _table(("code", "name", "parent"), ((node.code, node.name, node.parent or "") for node in nodes))


def _rules(city: City) -> str:
    header = ["id", "matter", "area", "asset", "grade", "unit", "assist", "respond_within", "resolve_within"]
    rows = (
        (
            rule.id,
            *(value or "*" for value in (rule.matter, rule.area, rule.asset, rule.grade)),
            " > ".join(rule.unit),
            ";".join(rule.assist),
            str(rule.respond_within or ""),
            str(rule.resolve_within or ""),
        )
        for rule in city.rules
    )
    return _table(header, rows)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _write(path: Path, pieces: Iterable[str]) -> None:
    """Writes a file whole or not at all: under another name first, then renamed."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
