"""The responsibility matrix (责任矩阵): which body has which part in which matter, and where that is wrong.

It is computed from the items of a city's lists, and from its rules where it has any; nothing is stored. Work
is done on lists and stretches of ground, never on cells: ten thousand grids cost no more than one.

- A gap (缺位): no list has anybody do a matter, in the whole city or in a part of it.
- An overstep (越位): a body does what another's list holds, what a list forbids it, or what it has no power
  for.
- A misplacement (错位): a list, a matter or a transferred duty is with a body of the wrong sort.
- Several holders (多头管理): two items have two bodies do the same thing at the same place, and neither item
  names the other body under ``shared_with``.

As with rules the narrower item wins: one that names a sub-matter, an area or an asset class is no second
holder beside one that names the whole.

The three words for what is wrong are those of the Guiyang paper (acceptance row G-RULE-6); several holders
are no overstep there or here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from gov_core.checklists._checklist import Checklist, Item
from gov_core.checklists._ground import Ground, Terrain, intersection, meet, meeting, minus, overlaps, union
from gov_core.checklists._holding import (
    DUTIES,
    PART_NAMES,
    Acting,
    Bodies,
    Governed,
    Holding,
    Part,
    Tree,
    holdings_of,
)
from gov_core.fields import Holder, MatterCode
from gov_core.organisation import KINDS

__all__ = [
    "PART_NAMES",
    "Gap",
    "Governed",
    "Holding",
    "Misplacement",
    "Overstep",
    "Part",
    "ResponsibilityMatrix",
    "Rivals",
    "responsibility_matrix",
]


@dataclass(frozen=True, slots=True)
class Gap:
    """A matter that no list has anybody do.

    Attributes:
        matter: Its code; nothing lies below it.
        missing: How many grids nobody does it in.
        grids: How many grids there are.
        witnesses: The first few of those grids.
    """

    matter: MatterCode
    missing: int
    grids: int
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overstep:
    """A body does what it must not.

    Attributes:
        why: ``of_another``: a list holds it for another body; ``barred``: a negative list, or one of
            withdrawn items, bars the body from it; ``no_power``: the power the item needs is not the body's.
        body: Who.
        by: ``item`` or ``rule``: what has it do so.
        name: Code of the item, id of the rule.
        against: Code of the item that says otherwise; for ``no_power`` the power, or the item that holds it.
        matters: What it is about; empty for ``no_power``.
    """

    why: Literal["of_another", "barred", "no_power"]
    body: Holder
    by: Literal["item", "rule"]
    name: str
    against: str
    matters: tuple[MatterCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Misplacement:
    """An item that is with a body of the wrong sort.

    Attributes:
        why: ``kind_of_list``: such a body has no list of this kind; ``affair``: the matter is of another sort
            of affairs than the body; ``transferred``: the duty was transferred to somebody else.
        item: Code of the item.
        body: Who has it.
        expected: Who, or what sort of body, should.
    """

    why: Literal["kind_of_list", "affair", "transferred"]
    item: str
    body: Holder
    expected: str


@dataclass(frozen=True, slots=True)
class Rivals:
    """Two items that have two bodies do the same thing at the same place.

    Attributes:
        items: Codes of the items.
        bodies: Who they name.
        matters: What both name.
        witness: A grid where they meet.
    """

    items: tuple[str, str]
    bodies: tuple[Holder, Holder]
    matters: tuple[MatterCode, ...]
    witness: str


@dataclass(frozen=True, slots=True)
class ResponsibilityMatrix:
    """Bodies by matters, as far as lists fill it.

    Attributes:
        bodies: Units and ``@kind`` as lists name them, in the order they are first named.
        matters: Codes of all matters, in the order of the city.
        holdings: Every part of every body in every item.
        gaps: Matters nobody does; only looked for where some item names a matter.
        oversteps: Who does what it must not.
        misplacements: What is with the wrong sort of body.
        rivals: Who does the same as somebody else.
        not_admitted: Rules that send matters to a body which is not admitted for them: (id of the rule, code
            of the item, body).
    """

    bodies: tuple[Holder, ...]
    matters: tuple[MatterCode, ...]
    holdings: tuple[Holding, ...]
    gaps: tuple[Gap, ...]
    oversteps: tuple[Overstep, ...]
    misplacements: tuple[Misplacement, ...]
    rivals: tuple[Rivals, ...]
    not_admitted: tuple[tuple[str, str, Holder], ...]
    _cells: Mapping[tuple[str, str], tuple[Holding, ...]] = field(repr=False, compare=False)

    def at(self, body: Holder, matter: MatterCode) -> tuple[Holding, ...]:
        """What a body has to do with a matter, by the name lists call it: ``@kind`` apart from its units."""
        return self._cells.get((body, matter), ())

    def parts(self, body: Holder, matter: MatterCode) -> tuple[Part, ...]:
        """The parts of a body in a matter, none twice."""
        return tuple(dict.fromkeys(holding.part for holding in self.at(body, matter)))


def responsibility_matrix(city: Governed) -> ResponsibilityMatrix:
    """Computes the matrix of a city.

    Time grows with the items, the matters they cover and the rules; of the places with their number once.

    Args:
        city: As loaded; anything with the same tables will do.
    """
    view = _View(city)
    cells: dict[tuple[str, str], list[Holding]] = {}
    for holding in view.holdings:
        for matter in holding.matters:
            cells.setdefault((holding.body, matter), []).append(holding)
    steps = list(_steps(view))
    return ResponsibilityMatrix(
        bodies=tuple(dict.fromkeys(holding.body for holding in view.holdings)),
        matters=tuple(matter.code for matter in city.matters),
        holdings=tuple(view.holdings),
        gaps=tuple(_gaps(view)),
        oversteps=(
            *_barred_items(view),
            *_without_power(view),
            *(step for step in steps if isinstance(step, Overstep)),
        ),
        misplacements=tuple(_misplacements(view)),
        rivals=tuple(_rivals(view)),
        not_admitted=tuple(step for step in steps if not isinstance(step, Overstep)),
        _cells={cell: tuple(found) for cell, found in cells.items()},
    )


class _View:
    """A city's lists, resolved once."""

    def __init__(self, city: Governed) -> None:
        self.city = city
        self.terrain = Terrain(city.places, city.partition)
        self.matters = Tree(city.matters)
        self.assets = Tree(city.asset_classes)
        self.bodies = Bodies(city.units, self.terrain)
        self.lists: dict[str, Checklist] = {checklist.id: checklist for checklist in city.checklists}
        self.items: dict[str, Item] = {item.code: item for item in city.items}
        self.holdings = list(holdings_of(city, self.lists, self.matters, self.bodies))
        self.by_matter: dict[str, list[Holding]] = {}
        for holding in self.holdings:
            for matter in holding.matters:
                self.by_matter.setdefault(matter, []).append(holding)

    def chain(self, item: Item) -> tuple[Holder, ...]:
        return item.holder or (self.lists[item.checklist].holder,)


