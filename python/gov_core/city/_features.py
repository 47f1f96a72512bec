"""From features of a file to places, outlines and voids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gov_core.city._closest import Closest
from gov_core.city._column import Reading
from gov_core.city._draft import Draft, Rows, outline_key
from gov_core.city._files import MAPS
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import VOID_LEVEL
from gov_core.city._sheets import PLACES
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
    rows: Rows[Any] = Rows(known=features is not None or not file)
    seen: set[str] = set()
    for at, feature in enumerate(features or ()):
        where = _spot(feature, file, at, seen)
        _note_flaws(feature, where, draft)
        values, _ = _values(sheet, feature.properties, where, draft)
        rows.add(sheet.record(**values, wkb=feature.wkb or b""), where)
    return rows


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
