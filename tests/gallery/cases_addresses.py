"""Address tables that contradict the map or themselves, or leave grids out."""

from gallery.case import Case, in_parts
from gallery.parts import Parts
from gov_core.places import Address

HARD_RULE = "hard_rule.standard_addresses_without_gaps"


def without_gaps(city: Parts) -> None:
    city.set(hard_rules=["standard_addresses_without_gaps"])


def no_table(city: Parts) -> None:
    without_gaps(city)
    city.set(addresses=[])


def no_grid(city: Parts) -> None:
    city.drop("addresses", "AD-12")


def blind_spot(city: Parts) -> None:
    without_gaps(city)
    no_grid(city)


def add(*rows: Address) -> object:
    return lambda city: city.add("addresses", *rows)


CASES: list[Case] = [
    in_parts(
        "address.above_grids",
        add(Address("AD-9", "C1", "生成街道", "生成路", "9号")),
        [("address.above_grids", "addresses#AD-9")],
    ),
    in_parts(
        "address.two_grids",
        add(Address("AD-9", "G12", "生成街道", "生成路", "１号")),
        [("address.two_grids", "addresses#AD-11")],
    ),
    in_parts(
        "address.twice",
        add(Address("AD-9", "B1", "生成街道", "生成路", "一号")),
        [("address.twice", "addresses#AD-11")],
    ),
    in_parts(
        "address.wrong_place",
        lambda city: city.change("addresses", "AD-11", lon=119.005, lat=33.011),
        [("address.wrong_place", "addresses#AD-11")],
        "next door",
    ),
    in_parts(
        "address.wrong_place",
        lambda city: city.change("addresses", "AD-11", lon=33.005, lat=119.005),
        [("address.wrong_place", "addresses#AD-11")],
        "swapped",
    ),
    in_parts(
        "address.bad_location",
        lambda city: city.change("addresses", "AD-11", lon=119.005),
        [("address.bad_location", "addresses#AD-11")],
        "half",
    ),
    in_parts("address.none_in_grid", no_grid, [("address.none_in_grid", "places#G12")]),
    in_parts(
        "address.not_found",
        add(Address("AD-9", "G11", building="3幢")),
        [("address.not_found", "addresses#AD-9")],
        "too little",
    ),
    in_parts(
        "address.not_found",
        add(Address("AD-8", "G11", estate=("甲苑",)), Address("AD-9", "G12", "生成东街道", estate=("甲苑",))),
        [("address.not_found", "addresses#AD-8")],
        "less than another",
    ),
    in_parts(
        "address.look_alike",
        add(
            Address("AD-8", "G11", "生成街道", "生成路", "5号", building="1O幢"),
            Address("AD-9", "G11", "生成街道", "生成路", "5号", building="10幢"),
        ),
        [("address.look_alike", "addresses#AD-9")],
    ),
    in_parts(HARD_RULE, no_table, [(HARD_RULE, "addresses")], "no table"),
    in_parts(
        HARD_RULE,
        blind_spot,
        [(HARD_RULE, "places#G12"), ("address.none_in_grid", "places#G12")],
        "blind spot",
    ),
]
