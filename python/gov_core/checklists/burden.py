"""Burden (负担): what a body carries, and what became of it from one version of the lists to the next.

A reduction (减负) is not a smaller number alone: each item that a body no longer carries has gone somewhere,
every matter that was held before is still held by somebody, and duties that moved without money are named.

The 100 and more items cut to 30 are those of the Shandong paper (acceptance rows S-LIST-1 and S-LIST-2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gov_core.checklists._checklist import ChecklistKind, Item
from gov_core.checklists._holding import DUTIES, FORBIDDING, HELP, Listed, Tree
from gov_core.fields import Holder, MatterCode

__all__ = ["MOVE_NAMES", "Fate", "Listed", "Load", "Move", "Reduction", "load_of", "reduction"]

_CARRIED = DUTIES | HELP | {"performance"}
"""Kinds of lists that weigh: powers, catalogues, and what a body must not do are no burden."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one body carries.

    Attributes:
        body: Unit id or ``@kind``.
        items: Codes of all items it carries, in the order of the lists.
        by_kind: Kind of list to how many of its items the body holds, in the order of the lists.
        assisting: How many items of others it assists in.
        shared: How many items of others it shares.
        sensitive: How many of all are sensitive.
        placeholders: How many of all have no name in their source.
        funded: How many that were transferred to it came with money.
        unfunded: Codes of those that came without.
    """

    body: Holder
    items: tuple[str, ...]
    by_kind: Mapping[ChecklistKind, int]
    assisting: int
    shared: int
    sensitive: int
    placeholders: int
    funded: int
    unfunded: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many items it carries, each once."""
        return len(self.items)


Move = Literal["kept", "merged", "moved", "barred", "ended"]
MOVE_NAMES: dict[Move, str] = {
    "kept": "保留",
    "merged": "合并",
    "moved": "移交",
    "barred": "列入负面清单",
    "ended": "取消",
}
"""Move to the word of the field."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one item.

    Attributes:
        item: Its code before.
        title: For people.
        move: ``kept``: carried under the same code; ``merged``: its successors are carried, or items about
            its matters; ``moved``: somebody else holds those; ``barred``: a list bars the body from them;
            ``ended``: nothing is about them any more.
        now: Codes of the items that hold it, or bar it, now.
        holders: Who holds those.
        sensitive: Whether it stays out of what is shown.
    """

    item: str
    title: str
    move: Move
    now: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Reduction:
    """The burden of one body before and after.

    Attributes:
        before: What it carried.
        after: What it carries.
        fates: What became of each item it carried.
        added: Codes of the items it carries that are nothing of what it carried before.
        unheld: Codes of matters that some list held before and none holds now: there should be none.
        unfunded: Codes of items that moved to somebody without money.
    """

    before: Load
    after: Load
    fates: tuple[Fate, ...]
    added: tuple[str, ...]
    unheld: tuple[MatterCode, ...]
    unfunded: tuple[str, ...]

    def count(self, move: Move) -> int:
        """How many items a thing became of."""
        return sum(fate.move == move for fate in self.fates)


def load_of(lists: Listed, body: Holder) -> Load:
    """What a body carries.

    Items that are not admitted, and lists of powers or of what must not be done, are no burden. An item
    counts for each body of its chain: all but the first carry it where the first does not serve.

    Args:
        lists: A city, or what has its tables.
        body: Unit id, which carries what its kind does, too, or ``@kind``.
    """
    return _Carried(lists).load(body)


def reduction(before: Listed, after: Listed, body: Holder) -> Reduction:
    """What became of the burden of a body, and what was dropped or left without money on the way.

    Args:
        before: The city, or its lists, as it was.
        after: As it is.
        body: Unit id or ``@kind``.
    """
    then, now = _Carried(before), _Carried(after)
    load, lighter = then.load(body), now.load(body)
    fates = tuple(_fate(then.items[code], now, body) for code in load.items)
    become = {code for fate in fates for code in fate.now} | set(load.items)
    return Reduction(
        before=load,
        after=lighter,
        fates=fates,
        added=tuple(code for code in lighter.items if code not in become),
        unheld=tuple(code for code in then.held if code not in now.held),
        unfunded=tuple(code for code in now.unfunded if code in become),
    )


