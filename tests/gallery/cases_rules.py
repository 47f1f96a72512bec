"""Rules that contradict, repeat or hide each other, or leave a case open."""

from gallery.case import Case, in_parts
from gallery.parts import Parts
from gov_core.checklists import Checklist, Item
from gov_core.city import Rule


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
]
