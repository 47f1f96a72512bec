"""Whether the parts of a city fit together: ids, the hierarchy, and every reference."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, TypeVar

from gov_core.city._closest import Closest
from gov_core.city._entities import AssetClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.city._draft import Draft, Rows
    from gov_core.city._entities import Matter, Place

T = TypeVar("T")


def check_links(draft: Draft) -> None:
    """Adds a fault for everything that does not fit, each once."""
    _check_unique("place", ((place.id, where) for place, where in _each(draft.places)), draft)
    _check_unique("unit", ((unit.id, where) for unit, where in _each(draft.units)), draft)
    _check_unique("matter", ((matter.code, where) for matter, where in _each(draft.matters)), draft)
    _check_unique("asset", ((asset.code, where) for asset, where in _each(draft.asset_classes)), draft)
    _check_unique("rule", ((rule.id, where) for rule, where in _each(draft.rules)), draft)
    if draft.levels and draft.places.known:
        _check_hierarchy(draft)
    _check_tree("matter", draft.matters, draft)
    _add_assets_of_rules(draft)
    _check_tree("asset", draft.asset_classes, draft)
    _check_serves(draft)
    _check_rules(draft)


def _each(rows: Rows[T]) -> Iterator[tuple[T, str]]:
    return zip(rows.items, rows.where, strict=True)


def _check_unique(kind: str, ids: Iterable[tuple[str, str]], draft: Draft) -> None:
    """Refuses ids that are equal, or look equal once full-width forms and case are folded away."""
    seen: dict[str, tuple[str, str]] = {}
    for identifier, where in ids:
        if not identifier:
            continue  # reported as empty already
        look = identifier if identifier.isascii() else unicodedata.normalize("NFKC", identifier)
        first, first_where = seen.setdefault(look, (identifier, where))
        if first_where is where:
            continue
        if first == identifier:
            message = f'{kind} "{identifier}" is there twice: also at {first_where}'
            draft.fault("id.duplicate", message, where, "give each its own id")
        else:
            message = f"{kind} {_spelt(identifier)} looks like {_spelt(first)} at {first_where}"
            draft.fault("id.look_alike", message, where, "write both the same way, or give each its own id")


def _spelt(word: str) -> str:
    return f'"{word}"' if word.isascii() else f'"{word}" ({ascii(word)[1:-1]})'


def _check_hierarchy(draft: Draft) -> None:
    rank = {level: at for at, level in enumerate(draft.levels)}
    by_id: dict[str, Place] = {}
    for place in draft.places.items:
        by_id.setdefault(place.id, place)
    closest_place, closest_level = Closest(by_id), Closest(draft.levels)
    in_cycle = _check_cycles(
        {place.id: place.parent for place in by_id.values()}, "hierarchy.cycle", draft.places, draft
    )
    for place, where in _each(draft.places):
        at = rank.get(place.level)
        if at is None:
            hint = closest_level(place.level) or f"levels: {', '.join(draft.levels)}"
            draft.fault("hierarchy.unknown_level", f'level "{place.level}" is none of the city', where, hint)
        elif (
            at == len(draft.levels) - 1
            and place.id not in draft.outlines
            and place.id not in draft.broken_outlines
        ):
            draft.fault("geometry.missing", f"a {place.level} has no outline", where, "draw its polygon")
        if place.id in in_cycle:
            continue
        if place.parent is None:
            if at:
                draft.fault(
                    "hierarchy.orphan",
                    f"a {place.level} has no parent",
                    where,
                    f"name its {draft.levels[at - 1]}",
                )
            continue
        parent = by_id.get(place.parent)
        if parent is None:
            message = f'parent "{place.parent}" is no place of the city'
            draft.fault("hierarchy.unknown_parent", message, where, closest_place(place.parent))
        elif at is not None and parent.level in rank and rank[parent.level] != at - 1:
            message = f'a {place.level} lies in "{parent.id}", which is a {parent.level}'
            wanted = f"its parent is a {draft.levels[at - 1]}" if at else "the top level has no parent"
            draft.fault("hierarchy.level_order", message, where, wanted)
    populated = {place.level for place in draft.places.items}
    for level in draft.levels:
        if level not in populated:
            draft.fault("hierarchy.empty_level", f'no place has level "{level}"', "city.toml#city.levels")


def _check_cycles(parents: dict[str, str | None], code: str, rows: Rows[T], draft: Draft) -> set[str]:
    """Reports each cycle once, with its path, and returns all ids that are part of one."""
    in_cycle: set[str] = set()
    done: set[str] = set()
    for start in parents:
        trail: dict[str, None] = {}
        step: str | None = start
        while step is not None and step in parents and step not in done and step not in trail:
            trail[step] = None
            step = parents[step]
        if step is not None and step in trail:
            path = list(trail)
            cycle = path[path.index(step) :]
            in_cycle.update(cycle)
            # The fault stands where the file first enters the cycle.
            where = _where_of(rows, step)
            draft.fault(
                code, f"{' > '.join([*cycle, step])} is a circle", where, "one of them has a wrong parent"
            )
        done.update(trail)
    return in_cycle


def _where_of(rows: Rows[T], identifier: str) -> str:
    for item, where in _each(rows):
        if identifier in {getattr(item, "id", None), getattr(item, "code", None)}:
            return where
    return ""


def _check_tree(kind: str, rows: Rows[Matter] | Rows[AssetClass], draft: Draft) -> None:
    parents = {}
    for item in rows.items:
        parents.setdefault(item.code, item.parent)
    _check_cycles(parents, f"{kind}.cycle", rows, draft)
    closest = Closest(parents)
    for item, where in zip(rows.items, rows.where, strict=True):
        if item.parent is not None and item.parent not in parents:
            message = f'parent "{item.parent}" is no {kind} of the city'
            draft.fault(f"{kind}.unknown_parent", message, where, closest(item.parent))


def _add_assets_of_rules(draft: Draft) -> None:
    """Without asset_classes.csv the classes are those that rules name, without a tree."""
    if draft.asset_classes.items or not draft.asset_classes.known:
        return
    for rule, where in _each(draft.rules):
        if rule.asset is not None and all(rule.asset != known.code for known in draft.asset_classes.items):
            draft.asset_classes.add(AssetClass(rule.asset, rule.asset), where)


def _check_serves(draft: Draft) -> None:
    if not draft.places.known:
        return
    places = {place.id for place in draft.places.items}
    closest = Closest(places)
    for unit, where in _each(draft.units):
        for place in unit.serves:
            if place not in places:
                draft.fault(
                    "unit.unknown_place",
                    f'the unit serves "{place}", which is no place',
                    where,
                    closest(place),
                )


def _check_rules(draft: Draft) -> None:
    matters = Known("matter", (matter.code for matter in draft.matters.items), known=draft.matters.known)
    places = Known("area", (place.id for place in draft.places.items), known=draft.places.known)
    assets = Known(
        "asset", (asset.code for asset in draft.asset_classes.items), known=draft.asset_classes.known
    )
    grades = Known("grade", draft.grades or (), known=draft.grades_known)
    units = Known("unit", (unit.id for unit in draft.units.items), known=draft.units.known)
    kinds = Known("kind", (f"@{unit.kind}" for unit in draft.units.items), known=draft.units.known)
    for rule, where in _each(draft.rules):
        matters.check(rule.matter, where, draft)
        places.check(rule.area, where, draft)
        assets.check(rule.asset, where, draft)
        grades.check(rule.grade, where, draft)
        for link in (*rule.unit, *rule.assist):
            (kinds if link.startswith("@") else units).check(link, where, draft)


class Known:
    """The names one column of rules may hold."""

    def __init__(self, axis: str, names: Iterable[str], *, known: bool) -> None:
        self._axis = axis
        self._names = dict.fromkeys(names)
        self._known = known
        self._closest = Closest(self._names)

    def check(self, name: str | None, where: str, draft: Draft) -> None:
        """Adds a fault if there is no such name; a file that could not be read knows every name."""
        if name is None or not self._known or name in self._names:
            return
        hint = self._closest(name)
        if not self._names:
            hint = f"the city has no {self._axis}s"
        draft.fault(f"rule.unknown_{self._axis}", f'{self._axis} "{name}" is not known', where, hint)
