"""Rules that contradict, repeat or hide each other, or leave a case open."""

from dataclasses import replace

from gallery.case import Case, in_parts
from gallery.parts import Parts
from gov_core.checklists import Checklist, Item, Limit
from gov_core.city import Rule
from gov_core.organisation import Unit


def in_a_building(city: Parts) -> None:
    """Without rules the items decide."""
    city.set(rules=[])
    city.change("items", "P-1", areas=("B1",))


def withdrawn_in_part(city: Parts) -> None:
    city.set(rules=[])
    city.add("checklists", Checklist("negative", "negative", "生成负面清单", "@street_office"))
    city.add("items", Item("N-1", "negative", "生成", (), ("noise",), areas=("C1",)))


CASES: list[Case] = [
    in_parts(
        "rule.conflict",
        lambda city: city.add("rules", Rule("R-2", "noise", None, None, None, ("OFFICE",))),
        [("rule.conflict", "rules#R-2")],
    ),
    in_parts(
        "rule.area_below_grid",
        lambda city: city.change("rules", "R-estate", area="B1"),
        [("rule.area_below_grid", "rules#R-estate")],
    ),
    in_parts(
        "rule.area_below_grid",
        lambda city: city.change("rules", "R-estate", except_areas=("B1",)),
        [("rule.area_below_grid", "rules#R-estate")],
        about="left out",
    ),
    in_parts("item.area_below_grid", in_a_building, [("item.area_below_grid", "items#P-1")]),
    in_parts("item.withdrawn_in_part", withdrawn_in_part, [("item.withdrawn_in_part", "items#N-1")]),
    in_parts(
        "rule.tie",
        lambda city: city.add("units", Unit("BUREAU2", "", "urban_management_bureau", ("S",))),
        [("rule.tie", "rules#R-noise")],
    ),
    in_parts(
        "rule.duplicate",
        lambda city: city.add("rules", replace(city.named["rules"][1], id="R-2")),
        [("rule.duplicate", "rules#R-2")],
    ),
    in_parts(
        "rule.crossing",
        lambda city: city.add("rules", Rule("R-C1", None, "C1", None, None, ("OFFICE",))),
        [("rule.crossing", f"rules#{rule}") for rule in ("R-C1", "R-lamp-major", "R-noise")],
    ),
    in_parts(
        "rule.unreachable",
        lambda city: city.add("rules", replace(city.named["rules"][1], id="R-2", area="S")),
        [("rule.unreachable", "rules#R-noise")],
    ),
    in_parts(
        "rule.uncovered",
        lambda city: city.change("rules", "R-any", matter="order"),
        [("rule.uncovered", "matters#relief")] * 2,
    ),
    in_parts(
        "rule.limit",
        lambda city: city.change("rules", "R-any", resolve_within=Limit(0, "working_day")),
        [("rule.limit", "rules#R-any")],
    ),
    in_parts(
        "rule.limit_order",
        lambda city: city.change("rules", "R-noise", resolve_within=Limit(1, "urgent_hour")),
        [("rule.limit_order", "rules#R-noise")],
    ),
    in_parts(
        "rule.unit", lambda city: city.change("rules", "R-any", unit=()), [("rule.unit", "rules#R-any")]
    ),
]
