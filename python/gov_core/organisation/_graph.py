"""Bodies and their relations as one typed graph, each edge with the row it comes from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from gov_core.organisation._ground import Ground, Parents
from gov_core.organisation._relation import RELATION_NAMES, Relation, RelationKind
from gov_core.organisation._unit import Unit


@dataclass(frozen=True, slots=True)
class Edge:
    """One body stands in a relation to another.

    Attributes:
        source: Unit id: who leads, guides, serves ...
        relation: Kind of the relation.
        target: Unit id: whom.
        row: The row of the city that says so; an end of it may be ``@kind``.
    """

    source: str
    relation: RelationKind
    target: str
    row: Relation

    def __str__(self) -> str:
        return f"{self.source} {self.relation} ({RELATION_NAMES[self.relation]}) {self.target}"


class Graph:
    """Relations between units, with ``@kind`` put onto the units that serve common ground.

    Nothing stands in a relation to itself; of two rows that say the same of two units the first counts.

    Attributes:
        edges: All edges, in the order of the rows; ``parallel`` holds both ways, so each is there twice.
        empty: Rows that say nothing of any two units.
    """

    def __init__(self, ground: Ground, relations: Iterable[Relation]) -> None:
        self._ground = ground
        edges: dict[tuple[str, str, str], Edge] = {}
        empty = []
        for row in relations:
            some = False
            for source, target in ground.pairs(row.source, row.target):
                some = True
                edges.setdefault((source, row.relation, target), Edge(source, row.relation, target, row))
                if row.relation == "parallel":
                    edges.setdefault((target, row.relation, source), Edge(target, row.relation, source, row))
            if not some:
                empty.append(row)
        self.edges = tuple(edges.values())
        self.empty = tuple(empty)
        self._out: dict[str, list[Edge]] = {}
        self._in: dict[str, list[Edge]] = {}
        for edge in self.edges:
            self._out.setdefault(edge.source, []).append(edge)
            self._in.setdefault(edge.target, []).append(edge)

    @classmethod
    def of(cls, units: Iterable[Unit], relations: Iterable[Relation], parents: Parents) -> Graph:
        """Puts the rows of a city onto its units; time and size grow with the edges that come out.

        Args:
            units: Bodies.
            relations: Rows; a name that is no unit or kind has no edges.
            parents: Place to the place above it, None at the top: a mapping, or a function.
        """
        return cls(Ground(units, parents), relations)

    def pairs(self, source: str, target: str) -> tuple[tuple[str, str], ...]:
        """The pairs of units that a row with these ends would speak of, whether or not there is such a row.

        Args:
            source: Unit id or ``@kind``.
            target: Unit id or ``@kind``.
        """
        return tuple(self._ground.pairs(source, target))

    def who(self, relation: RelationKind, unit: str) -> tuple[Edge, ...]:
        """Who leads, guides, serves ... a unit: the edges that end in it."""
        return tuple(edge for edge in self._in.get(unit, ()) if edge.relation == relation)

    def whom(self, unit: str, relation: RelationKind) -> tuple[Edge, ...]:
        """Whom a unit leads, guides, serves ...: the edges that begin in it."""
        return tuple(edge for edge in self._out.get(unit, ()) if edge.relation == relation)

    def around(self, unit: str) -> tuple[Edge, ...]:
        """All edges that begin or end in a unit."""
        return (*self._out.get(unit, ()), *self._in.get(unit, ()))

    def path(self, source: str, target: str, relation: RelationKind = "leads") -> tuple[Edge, ...] | None:
        """The shortest way from one unit to another along one kind of relation.

        Returns:
            The edges in order; empty if both are one unit, None if there is no way.
        """
        came = self._reached(source, (relation,))
        return _way_back(came, target) if target in came else None

    def line(self, unit: str) -> tuple[Edge, ...]:
        """The line of leadership (领导) above a unit: its leader, the leader of that one, and so on.

        Where several lead, the first of them is followed. A circle ends the line.
        """
        line: list[Edge] = []
        seen = {unit}
        while leaders := self.who("leads", unit):
            unit = leaders[0].source
            if unit in seen:
                break
            seen.add(unit)
            line.append(leaders[0])
        return tuple(line)

    def cycles(self, *relations: RelationKind) -> tuple[tuple[Edge, ...], ...]:
        """A shortest circle through each group of units that are above themselves.

        Args:
            relations: Kinds of relations that put one above the other; ``leads`` and ``parent_of`` if none
                is named.

        Returns:
            Of each group one circle of edges, so that units in a circle are told of once.
        """
        kinds = relations or ("leads", "parent_of")
        circles = []
        for group in self._groups(kinds):
            start = group[0]
            came = self._reached(start, kinds)
            closing = [edge for edge in self._in[start] if edge.relation in kinds and edge.source in came]
            circles.append(min(((*_way_back(came, edge.source), edge) for edge in closing), key=len))
        return tuple(circles)

    def _reached(self, source: str, kinds: tuple[RelationKind, ...]) -> dict[str, Edge | None]:
        """Each unit that edges lead to from a unit, nearest first, with the edge a shortest way ends in."""
        came: dict[str, Edge | None] = {source: None}
        queue = deque([source])
        while queue:
            for edge in self._out.get(queue.popleft(), ()):
                if edge.relation in kinds and edge.target not in came:
                    came[edge.target] = edge
                    queue.append(edge.target)
        return came

    def _groups(self, kinds: tuple[RelationKind, ...]) -> list[list[str]]:
        """Units that reach each other, two or more, each group from its first unit on (Kosaraju)."""
        left: list[str] = []
        seen: set[str] = set()
        for start in self._out:
            stack = [(start, iter(self._out[start]))] if start not in seen else []
            seen.add(start)
            while stack:
                unit, edges = stack[-1]
                for edge in edges:
                    if edge.relation in kinds and edge.target not in seen:
                        seen.add(edge.target)
                        stack.append((edge.target, iter(self._out.get(edge.target, ()))))
                        break
                else:
                    left.append(unit)
                    stack.pop()
        rank = {unit: at for at, unit in enumerate(self._out)}
        taken: set[str] = set()
        groups = []
        for start in reversed(left):
            group, ahead = [], [start]
            while ahead:
                unit = ahead.pop()
                if unit not in taken:
                    taken.add(unit)
                    group.append(unit)
                    ahead += [edge.source for edge in self._in.get(unit, ()) if edge.relation in kinds]
            if len(group) > 1:
                groups.append(sorted(group, key=rank.__getitem__))
        return sorted(groups, key=lambda group: rank[group[0]])


def _way_back(came: dict[str, Edge | None], target: str) -> tuple[Edge, ...]:
    way = []
    step = came[target]
    while step is not None:
        way.append(step)
        step = came[step.source]
    return tuple(reversed(way))
