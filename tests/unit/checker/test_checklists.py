"""What a city may say about its own checks of lists, and what a preset may keep."""

from gallery.good import good
from gov_core.checker import check
from gov_core.checklists import Checklist, Item, Matter

MOVED = "S-1/OFFICE/@community_station"


def test_a_city_may_hold_itself_to_funds_that_follow_the_task() -> None:
    parts = good()
    parts.change("transfers", MOVED, funds_yuan=0.0)
    assert [(found.severity, found.fault.code) for found in check(parts.city())] == [
        ("warning", "transfer.unfunded")
    ]

    parts.set(severities={"transfer.unfunded": "error"})
    assert [(found.severity, found.fault.code) for found in check(parts.city())] == [
        ("error", "transfer.unfunded")
    ]


def test_a_city_made_from_a_preset_may_keep_its_placeholders() -> None:
    parts = good()
    parts.add("items", Item("S-2", "service", "", placeholder=True))
    parts.change("checklists", "service", expected_count=2)
    assert [found.fault.code for found in check(parts.city())] == ["checklist.placeholders"]
    parts.set(preset="QINGBO")

    assert check(parts.city()) == []


def test_items_that_were_refused_are_not_counted() -> None:
    parts = good()
    parts.change("items", "S-1", admission="refused")
    parts.change("checklists", "service", expected_count=0)

    assert "checklist.count" not in {found.fault.code for found in check(parts.city())}


def test_communities_without_economic_tasks_and_with_two_lists_pass() -> None:
    parts = good()
    parts.set(hard_rules=["no_economic_tasks", "two_lists"])
    parts.add("matters", Matter("rent", "", category="economy"))
    parts.add(
        "checklists",
        Checklist("bureau", "duty", "", "BUREAU"),
        Checklist("self", "self_government", "", "@residents_committee", expected_count=0),
        Checklist("help", "assistance", "", "@residents_committee", expected_count=0),
    )
    parts.add("items", Item("E-1", "bureau", "", matters=("rent",)))

    assert check(parts.city()) == []
