"""Layers that do not keep to what they declare."""

from collections.abc import Callable

import shapely

from gallery.case import Case, in_parts
from gallery.good import EAST, MIDDLE, NORTH, SOUTH, WEST, outline
from gallery.parts import Parts
from gov_core.places import Layer, LayerArea

WIDE = outline(WEST, SOUTH, EAST, NORTH)
PARK = shapely.box(119.004, 33.004, 119.006, 33.006)


def beat(name: str, wkb: bytes) -> Callable[[Parts], None]:
    return lambda city: city.change("layer_areas", name, wkb=wkb)


def with_parks(*areas: bytes, **declared: bool) -> Callable[[Parts], None]:
    """A layer of parks beside the beats."""

    def change(city: Parts) -> None:
        city.add("layers", Layer("parks", "", "park", **declared))
        for at, wkb in enumerate(areas):
            city.add("layer_areas", LayerArea(f"P{at}", "", "parks", None, wkb))

    return change


BOW_TIE = shapely.Polygon([(WEST, SOUTH), (MIDDLE, NORTH), (MIDDLE, SOUTH), (WEST, NORTH)])

CASES: list[Case] = [
    in_parts("layer.overlap", beat("BEAT-2", WIDE), [("layer.overlap", "layer_areas#BEAT-2")]),
    in_parts(
        "layer.overlap",
        with_parks(PARK.wkb, shapely.box(119.005, 33.005, 119.007, 33.007).wkb, PARK.buffer(-0.0005).wkb),
        [
            ("layer.overlap", "layer_areas#P1"),
            ("layer.overlap", "layer_areas#P2"),
            ("layer.overlap", "layer_areas#P2"),
        ],
        "three in one place",
    ),
    in_parts(
        "layer.gap",
        lambda city: city.drop("layer_areas", "BEAT-2"),
        [("layer.gap", "layers#beats")],
        "half the city",
    ),
    in_parts(
        "layer.gap",
        with_parks(PARK.wkb, overlaps=True, covers=True),
        [("layer.gap", "layers#parks")],
        "but a park",
    ),
    in_parts(
        "layer.outline",
        beat("BEAT-1", b""),
        [("layer.outline", "layer_areas#BEAT-1"), ("layer.gap", "layers#beats")],
        "none",
    ),
    in_parts(
        "layer.outline",
        with_parks(BOW_TIE.wkb),
        [("layer.outline", "layer_areas#P0")],
        "crosses itself",
    ),
    in_parts(
        "layer.outside",
        with_parks(shapely.box(33.0, 119.0 - 60, 33.1, 119.1 - 60).wkb),
        [("layer.outside", "layer_areas#P0")],
    ),
    in_parts("layer.empty", with_parks(), [("layer.empty", "layers#parks")]),
    in_parts(
        "layer.kind",
        lambda city: city.change("layers", "beats", kind="police_beats"),
        [("layer.kind", "layers#beats")],
    ),
]
