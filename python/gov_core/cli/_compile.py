"""Makes the router of a city folder, with a saved index if there is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gov_core.city import City
from gov_core.routing import GridIndex, Router

if TYPE_CHECKING:
    from pathlib import Path


def compile_router(folder: Path, *, index: Path | None, threads: int) -> Router:
    """Load a city and compile its router.

    Args:
        folder: The city.
        index: An index saved by ``gov-core index``; None builds it.
        threads: 0 is one a core.

    Raises:
        CityError: The folder cannot be used, or its answers would be ambiguous.
        IndexFileError: The saved index is damaged, or of another city.
    """
    city = City.load(folder)
    grids = GridIndex.open(index) if index else None
    return Router.compile(city, index=grids, threads=threads or os.cpu_count() or 1)
