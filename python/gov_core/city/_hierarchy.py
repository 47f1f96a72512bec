"""Whether places, matters and asset classes form trees, and places the levels of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.city._closest import Closest
from gov_core.city._text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gov_core.checklists import Matter
    from gov_core.city._draft import Draft, Rows
    from gov_core.places import AssetClass, Place


class Tree:
    """Nodes by id, each with its parent and its place in a file; of nodes with one id the first counts."""

    def __init__(self, nodes: Iterable[tuple[str, str | None, str]]) -> None:
        self._parents: dict[str, str | None] = {}
        self._where: dict[str, str] = {}
        for identifier, parent, where in nodes:
            self._parents.setdefault(normal(identifier), parent)
            self._where.setdefault(normal(identifier), where)
        self._closest = Closest(self._parents)

    def refuse_cycles(self, code: str, draft: Draft) -> set[str]:
        """Refuses each cycle once, with its path, and returns all ids that are part of one."""
        cyclic: set[str] = set()
        done: set[str] = set()
        for start in self._parents:
            trail: dict[str, None] = {}
            step: str | None = start
            while step in self._parents and step not in done and step not in trail:
                trail[step] = None
                step = self._parents[step]
            done.update(trail)
            if step is not None and step in trail:
                path = list(trail)
                cycle = path[path.index(step) :]
                cyclic.update(cycle)
                message = f"{' > '.join([*cycle, step])} is a circle"
                draft.fault(code, message, self._where[step], "one of them has a wrong parent")
        return cyclic

    def refuse_unknown_parent(self, parent: str, what: str, where: str, draft: Draft) -> bool:
        """Refuses a parent that is no node and says whether it did."""
        if parent in self._parents:
            return False
        code = "hierarchy.unknown_parent" if what == "place" else f"{what}.unknown_parent"
        draft.fault(code, f'parent "{parent}" is no {what} of the city', where, self._closest(parent))
        return True


def check_codes(what: str, rows: Rows[Matter] | Rows[AssetClass], draft: Draft) -> None:
    """Refuses cycles and unknown parents in the tree of matters or of asset classes."""
    nodes: list[tuple[Matter | AssetClass, str]] = [*rows]
    tree = Tree((node.code, node.parent, where) for node, where in nodes)
    tree.refuse_cycles(f"{what}.cycle", draft)
    for node, where in nodes:
        if node.parent is not None:
            tree.refuse_unknown_parent(node.parent, what, where, draft)


class Hierarchy:
    """Places held against the levels of their city."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._rank = {level: at for at, level in enumerate(draft.levels)}
        self._tree = Tree((place.id, place.parent, where) for place, where in draft.places)
        self._levels: Mapping[str, str] = {normal(place.id): place.level for place, _ in draft.places}

    def check(self) -> None:
        """Refuses cycles, unknown levels and parents, wrong order of levels, and empty levels."""
        draft = self._draft
        closest = Closest(draft.levels)
        cyclic = self._tree.refuse_cycles("hierarchy.cycle", draft)
        for place, where in draft.places:
            if place.id in draft.doubted:
                continue
            if place.level not in self._rank:
                hint = closest(place.level) or f"levels: {', '.join(draft.levels)}"
                message = f'"{place.level}" is no level of the city'
                draft.fault("hierarchy.unknown_level", message, where, hint)
            elif place.level == draft.tiling:
                self._check_outline(place, where)
            if place.id not in cyclic:
                self._check_parent(place, where)
        populated = set(self._levels.values())
        for level in draft.levels[: self._rank.get(draft.tiling, -1) + 1]:
            if level not in populated and not draft.doubted:
                draft.fault("hierarchy.empty_level", f'no place has level "{level}"', draft.levels_where)

    def _check_outline(self, place: Place, where: str) -> None:
        if place.id not in self._draft.outlines and place.id not in self._draft.broken_outlines:
            self._draft.fault(
                "geometry.missing", f"a {place.level} has no outline", where, "draw its polygon"
            )

    def _check_parent(self, place: Place, where: str) -> None:
        draft, rank = self._draft, self._rank.get(place.level)
        if place.parent is None:
            if rank:
                hint = f"name its {draft.levels[rank - 1]}"
                draft.fault("hierarchy.orphan", f"a {place.level} has no parent", where, hint)
            return
        if self._tree.refuse_unknown_parent(place.parent, "place", where, draft):
            return
        above = self._levels[place.parent]
        if rank is not None and above in self._rank and self._rank[above] != rank - 1:
            message = f'a {place.level} lies in "{place.parent}", which is a {above}'
            hint = f"its parent is a {draft.levels[rank - 1]}" if rank else "the top level has no parent"
            draft.fault("hierarchy.level_order", message, where, hint)
