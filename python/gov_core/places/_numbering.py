"""Numbers the grids of a community: west to east, rows from north to south."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.errors import Fault, PlaceCodeError
from gov_core.places._code import DIVISION, GRID, GridCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    Box = tuple[float, float, float, float]

MOST_GRIDS = 999
"""What three digits can number."""


def reading_order(outlines: Mapping[str, bytes]) -> list[str]:
    """Ids of areas in the order in which a page is read, north up.

    Only the box around each area and the middle of that box count, so that neither the order of vertices nor
    the shape inside of the box matters.

    1. The area whose middle is furthest north opens a row (of several: the westernmost, then the first id).
    2. The row takes every area left whose middle lies north of the southern edge of the opener's box.
    3. Within the row the middles go from west to east (of several: the northernmost, then the first id).
    4. What is left forms the next row in the same way.

    Args:
        outlines: Id to polygon or multipolygon as WKB.
    """
    import numpy as np
    import shapely

    ids = sorted(outlines)
    boxes = shapely.bounds(shapely.from_wkb(np.array([outlines[name] for name in ids], dtype=object)))
    west, south, east, north = boxes.reshape(-1, 4).T
    lon, lat = (west + east) / 2, (south + north) / 2
    # Sorted once by how they would open a row; a row then takes what is left, wherever it stands.
    left = sorted(range(len(ids)), key=lambda at: (-lat[at], lon[at], ids[at]))
    order: list[str] = []
    while left:
        floor = south[left[0]]
        row = [at for at in left if lat[at] > floor] or left[:1]
        order += [ids[at] for at in sorted(row, key=lambda at: (lon[at], -lat[at], ids[at]))]
        left = left[len(row) :]
    return order


def number_grids(community: str, outlines: Mapping[str, bytes]) -> dict[str, str]:
    """Codes of 15 digits for the grids of one community, in `reading_order` from 001 on.

    Args:
        community: Code of the community, 12 digits.
        outlines: Id of each of its grids to polygon or multipolygon as WKB.

    Returns:
        Id of each grid to its code, in the order of the codes.

    Raises:
        PlaceCodeError: `community` is no code of 12 digits, or there are more than 999 grids.

    Source:
        DB11, division of unit grids (Beijing): west to east, north to south inside a community.
    """
    division = DIVISION.parse(community)
    faults = []
    if not division.community:
        message = f'code "{community}" is of no community'
        faults.append(Fault("code.length", message, "", "a community has 12 digits"))
    if len(outlines) > MOST_GRIDS:
        message = f'community "{community}" has {len(outlines)} grids'
        faults.append(Fault("code.full", message, "", f"three digits number {MOST_GRIDS}"))
    if faults:
        raise PlaceCodeError(faults)
    above = (division.county, division.street, division.community)
    return {
        grid: GRID.format(GridCode(*above, number))
        for number, grid in enumerate(reading_order(outlines), start=1)
    }