_DOING = {"holds", "shares", "empowered"}
"""Parts that leave no gap: who has the power for a matter answers for it, whatever duty lists say."""


def _gaps(view: _View) -> Iterator[Gap]:
    if not view.by_matter:
        return
    known: dict[tuple[Ground, ...], tuple[int, tuple[str, ...]]] = {}
    for matter in view.matters.leaves:
        doing = [each for each in view.by_matter.get(matter, ()) if each.part in _DOING]
        grounds = tuple(dict.fromkeys(holding.ground for holding in doing))
        if grounds not in known:
            known[grounds] = view.terrain.without(union(grounds))
        missing, witnesses = known[grounds]
        if missing:
            yield Gap(matter, missing, view.terrain.count(), witnesses)


def _rivals(view: _View) -> Iterator[Rivals]:
    # Of two items that apply to one case, neither is narrower only if they name the same matter, area and
    # asset class: so whoever meets is in one of these groups.
    groups: dict[tuple[str, str, str], list[Holding]] = {}
    for holding in view.holdings:
        if holding.part == "holds":
            item = view.items[holding.item]
            covered = set(holding.matters)
            named = [matter for matter in dict.fromkeys(item.matters) if matter in covered]
            left = set(view.assets.covered(item.assets, item.except_assets))
            assets = [asset for asset in dict.fromkeys(item.assets) if asset in left]
            for key in product(named, item.areas or ("",), assets if item.assets else ("",)):
                groups.setdefault(key, []).append(holding)
    found: dict[tuple[Holding, Holding], dict[str, None]] = {}
    for (matter, _, _), holdings in groups.items():
        for at, other in overlaps([holding.ground for holding in holdings]):
            first, second = holdings[at], holdings[other]
            if not _together(view, first, second):
                found.setdefault((first, second), {})[matter] = None
    for (first, second), matters in found.items():
        shared = meeting(first.ground, second.ground)
        yield Rivals(
            (first.item, second.item),
            (first.body, second.body),
            tuple(matters),
            view.terrain.tile_on(shared),
        )


