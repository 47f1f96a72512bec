"""Lists that do not add up, duties held twice, wrongly or by nobody, and money that did not follow."""

from collections.abc import Callable
from datetime import date
from typing import Any

from gallery.case import Case, in_parts
from gallery.parts import Parts
from gov_core.checklists import Checklist, Item, ItemLimit, Limit, Matter, Transfer
from gov_core.city import Rule
from gov_core.organisation import Post, Provider

HOUR, HOURS = Limit(1, "urgent_hour"), Limit(9, "urgent_hour")
COMMITTEE, STATION, BUREAU = "@residents_committee", "@community_station", "@urban_management_bureau"
MOVED = "S-1/OFFICE/@community_station"


def with_list(
    kind: Any, holder: str, *items: Item, code: str = "extra", **also: Any
) -> Callable[[Parts], None]:
    """A further list of a kind, and other rows: table to row."""

    def change(city: Parts) -> None:
        city.add("checklists", Checklist(code, kind, "生成清单", holder))
        city.add("items", *items)
        for table, row in also.items():
            city.add(table, row)

    return change


def item(code: str = "X", matters: tuple[str, ...] = ("noise",), **fields: Any) -> Item:
    return Item(code, "extra", "生成事项", matters=matters, **fields)


def transfer(**fields: Any) -> Callable[[Parts], None]:
    return lambda city: city.change("transfers", MOVED, **fields)


def service(**fields: Any) -> Callable[[Parts], None]:
    return lambda city: city.change("items", "S-1", **fields)


def bought(*providers: Provider, **fields: Any) -> Callable[[Parts], None]:
    """A bought service for lamps beside the list of services, and more providers."""

    def change(city: Parts) -> None:
        with_list("work", "OFFICE", item(matters=("lamp",), supply="contract", **fields))(city)
        city.add("providers", *providers)

    return change


def together(*changes: Callable[[Parts], None]) -> Callable[[Parts], None]:
    def change(city: Parts) -> None:
        for each in changes:
            each(city)

    return change


def ended(**fields: Any) -> Callable[[Parts], None]:
    """A work list whose item ended in 2021."""
    return with_list(
        "work",
        STATION,
        item(matters=("idle",), valid_to=date(2021, 1, 1), **fields),
        matters=Matter("idle", ""),
    )


def economic(city: Parts) -> None:
    city.set(hard_rules=["no_economic_tasks"])
    city.add("matters", Matter("economy", "", category="economy"), Matter("rent", "", "economy"))


NOTHING_LEFT = [("matter.unheld", "matters#idle"), ("checklist.empty", "checklists#extra")]

