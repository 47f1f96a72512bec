"""A draft of a city that was put together in code, judged as a file would be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict

from gov_core.city import _crs
from gov_core.city._closest import Closest
from gov_core.city._draft import Draft, Rows, outline_key
from gov_core.city._maps import check_outlines
from gov_core.city._settings import flawless_words, known_partition, read_severities, refuse_levels
from gov_core.city._sheets import PLACES, SHEETS
from gov_core.city._sources import Feature
from gov_core.city._text import name_flaw, word_flaw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gov_core.cases.procedure_use import ProcedureUse
    from gov_core.cases.subscription import Subscription
    from gov_core.checklists import Checklist, Item, ItemLimit, Matter, Transfer
    from gov_core.city._figure import Figure, Term
    from gov_core.city._rule import Rule
    from gov_core.city._sheets import Sheet
    from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team, Unit
    from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Place, Premises, Void


class Tables(TypedDict, total=False):
    """The tables of a city as `City.from_parts` takes them; each may be left out."""

    units: Iterable[Unit]
    matters: Iterable[Matter]
    asset_classes: Iterable[AssetClass]
    rules: Iterable[Rule]
    relations: Iterable[Relation]
    posts: Iterable[Post]
    assignments: Iterable[Assignment]
    grants: Iterable[Grant]
    teams: Iterable[Team]
    providers: Iterable[Provider]
    systems: Iterable[System]
    layers: Iterable[Layer]
    layer_areas: Iterable[LayerArea]
    assets: Iterable[Asset]
    premises: Iterable[Premises]
    addresses: Iterable[Address]
    checklists: Iterable[Checklist]
    items: Iterable[Item]
    item_limits: Iterable[ItemLimit]
    transfers: Iterable[Transfer]
    procedures: Iterable[ProcedureUse]
    subscriptions: Iterable[Subscription]
    norms: Iterable[Norm]
    figures: Iterable[Figure]
    terms: Iterable[Term]


def draft_of(
    *,
    name: str,
    crs: str,
    levels: Iterable[str],
    grades: Iterable[str] | None,
    places: Iterable[Place],
    geometries: Mapping[str, bytes],
    voids: Iterable[Void],
    partition: str,
    hard_rules: Iterable[str],
    severities: Mapping[str, str],
    preset: str,
    procedure_files: Iterable[tuple[str, str]],
    tables: Tables,
) -> Draft:
    """Collects parts with the faults each has by itself."""
    draft = Draft(name=name, preset=preset)
    draft.flaw(name_flaw(name, "name"), "name")
    draft.flaw(name_flaw(preset, "preset"), "preset")
    draft.hard_rules = flawless_words(list(hard_rules), "hard_rules", "hard_rules", draft) or ()
    draft.severities = read_severities(severities, "severities", draft)
    draft.procedure_files = tuple(sorted(procedure_files))
    for file, _ in draft.procedure_files:
        draft.flaw(word_flaw(file.removesuffix(".toml"), "name of the file"), f"procedure_files#{file}")
    if crs in _crs.KNOWN:
        draft.crs = crs
    else:
        draft.fault("crs.unknown", f'CRS "{crs}" is not known', "crs", f"known: {', '.join(_crs.KNOWN)}")
    ranks = flawless_words(list(levels), "levels", "levels", draft)
    if ranks is not None:
        draft.levels = ranks
        refuse_levels(ranks, "levels", draft)
        draft.partition = known_partition(partition, ranks, "partition", draft)
        draft.partition_known = draft.partition == partition
    if grades is not None:
        draft.grades = flawless_words(list(grades), "grades", "grades", draft)
        draft.grades_known = draft.grades is not None
    draft.places = _rows(PLACES, places, draft)
    draft.voids = _voids(voids, draft)
    for sheet in SHEETS:
        # Each part has records of its own.
        items: Iterable[Any] = tables.get(sheet.part, ())  # type: ignore[assignment]
        draft.tables[sheet.part] = _rows(sheet, items, draft)
    _take_outlines(geometries, draft)
    return draft


def _rows(sheet: Sheet, items: Iterable[Any], draft: Draft) -> Rows[Any]:
    """Judges each value by the cell it would be written to: what is taken here can be saved and loaded."""
    rows: Rows[Any] = Rows()
    seen: set[str] = set()
    for at, item in enumerate(items):
        where = f"{sheet.part}#{sheet.key_of(item)}"
        if where in seen and (since := getattr(item, "valid_from", None)):
            where = f"{where}@{since}"  # a later version of the row
        if where in seen:
            where = f"{sheet.part}[{at}]"
        seen.add(where)
        for column in sheet.columns:
            value = getattr(item, column.field)
            if value is not column.default:
                for flaw in column.flaws(value):
                    draft.flaw(flaw, where)
        rows.add(_in_form(sheet, item), where)
    return rows


def _in_form(sheet: Sheet, item: Any) -> Any:  # noqa: ANN401  # a record of the sheet
    """A record whose drawing is what its cell would give back: little endian, and no zero is negative."""
    for column in sheet.columns:
        if column.sort == "outline" and (drawing := getattr(item, column.field)):
            return replace(item, **{column.field: column.read(column.write(drawing)).value})
    return item


def _voids(voids: Iterable[Void], draft: Draft) -> Rows[Void]:
    rows: Rows[Void] = Rows()
    seen: set[str] = set()
    for at, void in enumerate(voids):
        where = f"voids[{at}]" if void.name in seen else f"voids#{void.name}"
        seen.add(void.name)
        draft.flaw(word_flaw(void.name, "name"), where)
        rows.add(void, where)
    return rows


def _take_outlines(geometries: Mapping[str, bytes], draft: Draft) -> None:
    where = {outline_key(place): spot for place, spot in draft.places}
    closest = Closest(where)
    features = {}
    for name, wkb in geometries.items():
        if name in where:
            features[name] = Feature({}, drawn=True, wkb=wkb)
        else:
            draft.fault(
                "geometry.unknown_place", f'there is no place "{name}"', f"geometries#{name}", closest(name)
            )
    check_outlines([*features.values()], degrees=True)
    for name, feature in features.items():
        _note_flaws(feature, where[name], draft)
        if feature.wkb is None:
            draft.broken_outlines.add(name)
        else:
            draft.outlines[name] = feature.wkb
    _normalise(draft.voids, range(len(draft.voids.items)), draft)
    areas = draft.table("layer_areas")
    # An area that is not drawn is the business of the check.
    _normalise(areas, [at for at, area in enumerate(areas.items) if area.wkb], draft)


def _normalise(rows: Rows[Any], drawn: Iterable[int], draft: Draft) -> None:
    """Judges the outlines that records carry themselves, and puts them in one form."""
    features = {at: Feature({}, drawn=True, wkb=rows.items[at].wkb) for at in drawn}
    check_outlines([*features.values()], degrees=True)
    for at, feature in features.items():
        _note_flaws(feature, rows.where[at], draft)
        rows.items[at] = replace(rows.items[at], wkb=feature.wkb or b"")


def _note_flaws(feature: Feature, where: str, draft: Draft) -> None:
    for code, message, hint in feature.flaws:
        draft.fault(code, message, where, hint)
