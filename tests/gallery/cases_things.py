"""Components and premises that are in no grid, contradict themselves, or leave out what they have to say."""

from gallery.case import Case, in_parts
from gallery.parts import Parts
from gov_core.places import Asset


def add_twin(city: Parts) -> None:
    city.change("assets", "L-2", place=None, lon=119.001, lat=33.001, accuracy="A")
    city.add("assets", Asset("L-4", "estate", manager="ESTATE", lon=119.001, lat=33.001, accuracy="B"))


CASES: list[Case] = [
    in_parts(
        "component.no_location",
        lambda city: city.change("assets", "L-2", place=None),
        [("component.no_location", "assets#L-2")],
    ),
    in_parts(
        "component.bad_location",
        lambda city: city.change("assets", "L-1", lat=None),
        [("component.bad_location", "assets#L-1")],
    ),
    in_parts(
        "component.out_of_area",
        lambda city: city.change("assets", "L-1", lon=33.005, lat=89.0),
        [("component.out_of_area", "assets#L-1")],
    ),
    in_parts(
        "component.above_grids",
        lambda city: city.change("assets", "L-2", place="C1"),
        [("component.above_grids", "assets#L-2")],
    ),
    in_parts(
        "component.wrong_place",
        lambda city: city.change("assets", "L-1", place="G12"),
        [("component.wrong_place", "assets#L-1")],
    ),
    in_parts(
        "component.wrong_place",
        lambda city: city.change("assets", "L-2", lon=118.0, lat=33.0, accuracy="B"),
        [("component.wrong_place", "assets#L-2")],
        "outside",
    ),
    in_parts(
        "premises.no_location",
        lambda city: city.change("premises", "E-1", place=None),
        [("premises.no_location", "premises#E-1")],
    ),
    in_parts(
        "premises.out_of_area",
        lambda city: city.change("premises", "E-1", place=None, lon=118.0, lat=33.0),
        [("premises.out_of_area", "premises#E-1")],
    ),
    in_parts(
        "premises.wrong_place",
        lambda city: city.change("premises", "E-1", lon=119.005, lat=33.015),
        [("premises.wrong_place", "premises#E-1")],
    ),
    in_parts(
        "premises.counts",
        lambda city: city.change("premises", "E-1", households=401),
        [("premises.counts", "places#G11")],
    ),
    in_parts("component.twice", add_twin, [("component.twice", "assets#L-4")]),
    in_parts(
        "component.accuracy",
        lambda city: city.change("assets", "L-1", accuracy=None),
        [("component.accuracy", "assets#L-1")],
    ),
    in_parts(
        "component.no_unit",
        lambda city: city.change("assets", "L-2", manager=None, owner=None, maintainer=None),
        [("component.no_unit", "assets#L-2")],
    ),
]
