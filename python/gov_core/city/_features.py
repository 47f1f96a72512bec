"""From features of a file to places, outlines and voids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core import _core
from gov_core.city import _crs, _sources
from gov_core.city._closest import Closest
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import VOID_LEVEL
from gov_core.city._text import MAX_LETTERS, PLACE_SIGNS, name_flaw, word_flaw
from gov_core.errors import Fault
from gov_core.places import Place, Void

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gov_core.city._draft import Draft
    from gov_core.city._settings import Settings
    from gov_core.city._sources import Feature, Source

FILES = ("places.geojson", "places.gpkg", "places.parquet")

_SHOWN = 5


def read_places(
    folder: Path, settings: Settings, read_bytes: Callable[[Path], bytes | None], draft: Draft
) -> None:
    """Reads the file of places into the draft; if it cannot be read, places are unknown."""
    reference = _crs.reference(settings.crs, f"{SETTINGS_FILE}#city.crs", draft) if settings.crs else None
    there = [name for name in FILES if (folder / name).exists()]
    if len(there) > 1:
        draft.fault(
            "file.ambiguous", f"there are {' and '.join(there)}", there[0], "keep the one that is meant"
        )
    if not there:
        draft.fault(
            "file.missing", "the file is missing", FILES[0], f"a city folder holds one of {', '.join(FILES)}"
        )
    if len(there) != 1:
        draft.places.known = False
        return
    path = folder / there[0]
    if path.suffix == ".geojson":
        source = _from_geojson(path, reference, read_bytes, draft)
    elif path.suffix == ".gpkg":
        source = _from_map(_sources.read_gpkg(path, draft), path.name, reference, draft)
    else:
        source = _from_map(_sources.read_parquet(path, draft), path.name, reference, draft)
    if source is None:
        draft.places.known = False
        return
    if reference is not None:
        draft.crs = reference.final
    _take(source.features, path.name, settings, draft)


def _from_geojson(
    path: Path, reference: _crs.Reference | None, read_bytes: Callable[[Path], bytes | None], draft: Draft
) -> Source | None:
    data = read_bytes(path)
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
        identifier = feature.properties.get("id") or ""
        # An id that is there already does not tell which of the two is meant; the position does.
        telling = identifier and identifier not in seen and len(identifier) <= MAX_LETTERS
        where = f"{file}#{identifier}" if telling else f"{file}#features[{at}]"
        seen.add(identifier)
        for code, message, hint in feature.flaws:
            draft.fault(code, message, where, hint)
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


def _take_feature(feature: Feature, where: str, settings: Settings, draft: Draft) -> None:
    own = feature.properties
    flaws = {key: _refuse_value(own, key, where, draft) for key in ("id", "level", "parent", "name")}
    identifier, level = own.get("id"), own.get("level") or ""
    if not identifier:
        return
    if level == VOID_LEVEL:
        _take_void(identifier, feature, where, settings, draft)
        return
    if flaws["level"] or flaws["parent"]:
        draft.doubted.add(identifier)
    draft.places.add(Place(identifier, own.get("name") or "", level, own.get("parent") or None), where)
    if feature.wkb is not None:
        draft.outlines[identifier] = feature.wkb
    elif feature.drawn:
        draft.broken_outlines.add(identifier)


def _refuse_missing(features: list[Feature], file: str, draft: Draft) -> bool:
    """Refuses a file none of whose features has an id or a level: one fault, not one a feature."""
    missing = False
    for key in ("id", "level"):
        if features and not any(key in feature.properties for feature in features):
            missing = True
            hint = Closest(features[0].properties)(key)
            draft.fault("place.missing_property", f'no feature has a property "{key}"', file, hint)
    return missing


def _refuse_value(own: dict[str, _sources.Value], key: str, where: str, draft: Draft) -> bool:
    """Refuses one property of one feature and says whether it did."""
    value = own.get(key)
    if value is False:
        draft.fault("place.property_type", f"{key} is no text", where, "write it in quotes")
        return True
    if key == "name":
        return draft.flaw(name_flaw(value or "", key), where)
    if not value and key == "parent":
        return False
    if value is None:
        hint = Closest(own)(key) if key not in own else ""
        draft.fault("place.missing_property", f'the feature has no "{key}"', where, hint)
        return True
    return draft.flaw(word_flaw(value, key, PLACE_SIGNS if key == "id" else ""), where)


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