class _Carried:
    """The items of one version, and who carries them."""

    def __init__(self, lists: Listed) -> None:
        self._lists = {checklist.id: checklist for checklist in lists.checklists}
        self._kinds = {unit.id: f"@{unit.kind}" for unit in lists.units}
        self._matters = Tree(lists.matters)
        self.items = {item.code: item for item in lists.items if item.admission == "entered"}
        self.held = dict.fromkeys(
            matter for item in self.items.values() if self._holds(item) for matter in self.covered(item)
        )
        moved: dict[str, bool] = {}
        for row in lists.transfers:
            item = self.items.get(row.item)
            # A transfer on the last day of an item, or later, is of the item that follows it.
            if item is not None and not (row.on and item.valid_to and row.on >= item.valid_to):
                moved[row.item] = moved.get(row.item, False) or (row.funds_yuan or 0) > 0
        self.transferred = [
            item.code
            for item in self.items.values()
            if item.code in moved or item.transferred_from is not None
        ]
        self.unfunded = tuple(code for code in self.transferred if not moved.get(code))

    def load(self, body: Holder) -> Load:
        by_kind: dict[ChecklistKind, int] = {}
        codes, assisting, shared = list[str](), 0, 0
        for item in self.items.values():
            kind = self._lists[item.checklist].kind
            if kind not in _CARRIED:
                continue
            if self._is_among(body, self.chain(item)):
                by_kind[kind] = by_kind.get(kind, 0) + 1
            elif self._is_among(body, item.shared_with):
                shared += 1
            elif self._is_among(body, item.assist):
                assisting += 1
            else:
                continue
            codes.append(item.code)
        carried = [self.items[code] for code in codes]
        without = set(self.unfunded)
        mine = {code for code in self.transferred if self._is_among(body, self.chain(self.items[code]))}
        return Load(
            body=body,
            items=tuple(codes),
            by_kind=by_kind,
            assisting=assisting,
            shared=shared,
            sensitive=sum(item.sensitive for item in carried),
            placeholders=sum(item.placeholder for item in carried),
            funded=len([code for code in codes if code in mine - without]),
            unfunded=tuple(code for code in codes if code in mine & without),
        )

    def chain(self, item: Item) -> tuple[Holder, ...]:
        return item.holder or (self._lists[item.checklist].holder,)

    def covered(self, item: Item) -> tuple[str, ...]:
        return self._matters.covered(item.matters, item.except_matters)

    def carries(self, body: Holder, item: Item) -> bool:
        if self._lists[item.checklist].kind not in _CARRIED:
            return False
        return self._is_among(body, (*self.chain(item), *item.shared_with, *item.assist))

    def _is_among(self, body: Holder, holders: Iterable[Holder]) -> bool:
        return any(holder in {body, self._kinds.get(body)} for holder in holders)

    def _holds(self, item: Item) -> bool:
        """Whether an item has somebody do its matters or help; a withdrawn one, if it names who took it."""
        kind = self._lists[item.checklist].kind
        return kind in DUTIES | HELP | {"power"} or (kind == "withdrawn" and item.holder != ())

    def about(self, matters: Iterable[str]) -> list[Item]:
        """Items about any of the matters, in the order of the lists."""
        wanted = set(matters)
        return [item for item in self.items.values() if not wanted.isdisjoint(self.covered(item))]

    def sort(self, items: Iterable[Item], body: Holder) -> tuple[list[Item], list[Item], list[Item]]:
        """Of some items those the body carries, those somebody else holds, and those that bar the body."""
        mine, theirs, bars = list[Item](), list[Item](), list[Item]()
        for item in items:
            if self.carries(body, item):
                mine.append(item)
            elif self._holds(item):
                theirs.append(item)
            elif self._bars(body, item):
                bars.append(item)
        return mine, theirs, bars

    def _bars(self, body: Holder, item: Item) -> bool:
        checklist = self._lists[item.checklist]
        negative = checklist.kind == "negative" and item.holder
        barred = item.holder if negative else (checklist.holder,)
        return checklist.kind in FORBIDDING and self._is_among(body, barred)


def _fate(item: Item, now: _Carried, body: Holder) -> Fate:
    # What the item says of itself comes first: the same code, its successors; only then who has its matters.
    linked = [now.items[code] for code in (item.code, *item.successors) if code in now.items]
    for found in (linked, now.about(now.covered(item))):
        mine, theirs, bars = now.sort(found, body)
        move: Move
        for move, items in (("merged", mine), ("moved", theirs), ("barred", bars)):
            if items:
                kept = any(each.code == item.code for each in mine)
                codes = tuple(each.code for each in items)
                holders = dict.fromkeys(holder for each in items for holder in now.chain(each))
                became: Move = "kept" if kept else move
                return Fate(item.code, item.title, became, codes, tuple(holders), item.sensitive)
    return Fate(item.code, item.title, "ended", sensitive=item.sensitive)
