"""Whether the parts of a city fit together, each fault told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.city._closest import Closest
from gov_core.city._entities import AssetClass
from gov_core.city._hierarchy import Hierarchy, check_codes
from gov_core.city._ids import check_ids
from gov_core.city._text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.city._draft import Draft


def check_links(draft: Draft) -> None:
    """Adds a fault for everything that does not fit."""
    check_ids(draft)
    if draft.levels and draft.places.known:
        Hierarchy(draft).check()
    check_codes("matter", draft.matters, draft)
    _add_assets_of_rules(draft)
    check_codes("asset", draft.asset_classes, draft)
    _check_serves(draft)
    _check_rules(draft)


def _add_assets_of_rules(draft: Draft) -> None:
    """Without asset_classes.csv the classes are those that rules name, without a tree."""
    if draft.asset_classes.items or not draft.asset_classes.known:
        return
    named: dict[str, str] = {}
    for rule, where in draft.rules:
        if rule.asset is not None:
            named.setdefault(rule.asset, where)
    for code, where in named.items():
        draft.asset_classes.add(AssetClass(code, code), where)


class Known:
    """The names that may be referred to; all names, if their file could not be read."""

    def __init__(self, what: str, code: str, names: Iterable[str], *, known: bool) -> None:
        self._what, self._code, self._known = what, code, known
        # A name that is refused for a space or a full-width letter is not unknown, too.
        self._names = dict.fromkeys(normal(name) for name in names)
        self._closest = Closest(self._names)

    def check(self, name: str | None, where: str, draft: Draft) -> None:
        """Adds a fault if there is no such name."""
        if name is None or not self._known or name in self._names:
            return
        hint = self._closest(name) if self._names else f"the city has no {self._what}s"
        draft.fault(self._code, f'{self._what} "{name}" is not known', where, hint)


def _check_serves(draft: Draft) -> None:
    places = Known(
        "place", "unit.unknown_place", (place.id for place in draft.places.items), known=draft.places.known
    )
    for unit, where in draft.units:
        for place in unit.serves:
            places.check(place, where, draft)


def _check_rules(draft: Draft) -> None:
    def known(what: str, names: Iterable[str], *, known: bool) -> Known:
        return Known(what, f"rule.unknown_{what}", names, known=known)

    matters = known("matter", (matter.code for matter, _ in draft.matters), known=draft.matters.known)
    areas = known("area", (place.id for place, _ in draft.places), known=draft.places.known)
    assets = known("asset", (asset.code for asset, _ in draft.asset_classes), known=draft.asset_classes.known)
    grades = known("grade", draft.grades or (), known=draft.grades_known)
    units = known("unit", (unit.id for unit, _ in draft.units), known=draft.units.known)
    kinds = known("kind", (f"@{normal(unit.kind)}" for unit, _ in draft.units), known=draft.units.known)
    for rule, where in draft.rules:
        matters.check(rule.matter, where, draft)
        areas.check(rule.area, where, draft)
        assets.check(rule.asset, where, draft)
        grades.check(rule.grade, where, draft)
        for link in dict.fromkeys((*rule.unit, *rule.assist)):
            (kinds if link.startswith("@") else units).check(link, where, draft)
