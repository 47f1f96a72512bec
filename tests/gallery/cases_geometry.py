"""Outlines that cannot be read, and grids that do not tile the city."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from gallery.case import Case, in_folder, in_parts
from gallery.good import EAST, HALF, MIDDLE, NORTH, SOUTH, SPLIT, WEST, outline
from gov_core.city import Void

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gallery.parts import Parts

LATE = f"G22@{SPLIT}"
METRE = 1 / 111_195
HOLE = [(119.006, 33.006), (119.009, 33.006), (119.009, 33.009), (119.006, 33.009), (119.006, 33.006)]
SQUARE = outline(WEST, SOUTH, MIDDLE, HALF)


def with_hole(city: Parts) -> None:
    """The south-west grid with a hole of some 9 ha."""
    ring = shapely.from_wkb(SQUARE).exterior.coords
    city.named["geometries"]["G11"] = shapely.Polygon(ring, [HOLE]).wkb


def hole_and(*voids: shapely.Polygon) -> Callable[[Parts], None]:
    def broken(city: Parts) -> None:
        with_hole(city)
        city.add("voids", *(Void(f"lake{at}", void.wkb) for at, void in enumerate(voids)))

    return broken


def slit(city: Parts) -> None:
    """A hole half a metre wide."""
    ring = shapely.from_wkb(SQUARE).exterior.coords
    narrow = shapely.box(119.006, 33.006, 119.006 + METRE / 2, 33.009).exterior.coords
    city.named["geometries"]["G11"] = shapely.Polygon(ring, [narrow]).wkb


def over_the_border(city: Parts) -> None:
    """The north-west grid reaches 10 m into the south-west one."""
    south = HALF - 10 * METRE
    city.draw(
        "G12",
        (WEST, south),
        (MIDDLE - METRE, south),
        (MIDDLE, HALF),
        (MIDDLE, NORTH),
        (WEST, NORTH),
        (WEST, HALF),
    )


def lacks_a_vertex(city: Parts) -> None:
    """The old grid of the east, without the vertex on its west side where two grids meet."""
    city.draw("G20", (MIDDLE, SOUTH), (EAST, SOUTH), (EAST, HALF), (EAST, NORTH), (MIDDLE, NORTH))


def bow_tie(city: Parts) -> None:
    city.draw(
        "G12",
        (WEST, HALF),
        (119.004, 33.015),
        (MIDDLE, HALF),
        (MIDDLE, NORTH),
        (119.006, 33.012),
        (WEST, NORTH),
    )


def touching_itself(city: Parts) -> None:
    """A lake that is drawn as a bay closing in one point: other programs refuse such a ring."""
    bay = [(WEST, 33.005), (119.003, 33.007), (119.003, 33.003), (WEST, 33.005)]
    city.draw("G11", (WEST, SOUTH), (MIDDLE, SOUTH), (MIDDLE, HALF), (WEST, HALF), *bay)
    city.add("voids", Void("lake", shapely.Polygon(bay).wkb))


def redraw(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Changes the geometry of one feature of places.geojson."""

    def broken(folder: Path) -> None:
        path = folder / "places.geojson"
        document = json.loads(path.read_text(encoding="utf-8"))
        feature = next(each for each in document["features"] if each["properties"]["id"] == name)
        change(feature["geometry"])
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    return broken


def ring(change: Callable[[list[Any]], object]) -> Callable[[Path], None]:
    return redraw("G12", lambda geometry: change(geometry["coordinates"][0]))


def raised(points: list[Any]) -> None:
    for point in points:
        point.append(12.5)


def renamed_void(folder: Path) -> None:
    """A void is drawn, and city.toml lists another."""
    add_void(folder)
    path = folder / "city.toml"
    path.write_text(path.read_text(encoding="utf-8") + 'voids = ["laek"]\n', encoding="utf-8")


