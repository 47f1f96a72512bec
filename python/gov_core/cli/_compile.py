"""Makes the router of a city folder: of one day, or of all versions, with a saved index if there is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

from gov_core.city import City
from gov_core.routing import GridIndex, Router, RouterHistory

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from gov_core.routing import AnyRouter


def compile_router(folder: Path, *, index: Path | None, threads: int, as_of: date | None = None) -> Router:
    """Load a city and compile one version.

    Args:
        folder: The city.
        index: An index saved by ``gov-core index``; None builds it.
        threads: 0 is one a core.
        as_of: The version of this day; None for the newest.

    Raises:
        CityError: The folder cannot be used, or its answers would be ambiguous.
        IndexFileError: The saved index is damaged, or of another city.
    """
    city = City.load(folder)
    if as_of is not None:
        city = city.as_of(as_of)
    grids = GridIndex.open(index) if index else None
    return Router.compile(city, index=grids, threads=threads or os.cpu_count() or 1)


def compile_history(folder: Path, *, index: Path | None, threads: int) -> AnyRouter:
    """Load a city and compile all of its versions; one router if there is but one.

    Args:
        folder: The city.
        index: As for `compile_router`; several versions have several maps, for which one index is refused.
        threads: 0 is one a core.

    Raises:
        CityError, IndexFileError: As `compile_router`.
    """
    city = City.load(folder)
    threads = threads or os.cpu_count() or 1
    if len(city.versions) == 1:
        grids = GridIndex.open(index) if index else None
        return Router.compile(city, index=grids, threads=threads)
    if index is not None:
        message = f"the city has {len(city.versions)} versions; an index is of one: choose it by --as-of"
        raise typer.BadParameter(message, param_hint="--index")
    return RouterHistory.compile(city, threads=threads)
