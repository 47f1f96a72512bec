"""Cities that break one hard rule on places, and nothing else."""

from gallery.case import Case, in_parts
from gallery.good import SPLIT
from gallery.parts import Parts


def share_across(city: Parts) -> None:
    """Two committees share a station, and meet in a corner only."""
    city.set(hard_rules=["shared_station_adjacent"])
    city.drop("units", "ST2")
    city.change("units", "ST1", serves=("C1", "C2"))
    city.change("units", "RC1", serves=("G11",))
    city.change("units", "RC2", serves=("G22",), valid_from=SPLIT)


def convert(city: Parts) -> None:
    city.set(hard_rules=["station_in_converted_communities"])
    city.change("places", "C1", kind="village_to_community")
    city.change("units", "ST1", serves=("G11", "G12"))


CASES: list[Case] = [
    in_parts(
        "hard_rule.no_street_level",
        lambda city: city.set(hard_rules=["no_street_level"]),
        [("hard_rule.no_street_level", "levels"), ("hard_rule.no_street_level", "units#OFFICE")],
    ),
    in_parts(
        "hard_rule.three_grades",
        lambda city: city.set(hard_rules=["three_grades"]),
        [("hard_rule.three_grades", "grades")],
    ),
    in_parts(
        "hard_rule.shared_station_adjacent",
        share_across,
        [("hard_rule.shared_station_adjacent", "units#ST1")],
    ),
    in_parts(
        "hard_rule.station_in_converted_communities",
        convert,
        [("hard_rule.station_in_converted_communities", "places#C1")],
    ),
]
