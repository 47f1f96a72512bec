"""What a city asks of its own check."""

from gallery.case import Case, in_parts

CASES: list[Case] = [
    in_parts(
        "hard_rule.unknown",
        lambda city: city.set(hard_rules=["four_layer"]),
        [("hard_rule.unknown", "hard_rules#four_layer")],
    ),
    in_parts(
        "severity.unknown_code",
        lambda city: city.set(severities={"geometry.gpa": "off"}),
        [("severity.unknown_code", "severities#geometry.gpa")],
    ),
    in_parts(
        "severity.unknown_level",
        lambda city: city.set(severities={"geometry.gap": "fatal"}),
        [("severity.unknown_level", "severities#geometry.gap")],
    ),
]
