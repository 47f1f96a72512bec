"""From features of a file to places, outlines and voids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gov_core import _core
from gov_core.city import _crs, _sources
from gov_core.city._closest import Closest
from gov_core.city._column import Reading
from gov_core.city._draft import Draft, Rows, outline_key
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import VOID_LEVEL
from gov_core.city._sheets import PLACES
from gov_core.city._text import MAX_LETTERS, Flaw
from gov_core.errors import Fault
from gov_core.places import Place, Void

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gov_core.city._column import Column
    from gov_core.city._settings import Settings
    from gov_core.city._sheets import Sheet
    from gov_core.city._sources import Feature, Properties, Source

    Read = Callable[[str], bytes | None]

SUFFIXES = (".geojson", ".gpkg", ".parquet")
"""Kinds of maps; a folder holds one of each part that is drawn."""

_SHOWN = 5


def read_places(folder: Path, settings: Settings, read: Read, draft: Draft) -> None:
    """Reads the map of places into the draft; if it cannot be read, places are unknown."""
    files = maps_of("places", folder, draft)
    if not files:
        some = ", ".join(f"places{suffix}" for suffix in SUFFIXES)
        draft.fault(
            "file.missing",
            "the file is missing",
            f"places{SUFFIXES[0]}",
            f"a city folder holds one of {some}",
        )
    reference = _crs.reference(settings.crs, f"{SETTINGS_FILE}#city.crs", draft) if settings.crs else None
    features = _read_map(folder / files[0], reference, read, draft) if len(files) == 1 else None
    if features is None:
        draft.places.known = False
        return
    if reference is not None:
        draft.crs = reference.final
    _take(features, files[0], settings, draft)


def read_areas(sheet: Sheet, folder: Path, settings: Settings, read: Read, draft: Draft) -> Rows[Any]:
    """Reads the map of a table whose rows are areas."""
    files = maps_of(sheet.part, folder, draft)
    if not files:
        return Rows()
    # What is wrong with the CRS of the city was said with its places.
    reference = _crs.reference(settings.crs, "", Draft()) if settings.crs else None
    features = _read_map(folder / files[0], reference, read, draft) if len(files) == 1 else None
    rows: Rows[Any] = Rows(known=features is not None)
    seen: set[str] = set()
    for at, feature in enumerate(features or ()):
        where = _spot(feature, files[0], at, seen)
        _note_flaws(feature, where, draft)
        values, _ = _values(sheet, feature.properties, where, draft)
        rows.add(sheet.record(**values, wkb=feature.wkb or b""), where)
    return rows


def maps_of(part: str, folder: Path, draft: Draft) -> list[str]:
    """The maps of a part; more than one is a fault."""
    there = [f"{part}{suffix}" for suffix in SUFFIXES if (folder / f"{part}{suffix}").exists()]
    if len(there) > 1:
        draft.fault(
            "file.ambiguous", f"there are {' and '.join(there)}", there[0], "keep the one that is meant"
        )
    return there


def _read_map(path: Path, reference: _crs.Reference | None, read: Read, draft: Draft) -> list[Feature] | None:
    if path.suffix == ".geojson":
        source = _from_geojson(path, reference, read, draft)
    elif path.suffix == ".gpkg":
        source = _from_map(_sources.read_gpkg(path, draft), path.name, reference, draft)
    else:
        source = _from_map(_sources.read_parquet(path, draft), path.name, reference, draft)
    return None if source is None else source.features


def _from_geojson(path: Path, reference: _crs.Reference | None, read: Read, draft: Draft) -> Source | None:
    data = read(path.name)
    if data is None:
        return None
    native = reference is not None and reference.stated == reference.final
    source = _sources.read_geojson(data, path.name, degrees=native, draft=draft)
    if source is None or reference is None:
        return source
    if source.crs is not None and _crs.contradicts(source.crs, reference.stated):
        message = f"the file says {source.crs}, city.toml says {reference.stated}"
        draft.fault("crs.contradiction", message, path.name, "correct the wrong one")
    elif not native:
        _convert(source.features, reference.stated, reference.final, path.name, draft)
    return source


def _from_map(
    source: Source | None, file: str, reference: _crs.Reference | None, draft: Draft
) -> Source | None:
    """Judges and converts the outlines of a GeoPackage or GeoParquet file."""
    if source is None or reference is None:
        return source
    origin = _crs.source_of(source.crs, reference, file, draft)
    if origin is None:
        return source
    native = origin == reference.final or not _crs.contradicts(origin, reference.final)
    check_outlines(source.features, degrees=native)
    if not native:
        _convert(source.features, origin, reference.final, file, draft)
    return source


def check_outlines(features: list[Feature], *, degrees: bool) -> None:
    """Notes the flaws of every outline and puts the sound ones in one form."""
    drawn = [feature for feature in features if feature.wkb is not None]
    judged = _core.check_outlines([feature.wkb for feature in drawn if feature.wkb is not None], degrees)
    for feature, (wkb, had_heights, flaws) in zip(drawn, judged, strict=True):
        feature.wkb = wkb
        feature.had_heights |= had_heights
        feature.flaws += flaws


def _convert(features: list[Feature], origin: str, target: str, file: str, draft: Draft) -> None:
    drawn = [feature for feature in features if feature.wkb is not None]
    converted = _crs.convert([feature.wkb for feature in drawn if feature.wkb], origin, target, file, draft)
    if converted is None:
        return
    for feature, wkb in zip(drawn, converted, strict=True):
        feature.wkb = wkb
    check_outlines(drawn, degrees=True)


def _take(features: list[Feature], file: str, settings: Settings, draft: Draft) -> None:
    unreadable = _refuse_missing(features, file, draft)
    draft.places.known &= not unreadable
    seen: set[str] = set()
    flattened = []
    for at, feature in enumerate(features):
        where = _spot(feature, file, at, seen)
        _note_flaws(feature, where, draft)
        if feature.had_heights:
            flattened.append(where)
        if not unreadable:
            _take_feature(feature, where, settings, draft)
    if settings.voids is not None and draft.places.known:
        _refuse_unknown_voids(settings.voids, draft)
    if flattened:
        some = ", ".join(where.partition("#")[2] for where in flattened[:_SHOWN])
        more = f" and {len(flattened) - _SHOWN} more" if len(flattened) > _SHOWN else ""
        draft.warnings.append(Fault("geometry.heights", f"heights were dropped: {some}{more}", flattened[0]))


def _spot(feature: Feature, file: str, at: int, seen: set[str]) -> str:
    """A feature in words of a fault."""
    identifier = feature.properties.get("id") or ""
    # An id that is there already does not tell which of the two is meant; the position does.
    telling = (
        isinstance(identifier, str)
        and identifier
        and identifier not in seen
        and len(identifier) <= MAX_LETTERS
    )
    seen.add(str(identifier))
    return f"{file}#{identifier}" if telling else f"{file}#features[{at}]"


def _note_flaws(feature: Feature, where: str, draft: Draft) -> None:
    for code, message, hint in feature.flaws:
        draft.fault(code, message, where, hint)


def _take_feature(feature: Feature, where: str, settings: Settings, draft: Draft) -> None:
    if feature.properties.get("level") == VOID_LEVEL:
        (named,) = (column for column in PLACES.columns if column.name == "id")
        reading = _reading(named, feature.properties, draft, where)
        if reading.value:
            _take_void(reading.value, feature, where, settings, draft)
        return
    values, flawed = _values(PLACES, feature.properties, where, draft)
    if not values["id"]:
        return
    place = Place(**values)
    if flawed & {"level", "parent"}:
        draft.doubted.add(place.id)
    draft.places.add(place, where)
    if feature.wkb is not None:
        draft.outlines[outline_key(place)] = feature.wkb
    elif feature.drawn:
        draft.broken_outlines.add(outline_key(place))


def _refuse_missing(features: list[Feature], file: str, draft: Draft) -> bool:
    """Refuses a file none of whose features has an id or a level: one fault, not one a feature."""
    missing = False
    for key in ("id", "level"):
        if features and not any(key in feature.properties for feature in features):
            missing = True
            hint = Closest(features[0].properties)(key)
            draft.fault("place.missing_property", f'no feature has a property "{key}"', file, hint)
    return missing


def _values(sheet: Sheet, own: Properties, where: str, draft: Draft) -> tuple[dict[str, Any], set[str]]:
    """Values of a record by field, read from the properties of a feature, and the fields with a flaw."""
    readings = {column.field: _reading(column, own, draft, where) for column in sheet.columns}
    flawed = {field for field, reading in readings.items() if reading.flaws}
    return {field: reading.value for field, reading in readings.items()}, flawed


def _reading(column: Column, own: Properties, draft: Draft, where: str) -> Reading:
    value = own.get(column.name)
    if value is None and column.needed:
        hint = Closest(own)(column.name) if column.name not in own else ""
        message = f'the feature has no "{column.name}"'
        reading = Reading("", (Flaw(f"{column.noun}.missing_property", message, hint),))
    elif value is None:
        return Reading(column.absent)
    else:
        reading = column.take(value, f"{column.noun}.property_type")
    for flaw in reading.flaws:
        draft.flaw(flaw, where)
    return reading


def _take_void(name: str, feature: Feature, where: str, settings: Settings, draft: Draft) -> None:
    if settings.voids is not None and name not in settings.voids:
        message = f'"{name}" has level "{VOID_LEVEL}" and is not listed'
        draft.fault("void.unlisted", message, where, f"add it to voids in {SETTINGS_FILE}")
    if feature.wkb is None and not feature.drawn:
        draft.fault("geometry.missing", "a void has no outline", where, "draw its polygon")
    draft.voids.add(Void(name, feature.wkb or b""), where)


def _refuse_unknown_voids(listed: tuple[str, ...], draft: Draft) -> None:
    names = {void.name for void in draft.voids.items}
    closest = Closest(names)
    for name in listed:
        if name not in names:
            hint = closest(name) or f'its feature has the level "{VOID_LEVEL}"'
            draft.fault("void.unknown", f'no void "{name}" is drawn', f"{SETTINGS_FILE}#city.voids", hint)
