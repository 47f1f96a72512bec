"""Writes a city folder, format 2."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.city._draft import outline_key
from gov_core.city._files import BESIDE_SHAPES, MAPS, TABLES
from gov_core.city._settings import FORMAT, VOID_LEVEL
from gov_core.city._sheets import PLACES, SHEETS
from gov_core.city._tables import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gov_core.city._record import CityRecord
    from gov_core.city._sheets import Sheet

_CHUNK = 4096


def write_folder(city: CityRecord, folder: str | Path) -> None:
    """Writes every file of the folder, each whole or not at all."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "city.toml", [_settings(city)])
    voids = [({"id": void.name, "level": VOID_LEVEL}, void.wkb) for void in city.voids]
    outlines = city.outlines_ever()
    places = [(_properties(PLACES, place), outlines.get(outline_key(place))) for place in city.rows("places")]
    _write(folder / "places.geojson", _collection([*places, *voids]))
    for sheet in SHEETS:
        rows = city.rows(sheet.part)
        path = folder / f"{sheet.part}{'.geojson' if sheet.drawn else '.csv'}"
        if sheet.drawn and rows:
            _write(path, _collection([(_properties(sheet, row), row.wkb) for row in rows]))
        elif rows:
            _write(path, [text_of(sheet.columns, rows)])
        _remove_others(sheet, folder, path if rows else None)
    _remove_others(PLACES, folder, folder / "places.geojson")
    _write_procedures(city, folder / "procedures")


def _write_procedures(city: CityRecord, folder: Path) -> None:
    """Writes the city's own procedures as they were read, and removes others that were there."""
    if city.procedure_files:
        folder.mkdir(exist_ok=True)
    for path in folder.glob("*.toml"):
        if path.name not in dict(city.procedure_files):
            path.unlink()
    for name, text in city.procedure_files:
        _write(folder / name, [text])


def _remove_others(sheet: Sheet, folder: Path, kept: Path | None) -> None:
    """Removes what the folder held of a part before: two files of one part are ambiguous."""
    shapes = BESIDE_SHAPES if (folder / f"{sheet.part}.shp").exists() else ()
    for form in (*(MAPS if sheet.drawn else TABLES), *shapes):
        path = folder / f"{sheet.part}{form}"
        if path != kept:
            path.unlink(missing_ok=True)


def _settings(city: CityRecord) -> str:
    # A JSON text is a TOML text, and so is a JSON list of texts.
    keys: dict[str, object] = {"name": city.name, "crs": city.crs, "levels": list(city.levels)}
    if city.partition != city.levels[-1]:
        keys["partition"] = city.partition
    if city.grades is not None:
        keys["grades"] = list(city.grades)
    if city.voids:
        keys["voids"] = [void.name for void in city.voids]
    if city.preset:
        keys["preset"] = city.preset
    lines = [f"format = {FORMAT}", "", "[city]", *_lines(keys), ""]
    if city.hard_rules:
        lines += ["[check]", *_lines({"hard_rules": list(city.hard_rules)}), ""]
    if city.severities:
        lines += ["[check.severities]", *_lines(dict(city.severities), quoted=True), ""]
    return "\n".join(lines)


def _lines(keys: Mapping[str, object], *, quoted: bool = False) -> Iterator[str]:
    for key, value in keys.items():
        yield f"{_json(key) if quoted else key} = {_json(value)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _properties(sheet: Sheet, row: object) -> dict[str, str | float | None]:
    """What a feature says of a record: its needed columns, and those that say something."""
    found: dict[str, str | float | None] = {}
    for column in sheet.columns:
        value = getattr(row, column.field)
        if value != column.absent or column.needed or column.name in {"name", "parent"}:
            plain = value is None or column.sort in {"whole", "number", "flag"}
            found[column.name] = value if plain else column.write(value)
    return found


def _collection(features: Sequence[tuple[Mapping[str, object], bytes | None]]) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": [\n'
    joint = ""
    for start in range(0, len(features), _CHUNK):
        chunk = features[start : start + _CHUNK]
        for (properties, _), geometry in zip(chunk, _geometries(wkb for _, wkb in chunk), strict=True):
            text = _json(properties)
            yield f'{joint}{{"type": "Feature", "properties": {text}, "geometry": {geometry}}}'
            joint = ",\n"
    yield "\n]}\n"


def _geometries(outlines: Iterable[bytes | None]) -> Iterator[str]:
    import shapely

    for text in shapely.to_geojson(shapely.from_wkb(list(outlines))):
        yield text or "null"


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
