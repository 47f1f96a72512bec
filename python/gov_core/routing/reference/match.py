"""Which rule decides, and who serves: loops over lists, nothing compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.city import City, Rule

Tree = dict[str, "str | None"]

DIMENSIONS = ("asset", "area", "matter", "grade")
"""What a rule is compared by, in the order that decides."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule and the units it leads to at one grid."""

    rule: Rule
    unit: str
    assist: tuple[str, ...]


class Rules:
    """The rules of a city, asked case by case."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._rules = city.effective_rules
        self._places: Tree = {place.id: place.parent for place in city.places}
        self._matters: Tree = {matter.code: matter.parent for matter in city.matters}
        self._assets: Tree = {asset.code: asset.parent for asset in city.asset_classes}

    def decide(self, grid: str, matter: str, grade: str | None, asset: str | None) -> Decision | None:
        """The most specific rule that applies: by asset, then area, then matter, then grade.

        Of equal ones the first in the file decides.
        """
        best: Decision | None = None
        best_depths: tuple[int, ...] = ()
        for rule in self._rules:
            depths = self._depths(rule, grid, matter, grade, asset)
            if min(depths) < 0 or depths <= best_depths or self._left_out(rule, grid, matter, asset):
                continue
            if decision := self._apply(rule, grid):
                best, best_depths = decision, depths
        return best

    def verdicts(
        self, grid: str, matter: str, grade: str | None, asset: str | None
    ) -> list[tuple[int, str, int | None, list[str]]]:
        """What became of each rule: those that cover the case, most specific first, then the nearest others.

        A verdict is as `gov_core.routing.explain.RuleVerdict` says.
        """
        decision = self.decide(grid, matter, grade, asset)
        winner = None if decision is None else self._rules.index(decision.rule)
        covering, others = [], []
        for at, rule in enumerate(self._rules):
            depths = self._depths(rule, grid, matter, grade, asset)
            misses = [name for name, depth in zip(DIMENSIONS, depths, strict=True) if depth < 0]
            if misses:
                others.append((at, "misses", None, misses))
            else:
                covering.append((depths, at))
        covering.sort(key=lambda item: (tuple(-depth for depth in item[0]), item[1]))
        found: list[tuple[int, str, int | None, list[str]]] = []
        for depths, at in covering:
            rule = self._rules[at]
            if left_out := self._left_out(rule, grid, matter, asset):
                found.append((at, "left_out", None, [left_out]))
            elif at == winner:
                via = next(link for link, ref in enumerate(rule.unit) if self._unit(ref, grid))
                found.append((at, "won", via, []))
            elif winner is None:
                found.append((at, "nobody", None, []))
            else:
                best = self._depths(self._rules[winner], grid, matter, grade, asset)
                narrower = [name for name, a, b in zip(DIMENSIONS, best, depths, strict=True) if a != b]
                if best > depths:
                    found.append((at, "lost", winner, narrower[:1]))
                elif best == depths and self._apply(rule, grid):
                    found.append((at, "repeats", winner, []))
                else:
                    found.append((at, "nobody", None, []))
        return [*found, *sorted(others, key=lambda item: len(item[3]))]

    def _depths(
        self, rule: Rule, grid: str, matter: str, grade: str | None, asset: str | None
    ) -> tuple[int, ...]:
        """How narrow a rule is for a case, in the order that decides; -1 where it does not cover it."""
        return (
            _depth(self._assets, rule.asset, asset),
            _depth(self._places, rule.area, grid),
            _depth(self._matters, rule.matter, matter),
            _depth({grade: None}, rule.grade, grade),
        )

    def _left_out(self, rule: Rule, grid: str, matter: str, asset: str | None) -> str:
        """The first dimension by which a rule leaves a case out; empty if it does not."""
        for name, tree, node, left_out in (
            ("asset", self._assets, asset, rule.except_assets),
            ("area", self._places, grid, rule.except_areas),
            ("matter", self._matters, matter, rule.except_matters),
        ):
            if node is not None and not set(left_out).isdisjoint(lineage(tree, node)):
                return name
        return ""

    def _apply(self, rule: Rule, grid: str) -> Decision | None:
        """A rule with its units at a grid; None if its lead finds nobody, so that the next rule decides."""
        unit = next(filter(None, (self._unit(ref, grid) for ref in rule.unit)), None)
        if unit is None:
            return None
        assist = dict.fromkeys(filter(None, (self._unit(ref, grid) for ref in rule.assist)))
        assist.pop(unit, None)
        return Decision(rule, unit, tuple(assist))

    def _unit(self, ref: str, grid: str) -> str | None:
        """The unit of that id, or of that ``@kind`` whose serving place is lowest at or above the grid."""
        if not ref.startswith("@"):
            return ref
        for place in lineage(self._places, grid):
            for unit in self._city.units:
                if unit.kind == ref[1:] and place in unit.serves:
                    return unit.id
        return None


def lineage(tree: Mapping[str, str | None], node: str) -> list[str]:
    """A node and all above it, from the node up."""
    found = []
    step: str | None = node
    while step is not None:
        found.append(step)
        step = tree[step]
    return found


def _depth(tree: Mapping[str | None, str | None] | Tree, wanted: str | None, node: str | None) -> int:
    """How narrow a rule's ``wanted`` is for a node: 0 for any, more the deeper, -1 if it does not apply."""
    if wanted is None:
        return 0
    if node is None:
        return -1
    above = lineage(tree, node)  # type: ignore[arg-type]
    return len(above) - above.index(wanted) if wanted in above else -1
