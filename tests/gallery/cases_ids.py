"""Ids that are no ids, or the same to the eye."""

from gallery.case import Case, in_parts
from gallery.good import SPLIT
from gov_core.checklists import Matter
from gov_core.city import Rule
from gov_core.organisation import Unit

CASES: list[Case] = [
    in_parts(
        "id.duplicate",
        lambda city: city.add("matters", Matter("noise", "", "order")),
        [("id.duplicate", "matters[4]")],
        about="matter",
    ),
    in_parts(
        "id.look_alike",
        lambda city: city.add("units", Unit("ＳＴ1", "", "club", ("C1",))),
        [("id.look_alike", "units#ＳＴ1"), ("value.width", "units#ＳＴ1")],
    ),
    in_parts(
        "value.empty",
        lambda city: city.add("matters", Matter("", "")),
        [("value.empty", "matters#")],
    ),
    in_parts(
        "value.invisible",
        lambda city: city.add("matters", Matter("du\u200bst", "")),
        [("value.invisible", "matters#du\u200bst")],
    ),
    in_parts(
        "value.long",
        lambda city: city.change("matters", "noise", name="噪" * 1001),
        [("value.long", "matters#noise")],
    ),
    in_parts(
        "value.reserved",
        lambda city: city.add("units", Unit("A>B", "", "club", ("C1",))),
        [("value.reserved", "units#A>B")],
    ),
    in_parts(
        "value.space",
        lambda city: city.add("matters", Matter("dust ", "")),
        [("value.space", "matters#dust ")],
    ),
    in_parts(
        "value.validity",
        lambda city: city.add(
            "rules", Rule("R-2", "lamp", None, None, None, ("OFFICE",), valid_from=SPLIT, valid_to=SPLIT)
        ),
        [("value.validity", "rules#R-2")],
    ),
]
