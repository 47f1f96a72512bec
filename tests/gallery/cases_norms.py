"""Norms that are not kept, cannot be judged, or say nothing."""

from gallery.case import Case, in_parts
from gov_core.places import Norm

CASES: list[Case] = [
    in_parts(
        "norm.breach",
        lambda city: city.change("places", "G12", population=999),
        [("norm.breach", "places#G12")],
        "too few people",
    ),
    in_parts(
        "norm.breach",
        lambda city: city.change("norms", "N-units", least=3, most=None),
        [("norm.breach", "places#S")],
        "too few communities",
    ),
    in_parts(
        "norm.breach",
        lambda city: city.add("norms", Norm("N-count", "places", "grid", most=3)),
        [("norm.breach", "norms#N-count")],
        "too many grids",
    ),
    in_parts(
        "norm.breach",
        lambda city: city.add("norms", Norm("N-staff", "units:community_station", "street", 1)),
        [("norm.breach", "places#S")],
        "no body",
    ),
    in_parts(
        "norm.unmeasured",
        lambda city: city.change("places", "G12", population=None),
        [("norm.unmeasured", "norms#N-grid")],
    ),
    in_parts(
        "norm.unknown_measure",
        lambda city: city.change("norms", "N-grid", measure="people"),
        [("norm.unknown_measure", "norms#N-grid")],
    ),
    in_parts(
        "norm.unknown_level",
        lambda city: city.change("norms", "N-grid", per="block"),
        [("norm.unknown_level", "norms#N-grid")],
    ),
    in_parts(
        "norm.bounds",
        lambda city: city.change("norms", "N-grid", least=1500, most=1000),
        [("norm.bounds", "norms#N-grid")],
    ),
]
