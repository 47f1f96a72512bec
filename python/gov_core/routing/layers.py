"""Jurisdictions beside the grids: which police beats, business districts and parks hold a point."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gov_core.routing.crs import convert
from gov_core.routing.layer import LayerIndex
from gov_core.routing.lists import area_lists

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from gov_core.city import City
    from gov_core.routing.lists import AreaList

PREFIX = "layer_"
"""How the column of a layer is called: ``layer_beats`` for the layer ``beats``."""


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    areas: tuple[str, ...]
    index: LayerIndex


class Layers:
    """The layers of one city, each indexed for itself.

    A layer is no partition: a point may lie in several areas of it, or in none. Borders belong to every area
    they bound. Immutable; may be used by many threads.

    Args:
        lists: The layers with their areas.
        crs: What coordinates are in that do not say: that of the city.

    Raises:
        GeometryError: Outlines cannot be read; all of those of the first such layer.
    """

    __slots__ = ("_crs", "_layers")

    def __init__(self, lists: Iterable[AreaList], crs: str) -> None:
        self._crs = crs
        self._layers = [
            _Layer(name, areas, LayerIndex.build(outlines, ids=areas)) for name, areas, outlines in lists
        ]

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the layers, in the order of the city."""
        return tuple(layer.name for layer in self._layers)

    def at(self, lon: float, lat: float) -> dict[str, tuple[str, ...]]:
        """The areas of every layer that hold a point, in the order of the city; none for some layers.

        Args:
            lon: Degrees, in the CRS of the city.
            lat: Degrees.

        Raises:
            CoordinateError: A coordinate is NaN or infinite.
        """
        return {
            layer.name: tuple(layer.areas[at] for at in layer.index.locate_all(lon, lat))
            for layer in self._layers
        }

    def at_batch(self, lon: object, lat: object, *, threads: int = 1) -> dict[str, list[tuple[str, ...]]]:
        """The areas of every layer that hold each of many points; arguments as for `GridIndex.locate_batch`.

        Points whose coordinates are missing, NaN or infinite lie in no area.
        """
        found = {}
        for layer in self._layers:
            offsets, ids = layer.index.locate_all_batch(lon, lat, threads=threads)
            names = [layer.areas[at] for at in ids.tolist()]
            ends = offsets.tolist()
            found[layer.name] = [tuple(names[start:end]) for start, end in pairwise(ends)]
        return found

    def columns(self, events: Any, threads: int = 1) -> dict[str, Any]:  # noqa: ANN401 - an Arrow table
        """For each layer a column of text: ids of the areas that hold an event, joined by ``;``.

        Args:
            events: Table of arro3 with numbers lon and lat, and texts crs if it has them. Null where no area
                holds the event, and where it has no coordinates, or such as no grid would be found by.
            threads: Threads that share the work.
        """
        import numpy as np

        rows = events.num_rows
        lon, lat = (_numbers(events, name, rows) for name in ("lon", "lat"))
        if "crs" in events.column_names:
            lon, lat = self._converted(lon, lat, np.array(events.column("crs").to_pylist(), dtype=object))
        return {PREFIX + layer.name: _texts(layer, lon, lat, threads) for layer in self._layers}

    def _converted(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], crs: NDArray[np.object_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates in the CRS of the city; NaN where theirs is none that there is."""
        import numpy as np

        from gov_core.errors import CoordinateError

        out_lon, out_lat = lon.copy(), lat.copy()
        for name in set(crs.tolist()) - {None, "", self._crs}:
            at = np.flatnonzero(crs == name)
            try:
                out_lon[at], out_lat[at] = convert(lon[at], lat[at], source=name, target=self._crs)
            except CoordinateError:
                out_lon[at] = np.nan
        return out_lon, out_lat


def layers_of(city: City) -> Layers:
    """Indexes the layers of a city.

    Raises:
        GeometryError: Outlines of areas cannot be read.
    """
    return Layers(area_lists(city), city.crs)


def _numbers(events: Any, name: str, rows: int) -> NDArray[np.float64]:  # noqa: ANN401 - an Arrow table
    import numpy as np

    if name not in events.column_names:
        return np.full(rows, np.nan)
    column = events.column(name)
    values = column.to_pylist() if column.null_count else column.to_numpy()
    return np.array(values, dtype=np.float64)


def _texts(layer: _Layer, lon: NDArray[np.float64], lat: NDArray[np.float64], threads: int) -> Any:  # noqa: ANN401
    """A column of text; what stands in it is looked up once for each combination of areas."""
    import numpy as np
    from arro3.core import Array, DataType

    offsets, ids = layer.index.locate_all_batch(lon, lat, threads=threads)
    counts = np.diff(offsets)
    none = len(layer.areas)
    keys = np.full(len(lon), none, dtype=np.int64)
    single = counts == 1
    keys[single] = ids[offsets[:-1][single]]
    words: list[str | None] = [*layer.areas, None]
    known: dict[tuple[int, ...], int] = {}
    for row in np.flatnonzero(counts > 1).tolist():
        areas = tuple(ids[offsets[row] : offsets[row + 1]].tolist())
        if areas not in known:
            known[areas] = len(words)
            words.append(";".join(layer.areas[at] for at in areas))
        keys[row] = known[areas]
    return Array(words, DataType.utf8()).take(Array(keys))