def _together(view: _View, first: Holding, second: Holding) -> bool:
    """Whether two holders are one, or one of their items says that they share."""
    if first.item == second.item or view.bodies.same(first.body, second.body):
        return True
    return any(
        view.bodies.same(named, other.body)
        for one, other in ((first, second), (second, first))
        for named in view.items[one.item].shared_with
    )


def _barred_items(view: _View) -> Iterator[Overstep]:
    """Items that a list takes back as a whole; a part that it takes back is an exception."""
    for holding in view.holdings:
        if holding.part in {"barred", "pending"} or not holding.ground:
            continue
        found: dict[str, dict[str, None]] = {}
        covered = set(holding.matters)
        for matter in view.items[holding.item].matters:
            for bar in view.by_matter.get(matter, ()) if matter in covered else ():
                if bar.part == "barred" and _takes_back(view, holding, bar):
                    found.setdefault(bar.item, {})[matter] = None
        for bar_item, matters in found.items():
            yield Overstep("barred", holding.body, "item", holding.item, bar_item, tuple(matters))


def _takes_back(view: _View, holding: Holding, bar: Holding) -> bool:
    # What is barred is barred where the body serves, wherever else it was sent to help.
    ground = intersection(holding.ground, view.bodies.ground(holding.body))
    if not view.bodies.same(holding.body, bar.body) or not ground or minus(ground, bar.ground):
        return False
    if not holding.assets:
        return not bar.assets and set(bar.except_assets) <= set(holding.except_assets)
    own = view.assets.covered(holding.assets, holding.except_assets)
    free = view.assets.covered(bar.assets, bar.except_assets) if bar.assets else None
    if free is None:
        return set(own).isdisjoint(view.assets.covered(bar.except_assets, ()))
    return set(own) <= set(free)


def _meet(view: _View, body: Holder, ground: Ground, other: Holding) -> bool:
    return view.bodies.same(body, other.body) and meet(ground, other.ground)


def _one_asset(view: _View, one: Assets, other: Assets) -> bool:
    """Whether two things can be about one asset; what names no class is about any."""
    for (named, _), (named_there, excepted) in ((one, other), (other, one)):
        if named and named_there and view.assets.covered(named, ()):
            apart = set(view.assets.covered(named, ())).isdisjoint(view.assets.covered(named_there, ()))
            if apart:
                return False
        if named and not view.assets.covered(named, excepted):
            return False
    return True


Assets = tuple[tuple[str, ...], tuple[str, ...]]
"""Asset classes something is about, and those it is not about."""


_NEEDED = {"power": "execute", "basic": "execute", "service": "serve", "self_government": "resolve"}
"""The power that the items of a list need, by the kind of the list."""


def _without_power(view: _View) -> Iterator[Overstep]:
    grants: dict[tuple[str, str], bool] = {
        (grant.holder, grant.power): grant.held for grant in view.city.grants if grant.over is None
    }
    for item in view.city.items:
        checklist = view.lists[item.checklist]
        chain = view.chain(item)
        needed = _NEEDED.get(checklist.kind, "")
        for body in chain if needed else ():
            kind = f"@{view.bodies.kind(body)}"
            if not grants.get((body, needed), grants.get((kind, needed), True)):
                yield Overstep("no_power", body, "item", item.code, needed)
        for code in item.powers:
            power = view.items.get(code)
            if power is not None:
                holders = (*view.chain(power), *power.shared_with)
                is_power = view.lists[power.checklist].kind == "power"
                if not is_power or not any(
                    view.bodies.same(body, holder) for body in chain for holder in holders
                ):
                    yield Overstep("no_power", chain[0], "item", item.code, code)


_RESIDENTS = "residents"
_GOVERNMENT = "government"


def _misplacements(view: _View) -> Iterator[Misplacement]:
    categories = {matter.code: matter.category for matter in view.city.matters}
    targets: dict[str, list[str]] = {}
    for transfer in sorted(view.city.transfers, key=lambda transfer: str(transfer.on or "")):
        targets.setdefault(transfer.item, []).append(transfer.target)
    for item in view.city.items:
        checklist = view.lists[item.checklist]
        if item.admission != "entered":
            continue
        chain = view.chain(item)
        expected = _expected(checklist, view.bodies.kind(checklist.holder))
        if expected:
            yield Misplacement("kind_of_list", item.code, checklist.holder, expected)
        if checklist.kind in DUTIES:
            yield from _of_other_affairs(view, item, chain, categories)
        target = targets.get(item.code, [""])[-1]
        if target and not any(view.bodies.same(body, target) for body in chain):
            yield Misplacement("transferred", item.code, chain[0], target)


