"""units.csv, matters.csv, asset_classes.csv and rules.csv: from cells to entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checklists import Limit, Matter
from gov_core.city._draft import Rows
from gov_core.city._grammar import parse_chain, parse_limit
from gov_core.city._rows import Columns
from gov_core.city._rule import Rule
from gov_core.city._text import UNIT_SIGNS, Flaw, name_flaw, word_flaw
from gov_core.organisation import Unit
from gov_core.places import AssetClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.city._draft import Draft

UNIT_COLUMNS = Columns(("id", "kind"), ("name", "serves"))
TREE_COLUMNS = Columns(("code",), ("name", "parent"))
RULE_COLUMNS = Columns(
    ("id", "unit"), ("matter", "area", "asset", "grade", "assist", "respond_within", "resolve_within")
)

Cells = tuple[int, dict[str, str]]


def read_units(file: str, rows: Iterable[Cells], draft: Draft) -> Rows[Unit]:
    """Units; one with a flaw stays in, so that rules may refer to it."""
    found: Rows[Unit] = Rows()
    for line, cells in rows:
        where = f"{file}:{line}"
        draft.flaw(word_flaw(cells["id"], "id", UNIT_SIGNS), where)
        draft.flaw(word_flaw(cells["kind"], "kind", UNIT_SIGNS), where)
        draft.flaw(name_flaw(cells.get("name", ""), "name"), where)
        serves = _served(cells.get("serves", ""), where, draft)
        found.add(Unit(cells["id"], cells.get("name", ""), cells["kind"], serves), where)
    return found


def _served(text: str, where: str, draft: Draft) -> tuple[str, ...]:
    if not text:
        return ()
    places = text.split(";")
    sound = []
    for at, place in enumerate(places):
        if draft.flaw(word_flaw(place, "place in serves"), where):
            continue
        if place in places[:at]:
            draft.fault("unit.serves_twice", f'the unit serves "{place}" twice', where, "name it once")
        sound.append(place)
    return tuple(sound)


def read_matters(file: str, rows: Iterable[Cells], draft: Draft) -> Rows[Matter]:
    """The tree of matters, in any order."""
    found: Rows[Matter] = Rows()
    for where, code, name, parent in _tree(file, rows, draft):
        found.add(Matter(code, name, parent), where)
    return found


def read_asset_classes(file: str, rows: Iterable[Cells], draft: Draft) -> Rows[AssetClass]:
    """The tree of asset classes, in any order."""
    found: Rows[AssetClass] = Rows()
    for where, code, name, parent in _tree(file, rows, draft):
        found.add(AssetClass(code, name, parent), where)
    return found


def _tree(file: str, rows: Iterable[Cells], draft: Draft) -> Iterable[tuple[str, str, str, str | None]]:
    for line, cells in rows:
        where = f"{file}:{line}"
        draft.flaw(word_flaw(cells["code"], "code"), where)
        draft.flaw(name_flaw(cells.get("name", ""), "name"), where)
        parent = cells.get("parent") or None
        if parent and draft.flaw(word_flaw(parent, "parent"), where):
            parent = None
        yield where, cells["code"], cells.get("name", ""), parent


def read_rules(file: str, rows: Iterable[Cells], draft: Draft) -> Rows[Rule]:
    """Rules; an axis with a flaw counts as any, so that it is reported once."""
    found: Rows[Rule] = Rows()
    for line, cells in rows:
        where = f"{file}:{line}"
        draft.flaw(word_flaw(cells["id"], "id"), where)
        found.add(
            Rule(
                id=cells["id"],
                matter=_axis(cells, "matter", where, draft),
                area=_axis(cells, "area", where, draft),
                asset=_axis(cells, "asset", where, draft),
                grade=_axis(cells, "grade", where, draft),
                unit=_chain(cells["unit"], ">", where, draft),
                assist=_chain(cells["assist"], ";", where, draft) if cells.get("assist") else (),
                respond_within=_limit(cells, "respond_within", where, draft),
                resolve_within=_limit(cells, "resolve_within", where, draft),
                line=line,
            ),
            where,
        )
    return found


def _axis(cells: dict[str, str], column: str, where: str, draft: Draft) -> str | None:
    value = cells.get(column, "*")
    if value == "*":
        return None
    if value == "":
        draft.fault("value.empty", f"{column} is empty", where, "write * for any")
        return None
    return None if draft.flaw(word_flaw(value, column), where) else value


def _chain(text: str, joint: str, where: str, draft: Draft) -> tuple[str, ...]:
    chain = parse_chain(text, joint)
    if isinstance(chain, Flaw):
        draft.flaw(chain, where)
        return ()
    return chain


def _limit(cells: dict[str, str], column: str, where: str, draft: Draft) -> Limit | None:
    limit = parse_limit(cells.get(column, ""))
    if isinstance(limit, Flaw):
        draft.flaw(limit._replace(message=f"{column}: {limit.message}"), where)
        return None
    return limit
