"""The Rust extension. Private: every public name lives in a package of gov_core."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["__version__", "check_outlines", "convert_crs", "read_geojson"]

__version__: str

def convert_crs(
    lon: NDArray[np.float64], lat: NDArray[np.float64], source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def read_geojson(
    data: bytes, degrees: bool
) -> tuple[
    list[tuple[dict[str, str | Literal[False] | None], bool, bytes | None, bool]],
    str | None,
    list[tuple[str, str, str, int | None, int]],
]:
    """Reads a feature collection of places with all its faults.

    Args:
        data: The file.
        degrees: Whether coordinates must be longitudes and latitudes.

    Returns:
        Features (properties with False for what is neither text nor null, whether it is drawn, WKB if
        sound, whether heights were dropped), the name of the crs member, and faults (code, message,
        hint, position of the feature, line).
    """

def check_outlines(
    outlines: list[bytes], degrees: bool
) -> list[tuple[bytes | None, bool, list[tuple[str, str, str]]]]:
    """Judges polygons and multipolygons in WKB.

    Args:
        outlines: One WKB each.
        degrees: Whether coordinates must be longitudes and latitudes.

    Returns:
        For each: WKB in one form if sound (little endian, two dimensions, shells counter-clockwise),
        whether heights were dropped, and flaws (code, message, hint).
    """
