"""What a body carries, and what became of it."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gov_core.checklists import Checklist, Item, Matter, Transfer
from gov_core.checklists.burden import Fate, load_of, reduction
from gov_core.organisation import Unit

UNITS = [
    Unit("COM1", "", "residents_committee"),
    Unit("COM2", "", "residents_committee"),
    Unit("BUREAU", "", "civil_affairs_bureau"),
]
MATTERS = [Matter("M", ""), Matter("M1", "", "M"), Matter("M2", "", "M"), Matter("N", "")]
LISTS = [
    Checklist("WORK", "work", "", "@residents_committee"),
    Checklist("HELP", "assistance", "", "@residents_committee"),
    Checklist("DUTY", "duty", "", "BUREAU"),
    Checklist("POWER", "power", "", "@residents_committee"),
    Checklist("NOT", "negative", "", "@residents_committee"),
    Checklist("BACK", "withdrawn", "", "@residents_committee"),
]
BODY = "@residents_committee"
OLD = Item("OLD", "WORK", "old", matters=("M1",))


def lists(*items: Item, transfers: tuple[Transfer, ...] = ()) -> Any:
    return SimpleNamespace(units=UNITS, matters=MATTERS, checklists=LISTS, items=items, transfers=transfers)


def test_a_load_counts_each_item_once_by_its_list() -> None:
    load = load_of(
        lists(
            OLD,
            Item("W2", "WORK", "", holder=("COM1",), sensitive=True),
            Item("W3", "WORK", "", holder=("COM2",)),
            Item("H1", "HELP", "", placeholder=True),
            Item("D1", "DUTY", "", assist=(BODY,)),
            Item("D2", "DUTY", "", shared_with=("COM1",), assist=(BODY,)),
            Item("D3", "DUTY", ""),
            Item("P1", "POWER", ""),
            Item("N1", "NOT", ""),
            Item("NEW", "WORK", "", admission="applied"),
        ),
        "COM1",
    )

    assert load.items == ("OLD", "W2", "H1", "D1", "D2")
    assert load.by_kind == {"work": 2, "assistance": 1}
    assert (load.total, load.assisting, load.shared, load.sensitive, load.placeholders) == (5, 1, 1, 1, 1)


def test_money_is_looked_for_where_a_duty_was_transferred() -> None:
    rich = Item("RICH", "WORK", "", transferred_from="BUREAU")
    load = load_of(
        lists(
            OLD,
            rich,
            replace(rich, code="POOR"),
            Item("ZERO", "WORK", ""),
            Item("D", "DUTY", "", assist=(BODY,), transferred_from="COM2"),
            transfers=(
                Transfer("RICH", "BUREAU", BODY, funds_yuan=1.0),
                Transfer("ZERO", "BUREAU", BODY, funds_yuan=0.0),
            ),
        ),
        BODY,
    )

    assert (load.funded, load.unfunded) == (1, ("POOR", "ZERO"))


def test_a_transfer_that_ends_an_item_is_of_the_next_one() -> None:
    day = date(2026, 1, 1)
    moved = (Transfer("OLD", "BUREAU", BODY, day),)

    assert load_of(lists(replace(OLD, valid_to=day), transfers=moved), BODY).unfunded == ()
    assert load_of(lists(replace(OLD, valid_from=day), transfers=moved), BODY).unfunded == ("OLD",)


def fate(*after: Item, old: Item = OLD) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    (found,) = reduction(lists(old), lists(*after), BODY).fates
    return found.move, found.now, found.holders


def test_each_thing_an_item_may_become() -> None:
    succeeded = replace(OLD, successors=("NEW",))
    new = Item("NEW", "WORK", "", matters=("N",))
    duty = Item("D", "DUTY", "", matters=("M",))

    assert fate(OLD) == ("kept", ("OLD",), (BODY,))
    assert fate(replace(OLD, checklist="HELP"), duty) == ("kept", ("OLD",), (BODY,))
    assert fate(new, duty, old=succeeded) == ("merged", ("NEW",), (BODY,))
    assert fate(replace(new, matters=("M",))) == ("merged", ("NEW",), (BODY,))
    assert fate(replace(OLD, checklist="DUTY")) == ("moved", ("OLD",), ("BUREAU",))
    assert fate(duty) == ("moved", ("D",), ("BUREAU",))
    assert fate(replace(OLD, checklist="BACK", holder=("BUREAU",))) == ("moved", ("OLD",), ("BUREAU",))
    assert fate(replace(OLD, checklist="BACK")) == ("barred", ("OLD",), (BODY,))
    assert fate(replace(duty, checklist="NOT")) == ("barred", ("D",), (BODY,))
    assert fate(new) == ("ended", (), ())


def test_a_reduction_names_what_was_dropped_and_what_has_no_money() -> None:
    before = lists(OLD, Item("N", "WORK", "", matters=("N",)), Item("M2", "WORK", "", matters=("M2",)))
    after = lists(
        Item("OLD", "DUTY", "", matters=("M1",), transferred_from=BODY),
        Item("M2", "DUTY", "", matters=("M2",), transferred_from=BODY),
        Item("NEW", "HELP", ""),
        transfers=(Transfer("M2", BODY, "BUREAU", funds_yuan=9.0),),
    )
    found = reduction(before, after, BODY)

    assert (found.before.total, found.after.total) == (3, 1)
    assert [(each.item, each.move) for each in found.fates] == [
        ("OLD", "moved"),
        ("N", "ended"),
        ("M2", "moved"),
    ]
    assert (found.count("moved"), found.count("kept")) == (2, 0)
    assert (found.added, found.unheld, found.unfunded) == (("NEW",), ("N",), ("OLD",))


def test_the_same_lists_are_no_reduction() -> None:
    city = lists(OLD, Item("N", "HELP", "n", matters=("N",)))

    found = reduction(city, city, BODY)
    assert found.before == found.after
    assert found.fates == (
        Fate("OLD", "old", "kept", ("OLD",), (BODY,)),
        Fate("N", "n", "kept", ("N",), (BODY,)),
    )
    assert (found.added, found.unheld, found.unfunded) == ((), (), ())


items = st.lists(
    st.builds(
        Item,
        st.sampled_from([f"I{at}" for at in range(6)]),
        st.sampled_from([each.id for each in LISTS]),
        st.just(""),
        matters=st.sets(st.sampled_from([matter.code for matter in MATTERS]), max_size=2).map(tuple),
        successors=st.sets(st.sampled_from([f"I{at}" for at in range(6)]), max_size=2).map(tuple),
        assist=st.sampled_from([(), (BODY,)]),
        transferred_from=st.sampled_from([None, "BUREAU"]),
    ),
    max_size=6,
    unique_by=lambda item: item.code,
)


@given(items, items)
def test_items_do_not_vanish_from_the_account(before: list[Item], after: list[Item]) -> None:
    found = reduction(lists(*before), lists(*after), BODY)

    assert [each.item for each in found.fates] == list(found.before.items)
    moves = ("kept", "merged", "moved", "barred", "ended")
    assert sum(found.count(move) for move in moves) == found.before.total
    # What is carried after is what became of something that was carried before, or it is new.
    become = {code for each in found.fates for code in each.now} | set(found.before.items)
    assert set(found.after.items) == (become & set(found.after.items)) | set(found.added)
    assert all(
        set(each.now) <= set(found.after.items) for each in found.fates if each.move in {"kept", "merged"}
    )
