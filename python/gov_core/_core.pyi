"""The Rust extension. Private: every public name lives in a package of gov_core."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["__version__", "convert_crs"]

__version__: str

def convert_crs(
    lon: NDArray[np.float64], lat: NDArray[np.float64], source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