CASES: list[Case] = [
    in_parts("checklist.empty", with_list("work", STATION), [("checklist.empty", "checklists#extra")]),
    in_parts(
        "checklist.count",
        lambda city: city.change("checklists", "power", expected_count=40),
        [("checklist.count", "checklists#power")],
    ),
    in_parts(
        "checklist.count",
        lambda city: city.change("items", "P-1", admission="exited"),
        [
            ("checklist.count", "checklists#power"),
            ("matter.unheld", "matters#lamp"),
            ("matter.unheld", "matters#noise"),
            ("rule.not_admitted", "rules#R-lamp-major"),
        ],
        "left the list",
    ),
    in_parts(
        "checklist.groups",
        lambda city: city.change("checklists", "service", expected_groups=2),
        [("checklist.groups", "checklists#service")],
    ),
    in_parts(
        "checklist.placeholders",
        service(placeholder=True),
        # What is not named holds nothing.
        [("checklist.placeholders", "checklists#service"), ("matter.unheld", "matters#relief")],
    ),
    in_parts(
        "item.no_matter",
        with_list("work", STATION, item(matters=())),
        [("item.no_matter", "items#X")],
        "none named",
    ),
    in_parts(
        "item.no_matter",
        with_list("work", STATION, item(except_matters=("order",))),
        [("item.no_matter", "items#X")],
        "all excepted",
    ),
    in_parts(
        "item.limit_order",
        service(respond_within=Limit(11, "working_day")),
        [("item.limit_order", "items#S-1")],
    ),
    in_parts(
        "item_limit.limit_order",
        lambda city: city.change("item_limits", "S-1//major", respond_within=Limit(6, "working_day")),
        [("item_limit.limit_order", "item_limits#S-1//major")],
        "its own",
    ),
    in_parts(
        "item_limit.limit_order",
        lambda city: city.change(
            "item_limits", "S-1//major", respond_within=Limit(11, "working_day"), resolve_within=None
        ),
        [("item_limit.limit_order", "item_limits#S-1//major")],
        "that of the item",
    ),
    in_parts(
        "item_limit.empty",
        lambda city: city.change("item_limits", "S-1//major", resolve_within=None),
        [("item_limit.empty", "item_limits#S-1//major")],
    ),
    in_parts(
        "item_limit.outside",
        lambda city: city.add("item_limits", ItemLimit("S-1", "noise", None, None, HOUR)),
        [("item_limit.outside", "item_limits#S-1/noise/")],
    ),
    in_parts(
        "item_limit.expired",
        together(
            ended(successors=("S-1",)), lambda city: city.add("item_limits", ItemLimit("X", None, None, HOUR))
        ),
        [("item_limit.expired", "item_limits#X//"), *NOTHING_LEFT],
    ),
    in_parts(
        "item.no_successor",
        ended(),
        [("item.no_successor", "items#X"), *NOTHING_LEFT],
    ),
    in_parts("item.not_sensitive", service(sensitive=False), [("item.not_sensitive", "items#S-1")]),
    in_parts(
        "matter.not_sensitive",
        lambda city: city.add("matters", Matter("minors", "", "relief")),
        [("matter.not_sensitive", "matters#minors")],
    ),
    in_parts(
        "matter.unheld",
        lambda city: city.change("items", "P-1", except_matters=("lamp",)),
        [("matter.unheld", "matters#lamp")],
        "excepted",
    ),
    in_parts(
        "matter.unheld",
        service(areas=("C1",)),
        # Two of four grids since 2020, one of three before.
        [("matter.unheld", "matters#relief"), ("matter.unheld", "matters#relief")],
        "in a part of the city",
    ),
    in_parts(
        "item.several_holders",
        with_list("work", BUREAU, item(matters=("relief",), sensitive=True)),
        [("item.several_holders", "items#X")],
    ),
    in_parts(
        "item.barred",
        with_list("negative", STATION, item(matters=("relief",), sensitive=True)),
        [("item.barred", "items#S-1")],
        "negative",
    ),
    in_parts(
        "item.barred",
        together(
            with_list("withdrawn", "@street_office", item(matters=("order",), holder=("BUREAU",))),
            lambda city: city.change("rules", "R-lamp-major", unit=("BUREAU",)),
        ),
        [("item.barred", "items#P-1")],
        "withdrawn",
    ),
    in_parts(
        "rule.barred",
        with_list("negative", BUREAU, item()),
        [("rule.barred", "rules#R-noise")],
    ),
    in_parts(
        "rule.overstep",
        with_list("work", "@street_office", item()),
        [("rule.overstep", "rules#R-noise")],
    ),
    in_parts(
        "rule.not_admitted",
        with_list("work", BUREAU, item(admission="reviewed")),
        [("rule.not_admitted", "rules#R-noise")],
    ),
    in_parts(
        "item.powerless",
        lambda city: city.change("items", "P-1", shared_with=()),
        [("item.powerless", "items#S-1")],
        "power of another",
    ),
    in_parts(
        "item.powerless",
        lambda city: city.change("grants", "@community_station/serve/", held=False),
        [("item.powerless", "items#S-1")],
        "barred from it",
    ),
    in_parts(
        "item.misplaced",
        with_list("self_government", BUREAU, item(matters=("noise",))),
        [("item.misplaced", "items#X")],
        "kind of list",
    ),
    in_parts(
        "item.misplaced",
        transfer(target="OFFICE", source="BUREAU"),
        [("item.misplaced", "items#S-1"), ("item.other_transfer", "items#S-1")],
        "transferred",
    ),
    in_parts(
        "item.misplaced",
        together(
            with_list("work", COMMITTEE, item(matters=("idle",))),
            lambda city: city.add("matters", Matter("idle", "", category="government")),
        ),
        [("item.misplaced", "items#X")],
        "affairs",
    ),
    in_parts(
        "item.no_transfer",
        lambda city: city.drop("transfers", MOVED),
        [("item.no_transfer", "items#S-1")],
    ),
    in_parts(
        "item.other_transfer",
        service(transferred_from="BUREAU"),
        [("item.other_transfer", "items#S-1")],
    ),
    in_parts("transfer.unfunded", transfer(funds_yuan=None), [("transfer.unfunded", f"transfers#{MOVED}")]),
    in_parts(
        "transfer.not_earmarked",
        transfer(earmarked=False),
        [("transfer.not_earmarked", f"transfers#{MOVED}")],
    ),
    in_parts("transfer.undecided", transfer(decided_by=None), [("transfer.undecided", f"transfers#{MOVED}")]),
    in_parts("transfer.no_account", transfer(account=None), [("transfer.no_account", f"transfers#{MOVED}")]),
    in_parts("transfer.amount", transfer(funds_yuan=-1.0), [("transfer.amount", f"transfers#{MOVED}")]),
    in_parts(
        "transfer.to_itself",
        lambda city: city.add(
            "transfers",
            Transfer("S-1", STATION, STATION, None, 1.0, earmarked=True, decided_by=COMMITTEE, account="ST1"),
        ),
        [("transfer.to_itself", f"transfers#S-1/{STATION}/{STATION}")],
    ),
    in_parts("item.unnamed_provider", bought(), [("item.unnamed_provider", "items#X")]),
    in_parts(
        "item.unqualified",
        bought(assist=("ESTATE",), qualification="electrician"),
        [("item.unqualified", "items#X")],
    ),
    in_parts(
        "item.unsuited_provider",
        together(
            bought(assist=("ESTATE",)),
            lambda city: city.change("providers", "ESTATE", modes=("voucher",)),
            lambda city: city.add("providers", Provider("BUREAU", modes=("contract",))),
        ),
        [("item.unsuited_provider", "items#X")],
    ),
    in_parts(
        "item.no_standard",
        lambda city: (
            city.change("checklists", "service", expected_count=2),
            city.add("items", Item("S-2", "service", "", matters=("noise",), steps=("受理", "办理"))),
            city.change("rules", "R-noise", unit=(STATION,), assist=()),
        ),
        [("item.no_standard", "items#S-1"), ("item.no_standard", "items#S-2")],
    ),
    in_parts(
        "item.no_window",
        with_list("service", "OFFICE", item(matters=("lamp",)), posts=Post("P-w", "ST1", "window_clerk", 3)),
        [("item.no_window", "items#X")],
    ),
    in_parts(
        "hard_rule.no_economic_tasks",
        together(economic, with_list("work", STATION, item(matters=("rent",)))),
        [("hard_rule.no_economic_tasks", "items#X")],
        "an item",
    ),
    in_parts(
        "hard_rule.no_economic_tasks",
        together(
            economic,
            with_list("work", "BUREAU", item(matters=("economy",))),
            lambda city: city.add("rules", Rule("R-e", "rent", None, None, None, ("BUREAU",), (STATION,))),
        ),
        [("hard_rule.no_economic_tasks", "rules#R-e")],
        "a rule",
    ),
    in_parts(
        "hard_rule.two_lists",
        together(
            lambda city: city.set(hard_rules=["two_lists"]),
            with_list("self_government", COMMITTEE, item(matters=("lamp",))),
            with_list("assistance", "RC1", Item("Y", "help", "", matters=("lamp",)), code="help"),
        ),
        [("hard_rule.two_lists", "units#RC2")],
    ),
]
