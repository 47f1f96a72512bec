"""Names of what there is not, and what nothing names."""

from gallery.case import Case, in_parts
from gov_core.checklists import ItemLimit, Matter
from gov_core.city import Rule
from gov_core.organisation import Post, Relation, Unit
from gov_core.places import Asset, AssetClass, Premises

CASES: list[Case] = [
    in_parts(
        "system.unknown_unit",
        lambda city: city.change("systems", "SYS", unit="OFICE"),
        [("system.unknown_unit", "systems#SYS")],
    ),
    in_parts(
        "relation.unknown_kind",
        lambda city: city.add("relations", Relation("@street_ofice", "leads", "ST1")),
        [("relation.unknown_kind", "relations#@street_ofice/leads/ST1")],
    ),
    in_parts(
        "premises.unknown_place",
        lambda city: city.add("premises", Premises("E-2", "", "school", "G13")),
        [("premises.unknown_place", "premises#E-2")],
    ),
    in_parts(
        "post.unknown_level",
        lambda city: city.add("posts", Post("P-3", "OFFICE", "grid_manager", at="@gird")),
        [("post.unknown_level", "posts#P-3")],
    ),
    in_parts(
        "item.unknown_matter",
        lambda city: city.change("items", "P-1", matters=("ordre",)),
        [("item.unknown_matter", "items#P-1")],
    ),
    in_parts(
        "component.unknown_asset",
        lambda city: city.add("assets", Asset("L-3", "streetlight", place="G11")),
        [("component.unknown_asset", "assets#L-3")],
    ),
    in_parts(
        "item_limit.unknown_grade",
        lambda city: city.add("item_limits", ItemLimit("P-1", None, "majr")),
        [("item_limit.unknown_grade", "item_limits#P-1//majr")],
    ),
    in_parts(
        "item.unknown_checklist",
        lambda city: city.change("items", "P-1", checklist="powr"),
        [("item.unknown_checklist", "items#P-1")],
    ),
    in_parts(
        "item.unknown_item",
        lambda city: city.change("items", "S-1", powers=("P-7",)),
        [("item.unknown_item", "items#S-1")],
    ),
    in_parts(
        "layer_area.unknown_layer",
        lambda city: city.change("layer_areas", "BEAT-1", layer="beat"),
        [("layer_area.unknown_layer", "layer_areas#BEAT-1")],
    ),
    in_parts(
        "rule.unknown_area",
        lambda city: city.add("rules", Rule("R-2", "lamp", "C7", None, None, ("OFFICE",))),
        [("rule.unknown_area", "rules#R-2")],
    ),
    in_parts(
        "rule.unknown_area",
        lambda city: city.add("rules", Rule("R-2", "lamp", "G20", None, None, ("OFFICE",))),
        [("rule.unknown_area", "rules#R-2")],
        about="gone since 2020",
    ),
    in_parts(
        "unit.unused",
        lambda city: city.add("units", Unit("CLUB", "", "club", ("C1",))),
        [("unit.unused", "units#CLUB")],
    ),
    in_parts(
        "asset.unused",
        lambda city: city.add("asset_classes", AssetClass("tree", "")),
        [("asset.unused", "asset_classes#tree")],
    ),
    in_parts(
        "unit.serves_twice",
        lambda city: city.change("units", "ST1", serves=("C1", "C1")),
        [("unit.serves_twice", "units#ST1")],
    ),
    in_parts(
        "matter.unused",
        lambda city: (city.drop("rules", "R-any"), city.add("matters", Matter("dust", ""))),
        [
            ("matter.unused", "matters#dust"),
            ("matter.unheld", "matters#dust"),
            # Two grades each; those of lamps that are major have a rule.
            *[("rule.uncovered", f"matters#{matter}") for matter in ("dust", "order", "relief")] * 2,
            ("rule.uncovered", "matters#lamp"),
        ],
    ),
]
