"""How services are given, at how many windows, and by whom they are bought."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from gov_core.checklists import Checklist, Item, Limit, Matter
from gov_core.checklists.standard import Supply, service_standards, supplies
from gov_core.organisation import Post, Provider, Unit

UNITS = [
    Unit("C1", "", "service_centre"),
    Unit("C2", "", "service_centre"),
    Unit("HOME", "", "social_organisation"),
]
LISTS = [Checklist("SERVICE", "service", "", "@service_centre"), Checklist("WORK", "work", "", "C1")]
MATTERS = [Matter("care", ""), Matter("meals", "", "care"), Matter("lamp", "")]
MEALS = Item(
    "MEALS", "WORK", "", assist=("HOME",), matters=("meals",), supply="purchased", qualification="food"
)
ABLE = Provider("HOME", modes=("purchased",), matters=("care",), qualifications=("food",))


def city(*items: Item, posts: tuple[Post, ...] = (), providers: tuple[Provider, ...] = ()) -> Any:
    return SimpleNamespace(
        units=UNITS, matters=MATTERS, checklists=LISTS, items=items, posts=posts, providers=providers
    )


def test_a_standard_says_what_is_missing() -> None:
    full = Item(
        "A",
        "SERVICE",
        "a",
        steps=("受理", "办理"),
        materials=("证件",),
        resolve_within=Limit(3, "working_day"),
    )
    bare = Item("B", "SERVICE", "b", respond_within=Limit(1, "working_day"))

    first, second = service_standards(city(full, bare, Item("W", "WORK", "")))
    assert (first.item, first.steps, first.missing) == ("A", ("受理", "办理"), ())
    assert (second.holders, second.missing) == (("@service_centre",), ("steps", "materials"))


def test_windows_are_counted_for_each_unit_of_a_kind() -> None:
    posts = (
        Post("P1", "@service_centre", "window_clerk", 3),
        Post("P2", "C1", "window_clerk", 1),
        Post("P3", "C1", "director", 9),
    )
    of_one = Item("B", "SERVICE", "", holder=("C1",))

    found = service_standards(city(Item("A", "SERVICE", ""), of_one, posts=posts))
    assert [standard.windows for standard in found] == [7, 4]


@pytest.mark.parametrize(
    ("item", "provider", "expected"),
    [
        (MEALS, ABLE, Supply("MEALS", True, ("HOME",), ("HOME",), (), ())),
        (replace(MEALS, assist=()), ABLE, Supply("MEALS", True, ("HOME",), (), (), ())),
        (
            replace(MEALS, assist=(), holder=("@social_organisation",)),
            replace(ABLE, qualifications=()),
            Supply("MEALS", True, ("HOME",), ("HOME",), ("HOME",), ()),
        ),
        (MEALS, replace(ABLE, modes=("voucher",)), Supply("MEALS", True, (), ("HOME",), (), ("HOME",))),
        (MEALS, replace(ABLE, matters=("lamp",)), Supply("MEALS", True, (), ("HOME",), (), ("HOME",))),
        (replace(MEALS, supply=None), ABLE, Supply("MEALS", False, ("HOME",), ("HOME",), (), ())),
    ],
)
def test_who_is_named_and_may_do_it(item: Item, provider: Provider, expected: Supply) -> None:
    assert list(supplies(city(item, providers=(provider,)))) == [expected]


def test_who_only_assists_needs_no_qualification() -> None:
    more = [Unit("HELP", "", "volunteer_team"), *UNITS]
    helping = Provider("HELP", modes=("volunteer",))
    both = replace(MEALS, holder=("HOME",), assist=("HELP",))
    tables = city(both, providers=(helping, ABLE))
    tables.units = more

    assert list(supplies(tables)) == [Supply("MEALS", True, ("HOME",), ("HELP", "HOME"), (), ())]
    tables.items = (replace(both, assist=(), shared_with=("HELP",)),)
    assert list(supplies(tables)) == [Supply("MEALS", True, ("HOME",), ("HELP", "HOME"), ("HELP",), ())]


def test_what_is_neither_bought_nor_needs_a_qualification_is_passed_over() -> None:
    assert list(supplies(city(replace(MEALS, supply="direct", qualification=""), providers=(ABLE,)))) == []
