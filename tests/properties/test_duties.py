"""Checklists as rules: in every case those lead and assist whom the lists name, read item by item."""

from __future__ import annotations

from itertools import product

import shapely
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from gov_core.checklists import CHECKLIST_BEARINGS, Checklist, Item, ItemLimit
from gov_core.city import AssetClass, City, Limit, Matter, Place, Unit
from gov_core.errors import CityError, RuleError
from gov_core.routing import ReferenceRouter, Router

PLACES = (
    Place("S1", "", "street"),
    Place("S2", "", "street"),
    Place("G1", "", "grid", "S1"),
    Place("G2", "", "grid", "S1"),
    Place("G3", "", "grid", "S2"),
)
MATTERS = (Matter("m", ""), Matter("m1", "", "m"), Matter("m11", "", "m1"), Matter("n", ""))
ASSETS = (AssetClass("a", ""), AssetClass("a1", "", "a"))
GRADES = ("urgent",)
# One kind serves everywhere, one in one grid only, and so do units named by their ids.
UNITS = (
    Unit("office", "", "office", ("S1", "S2")),
    Unit("team-1", "", "team", ("S1",)),
    Unit("team-2", "", "team", ("S2",)),
    Unit("water", "", "bureau", ()),
    Unit("guard-3", "", "guard", ("G3",)),
)
HOLDERS = ("office", "water", "@team", "@office", "team-1", "guard-3", "@guard")
KIND_OF = {unit.id: unit.kind for unit in UNITS}
PARENTS = {
    **{place.id: place.parent for place in PLACES},
    **{matter.code: matter.parent for matter in MATTERS},
    **{asset.code: asset.parent for asset in ASSETS},
}


def some(values: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True).map(tuple)


def rarely(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.just(()), st.just(()), some(values, 1))


@st.composite
def cities(draw: st.DrawFn) -> City:
    kinds = ("power", "service", "self_government", "assistance", "negative", "withdrawn", "whistle")
    lists = [
        Checklist(f"L{at}", kind, "", draw(st.sampled_from(HOLDERS)))
        for at, kind in enumerate(draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4)))
    ]
    places, matters = [place.id for place in PLACES], [matter.code for matter in MATTERS]
    assets = [asset.code for asset in ASSETS]
    item = st.builds(
        Item,
        code=st.just(""),
        checklist=st.sampled_from([each.id for each in lists]),
        title=st.just(""),
        holder=rarely(list(HOLDERS)),
        matters=some(matters, 1),
        areas=rarely(places),
        except_areas=rarely(places),
        assets=rarely(assets),
        except_assets=rarely(assets),
        except_matters=rarely(matters),
        assist=rarely(list(HOLDERS)),
        resolve_within=st.none() | st.just(Limit(9, "working_day")),
        placeholder=st.sampled_from([False, False, False, True]),
        admission=st.sampled_from(["entered", "entered", "entered", "applied"]),
    )
    items = [
        Item(**{**{name: getattr(each, name) for name in each.__slots__}, "code": f"I{at}"})
        for at, each in enumerate(draw(st.lists(item, min_size=1, max_size=6)))
    ]
    row = st.tuples(
        st.sampled_from([each.code for each in items]),
        st.none() | st.sampled_from(matters),
        st.none() | st.sampled_from(GRADES),
        st.integers(1, 3),
    )
    rows = draw(st.lists(row, max_size=4, unique_by=lambda row: row[:3]))
    try:
        return City.from_parts(
            name="drawn",
            levels=["street", "grid"],
            grades=GRADES,
            places=PLACES,
            geometries={f"G{at + 1}": shapely.box(118 + at, 32, 119 + at, 33).wkb for at in range(3)},
            units=UNITS,
            matters=MATTERS,
            asset_classes=ASSETS,
            checklists=lists,
            items=items,
            item_limits=[
                ItemLimit(code, matter, grade, None, Limit(amount, "working_day"))
                for code, matter, grade, amount in rows
            ],
        )
    except CityError as error:
        if {fault.code for fault in error.faults} == {"item.withdrawn_in_part"}:
            reject()
        raise


def line(value: str | None) -> list[str]:
    return [] if value is None else [value, *line(PARENTS[value])]


