"""Service standards (服务标准): what is said of how a service is given, by whom, and at how many windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from gov_core.checklists._checklist import Item
from gov_core.checklists._holding import Listed, Tree
from gov_core.checklists._limit import Limit
from gov_core.fields import Holder
from gov_core.organisation import Post, Provider

__all__ = ["BOUGHT", "WINDOW", "Served", "ServiceStandard", "Supply", "service_standards", "supplies"]

WINDOW = "window_clerk"
"""Role of the seats that are windows (窗口): a window is a seat at one."""

BOUGHT = frozenset({"purchased", "entrusted", "contract", "franchise", "voucher"})
"""Ways of supply by somebody who is paid for it."""


class Served(Listed, Protocol):
    """The tables that say how services are given; a `gov_core.city.City` has them."""

    @property
    def posts(self) -> Sequence[Post]: ...  # noqa: D102 - the table of that name
    @property
    def providers(self) -> Sequence[Provider]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ServiceStandard:
    """How one service is given.

    Attributes:
        item: Code of the item.
        title: For people.
        holders: Who gives it, as a fallback chain.
        steps: In order.
        materials: What an applicant brings.
        qualification: Code of the qualification it takes; empty if none.
        respond_within: How soon the first answer is due.
        resolve_within: How soon it is to be done.
        windows: Window seats of those who give it, all bodies of a kind together.
    """

    item: str
    title: str
    holders: tuple[Holder, ...]
    steps: tuple[str, ...]
    materials: tuple[str, ...]
    qualification: str
    respond_within: Limit | None
    resolve_within: Limit | None
    windows: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What the standard does not say, of steps, materials and a time limit."""
        said = {
            "steps": self.steps,
            "materials": self.materials,
            "limit": self.respond_within or self.resolve_within,
        }
        return tuple(name for name, value in said.items() if not value)


@dataclass(frozen=True, slots=True)
class Supply:
    """One item that is bought or takes a qualification, and who is named for it.

    Attributes:
        item: Code of the item.
        bought: Whether somebody is paid for it.
        registered: Ids of all providers that supply in that way, and these matters.
        providers: Ids of the registered providers among those the item names.
        unqualified: Those of them that have not shown the qualification; who only assists needs none, if
            another has it.
        unsuited: Those of them that do not supply in that way, or not these matters, if no other does.
    """

    item: str
    bought: bool
    registered: tuple[str, ...]
    providers: tuple[str, ...]
    unqualified: tuple[str, ...]
    unsuited: tuple[str, ...]


def service_standards(city: Served) -> tuple[ServiceStandard, ...]:
    """The standards of all items on service lists, in the order of the items."""
    lists = {checklist.id: checklist for checklist in city.checklists}
    windows = _windows(city)
    found = []
    for item in city.items:
        checklist = lists[item.checklist]
        if checklist.kind == "service":
            holders = item.holder or (checklist.holder,)
            found.append(
                ServiceStandard(
                    item.code,
                    item.title,
                    holders,
                    item.steps,
                    item.materials,
                    item.qualification,
                    item.respond_within,
                    item.resolve_within,
                    sum(windows.get(holder, 0) for holder in dict.fromkeys(holders)),
                )
            )
    return tuple(found)


def supplies(city: Served) -> Iterator[Supply]:
    """Who is named for each item that is bought or takes a qualification, and whether they may do it."""
    lists = {checklist.id: checklist for checklist in city.checklists}
    kinds = {unit.id: f"@{unit.kind}" for unit in city.units}
    matters = Tree(city.matters)
    for item in city.items:
        bought = item.supply in BOUGHT
        if not bought and not item.qualification:
            continue
        doing = {*(item.holder or (lists[item.checklist].holder,)), *item.shared_with}
        named = [
            each
            for each in city.providers
            if not (doing | {*item.assist}).isdisjoint((each.unit, kinds[each.unit]))
        ]
        qualified = [each for each in named if _qualified(each, item)]
        lacking = [
            each
            for each in named
            if each not in qualified
            and (not qualified or not doing.isdisjoint((each.unit, kinds[each.unit])))
        ]
        suited = [each for each in named if _suited(each, item, matters)]
        yield Supply(
            item.code,
            bought,
            tuple(each.unit for each in city.providers if _suited(each, item, matters)),
            tuple(each.unit for each in named),
            tuple(each.unit for each in lacking),
            () if suited else tuple(each.unit for each in named),
        )


def _qualified(provider: Provider, item: Item) -> bool:
    return not item.qualification or item.qualification in provider.qualifications


def _suited(provider: Provider, item: Item, matters: Tree) -> bool:
    in_this_way = not provider.modes or item.supply is None or item.supply in provider.modes
    these = not provider.matters or set(matters.covered(item.matters, item.except_matters)) <= set(
        matters.covered(provider.matters, ())
    )
    return in_this_way and these


def _windows(city: Served) -> dict[Holder, int]:
    """Window seats by unit and by ``@kind``; seats of each body of a kind count once for each unit."""
    units: dict[str, list[str]] = {}
    for unit in city.units:
        units.setdefault(f"@{unit.kind}", []).append(unit.id)
    seats = {unit.id: 0 for unit in city.units}
    for post in city.posts:
        if post.role == WINDOW:
            for unit_id in units.get(post.body, [post.body]):
                seats[unit_id] += post.seats
    return {**seats, **{kind: sum(seats[unit_id] for unit_id in ids) for kind, ids in units.items()}}
