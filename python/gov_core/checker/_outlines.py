"""Outlines that other programs refuse, though their inside is clear, and voids that are not clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gov_core.checker._finding import Finding
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._map import CityMap

_HINT = "repair it in a GIS: shapely.make_valid, or Fix geometries in QGIS"


def check_outlines(chart: CityMap) -> Iterator[Finding]:
    """Finds invalid outlines, as far as building the index has not refused them already.

    It may have refused such a grid for an overlap only, which is then hard to understand by itself.
    """
    refused = {name for fault in chart.refused if fault.code != "geometry.overlap" for name in fault.ids}
    for slot in chart.invalid:
        grid = chart.city.grids[slot]
        if grid not in refused:
            reason = shapely.is_valid_reason(chart.drawn[slot])
            message = f"GIS programs call the outline invalid: {reason}"
            yield Finding("warning", Fault("geometry.not_simple", message, chart.where(grid), _HINT, (grid,)))
    others = [(void.name, void.wkb, chart.city.where("voids", void.name)) for void in chart.city.voids]
    others += [(name, wkb, chart.where(name)) for name, wkb in chart.city.outlines]
    for name, wkb, where in others:
        outline = shapely.from_wkb(wkb)
        if not outline.is_valid:
            message = f"the outline is invalid: {shapely.is_valid_reason(outline)}"
            yield Finding("error", Fault("geometry.invalid_outline", message, where, _HINT, (name,)))
