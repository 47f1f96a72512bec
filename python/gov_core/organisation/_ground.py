"""Which bodies serve common ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from gov_core.organisation._unit import Unit

Parents = Mapping[str, str | None] | Callable[[str], str | None]
"""Place id to the id of the place one level up; None at the top."""


class Ground:
    """What units serve, held against the tree of places.

    Two places have ground in common if one is the other or lies in it; two units, if two of the places they
    serve do.

    Args:
        units: Bodies.
        parents: Place to the place above it; a place that is not known has none.
    """

    def __init__(self, units: Iterable[Unit], parents: Parents) -> None:
        self._above = parents.get if isinstance(parents, Mapping) else parents
        self._paths: dict[str, tuple[str, ...]] = {}
        self._by_kind: dict[str, dict[str, Unit]] = {}
        self._at: dict[tuple[str, bool], dict[str, list[str]]] = {}
        self._units: dict[str, Unit] = {}
        for unit in units:
            self._units[unit.id] = unit
            self._by_kind.setdefault(unit.kind, {})[unit.id] = unit

    def path(self, place: str) -> tuple[str, ...]:
        """A place, then those above it; a circle is cut where it closes."""
        if place not in self._paths:
            trail: dict[str, None] = {}
            step: str | None = place
            while step is not None and step not in trail:
                trail[step] = None
                step = self._above(step)
            self._paths[place] = tuple(trail)
        return self._paths[place]

    def share(self, first: str, second: str) -> bool:
        """Whether two units serve common ground."""
        one, other = set(self._units[first].serves), set(self._units[second].serves)
        return any(not other.isdisjoint(self.path(place)) for place in one) or any(
            not one.isdisjoint(self.path(place)) for place in other
        )

    def ends(self, name: str) -> Iterable[str]:
        """The units that a unit id, or ``@kind``, stands for."""
        if name.startswith("@"):
            return self._by_kind.get(name[1:], {})
        return (name,) if name in self._units else ()

    def pairs(self, source: str, target: str) -> Iterator[tuple[str, str]]:
        """Pairs of units for the two ends of a row, none twice, no unit with itself.

        Args:
            source: Unit id or ``@kind``.
            target: Unit id or ``@kind``. Two ids are a pair wherever they serve; with a kind only units with
                common ground are.
        """
        if target.startswith("@"):
            yield from ((unit, other) for unit in self.ends(source) for other in self._near(unit, target))
        elif source.startswith("@"):
            yield from ((other, unit) for unit in self.ends(target) for other in self._near(unit, source))
        elif source != target and self.ends(source) and self.ends(target):
            yield source, target

    def _near(self, unit: str, kind: str) -> Iterator[str]:
        """The other units of ``@kind`` that have ground in common with a unit, in order of the places."""
        exact, below = self._places_of(kind, below=False), self._places_of(kind, below=True)
        found: dict[str, None] = {}
        for place in self._units[unit].serves:
            for above in self.path(place):
                found.update(dict.fromkeys(exact.get(above, ())))
            found.update(dict.fromkeys(below.get(place, ())))
        found.pop(unit, None)
        return iter(found)

    def _places_of(self, kind: str, *, below: bool) -> dict[str, list[str]]:
        """Place to the units of ``@kind`` that serve it, or that serve what lies below it."""
        if (kind, below) not in self._at:
            at: dict[str, list[str]] = {}
            for unit in self._by_kind.get(kind[1:], {}).values():
                for place in unit.serves:
                    for step in self.path(place)[1:] if below else (place,):
                        at.setdefault(step, []).append(unit.id)
            self._at[kind, below] = at
        return self._at[kind, below]