class Reading:
    """The lists of a city, read item by item for one case."""

    def __init__(self, city: City, grid: str, matter: str, asset: str | None, grade: str | None) -> None:
        self._city = city
        self._lines = {"area": line(grid), "matter": line(matter), "asset": line(asset)}
        self._grade = grade
        self._lists = {each.id: each for each in city.checklists}

    def answer(self) -> tuple[str | None, set[str], Limit | None]:
        """Who leads, who assists, and by when."""
        leading = [
            (rank, at, item)
            for at, item in enumerate(self._items("lead", "withdrawn"))
            if (rank := self._rank(item)) is not None
        ]
        leading.sort(key=lambda found: (tuple(-depth for depth in found[0]), found[1]))
        banned = {
            unit
            for item in self._items("forbid", "")
            if self._rank(item) is not None
            for holder in self._banned(item)
            for unit in self._standing_for(holder)
        }
        for rank, _, item in leading:
            found = [unit for unit in map(self._serving, self._chain(item)) if unit and unit not in banned]
            if found:
                same = [other for depth, _, other in leading if depth == rank and self._is_same(item, other)]
                assist = {self._unit(holder) for other in same for holder in other.assist}
                for helper in self._items("assist", ""):
                    if self._rank(helper) is not None:
                        assist.add(next(filter(None, map(self._serving, self._chain(helper))), None))
                limits = (self._limit(other) for other in same)
                return found[0], set(filter(None, assist)) - {found[0]}, next(filter(None, limits), None)
        return None, set(), None

    def _chain(self, item: Item) -> tuple[str, ...]:
        return item.holder or (self._lists[item.checklist].holder,)

    def _is_same(self, one: Item, other: Item) -> bool:
        """Whether two items for one case are one duty."""
        left_out = [{*item.except_areas, *item.except_assets, *item.except_matters} for item in (one, other)]
        return self._chain(one) == self._chain(other) and left_out[0] == left_out[1]

    def _items(self, bearing: str, kind: str) -> list[Item]:
        """Items that count, of lists of a bearing, or with a holder of their own on one of a kind."""
        return [
            item
            for item in self._city.items
            for each in [self._lists[item.checklist]]
            if not item.placeholder
            and item.admission == "entered"
            and (
                CHECKLIST_BEARINGS[each.kind] == bearing
                or (each.kind == kind and item.holder and each.holder not in item.holder)
            )
        ]

    def _banned(self, item: Item) -> tuple[str, ...]:
        each = self._lists[item.checklist]
        return item.holder if item.holder and each.kind == "negative" else (each.holder,)

    def _standing_for(self, holder: str) -> set[str]:
        """Units that stand for a holder: of its kind, or itself."""
        return {unit.id for unit in UNITS if holder in (unit.id, f"@{unit.kind}")}

    def _unit(self, holder: str) -> str | None:
        """The unit of that id, or the lowest of that kind here."""
        if not holder.startswith("@"):
            return holder
        return next(
            (
                unit.id
                for place in self._lines["area"]
                for unit in UNITS
                if unit.kind == holder[1:] and place in unit.serves
            ),
            None,
        )

    def _serving(self, holder: str) -> str | None:
        """The same, if it serves here; a unit that serves no place serves everywhere."""
        serves = next((unit.serves for unit in UNITS if unit.id == holder), ())
        return self._unit(holder) if not serves or set(serves) & set(self._lines["area"]) else None

    def _rank(self, item: Item) -> tuple[int, ...] | None:
        """How narrowly an item covers the case: asset, area, matter, grade; None if it does not."""
        ranks = []
        for values, left_out, axis in (
            (item.assets, item.except_assets, "asset"),
            (item.areas, item.except_areas, "area"),
            (item.matters, item.except_matters, "matter"),
        ):
            on = self._lines[axis]
            if set(left_out) & set(on) or (values and not set(values) & set(on)):
                return None
            ranks.append(max((len(line(value)) for value in values if value in on), default=0))
        conditions = [
            (len(line(matter)), int(grade is not None))
            for matter, grade in self._conditions(item)
            if matter in self._lines["matter"] and grade in (None, self._grade)
        ]
        return (*ranks[:2], *max(conditions))

    def _conditions(self, item: Item) -> set[tuple[str, str | None]]:
        """Matters and grades that an item speaks of, by itself or by its limits."""
        found: set[tuple[str, str | None]] = {(matter, None) for matter in item.matters}
        for row in self._city.item_limits:
            if row.item == item.code:
                for matter in item.matters:
                    if row.matter is None or row.matter in line(matter):
                        found.add((matter, row.grade))
                    elif matter in line(row.matter):
                        found.add((row.matter, row.grade))
        return found

    def _limit(self, item: Item) -> Limit | None:
        rank = self._rank(item)
        assert rank is not None
        narrowest = self._lines["matter"][-rank[2]]
        rows = [
            ((len(line(row.matter)), row.grade is not None), row.resolve_within)
            for row in self._city.item_limits
            if row.item == item.code
            and (row.matter is None or row.matter in line(narrowest))
            and row.grade in (None, self._grade if rank[3] else None)
        ]
        return max(rows)[1] if rows else item.resolve_within


@given(cities())
def test_the_lists_are_obeyed(city: City) -> None:
    try:
        router = Router.compile(city)
    except RuleError:
        assume(False)
        raise
    plain = ReferenceRouter.compile(city)
    for grid, matter, asset, grade in product(
        ("G1", "G2", "G3"),
        [matter.code for matter in MATTERS],
        (None, "a", "a1"),
        (None, "urgent"),
    ):
        event = {"place": grid, "matter": matter, "asset": asset, "grade": grade}
        route = router.route(event)
        assert route == plain.route(event)
        expected = Reading(city, grid, matter, asset, grade).answer()
        assert (route.unit, set(route.assist), route.resolve_within) == expected, event
