"""Repairing a map: what is mended is within the bounds and listed, the rest stays as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gov_core.checker import check
from gov_core.checker.repair import Repair, repair
from gov_core.city import City, Matter, Place, Rule, Unit, Void
from gov_core.generate import generate_city
from gov_core.routing import GridIndex

METRE = 1 / 111_195
"""Degrees of latitude; at the equator of longitude, too."""


def city_of(grids: dict[str, Any], **others: Any) -> City:
    parts: dict[str, Any] = {
        "name": "test",
        "levels": ["community", "grid"],
        "places": [Place("C", "", "community"), *(Place(name, "", "grid", "C") for name in grids)],
        "geometries": {name: shapely.to_wkb(outline) for name, outline in grids.items()},
        "units": [Unit("U", "", "station", ("C",))],
        "matters": [Matter("M", "")],
        "rules": [Rule("R", None, None, None, None, ("@station",))],
    }
    return City.from_parts(**(parts | others))


def bordering(gap_m: float) -> dict[str, Polygon]:
    """Two grids of 1 km2 in a frame, apart by some metres, or overlapping by less than nothing."""
    km, gap = 1000 * METRE, gap_m * METRE
    frame = box(-km, -km, 3 * km, 2 * km).difference(box(0, 0, 2 * km, km))
    return {"W": box(0, 0, km - gap / 2, km), "E": box(km + gap / 2, 0, 2 * km, km), "F": frame}


def geometry_codes(city: City) -> set[str]:
    return {found.fault.code for found in check(city) if found.fault.code.startswith("geometry.")}


def same_shapes(one: City, other: City) -> bool:
    """Whether outlines differ by no more than vertices on their edges."""
    return bool(shapely.equals(shapely.from_wkb(one.geometries), shapely.from_wkb(other.geometries)).all())


def test_a_good_city_stays_as_it_is() -> None:
    city = generate_city(40, seed=5)
    done = repair(city, max_gap_m=2, max_overlap_m=2)

    assert done == Repair(city, (), (), ())
    assert done.city is city


@pytest.mark.parametrize("gap_m", [1.5, -1.5])
def test_what_is_narrow_is_mended_and_listed(gap_m: float) -> None:
    done = repair(city_of(bordering(gap_m)), max_gap_m=2, max_overlap_m=2)
    (change,) = done.changes

    assert geometry_codes(done.city) == set()
    assert change.kind == ("gap" if gap_m > 0 else "overlap")
    assert change.to in change.ids
    assert change.area_m2 == pytest.approx(1500, rel=1e-3)
    assert change.width_m == pytest.approx(1.5, rel=1e-2)
    assert done.refused == ()
    grids = dict(zip(done.city.grids, shapely.from_wkb(done.city.geometries), strict=True))
    assert grids[str(change.to)].covers(shapely.Point(change.lon, change.lat))
    assert sum(grid.area for grid in grids.values()) == pytest.approx(12e6 * METRE**2, rel=1e-9)


@pytest.mark.parametrize("gap_m", [2.5, -2.5])
def test_what_is_wider_is_refused_and_left_alone(gap_m: float) -> None:
    city = city_of(bordering(gap_m))
    done = repair(city, max_gap_m=2, max_overlap_m=2)

    assert done.changes == ()
    assert all("wider than 2 m" in patch.refused for patch in done.refused)
    assert done.refused[0].width_m == pytest.approx(2.5, rel=1e-2)
    assert done.refused[0].to is None
    assert same_shapes(done.city, city)


def test_bounds_are_for_gaps_and_overlaps_apart() -> None:
    assert repair(city_of(bordering(1.5)), max_gap_m=0, max_overlap_m=9).changes == ()
    assert repair(city_of(bordering(-1.5)), max_gap_m=9, max_overlap_m=0).changes == ()


def test_what_lies_elsewhere_is_mended_all_the_same() -> None:
    far = {
        name + "2": shapely.transform(grid, lambda xy: xy + np.array([0.1, 0]))
        for name, grid in bordering(9.0).items()
    }
    done = repair(city_of(bordering(1.5) | far), max_gap_m=2, max_overlap_m=2)

    assert [set(patch.ids) for patch in done.changes] == [{"W", "E", "F"}]
    assert [set(patch.ids) for patch in done.refused] == [{"W2", "E2", "F2"}]
    assert geometry_codes(done.city) <= {"geometry.gap", "geometry.sliver"}


def test_a_narrow_void_is_no_gap() -> None:
    km, half = 1000 * METRE, 0.75 * METRE
    city = city_of(bordering(1.5), voids=[Void("ditch", shapely.to_wkb(box(km - half, 0, km + half, km)))])
    done = repair(city, max_gap_m=2, max_overlap_m=2)

    assert (done.changes, done.refused) == ((), ())
    assert same_shapes(done.city, city)


def test_a_neighbour_without_a_vertex_gets_it() -> None:
    grids = {"A": box(0, 0, 0.01, 0.02), "B": box(0.01, 0, 0.02, 0.01), "D": box(0.01, 0.01, 0.02, 0.02)}
    done = repair(city_of(grids), max_gap_m=1, max_overlap_m=1)

    assert geometry_codes(city_of(grids)) == {"geometry.t_junction"}
    assert geometry_codes(done.city) == set()
    assert done.noded == ("A",)
    assert (done.changes, done.refused) == ((), ())


def test_an_outline_that_crosses_itself_is_refused() -> None:
    km = 1000 * METRE
    bow = Polygon([(km, 0), (2 * km, km), (2 * km, 0), (km, km)])
    grids = bordering(-1.0) | {"E": bow}
    done = repair(city_of(grids), max_gap_m=2, max_overlap_m=2)

    assert all("E" not in patch.ids for patch in done.changes)
    assert any("crosses itself" in patch.refused for patch in done.refused)
    assert done.city.geometries[1] == city_of(grids).geometries[1]


def test_every_version_is_mended() -> None:
    later = date(2020, 1, 1)
    good, bad = bordering(0.0), bordering(1.0)
    drawn = {name: shapely.to_wkb(outline) for name, outline in good.items()}
    drawn |= {f"E@{later}": shapely.to_wkb(bad["E"])}
    places = [
        Place("C", "", "community"),
        Place("W", "", "grid", "C"),
        Place("F", "", "grid", "C"),
        Place("E", "", "grid", "C", valid_to=later),
        Place("E", "", "grid", "C", valid_from=later),
    ]
    city = city_of({}, places=places, geometries=drawn)
    assert "geometry.sliver" in geometry_codes(city)
    done = repair(city, max_gap_m=2, max_overlap_m=2)

    assert len(done.changes) == 1
    assert geometry_codes(done.city) == set()
    assert done.city.versions == city.versions


@pytest.mark.parametrize("bound", [-1.0, float("nan"), float("inf")])
def test_a_bound_is_a_width(bound: float) -> None:
    with pytest.raises(ValueError, match="max_gap_m is"):
        repair(city_of(bordering(1.0)), max_gap_m=bound, max_overlap_m=1)


GOOD = generate_city(24, seed=11, detail=0.4)
OUTLINES = shapely.from_wkb(np.array(GOOD.geometries, dtype=object))
SCALE = np.array([np.cos(np.radians(shapely.bounds(shapely.from_wkb(GOOD.geometries[0]))[1])), 1]) / METRE


def shaken(outline: Polygon | MultiPolygon, rng: np.random.Generator, by_m: float) -> Polygon | MultiPolygon:
    """The outline with some of its vertices moved, each by no more than so many metres."""

    def ring(of: Any) -> Any:
        points = shapely.get_coordinates(of)[:-1]
        angle, radius = rng.uniform(0, 2 * np.pi, len(points)), rng.uniform(0, by_m, len(points))
        moves = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) / SCALE
        return points + moves * (rng.random(len(points)) < 0.3)[:, None]

    parts = [
        Polygon(ring(part.exterior), [ring(hole) for hole in part.interiors])
        for part in shapely.get_parts(outline)
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


@given(seed=st.integers(0, 2**32), by_m=st.sampled_from([1e-3, 0.1, 0.5, 2.0]))
@settings(max_examples=25)
def test_injected_slivers_are_mended_within_the_bound(seed: int, by_m: float) -> None:
    rng = np.random.default_rng(seed)
    outlines = OUTLINES.copy()
    for slot in rng.choice(len(outlines), 6, replace=False):
        moved = shaken(outlines[slot], rng, by_m)
        outlines[slot] = moved if moved.is_valid else outlines[slot]
    broken = GOOD.redrawn(dict(zip(GOOD.grids, shapely.to_wkb(outlines).tolist(), strict=True)))

    # Two borders that were each moved by some metres are apart by no more than twice as many.
    done = repair(broken, max_gap_m=2.1 * by_m, max_overlap_m=2.1 * by_m)

    assert done.refused == ()
    assert geometry_codes(done.city) <= {"geometry.not_simple"}
    GridIndex.build(done.city.geometries)
    mended = shapely.from_wkb(np.array(done.city.geometries, dtype=object))
    for good, now in zip(OUTLINES, mended, strict=True):
        border = shapely.transform(shapely.boundary(good), lambda xy: xy * SCALE)
        corners = shapely.points(shapely.get_coordinates(now) * SCALE)
        assert shapely.distance(corners, border).max() <= 2.1 * by_m + 1e-6
