"""From features of a file to places, outlines and voids."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from gov_core.city._closest import Closest
from gov_core.city._column import Reading
from gov_core.city._draft import Draft, Rows, outline_key
from gov_core.city._files import MAPS
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import VOID_LEVEL
from gov_core.city._sheets import PLACES
from gov_core.city._tables import read_all
from gov_core.city._text import MAX_LETTERS, Flaw
from gov_core.errors import Fault
from gov_core.places import Place, Void

if TYPE_CHECKING:
    from gov_core.city._column import Column
    from gov_core.city._maps import Maps
    from gov_core.city._settings import Settings
    from gov_core.city._sheets import Sheet
    from gov_core.city._sources import Feature, Properties

_SHOWN = 5

T = TypeVar("T")


def read_places(maps: Maps, settings: Settings, draft: Draft) -> None:
    """Reads the map of places into the draft; if it cannot be read, places are unknown."""
    file, features = maps.read(PLACES.part)
    if not file:
        forms = ", ".join(f"{PLACES.part}{form}" for form in MAPS)
        file = f"{PLACES.part}{MAPS[0]}"
        draft.fault("file.missing", "the file is missing", file, f"a city folder holds one of {forms}")
    if features is None:
        draft.places.known = False
        return
    if maps.reference is not None:
        draft.crs = maps.reference.final
    _take(features, file, settings, draft)


def read_areas(sheet: Sheet, maps: Maps, draft: Draft) -> Rows[Any]:
    """Reads the map of a table whose rows are areas."""
    file, features = maps.read(sheet.part)
    if features is None:
        return Rows(known=not file)
    spots = _spots(features, file)
    for feature, where in zip(features, spots, strict=True):
        _note_flaws(feature, where, draft)
    values, _ = _values(sheet.columns, features, spots, draft)
    outlines = [feature.wkb or b"" for feature in features]
    named = [own.name for own in fields(sheet.record)]
    columns = [outlines if name == "wkb" else values[name] for name in named]
    return Rows(list(map(sheet.record, *columns)), spots)


def _take(features: list[Feature], file: str, settings: Settings, draft: Draft) -> None:
    unreadable = _refuse_missing(features, file, draft)
    draft.places.known &= not unreadable
    spots = _spots(features, file)
    flattened = []
    for feature, where in zip(features, spots, strict=True):
        _note_flaws(feature, where, draft)
        if feature.had_heights:
            flattened.append(where)
    if not unreadable:
        voids = [feature.properties.get("level") == VOID_LEVEL for feature in features]
        _take_places(_those(features, voids, False), _those(spots, voids, False), draft)
        _take_voids(_those(features, voids, True), _those(spots, voids, True), settings, draft)
    if settings.voids is not None and draft.places.known:
        _refuse_unknown_voids(settings.voids, draft)
    if flattened:
        some = ", ".join(where.partition("#")[2] for where in flattened[:_SHOWN])
        more = f" and {len(flattened) - _SHOWN} more" if len(flattened) > _SHOWN else ""
        draft.warnings.append(Fault("geometry.heights", f"heights were dropped: {some}{more}", flattened[0]))


def _those(items: list[T], marks: list[bool], wanted: bool) -> list[T]:  # noqa: FBT001
    return [item for item, mark in zip(items, marks, strict=True) if mark is wanted]


def _spots(features: list[Feature], file: str) -> list[str]:
    """Each feature in words of a fault."""
    spots, seen = [], set()
    for at, feature in enumerate(features):
        identifier = feature.properties.get("id")
        # An id that is there already does not tell which of the two is meant; the position does.
        telling = (
            isinstance(identifier, str) and 0 < len(identifier) <= MAX_LETTERS and identifier not in seen
        )
        seen.add(identifier)
        spots.append(f"{file}#{identifier}" if telling else f"{file}#features[{at}]")
    return spots


def _note_flaws(feature: Feature, where: str, draft: Draft) -> None:
    for code, message, hint in feature.flaws:
        draft.fault(code, message, where, hint)


def _take_places(features: list[Feature], spots: list[str], draft: Draft) -> None:
    values, flawed = _values(PLACES.columns, features, spots, draft)
    doubted = flawed["level"] | flawed["parent"]
    undated = flawed["valid_from"] | flawed["valid_to"]
    draft.places.known &= not undated
    places = map(Place, *(values[own.name] for own in fields(Place)))
    for at, (place, feature, where) in enumerate(zip(places, features, spots, strict=True)):
        if not place.id or at in undated:
            continue
        if at in doubted:
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


def _values(
    columns: tuple[Column, ...], features: list[Feature], spots: list[str], draft: Draft
) -> tuple[dict[str, list[Any]], dict[str, set[int]]]:
    """Values of records by field, read from the properties of features, and which of them have a flaw."""
    values: dict[str, list[Any]] = {}
    flaws: list[tuple[int, int, Flaw]] = []
    flawed: dict[str, set[int]] = {}
    for rank, column in enumerate(columns):
        cells = [feature.properties.get(column.name) for feature in features]
        readings = read_all(column, cells, f"{column.noun}.property_type")
        if column.needed and None in cells:
            readings = [
                _missing(column, features[at].properties) if cell is None else reading
                for at, (cell, reading) in enumerate(zip(cells, readings, strict=True))
            ]
        values[column.field] = [reading.value for reading in readings]
        found = [(at, rank, flaw) for at, reading in enumerate(readings) for flaw in reading.flaws]
        flawed[column.field] = {at for at, _, _ in found}
        flaws += found
    for at, _, flaw in sorted(flaws, key=lambda flaw: flaw[:2]):
        draft.flaw(flaw, spots[at])
    return values, flawed


def _missing(column: Column, own: Properties) -> Reading:
    hint = Closest(own)(column.name) if column.name not in own else ""
    message = f'the feature has no "{column.name}"'
    return Reading(column.absent, (Flaw(f"{column.noun}.missing_property", message, hint),))


def _take_voids(features: list[Feature], spots: list[str], settings: Settings, draft: Draft) -> None:
    named = tuple(column for column in PLACES.columns if column.field == "id")
    values, _ = _values(named, features, spots, draft)
    for name, feature, where in zip(values["id"], features, spots, strict=True):
        if name and settings.voids is not None and name not in settings.voids:
            message = f'"{name}" has level "{VOID_LEVEL}" and is not listed'
            draft.fault("void.unlisted", message, where, f"add it to voids in {SETTINGS_FILE}")
        if feature.wkb is None and not feature.drawn:
            draft.fault("geometry.missing", "a void has no outline", where, "draw its polygon")
        if name:
            draft.voids.add(Void(name, feature.wkb or b""), where)


def _refuse_unknown_voids(listed: tuple[str, ...], draft: Draft) -> None:
    names = {void.name for void in draft.voids.items}
    closest = Closest(names)
    for name in listed:
        if name not in names:
            hint = closest(name) or f'its feature has the level "{VOID_LEVEL}"'
            draft.fault("void.unknown", f'no void "{name}" is drawn', f"{SETTINGS_FILE}#city.voids", hint)
