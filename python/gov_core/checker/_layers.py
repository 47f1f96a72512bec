"""Layers that do not keep to what they declare: areas that overlap, ground that none covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gov_core.checker._finding import Finding
from gov_core.checker._map import area_m2, in_words, point_in_words
from gov_core.city._closest import Closest
from gov_core.errors import Fault
from gov_core.places import LAYER_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from gov_core.checker._finding import Severity
    from gov_core.checker._map import CityMap
    from gov_core.city import City
    from gov_core.places import Layer, LayerArea

SLACK_M2 = 1.0
"""How much two areas may share, or a layer leave open: borders drawn twice never agree to the last digit."""


def check_layers(chart: CityMap) -> Iterator[Finding]:
    """Looks over the layers of a city and their areas."""
    city = chart.city
    closest = Closest(LAYER_KINDS)
    for layer in city.layers:
        where = city.where("layers", layer.id)
        # A city may have kinds of its own; one that is nearly a known one is a slip.
        if layer.kind not in LAYER_KINDS and (hint := closest(layer.kind)):
            message = f'the kind "{layer.kind}" is not one that the field knows'
            yield Finding("warning", Fault("layer.kind", message, where, hint, (layer.id,)))
        areas = [area for area in city.layer_areas if area.layer == layer.id]
        if not areas:
            message = "the layer has no areas"
            hint = "draw them, or remove the layer"
            yield Finding("warning", Fault("layer.empty", message, where, hint, (layer.id,)))
            continue
        drawn, outlines, findings = _drawn(areas, chart)
        yield from findings
        # Where areas are known to tile, none overlap, and their union is quick: 0.6 s against 4 s for 1,600
        # areas of 90 vertices and more.
        tiles = shapely.coverage_is_valid(outlines)
        if not layer.overlaps and not tiles:
            yield from _overlaps(drawn, outlines, city)
        if layer.covers:
            union = shapely.coverage_union_all if tiles else shapely.union_all
            yield from _open_ground(layer, union(outlines), chart)


def _drawn(
    areas: Sequence[LayerArea], chart: CityMap
) -> tuple[list[LayerArea], list[BaseGeometry], list[Finding]]:
    """Areas with an outline, the outlines made valid, and what is wrong with each by itself."""
    drawn, outlines, findings = [], [], []

    def tell(code: str, area: LayerArea, message: str, hint: str) -> None:
        severity: Severity = "warning" if code == "layer.outside" else "error"
        fault = Fault(code, message, chart.city.where("layer_areas", area.id), hint, (area.id,))
        findings.append(Finding(severity, fault))

    for area in areas:
        if not area.wkb:
            tell("layer.outline", area, "the area has no outline", "draw its polygon")
            continue
        outline = shapely.from_wkb(area.wkb)
        if not outline.is_valid:
            reason = shapely.is_valid_reason(outline)
            hint = "repair it in a GIS: shapely.make_valid, or Fix geometries in QGIS"
            tell("layer.outline", area, f"the outline is invalid: {reason}", hint)
            outline = shapely.make_valid(outline, method="structure", keep_collapsed=False)
        if not chart.ids_at(outline):
            hint = "is it in the CRS of the city?"
            tell("layer.outside", area, "no part of the area lies in the city", hint)
        drawn.append(area)
        outlines.append(outline)
    return drawn, outlines, findings


def _overlaps(areas: Sequence[LayerArea], outlines: Sequence[BaseGeometry], city: City) -> Iterator[Finding]:
    tree = shapely.STRtree(outlines)
    left, right = tree.query(outlines, predicate="intersects")
    for first, second in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if first >= second:
            continue
        shared = shapely.intersection(outlines[first], outlines[second])
        size = area_m2(shared)
        if size > SLACK_M2:
            ids = (areas[first].id, areas[second].id)
            message = (
                f'"{ids[0]}" and "{ids[1]}" share {in_words(size)} at {point_in_words(shared)},'
                " and the layer declares no overlaps"
            )
            where = city.where("layer_areas", ids[1])
            hint = "draw the border anew, or set overlaps of the layer"
            yield Finding("error", Fault("layer.overlap", message, where, hint, ids))


def _open_ground(layer: Layer, covered: BaseGeometry, chart: CityMap) -> Iterator[Finding]:
    for part in shapely.get_parts(shapely.difference(chart.ground, covered)):
        size = area_m2(part)
        if size > SLACK_M2:
            message = f"no area covers {in_words(size)} of the city at {point_in_words(part)}"
            hint = "draw it into an area, or unset covers of the layer"
            where = chart.city.where("layers", layer.id)
            yield Finding("error", Fault("layer.gap", message, where, hint, (layer.id,)))
