"""What each list says of each body: the items resolved to bodies, matters and ground."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from gov_core.checklists._checklist import (
    CHECKLIST_BEARINGS,
    Bearing,
    Checklist,
    ChecklistKind,
    Item,
    Transfer,
)
from gov_core.checklists._ground import Ground, Terrain, intersection, minus, union
from gov_core.checklists._matter import Matter
from gov_core.fields import Holder, MatterCode
from gov_core.organisation import Grant, Unit
from gov_core.places import AssetClass, Place


def _bearing(bearing: Bearing) -> frozenset[str]:
    return frozenset(kind for kind, other in CHECKLIST_BEARINGS.items() if other == bearing)


POWER = "power"
DUTIES = _bearing("lead") - {POWER}
"""Kinds of lists whose items have somebody do something; that a body has a power is a thing apart."""
HELP = _bearing("assist")
"""Kinds of lists by which their holder helps somebody else."""
FORBIDDING = _bearing("forbid")
"""Kinds of lists of what their holder must not, or no longer, do."""

Part = Literal["holds", "shares", "assists", "empowered", "barred", "pending"]
"""主办, 共担, 协助, 有权, 禁止, 待准入."""
PART_NAMES: dict[str, str] = {
    "holds": "主办",
    "shares": "共担",
    "assists": "协助",
    "empowered": "有权",
    "barred": "禁止",
    "pending": "待准入",
}
"""Part to the word of the field."""


class Acting(Protocol):
    """What a rule says, as `gov_core.city.Rule` does."""

    @property
    def id(self) -> str: ...
    @property
    def matter(self) -> str | None: ...
    @property
    def area(self) -> str | None: ...
    @property
    def asset(self) -> str | None: ...
    @property
    def grade(self) -> str | None: ...
    @property
    def unit(self) -> tuple[str, ...]: ...
    @property
    def assist(self) -> tuple[str, ...]: ...
    @property
    def except_areas(self) -> tuple[str, ...]: ...
    @property
    def except_assets(self) -> tuple[str, ...]: ...
    @property
    def except_matters(self) -> tuple[str, ...]: ...


class Listed(Protocol):
    """The tables that say who has which items; a `gov_core.city.City` has them."""

    @property
    def units(self) -> Sequence[Unit]: ...
    @property
    def matters(self) -> Sequence[Matter]: ...
    @property
    def checklists(self) -> Sequence[Checklist]: ...
    @property
    def items(self) -> Sequence[Item]: ...
    @property
    def transfers(self) -> Sequence[Transfer]: ...


class Governed(Listed, Protocol):
    """The tables that say where they have them, and what rules and powers there are; a city has both."""

    @property
    def partition(self) -> str: ...
    @property
    def asset_classes(self) -> Sequence[AssetClass]: ...
    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def grants(self) -> Sequence[Grant]: ...
    @property
    def rules(self) -> Sequence[Acting]: ...


@dataclass(frozen=True, slots=True)
class Holding:
    """The part of one body in one item.

    Attributes:
        item: Code of the item.
        kind: Kind of its list.
        body: Unit id or ``@kind``, as the item or its list has it.
        part: What the body does.
        matters: Matters it is about: those the item names and all below them, without the excepted ones.
        ground: Where; stretches of the terrain.
        assets: Only for these asset classes; empty for any.
        except_assets: Not for these.
    """

    item: str
    kind: ChecklistKind
    body: Holder
    part: Part
    matters: tuple[MatterCode, ...]
    ground: Ground
    assets: tuple[str, ...] = ()
    except_assets: tuple[str, ...] = ()


class Tree:
    """A tree of matters or asset classes, asked from above and from below."""

    def __init__(self, nodes: Sequence[Matter | AssetClass]) -> None:
        self._parents = {node.code: node.parent for node in nodes}
        self._children: dict[str, list[str]] = {}
        for node in nodes:
            if node.parent is not None:
                self._children.setdefault(node.parent, []).append(node.code)
        self._below: dict[str, tuple[str, ...]] = {}
        self.leaves = tuple(node.code for node in nodes if node.code not in self._children)

    def below(self, code: str) -> tuple[str, ...]:
        """A node and all below it."""
        if code not in self._below:
            found = [code]
            for step in found:  # grows while it is read
                found += self._children.get(step, [])
            self._below[code] = tuple(found)
        return self._below[code]

    def covered(self, named: Iterable[str], excepted: Iterable[str]) -> tuple[str, ...]:
        """Nodes that are named, or below one that is, without those excepted and below them."""
        without = {code for node in excepted for code in self.below(node)}
        found = dict.fromkeys(code for node in named for code in self.below(node))
        return tuple(code for code in found if code not in without)

    def above(self, code: str) -> Iterator[str]:
        """A node and all above it, from it up."""
        step: str | None = code
        while step is not None:
            yield step
            step = self._parents[step]


class Bodies:
    """Where units and kinds serve, and which of them are the same body."""

    def __init__(self, units: Sequence[Unit], terrain: Terrain) -> None:
        self._terrain = terrain
        self._kinds = {unit.id: f"@{unit.kind}" for unit in units}
        self._serves: dict[str, list[str]] = {unit.id: list(unit.serves) for unit in units}
        for unit in units:
            self._serves.setdefault(f"@{unit.kind}", []).extend(unit.serves)
        self._grounds: dict[str, Ground] = {}
        self._chains: dict[tuple[object, ...], tuple[Ground, ...]] = {}

    def ground(self, body: Holder) -> Ground:
        """Where a body serves: everywhere, if a unit names no place; nowhere, if no unit of a kind does."""
        if body not in self._grounds:
            places = self._serves.get(body, [])
            nowhere_said = not places and not body.startswith("@")
            self._grounds[body] = self._terrain.everywhere if nowhere_said else self._terrain.of(places)
        return self._grounds[body]

    def grounds(
        self,
        chain: tuple[Holder, ...],
        areas: tuple[str, ...],
        except_areas: tuple[str, ...],
        *,
        sent: bool = False,
    ) -> tuple[Ground, ...]:
        """Where each body of a chain is the first that serves.

        Args:
            chain: The bodies, the first that serves a place takes it.
            areas: Only there; empty for everywhere.
            except_areas: Not there.
            sent: A unit named by its id acts wherever it is sent, as rules have it, not only where it serves.
        """
        key = (chain, areas, except_areas, sent)
        if key not in self._chains:
            free = self._terrain.of(areas) if areas else self._terrain.everywhere
            free = minus(free, self._terrain.of(except_areas))
            found = []
            for body in chain:
                everywhere = sent and not body.startswith("@")
                ground = free if everywhere else self.ground(body)
                found.append(intersection(ground, free))
                free = minus(free, ground)
            self._chains[key] = tuple(found)
        return self._chains[key]

    def same(self, first: Holder, second: Holder) -> bool:
        """Whether two names mean one body, or one of them the kind of the other."""
        return first == second or self._kinds.get(first) == second or self._kinds.get(second) == first

    def kind(self, body: Holder) -> str:
        """The kind of a body, without ``@``."""
        return self._kinds.get(body, body).removeprefix("@")


def holdings_of(
    city: Governed, lists: Mapping[str, Checklist], matters: Tree, bodies: Bodies
) -> Iterator[Holding]:
    """Every part of every body in every item that is named, in the order of the items."""
    for item in city.items:
        if item.placeholder:
            continue
        checklist = lists[item.checklist]
        covered = matters.covered(item.matters, item.except_matters)
        for body, part, ground in _parts(item, checklist, bodies):
            yield Holding(
                item.code, checklist.kind, body, part, covered, ground, item.assets, item.except_assets
            )


def _parts(item: Item, checklist: Checklist, bodies: Bodies) -> Iterator[tuple[Holder, Part, Ground]]:
    chain = item.holder or (checklist.holder,)

    def on(part: Part, *holders: Holder) -> Iterator[tuple[Holder, Part, Ground]]:
        for body, ground in zip(holders, bodies.grounds(holders, item.areas, item.except_areas), strict=True):
            yield body, part, ground

    if checklist.kind in FORBIDDING:
        negative = checklist.kind == "negative" and item.holder
        yield from on("barred", *(item.holder if negative else (checklist.holder,)))
        # Who took a withdrawn item back, where the item names it.
        if checklist.kind == "withdrawn" and item.holder and checklist.holder not in item.holder:
            yield from on("holds", *item.holder)
        return
    part: Part | None = _PARTS.get(checklist.kind)
    if part is None:
        return
    if item.admission != "entered":
        yield from on("pending", *chain)
        return
    yield from on(part, *chain)
    # They act beside a holder, so where it serves; a unit named by its id comes from elsewhere.
    held = union(bodies.grounds(chain, item.areas, item.except_areas))
    for body, beside in (
        *((body, "shares" if part == "holds" else part) for body in item.shared_with),
        *((body, "assists") for body in item.assist),
    ):
        (ground,) = bodies.grounds((body,), item.areas, item.except_areas, sent=True)
        yield body, beside, intersection(ground, held)


_PARTS: dict[str, Part] = {POWER: "empowered"}
_PARTS |= dict.fromkeys(DUTIES, "holds")
_PARTS |= dict.fromkeys(HELP, "assists")
"""Kind of a list to the part of who holds its items; performance lists and whistle catalogues give none."""
