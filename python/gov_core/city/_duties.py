"""Duties as rules: what checklists say of who handles what, where a city has no rules of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from gov_core.checklists import CHECKLIST_BEARINGS
from gov_core.checklists._ground import NOWHERE, Terrain, intersection, minus, union
from gov_core.checklists._ground import Ground as Stretches
from gov_core.checklists._holding import Bodies
from gov_core.city._duty_cells import Cell, Ground, Nearby
from gov_core.city._rule import Rule
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gov_core.checklists import Checklist, Item, ItemLimit, Limit
    from gov_core.city._record import CityRecord


@dataclass(frozen=True, slots=True)
class Duties:
    """The rules that the checklists of a city amount to.

    Attributes:
        rules: In the order of the items; those of one item together.
        items: Rule id to the code of its item.
        faults: What lists say that no rule can.
    """

    rules: tuple[Rule, ...]
    items: Mapping[str, str]
    faults: tuple[Fault, ...]


def duties_of(city: CityRecord) -> Duties:
    """Reads the checklists of a city as rules.

    An item counts if it is entered, named (no placeholder) and covers matters. What it does hangs on the
    kind of its list (`CHECKLIST_BEARINGS`):

    * On a list of duties its holder leads: a rule for each of its matters in each of its areas, for each of
      its asset classes, and one more for each condition or grade with limits of its own. Who assists and who
      shares the duty assist. Items of one holder for one case are one rule; a holder that another item
      for the same case shares the duty with assists there, and leads where the first holder does not serve.
    * On a list of assistance its holder assists whoever leads in the cases it covers.
    * On a list of what is withdrawn or must not be asked the holder of the list leads in none of these
      cases; a body that the item itself names on a list of what is withdrawn does.

    Holders are a chain: the first leads, or assists, where it serves, the next one where the first does not
    (`Bodies.grounds`). A rule sends a unit with an id wherever the rule holds, so where a holder serves less
    than an item covers, its rule leaves out the rest. Nor does it make an item narrower.

    A case for which an item of assistance or withdrawal is narrower than the duty gets a rule of its own, so
    that elsewhere the duty stays as it is.
    """
    return _Book(city).duties()


@dataclass(frozen=True, slots=True)
class _Duty:
    """A rule in the making: an item in one cell."""

    item: Item
    cell: Cell
    lead: tuple[str, ...]
    assist: tuple[str, ...]
    respond_within: Limit | None
    resolve_within: Limit | None
    excepted: tuple[Cell, ...]
    """Cells of one value each."""
    holders: tuple[str, ...]
    """Who leads by the item, whoever else came to lead beside them."""
    behind: bool = False
    """Leads only where the duty that it shares does not."""


@dataclass(frozen=True, slots=True)
class _Region:
    """Cases in which an item makes somebody assist whoever leads, or keeps somebody from leading."""

    item: Item
    cell: Cell
    excepted: tuple[Cell, ...]
    assist: tuple[str, ...] = ()
    banned: str = ""


class _Layer:
    """Duties by the cells they are for."""

    def __init__(self, ground: Ground, duties: Iterable[_Duty]) -> None:
        self._ground, self._nearby = ground, Nearby(ground, ())
        self.cells: dict[Cell, list[_Duty]] = {}
        for duty in duties:
            self.add(duty)

    def add(self, duty: _Duty) -> None:
        """Adds a duty; of equal ones the first added decides."""
        if duty.cell not in self.cells:
            self._nearby.add(duty.cell)
            self.cells[duty.cell] = []
        self.cells[duty.cell].append(duty)

    def replace(self, old: _Duty, new: _Duty) -> None:
        """Puts a duty for the same cell in the place of another."""
        duties = self.cells[old.cell]
        duties[duties.index(old)] = new

    def near(self, where: Cell) -> list[Cell]:
        """Cells of duties that may have something in common with one."""
        return self._nearby.of(where)

    def at(self, where: Cell) -> list[_Duty]:
        """The duties that hold for all of a cell, the one that decides first."""
        here = [cell for cell in self.near(where) if self._ground.covers(cell, where)]
        here.sort(key=self._ground.depth, reverse=True)
        return [
            duty
            for cell in here
            for duty in self.cells[cell]
            if not any(self._ground.covers(one, where) for one in duty.excepted)
        ]


_AREA = 1
_MATTER = 2


class _Book:
    def __init__(self, city: CityRecord) -> None:
        self._city = city
        self._ground = Ground(city)
        self._terrain = Terrain(city.places, city.partition)
        self._bodies = Bodies(city.units, self._terrain)
        self._kinds = {unit.id: unit.kind for unit in city.units}
        self._serves = {unit.id: unit.serves for unit in city.units}
        self._limits: dict[str, list[ItemLimit]] = defaultdict(list)
        for limit in city.item_limits:
            self._limits[limit.item].append(limit)
        self._book: list[_Duty] = []
        self._at: dict[Cell, list[int]] = defaultdict(list)
        self._regions: list[_Region] = []
        self._regions_of: dict[tuple[str, str | None], list[_Region]] = defaultdict(list)
        self._faults: list[Fault] = []
        self._known: dict[tuple[str | None, tuple[str, ...]], Stretches] = {}

    def duties(self) -> Duties:
        """The rules, after all lists were read."""
        lists = {checklist.id: checklist for checklist in self._city.checklists}
        items = [
            (item, lists[item.checklist])
            for item in self._city.items
            if item.admission == "entered"
            and not item.placeholder
            and item.matters
            and item.checklist in lists
        ]
        for item, checklist in items:
            if lead := _leads(item, checklist):
                self._lead(item, lead)
        for item, checklist in items:
            if CHECKLIST_BEARINGS[checklist.kind] == "forbid":
                self._forbid(item, checklist)
            elif CHECKLIST_BEARINGS[checklist.kind] == "assist":
                self._assist(item, item.holder or (checklist.holder,))
        for region in self._regions:
            self._regions_of[str(region.cell.matter), region.cell.area].append(region)
        self._divide()
        ranks = {item.code: at for at, (item, _) in enumerate(items)}
        book = sorted(self._book, key=lambda duty: ranks[duty.item.code])
        book = [piece for duty in book for piece in self._pieces(duty)]
        ids = _ids(book)
        rules = tuple(_rule(name, duty) for name, duty in zip(ids, book, strict=True))
        owners = {name: duty.item.code for name, duty in zip(ids, book, strict=True)}
        return Duties(rules, owners, tuple(dict.fromkeys(self._faults)))

    def _lead(self, item: Item, lead: tuple[str, ...]) -> None:
        """Adds the duties of an item, or joins them to those of the same case."""
        excepted = _excepted(item)
        assist = tuple(dict.fromkeys((*item.assist, *item.shared_with)))
        for cell, respond_within, resolve_within in self._cells_with_limits(item):
            if self._left_out(excepted, cell):
                continue
            duty = _Duty(item, cell, lead, assist, respond_within, resolve_within, excepted, lead)
            at = next((at for at in self._at[cell] if _joins(self._book[at], duty)), None)
            if at is None:
                self._at[cell].append(len(self._book))
                self._book.append(duty)
            else:
                first = self._book[at]
                self._book[at] = _joined(first, duty)
                if set(first.excepted) != set(duty.excepted):
                    self._book.append(replace(duty, behind=True))

    def _cells_with_limits(self, item: Item) -> Iterator[tuple[Cell, Limit | None, Limit | None]]:
        """Where an item leads, and by when: its own limits, unless a narrower row has others."""
        rows = self._limits[item.code]
        targets: dict[tuple[str, str | None], None] = {}
        for matter in item.matters:
            targets[matter, None] = None
            for row in rows:
                common = self._ground.meet(Cell(matter=matter), Cell(matter=row.matter))
                if common is not None and common.matter is not None:
                    targets[common.matter, row.grade] = None
        for (matter, grade), area, asset in product(
            targets, self._areas(item, item.areas), item.assets or (None,)
        ):
            cell = Cell(asset, area, matter, grade)
            own = [row for row in rows if self._ground.covers(Cell(None, None, row.matter, row.grade), cell)]
            own.sort(
                key=lambda row: self._ground.depth(Cell(None, None, row.matter, row.grade)), reverse=True
            )
            yield (
                cell,
                next((row.respond_within for row in own if row.respond_within), item.respond_within),
                next((row.resolve_within for row in own if row.resolve_within), item.resolve_within),
            )

    def _areas(self, item: Item, areas: tuple[str, ...]) -> tuple[str | None, ...]:
        """The areas of an item that rules can name: a grid is the smallest."""
        levels, grids = self._city.levels, set(self._city.grids)
        for area in (*areas, *item.except_areas):
            if area not in grids and grids & set(self._ground.line(_AREA, area)):
                self._fault(
                    "item.area_below_grid",
                    f'"{area}" lies below the level {self._city.partition}, on which events are decided',
                    item,
                    f"name a place of {' or '.join(levels[: levels.index(self._city.partition) + 1])}",
                )
        return areas or (None,)

    def _assist(self, item: Item, holders: tuple[str, ...]) -> None:
        """Lets the first holder that serves assist whoever leads in the cases of an item."""
        excepted = _excepted(item)
        for cell in self._cells(item):
            everywhere = self._stretches(cell, excepted)
            left = everywhere
            for holder in holders:
                here = intersection(left, self._bodies.ground(holder))
                areas = (cell.area,) if here == everywhere else self._terrain.places(here)
                self._regions += [
                    _Region(item, cell._replace(area=area), excepted, assist=(holder,)) for area in areas
                ]
                left = minus(left, here)

    def _forbid(self, item: Item, checklist: Checklist) -> None:
        """Lets a holder lead in none of the cases of an item."""
        withdrawn = checklist.kind == "withdrawn" or not item.holder
        for holder in (checklist.holder,) if withdrawn else item.holder:
            # A unit stands behind its kind only where it serves.
            bans = [(holder, Cell())]
            if holder in self._kinds:
                places = self._serves[holder]
                everywhere = self._terrain.of(places) == self._terrain.everywhere
                bans += [
                    (f"@{self._kinds[holder]}", Cell(area=area))
                    for area in ((None,) if everywhere else places)
                ]
            for (banned, served), cell in product(bans, list(self._cells(item))):
                within = self._ground.meet(cell, served)
                if within is not None:
                    self._regions.append(_Region(item, within, _excepted(item), banned=banned))

    def _cells(self, item: Item) -> Iterator[Cell]:
        areas = self._areas(item, item.areas)
        for matter, area, asset in product(item.matters, areas, item.assets or (None,)):
            yield Cell(asset, area, matter)

    def _divide(self) -> None:
        """Changes who leads and assists within the regions and nowhere else.

        A duty that lies within a region is changed as a whole. For one that reaches beyond, the changed copy
        holds for what is common to both; and as a copy is narrower than its duty was, whatever else decides
        there gets a copy for each case that it shares with one, unless it decides that case anyway.
        """
        ground = self._ground
        before, after = _Layer(ground, self._book), _Layer(ground, ())
        cuts = dict.fromkeys(
            cut for region in self._regions for cut in self._cuts(region.cell, region.excepted)
        )
        seeds = {
            common
            for cut in cuts
            for cell in before.near(cut)
            if not ground.covers(cut, cell) and (common := ground.meet(cell, cut)) is not None
        }
        for duty in self._book:
            changed = None if duty.behind else self._changed(duty, duty.cell)
            if changed is not None:
                after.add(changed)
            if changed is None or (self._partial(changed) and any(self._regions_at(duty.cell))):
                seeds.add(duty.cell)
        # Where a duty is left out, what lies behind it decides.
        borders = (cut for duty in self._book for cut in self._cuts(duty.cell, duty.excepted))
        for where in ground.closure(seeds, {**cuts, **dict.fromkeys(borders)}):
            here = before.at(where)
            able = [one for duty in here if (one := self._changed(duty, where)) is not None]
            deciding, left = self._deciding(able, where)
            wider = after.at(where)
            anyway, _ = self._deciding(wider, where)
            if not (deciding == anyway and self._nested(wider, len(anyway))):
                for duty in deciding:
                    if duty not in after.cells.get(where, ()):
                        after.add(duty)
            if left:
                self._exclude(after, here, where, left)
        self._book = [duty for duties in after.cells.values() for duty in duties]

    def _deciding(self, duties: Iterable[_Duty], where: Cell) -> tuple[list[_Duty], Stretches]:
        """Those that lead somewhere in a cell, each where those before it do not, and where nobody does."""
        found = []
        everywhere = left = self._stretches(where, ())
        for duty in duties:
            here = intersection(left, self._reach(duty, where))
            if here:
                taken = () if left == everywhere else self._terrain.places(minus(everywhere, left))
                excepted = dict.fromkeys((*duty.excepted, *(Cell(area=area) for area in taken)))
                found.append(replace(duty, cell=where, excepted=tuple(excepted)))
                left = minus(left, here)
        return found, left

    def _stretches(self, cell: Cell, excepted: Iterable[Cell]) -> Stretches:
        """The ground of a cell without what is left out of it by area."""
        key = cell.area, tuple(one.area for one in excepted if one.area is not None)
        if key not in self._known:
            area = self._terrain.everywhere if cell.area is None else self._terrain.of((cell.area,))
            self._known[key] = minus(area, self._terrain.of(key[1]))
        return self._known[key]

    def _reach(self, duty: _Duty, where: Cell) -> Stretches:
        """Where in a cell the holders of a duty serve."""
        served = union(self._bodies.ground(holder) for holder in duty.lead)
        return intersection(self._stretches(where, duty.excepted), served)

    def _partial(self, duty: _Duty) -> bool:
        """Whether a duty leads in a part of its cell only."""
        return self._reach(duty, duty.cell) != self._stretches(duty.cell, duty.excepted)

    def _nested(self, duties: list[_Duty], count: int) -> bool:
        """Whether each of the first is narrower altogether than all that follow.

        Of two that cross, one has to say what holds where they meet.
        """
        return bool(duties) and all(
            self._ground.covers(other.cell, duty.cell)
            for at, duty in enumerate(duties[:count])
            for other in duties[at + 1 :]
        )

    def _pieces(self, duty: _Duty) -> Iterator[_Duty]:
        """A duty by the ground on which each of its holders leads."""
        everywhere = left = self._stretches(duty.cell, duty.excepted)
        kinds: list[str] = []

        def piece(lead: tuple[str, ...], here: Stretches) -> _Duty:
            beyond = self._terrain.places(minus(everywhere, here))
            return replace(duty, lead=lead, excepted=(*duty.excepted, *(Cell(area=area) for area in beyond)))

        found = []
        for holder in duty.lead:
            if holder.startswith("@"):
                kinds.append(holder)
            elif here := intersection(left, self._bodies.ground(holder)):
                found.append(piece((*kinds, holder), here))
                left = minus(left, here)
        if kinds and left:
            found.append(piece(tuple(kinds), left))
        # An item that nobody leads anywhere stays to be told of.
        yield from found or [piece(duty.lead, NOWHERE)]

    def _cuts(self, cell: Cell, excepted: Iterable[Cell]) -> Iterator[Cell]:
        """A cell, and what is left out of it."""
        yield cell
        yield from (cut for one in excepted if (cut := self._ground.meet(cell, one)) is not None)

    def _regions_at(self, where: Cell) -> Iterator[_Region]:
        areas = (*(self._ground.line(_AREA, where.area) if where.area else ()), None)
        for key in product(self._ground.line(_MATTER, str(where.matter)), areas):
            for region in self._regions_of.get(key, ()):
                if self._ground.covers(region.cell, where) and not self._left_out(region.excepted, where):
                    yield region

    def _changed(self, duty: _Duty, where: Cell) -> _Duty | None:
        """A duty as it is in a cell; None if nobody may lead by it there."""
        regions = list(self._regions_at(where))
        banned = {region.banned for region in regions} - {""}
        lead = tuple(one for one in duty.lead if banned.isdisjoint((one, f"@{self._kinds.get(one)}")))
        assist = (*duty.assist, *(one for region in regions for one in region.assist))
        return replace(duty, cell=where, lead=lead, assist=tuple(dict.fromkeys(assist))) if lead else None

    def _banning(self, duty: _Duty, where: Cell) -> Item:
        """The item that keeps the holder of a duty from leading in a cell."""
        return next((region.item for region in self._regions_at(where) if region.banned), duty.item)

    def _exclude(self, layer: _Layer, before: list[_Duty], hole: Cell, left: Stretches) -> None:
        """Leaves a cell out of every duty that holds it and would lead where nobody may."""
        for duty in layer.at(hole):
            if duty.cell == hole or not intersection(left, self._reach(duty, hole)):
                continue
            item = self._banning(before[0], hole)
            narrower = [axis for axis in range(4) if duty.cell[axis] != hole[axis]]
            if len(narrower) == 1:
                only = Cell(*(value if axis in narrower else None for axis, value in enumerate(hole)))
                layer.replace(duty, replace(duty, excepted=(*duty.excepted, only)))
            else:
                self._fault(
                    "item.withdrawn_in_part",
                    f'it takes from item "{duty.item.code}" a part of its matters in a part of its places '
                    "or assets only, and nobody else leads there",
                    item,
                    "give the item an area or an asset class of its own, or say in rules who leads there",
                )

    def _left_out(self, excepted: Iterable[Cell], cell: Cell) -> bool:
        return any(self._ground.covers(one, cell) for one in excepted)

    def _fault(self, code: str, message: str, item: Item, hint: str) -> None:
        place = self._city.where("items", item.code)
        self._faults.append(Fault(code, message, place, hint, (item.code,)))


def _leads(item: Item, checklist: Checklist) -> tuple[str, ...]:
    """Who leads by an item; nobody by one of another bearing."""
    if CHECKLIST_BEARINGS[checklist.kind] == "lead":
        return item.holder or (checklist.holder,)
    if checklist.kind == "withdrawn" and checklist.holder not in item.holder:
        return item.holder
    return ()


def _excepted(item: Item) -> tuple[Cell, ...]:
    return (
        *(Cell(asset=asset) for asset in item.except_assets),
        *(Cell(area=area) for area in item.except_areas),
        *(Cell(matter=matter) for matter in item.except_matters),
    )


def _joins(first: _Duty, second: _Duty) -> bool:
    """Whether two duties for one case are one: of one holder, or of holders that share it."""
    limits = (first.respond_within, second.respond_within), (first.resolve_within, second.resolve_within)
    agree = all(one is None or other is None or one == other for one, other in limits)
    same = first.holders == second.holders and agree
    shared = set(second.holders) <= set(first.item.shared_with) or set(first.holders) <= set(
        second.item.shared_with
    )
    return shared or (same and set(first.excepted) == set(second.excepted))


def _joined(first: _Duty, second: _Duty) -> _Duty:
    shares = (one for one in second.lead if one not in first.lead)
    lead = first.lead
    if set(first.excepted) == set(second.excepted):
        lead = tuple(dict.fromkeys((*first.lead, *second.lead)))
    return replace(
        first,
        lead=lead,
        assist=tuple(dict.fromkeys((*first.assist, *shares, *second.assist))),
        respond_within=first.respond_within or second.respond_within,
        resolve_within=first.resolve_within or second.resolve_within,
    )


def _ids(book: Iterable[_Duty]) -> list[str]:
    """Names from the code of the item and the cell: the same as long as the item stays as it is."""
    names: list[str] = []
    taken: set[str] = set()
    for duty in book:
        asset, area, matter, grade = duty.cell
        marks = (("/", matter), ("@", area), ("+", asset), ("!", grade))
        name = duty.item.code + "".join(f"{mark}{value}" for mark, value in marks if value is not None)
        while name in taken:
            name += "~"
        taken.add(name)
        names.append(name)
    return names


def _rule(name: str, duty: _Duty) -> Rule:
    asset, area, matter, grade = duty.cell
    item = duty.item
    excepted = dict.fromkeys(duty.excepted)
    return Rule(
        name,
        matter,
        area,
        asset,
        grade,
        duty.lead,
        duty.assist,
        duty.respond_within,
        duty.resolve_within,
        except_areas=tuple(one.area for one in excepted if one.area is not None),
        except_assets=tuple(one.asset for one in excepted if one.asset is not None),
        except_matters=tuple(one.matter for one in excepted if one.matter is not None),
        source=f'item "{item.code}" of checklist "{item.checklist}"',
    )