def _expected(checklist: Checklist, kind: str) -> str:
    """What sort of body has such a list, if its holder is no such body; empty if it is, or is not known."""
    known = KINDS.find(kind)
    if known is None:
        return ""
    if checklist.kind == "self_government" and known.affair != _RESIDENTS:
        return "a body of residents"
    if checklist.kind == "assistance" and known.levels and "community" not in known.levels:
        return "a body of a community"
    if (
        checklist.kind in {"basic", "supporting", "withdrawn"}
        and known.levels
        and "street" not in known.levels
    ):
        return "a body of a street"
    if checklist.kind == "power" and known.affair == _RESIDENTS:
        return "a body of the government"
    return ""


def _of_other_affairs(
    view: _View, item: Item, chain: Iterable[Holder], categories: Mapping[str, str]
) -> Iterator[Misplacement]:
    sorts = {categories[matter] for matter in item.matters} & {_RESIDENTS, _GOVERNMENT}
    for body in chain:
        known = KINDS.find(view.bodies.kind(body))
        for sort in sorted(sorts):
            if known is not None and {known.affair, sort} == {_RESIDENTS, _GOVERNMENT}:
                yield Misplacement("affair", item.code, body, f"a body for {sort} affairs")


def _steps(view: _View) -> Iterator[Overstep | tuple[str, str, Holder]]:
    """What rules have bodies do against the lists."""
    # Without a list that names a matter there is nothing to be against.
    if not view.by_matter:
        return
    narrowest = _narrowest(view)
    for rule in view.city.rules:
        if rule.matter is None:
            continue
        lasting = rule.area is not None or rule.asset is not None
        depth = len(list(view.matters.above(rule.matter)))
        reached = [
            matter
            for matter in view.matters.covered((rule.matter,), rule.except_matters)
            if lasting or depth >= narrowest.get(matter, 0)
        ]
        found: dict[tuple[str, str, str], dict[str, None]] = {}
        for matter in reached:
            for sort, body, item in _against(view, rule, matter):
                found.setdefault((sort, body, item), {})[matter] = None
        for (sort, body, item), matters in found.items():
            if sort == "pending":
                yield rule.id, item, body
            elif sort == "barred":
                yield Overstep("barred", body, "rule", rule.id, item, tuple(matters))
            else:
                yield Overstep("of_another", body, "rule", rule.id, item, tuple(matters))


def _narrowest(view: _View) -> dict[str, int]:
    """For each matter how deep the narrowest rule is that covers it everywhere: wider rules never decide."""
    plain = {
        rule.matter
        for rule in view.city.rules
        if rule.area is None and rule.asset is None and rule.grade is None and not rule.except_areas
        and not rule.except_assets and not rule.except_matters
    }  # fmt: skip
    found = {}
    for matter in (matter.code for matter in view.city.matters):
        above = list(view.matters.above(matter))
        found[matter] = next((len(above) - at for at, step in enumerate(above) if step in plain), 0)
    return found


def _against(view: _View, rule: Acting, matter: str) -> Iterator[tuple[str, Holder, str]]:
    """What the lists say against a rule in one matter: (sort, body, item)."""
    about = ((rule.asset,) if rule.asset is not None else (), rule.except_assets)
    holdings = [
        holding for holding in view.by_matter.get(matter, ()) if _one_asset(view, about, _assets(holding))
    ]
    area = (rule.area,) if rule.area is not None else ()
    grounds = view.bodies.grounds(rule.unit, area, rule.except_areas, sent=True)
    leads = list(zip(rule.unit, grounds, strict=True))
    helps = [
        (body, view.bodies.grounds((body,), area, rule.except_areas, sent=True)[0]) for body in rule.assist
    ]
    for body, ground in (*leads, *helps):
        for bar in holdings:
            if bar.part == "barred" and _meet(view, body, ground, bar):
                yield "barred", body, bar.item
    doing = [
        holding for holding in holdings if holding.part in {"holds", "shares"} and not _refines(rule, holding)
    ]
    for body, ground in leads:
        theirs = [holding for holding in doing if meet(ground, holding.ground)]
        own = any(view.bodies.same(body, holding.body) for holding in theirs)
        if own:
            continue
        pending = [
            holding
            for holding in holdings
            if holding.part == "pending" and _meet(view, body, ground, holding)
        ]
        for holding in pending[:1]:
            yield "pending", body, holding.item
        for holding in theirs[:1] if not pending else ():
            yield "of_another", body, holding.item


def _refines(rule: Acting, holding: Holding) -> bool:
    """Whether a rule is about a grade or an asset, of which the item says nothing: that is no overstep."""
    return rule.grade is not None or (rule.asset is not None and not holding.assets)


def _assets(holding: Holding) -> Assets:
    return holding.assets, holding.except_assets
