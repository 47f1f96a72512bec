"""Coordinates from one system to another, in columns and only where asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core import _core
from gov_core.errors import CoordinateError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

CRS_NAMES = ("EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")
"""The systems gov_core knows: WGS-84, CGCS2000, the Chinese web maps' and Baidu's."""


def convert(
    lon: ArrayLike, lat: ArrayLike, *, source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Convert coordinates between WGS-84, CGCS2000, GCJ-02 and BD-09.

    GCJ-02 (Amap, Tencent) lies 33 to 680 m from WGS-84 in eastern China, BD-09 (Baidu) about 1 km. The
    formulas are the public ones; whether they are the official ones is not known, and whether a conversion
    is allowed for a given use is a question of law. Nothing in gov_core converts unasked.

    How exact it is:

    * EPSG:4326 and EPSG:4490 count as equal (a degree of latitude differs by 2e-6 m).
    * WGS-84 to GCJ-02 to BD-09 are the formulas themselves.
    * GCJ-02 to WGS-84 errs by less than 2e-6 m (1e-5 m within a metre of the meridian 105 E), BD-09 to
      GCJ-02 by less than 2e-7 m in China and 2e-6 m elsewhere. The one-step inverses in common use err by up
      to 3.7 m and 0.24 m.
    * Outside of the box 72.004 to 137.8347 E, 0.8293 to 55.8271 N, GCJ-02 equals WGS-84: such points stay
      unchanged. The box is tested on the coordinates as given. It is no border: Hong Kong, Taiwan and parts
      of the neighbouring countries lie inside and are shifted; and within 700 m of its sides, there and back
      may end beside the start.
    * A pair with a NaN or an infinity in it comes back unchanged.

    Args:
        lon: Longitudes in degrees; numpy, Arrow, pandas, a list or one number. Not modified.
        lat: Latitudes in degrees, of the same shape.
        source: System of the input, one of `CRS_NAMES`, spelled exactly.
        target: System of the result, one of `CRS_NAMES`.

    Returns:
        New float64 arrays of longitudes and latitudes, in the shape of the input.

    Raises:
        CoordinateError: A system is unknown (``coordinate.unknown_crs``; the hint is the name that was
            probably meant), or the shapes differ (``coordinate.length``).

    Examples:
        >>> lon, lat = convert([120.16], [30.24], source="EPSG:4326", target="GCJ-02")
        >>> print(lon.round(6), lat.round(6))
        [120.164677] [30.237659]
    """
    import numpy as np  # 0.2 s that routing a file does without

    x, y = (np.asarray(column, dtype=np.float64) for column in (lon, lat))
    if x.shape != y.shape:
        message = f"longitudes have shape {x.shape}, latitudes {y.shape}"
        raise CoordinateError(message, code="coordinate.length")
    out_x, out_y = _core.convert_crs(x.ravel(), y.ravel(), source, target)
    return out_x.reshape(x.shape), out_y.reshape(y.shape)
