"""Rules that contradict, repeat or hide each other, or leave a case open."""

from gallery.case import Case, in_parts
from gov_core.city import Rule

CASES: list[Case] = [
    in_parts(
        "rule.conflict",
        lambda city: city.add("rules", Rule("R-2", "noise", None, None, None, ("OFFICE",))),
        [("rule.conflict", "rules.csv#R-2")],
    ),
]
