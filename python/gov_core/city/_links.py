"""Whether the parts of a city fit together, each fault told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.city._closest import Closest
from gov_core.city._hierarchy import Hierarchy, check_codes
from gov_core.city._ids import check_ids
from gov_core.city._sheets import BY_PART, OUTLASTING, SHEETS, words_of
from gov_core.city._text import normal
from gov_core.fields import Refers, validity_of
from gov_core.places import AssetClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.city._draft import Draft
    from gov_core.city._sheets import TextField


def check_links(draft: Draft, ever: Draft) -> None:
    """Adds a fault for everything that does not fit.

    Args:
        draft: The rows of one version.
        ever: The rows of all versions: what is succeeded by something names what comes later.
    """
    check_ids(draft)
    if draft.levels and draft.places.known:
        Hierarchy(draft).check()
    check_codes("matter", draft.matters, draft)
    check_codes("asset", draft.asset_classes, draft)
    _check_serves(draft)
    _check_rules(draft)
    _check_tables(draft, ever)


def add_assets_of_rules(draft: Draft) -> None:
    """Without asset_classes.csv the classes are those that rules, items and components name, no tree."""
    if draft.asset_classes.items or not draft.asset_classes.known:
        return
    named: dict[str, str] = {}
    for part in ("rules", "items", "assets"):
        for word in words_of(part):
            if word.refers is not None and "asset_classes" in word.refers.parts:
                for row, where in draft.table(part):
                    for code in word.named(row):
                        named.setdefault(code, where)
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
    below = Below(draft)
    for rule, where in draft.rules:
        for area in (*filter(None, (rule.area,)), *rule.except_areas):
            below.check(area, where, draft)
        matters.check(rule.matter, where, draft)
        areas.check(rule.area, where, draft)
        assets.check(rule.asset, where, draft)
        grades.check(rule.grade, where, draft)
        for link in dict.fromkeys((*rule.unit, *rule.assist)):
            (kinds if link.startswith("@") else units).check(link, where, draft)


class Below:
    """The places below the level that tiles: too small for a rule."""

    def __init__(self, draft: Draft) -> None:
        self._tiling = draft.tiling
        at = draft.levels.index(draft.tiling) if draft.tiling in draft.levels else len(draft.levels)
        self._larger = draft.levels[: at + 1]
        self._below = {place.id for place in draft.places.items if place.level in draft.levels[at + 1 :]}

    def check(self, area: str, where: str, draft: Draft) -> None:
        """Adds a fault for an area that lies below the level."""
        if area in self._below:
            message = f'"{area}" lies below the level {self._tiling}, on which events are decided'
            draft.fault(
                "rule.area_below_grid", message, where, f"name a place of {' or '.join(self._larger)}"
            )


_LINKED = {
    ("units", "serves"),
    ("matters", "parent"),
    ("asset_classes", "parent"),
    *(("rules", axis) for axis in ("matter", "area", "asset", "grade", "unit", "assist")),
}
"""Checked above, with words of their own."""


class Names:
    """Everything in a version that fields of tables may name."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._known: dict[tuple[str, str, str], Known] = {}

    def check(self, noun: str, word: TextField, row: object, where: str, draft: Draft) -> None:
        """Adds a fault for each name in a field that there is not."""
        refers = word.refers
        if refers is None:
            return
        for name in word.named(row):
            sort = "@" if name.startswith("@") and (refers.kinds or refers.levels) else ""
            if name:
                self._of(noun, refers, sort).check(name, where, draft)

    def check_place(self, name: str, where: str, draft: Draft) -> None:
        """Adds a fault if there is no such place."""
        self._of("place", Refers(("places",)), "").check(name, where, draft)

    def _of(self, noun: str, refers: Refers, sort: str) -> Known:
        part = refers.parts[0]
        key = (noun, part, sort)
        if key not in self._known:
            self._known[key] = self._make(noun, refers, sort)
        return self._known[key]

    def _make(self, noun: str, refers: Refers, sort: str) -> Known:
        draft, part = self._draft, refers.parts[0]
        if sort and refers.levels:
            marked = [f"@{level}" for level in draft.levels]
            return Known("level", f"{noun}.unknown_level", marked, known=bool(draft.levels))
        if sort:
            kinds = (f"@{normal(unit.kind)}" for unit in draft.units.items)
            return Known("kind", f"{noun}.unknown_kind", kinds, known=draft.units.known)
        if part == "grades":
            return Known("grade", f"{noun}.unknown_grade", draft.grades or (), known=draft.grades_known)
        if part == "places":
            places = (place.id for place in draft.places.items)
            return Known("place", f"{noun}.unknown_place", places, known=draft.places.known)
        sheet, rows = BY_PART[part], draft.table(part)
        keys = (*(sheet.key_of(row) for row in rows.items), *refers.words)
        return Known(sheet.noun, f"{noun}.unknown_{sheet.noun}", keys, known=rows.known)


def _check_tables(draft: Draft, ever: Draft) -> None:
    """Refuses names in tables that nothing in the version has."""
    now, always = Names(draft), Names(ever)
    for sheet in SHEETS:
        dated = hasattr(sheet.record, "valid_from") and sheet.part not in OUTLASTING
        rows = draft.table(sheet.part)
        for word in words_of(sheet.part):
            if word.refers is not None and (sheet.part, word.field) not in _LINKED:
                names = now if dated and word.field != "successors" else always
                for row, where in rows:
                    names.check(sheet.noun, word, row, where, draft)
    for place, where in draft.places:
        for successor in place.successors:
            always.check_place(successor, where, draft)


def check_validity(draft: Draft) -> None:
    """Refuses rows that are valid on no day."""
    for rows in (draft.places, *draft.tables.values()):
        for row, where in rows:
            if validity_of(row).empty:
                message = f"valid_to {row.valid_to} is not after valid_from {row.valid_from}"
                draft.fault("value.validity", message, where, "valid_to is the first day it is valid no more")
