"""A draft of a city that was put together in code, judged as a file would be."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from gov_core.city import _crs
from gov_core.city._closest import Closest
from gov_core.city._draft import Draft, Rows, outline_key
from gov_core.city._features import check_outlines
from gov_core.city._settings import flawless_words, known_partition, refuse_levels
from gov_core.city._sheets import SHEETS, words_of
from gov_core.city._sources import Feature
from gov_core.city._text import PLACE_SIGNS, UNIT_SIGNS, Flaw, name_flaw, word_flaw
from gov_core.places import Void

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gov_core.checklists import Matter
    from gov_core.city._city import Tables
    from gov_core.city._rule import Rule
    from gov_core.organisation import Unit
    from gov_core.places import AssetClass, Place

T = TypeVar("T")


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
    tables: Tables,
) -> Draft:
    """Collects parts with the faults each has by itself."""
    draft = Draft(
        name=name, hard_rules=tuple(hard_rules), severities=tuple(severities.items()), preset=preset
    )
    draft.flaw(name_flaw(name, "name"), "name")
    if crs in _crs.KNOWN:
        draft.crs = crs
    else:
        draft.fault("crs.unknown", f'CRS "{crs}" is not known', "crs", f"known: {', '.join(_crs.KNOWN)}")
    ranks = flawless_words(list(levels), "levels", "levels", draft)
    if ranks is not None:
        draft.levels = ranks
        refuse_levels(ranks, "levels", draft)
        draft.partition = known_partition(partition, ranks, "partition", draft)
    if grades is not None:
        draft.grades = flawless_words(list(grades), "grades", "grades", draft)
        draft.grades_known = draft.grades is not None
    draft.places = _rows("places", places, lambda place: place.id, _place_flaws, draft)
    draft.voids = _rows(
        "voids", voids, lambda void: void.name, lambda void: [word_flaw(void.name, "name")], draft
    )
    for sheet in SHEETS:
        # Each part has records of its own.
        items: Iterable[Any] = tables.get(sheet.part, ())  # type: ignore[assignment]
        draft.tables[sheet.part] = _rows(
            sheet.part, items, sheet.key_of, _FLAWS.get(sheet.part, partial(_row_flaws, sheet.part)), draft
        )
    _take_outlines(geometries, draft)
    return draft


def _rows(
    part: str,
    items: Iterable[T],
    name: Callable[[T], str],
    flaws: Callable[[T], Iterable[Flaw | None]],
    draft: Draft,
) -> Rows[T]:
    rows: Rows[T] = Rows()
    seen = set()
    for at, item in enumerate(items):
        where = f"{part}[{at}]" if name(item) in seen else f"{part}#{name(item)}"
        seen.add(name(item))
        for flaw in flaws(item):
            draft.flaw(flaw, where)
        rows.add(item, where)
    return rows


def _place_flaws(place: Place) -> Iterable[Flaw | None]:
    yield word_flaw(place.id, "id", PLACE_SIGNS)
    yield name_flaw(place.name, "name")


def _unit_flaws(unit: Unit) -> Iterable[Flaw | None]:
    yield word_flaw(unit.id, "id", UNIT_SIGNS)
    yield word_flaw(unit.kind, "kind", UNIT_SIGNS)
    yield name_flaw(unit.name, "name")
    for at, place in enumerate(unit.serves):
        if place in unit.serves[:at]:
            yield Flaw("unit.serves_twice", f'the unit serves "{place}" twice', "name it once")


def _node_flaws(node: Matter | AssetClass) -> Iterable[Flaw | None]:
    yield word_flaw(node.code, "code")
    yield name_flaw(node.name, "name")


def _rule_flaws(rule: Rule) -> Iterable[Flaw | None]:
    yield word_flaw(rule.id, "id")
    for chain, what in ((rule.unit, "unit"), (rule.assist, "assist")):
        if len(set(chain)) < len(chain):
            yield Flaw("rule.unit", f"{what} {chain} names one twice", "name it once")
    if not rule.unit:
        yield Flaw("rule.unit", "the rule names no unit", 'unit=("@kind", "UNIT")')
    for limit in (rule.respond_within, rule.resolve_within):
        if limit is not None and not 1 <= limit.amount < 1_000_000:
            yield Flaw("rule.limit", f'"{limit}" is no time limit', "the amount is 1 or more")


def _row_flaws(part: str, row: object) -> Iterable[Flaw | None]:
    """What is wrong with the texts of a row of any other table."""
    for word in words_of(part):
        for value in word.values(row):
            yield name_flaw(value, word.field) if word.role != "word" else word_flaw(value, word.field)


_FLAWS: dict[str, Callable[[Any], Iterable[Flaw | None]]] = {
    "units": _unit_flaws,
    "matters": _node_flaws,
    "asset_classes": _node_flaws,
    "rules": _rule_flaws,
}


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
    voids = [Feature({}, drawn=True, wkb=void.wkb) for void in draft.voids.items]
    check_outlines([*features.values(), *voids], degrees=True)
    for name, feature in features.items():
        _note_flaws(feature, where[name], draft)
        if feature.wkb is None:
            draft.broken_outlines.add(name)
        else:
            draft.outlines[name] = feature.wkb
    for at, (feature, spot) in enumerate(zip(voids, draft.voids.where, strict=True)):
        _note_flaws(feature, spot, draft)
        draft.voids.items[at] = Void(draft.voids.items[at].name, feature.wkb or b"")


def _note_flaws(feature: Feature, where: str, draft: Draft) -> None:
    for code, message, hint in feature.flaws:
        draft.fault(code, message, where, hint)
