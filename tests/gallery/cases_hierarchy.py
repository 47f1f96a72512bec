"""Places, matters and asset classes that form no tree."""

from gallery.case import Case, in_parts
from gallery.good import HALF, MIDDLE, SOUTH, WEST, outline
from gallery.parts import Parts
from gov_core.checklists import Matter
from gov_core.places import AssetClass, Place


def swapped(city: Parts) -> None:
    """A community below itself."""
    city.change("places", "C1", parent="C1")


def all_streets_gone(city: Parts) -> None:
    city.set(levels=["district", "street", "community", "grid", "building"])


CASES: list[Case] = [
    in_parts("hierarchy.cycle", swapped, [("hierarchy.cycle", "places#C1")]),
    in_parts(
        "hierarchy.orphan",
        lambda city: city.change("places", "G11", parent=None),
        [("hierarchy.orphan", "places#G11")],
    ),
    in_parts(
        "hierarchy.two_parents",
        lambda city: city.add("places", Place("G11", "", "grid", "C2", households=400, population=1200)),
        [("hierarchy.two_parents", "places[9]")],
    ),
    in_parts(
        "hierarchy.level_order",
        lambda city: city.change("places", "G11", parent="S"),
        [("hierarchy.level_order", "places#G11")],
    ),
    in_parts(
        "hierarchy.unknown_level",
        lambda city: city.change("places", "B1", level="bulding"),
        [("hierarchy.unknown_level", "places#B1")],
    ),
    in_parts(
        "hierarchy.unknown_parent",
        lambda city: city.change("places", "G11", parent="C11"),
        [("hierarchy.unknown_parent", "places#G11")],
    ),
    in_parts(
        "hierarchy.empty_level",
        all_streets_gone,
        [("hierarchy.empty_level", "levels"), ("hierarchy.orphan", "places#S")],
    ),
    in_parts(
        "hierarchy.childless",
        lambda city: city.add("places", Place("C3", "", "community", "S")),
        [("hierarchy.childless", "places#C3"), ("norm.breach", "places#S")],
    ),
    in_parts(
        "hierarchy.outside_parent",
        lambda city: city.named["geometries"].update({"C1": outline(WEST, SOUTH, MIDDLE, HALF)}),
        [("hierarchy.outside_parent", "places#G12")],
    ),
    in_parts(
        "hierarchy.unfilled",
        lambda city: city.draw("S", (WEST, SOUTH), (119.03, SOUTH), (119.03, 33.02), (WEST, 33.02)),
        [("hierarchy.unfilled", "places#S")],
    ),
    in_parts(
        "matter.cycle",
        lambda city: city.change("matters", "order", parent="noise"),
        [("matter.cycle", "matters#order")],
    ),
    in_parts(
        "matter.unknown_parent",
        lambda city: city.add("matters", Matter("dust", "", "ordre")),
        [("matter.unknown_parent", "matters#dust")],
    ),
    in_parts(
        "asset.cycle",
        lambda city: city.change("asset_classes", "estate", parent="estate"),
        [("asset.cycle", "asset_classes#estate")],
    ),
    in_parts(
        "asset.unknown_parent",
        lambda city: city.add("asset_classes", AssetClass("lift", "", "estat")),
        [("asset.unknown_parent", "asset_classes#lift")],
    ),
]
