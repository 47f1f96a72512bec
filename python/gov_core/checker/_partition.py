"""Whether the grids tile the city: overlaps, gaps, slivers, and vertices that neighbours lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gov_core.checker._finding import Finding
from gov_core.checker._map import area_m2, in_words, point_in_words, some, valid_areas, width_m
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from gov_core.checker._map import CityMap

SLIVER_M = 1.0
"""Gaps and overlaps narrower than this are slips of drawing, not ground; the same things to mend, said so."""

SLACK_M2 = 1.0
"""How far a void may miss the hole it stands for, or run into a grid, before that is told."""


def check_partition(chart: CityMap) -> Iterator[Finding]:
    """Finds what keeps the grids from tiling the city."""
    for fault in chart.refused:
        yield Finding("error", _with_area(fault, chart))
    refused_ids = chart.refused_ids
    for slot, edges in chart.mismatches.items():
        grid = chart.city.grids[slot]
        if grid not in refused_ids:
            where = point_in_words(edges)
            message = f"an edge at {where} has no vertex where a neighbour has one; it is added"
            hint = "snap the borders in a GIS so that neighbours share every vertex"
            yield Finding("warning", Fault("geometry.t_junction", message, chart.where(grid), hint, (grid,)))
    for part in uncovered(chart):
        yield Finding("error", _gap(part, chart))
    yield from _voids_on_grids(chart)


def _with_area(fault: Fault, chart: CityMap) -> Fault:
    """A fault of the index with the size of an overlap and a place in the city."""
    if fault.code != "geometry.overlap" or len(fault.ids) != 2:
        return Fault(fault.code, fault.message, chart.where(fault.place), fault.hint, fault.ids)
    first, second = fault.ids
    shared = shapely.intersection(chart.grids[chart.slots[first]], chart.grids[chart.slots[second]])
    kind = "a sliver of " if width_m(shared) < SLIVER_M else ""
    message = f"{fault.message}: {kind}{in_words(area_m2(shared))}"
    return Fault(fault.code, message, chart.where(first), fault.hint, fault.ids)


def uncovered(chart: CityMap) -> Iterator[BaseGeometry]:
    """Polygons in degrees, inside of the city, that no grid covers and no void explains."""
    parts = shapely.get_parts(chart.ground)
    rings = shapely.get_rings(parts, return_index=False)
    shells = set(shapely.to_wkb(shapely.get_exterior_ring(parts)))
    tree = shapely.STRtree(parts)
    for ring in rings:
        if shapely.to_wkb(ring) in shells:
            continue
        hole = shapely.Polygon(ring)
        # A hole may hold grids that touch none of those around it.
        islands = parts[tree.query(hole, predicate="contains")]
        left = shapely.difference(hole, shapely.union_all([chart.voids, *islands]))
        meant = hole.intersects(chart.voids)
        for part in shapely.get_parts(left):
            if part.geom_type == "Polygon" and not (meant and area_m2(part) <= SLACK_M2):
                yield part


def _gap(part: BaseGeometry, chart: CityMap) -> Fault:
    neighbours = chart.ids_at(part)
    sliver = width_m(part) < SLIVER_M
    message = (
        f"no grid covers {in_words(area_m2(part))} at {point_in_words(part)}, between {some(neighbours)}"
    )
    hint = "draw it into a grid, or list it under voids in city.toml"
    if sliver:
        hint = "snap the borders of its neighbours together, or build the index with snap_deg"
    place = chart.where(neighbours[0]) if neighbours else "places"
    return Fault("geometry.sliver" if sliver else "geometry.gap", message, place, hint, tuple(neighbours))


def _voids_on_grids(chart: CityMap) -> Iterator[Finding]:
    for void in chart.city.voids:
        outline = valid_areas(shapely.from_wkb(void.wkb))
        for grid in chart.ids_at(outline):
            shared = area_m2(shapely.intersection(outline, chart.grids[chart.slots[grid]]))
            if shared > SLACK_M2:
                message = (
                    f'void "{void.name}" covers {in_words(shared)} of grid "{grid}", where events are routed'
                )
                hint = "cut one of them"
                yield Finding(
                    "warning",
                    Fault(
                        "void.overlap", message, chart.city.where("voids", void.name), hint, (void.name, grid)
                    ),
                )
