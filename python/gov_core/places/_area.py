"""The size of ground drawn in degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

_AXIS_M = 6_378_137.0
_FLATTENING = 1 / 298.257_223_563
"""WGS-84; CGCS2000 has the same axis and differs in the tenth digit of the flattening."""


def areas_m2(outlines: Iterable[bytes]) -> NDArray[np.float64]:
    """Areas on the ellipsoid, in square metres.

    The cylindrical projection of equal areas keeps the area of everything; what remains is that borders are
    straight in degrees here and straight on its plane there, less than a millionth for edges under 10 km.
    In GCJ-02 and BD-09, whose degrees are bent, areas are off by about a thousandth.

    Args:
        outlines: Polygons or multipolygons as WKB, in degrees.
    """
    import numpy as np
    import shapely

    eccentricity = np.sqrt(_FLATTENING * (2 - _FLATTENING))

    def flat(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = np.radians(degrees).T
        s = np.sin(lat)
        rim = (1 - eccentricity**2) * s / (1 - (eccentricity * s) ** 2)
        bow = (1 - eccentricity**2) / eccentricity * np.arctanh(eccentricity * s)
        return np.column_stack([_AXIS_M * lon, _AXIS_M / 2 * (rim + bow)])

    drawn = shapely.from_wkb(np.array(list(outlines), dtype=object))
    areas: NDArray[np.float64] = shapely.area(shapely.transform(drawn, flat))
    return areas
