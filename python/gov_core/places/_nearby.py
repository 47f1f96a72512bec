"""Which grids lie around a point: for what must not stop at a border."""

from __future__ import annotations

from functools import cached_property
from math import cos, radians
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely

_DEGREE_M: Final = 110_500.0
"""Metres of a degree, a little less than anywhere on the ellipsoid: a grid too many, never one too few."""
_LEAST_COSINE: Final = 1e-6


class Nearby:
    """The grids of one map, to be asked for those around a point.

    Args:
        ids: What the grids are called.
        outlines: Their outlines as WKB in degrees, in the same order.
    """

    def __init__(self, ids: Sequence[str], outlines: Sequence[bytes]) -> None:
        self._ids, self._outlines = ids, outlines

    def within(self, lon: float, lat: float, metres: float) -> tuple[str, ...]:
        """Ids of the grids that may have a point within a distance: all that have one, and few more.

        A grid is found if it enters the box of twice the distance around the point. The borders of grids are
        straight in degrees. Nothing wraps around at 180 degrees.

        Args:
            lon: Longitude in degrees, in the CRS of the grids.
            lat: Latitude in degrees.
            metres: How far at most, inclusive.

        Returns:
            The nearest first, as a plane through the point has it; of equals in the order of the map. The
            grids that hold the point come first.

        Raises:
            ValueError: A number is NaN or infinite, or the distance is negative.
        """
        import numpy as np
        import shapely

        if not (np.isfinite((lon, lat, metres)).all() and metres >= 0):
            message = (
                f"no grids lie within {metres} m of {lon}, {lat}: finite numbers are needed, 0 m or more"
            )
            raise ValueError(message)
        narrow = max(cos(radians(lat)), _LEAST_COSINE)
        high = metres / _DEGREE_M
        wide = high / max(cos(radians(min(abs(lat) + high, 90.0))), _LEAST_COSINE)
        around = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
        slots = sorted(self._tree.query(around, predicate="intersects").tolist())
        near = shapely.transform(
            self._tree.geometries.take(slots), lambda at: (at - (lon, lat)) * (narrow, 1.0)
        )
        far = shapely.distance(near, shapely.Point(0.0, 0.0)).tolist()
        return tuple(self._ids[slot] for _, slot in sorted(zip(far, slots, strict=True)))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        import shapely

        return shapely.STRtree(shapely.from_wkb(list(self._outlines)))