def add_void(folder: Path) -> None:
    path = folder / "places.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    geometry = shapely.geometry.mapping(shapely.box(119.5, 33.0, 119.6, 33.1))
    lake = {"type": "Feature", "properties": {"id": "lake", "level": "void"}, "geometry": geometry}
    document["features"].append(lake)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def numbered_crs(folder: Path) -> None:
    """The old member crs, with a number for a name."""
    path = folder / "places.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({"crs": 4326} | document, ensure_ascii=False), encoding="utf-8")


CASES: list[Case] = [
    in_folder("crs.unreadable", numbered_crs, [("crs.unreadable", "places.geojson:1")]),
    in_parts("geometry.gap", with_hole, [("geometry.gap", "places#G11")]),
    in_parts(
        "geometry.gap",
        hole_and(shapely.box(119.006, 33.006, 119.007, 33.009)),
        [("geometry.gap", "places#G11")],
        about="half of it a lake",
    ),
    in_parts("geometry.sliver", slit, [("geometry.sliver", "places#G11")]),
    in_parts("geometry.overlap", over_the_border, [("geometry.overlap", "places#G11")]),
    in_parts(
        "geometry.t_junction",
        lacks_a_vertex,
        [("geometry.t_junction", f"places#{grid}") for grid in ("G11", "G12", "G20")],
    ),
    in_parts("geometry.invalid_outline", bow_tie, [("geometry.invalid_outline", "places#G12")]),
    in_parts("geometry.not_simple", touching_itself, [("geometry.not_simple", "places#G11")]),
    in_parts(
        "geometry.missing",
        lambda city: city.named["geometries"].pop("G12"),
        [("geometry.missing", "places#G12")],
    ),
    in_parts(
        "geometry.unknown_place",
        lambda city: city.named["geometries"].update({"G1Z": SQUARE}),
        [("geometry.unknown_place", "geometries#G1Z")],
    ),
    in_parts(
        "geometry.unreadable",
        lambda city: city.named["geometries"].update({"G12": b"\x01\x02"}),
        [("geometry.unreadable", "places#G12")],
    ),
    in_parts(
        "geometry.not_finite",
        lambda city: city.draw("G12", (WEST, HALF), (MIDDLE, float("inf")), (MIDDLE, NORTH), (WEST, NORTH)),
        [("geometry.not_finite", "places#G12")],
    ),
    in_parts(
        "geometry.out_of_range",
        lambda city: city.draw("G12", (HALF, WEST), (HALF, MIDDLE), (NORTH, MIDDLE), (NORTH, WEST)),
        [("geometry.out_of_range", "places#G12")],
        about="swapped",
    ),
    in_parts(
        "geometry.antimeridian",
        lambda city: city.draw("G12", (179, 33), (-179, 33), (-179, 34), (179, 34)),
        [("geometry.antimeridian", "places#G12")],
    ),
    in_folder("geometry.heights", ring(raised), [("geometry.heights", "places.geojson#G12")]),
    in_folder("geometry.unclosed", ring(list.pop), [("geometry.unclosed", "places.geojson#G12")]),
    in_folder("geometry.empty", ring(list.clear), [("geometry.empty", "places.geojson#G12")]),
    in_folder(
        "geometry.too_few_points",
        redraw("G12", lambda geometry: geometry["coordinates"].append([[0, 0], [1, 1], [0, 0]])),
        [("geometry.too_few_points", "places.geojson#G12")],
    ),
    in_folder(
        "geometry.type",
        redraw("G12", lambda geometry: geometry.update(type="LineString")),
        [("geometry.type", "places.geojson#G12")],
    ),
    in_folder(
        "geometry.shape",
        redraw("G12", lambda geometry: geometry.update(type="MultiPolygon")),
        [("geometry.shape", "places.geojson#G12")],
    ),
    in_parts(
        "void.overlap",
        lambda city: city.add("voids", Void("lake", shapely.box(119.003, 33.003, 119.007, 33.007).wkb)),
        [("void.overlap", "voids#lake")],
    ),
    in_folder("void.unlisted", add_void, [("void.unlisted", "places.geojson#lake")]),
    in_folder(
        "void.unknown",
        renamed_void,
        [("void.unlisted", "places.geojson#lake"), ("void.unknown", "city.toml#city.voids")],
    ),
]
