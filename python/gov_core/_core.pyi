"""The Rust extension. Private: every public name lives in a package of gov_core."""

from collections.abc import Sequence
from os import PathLike
from typing import Literal, final

import numpy as np
from arro3.core import Table
from numpy.typing import NDArray

from gov_core.routing.findings import Finding
from gov_core.routing.lists import Lists

__all__ = [
    "UNCOVERED",
    "GridIndex",
    "JsonKeys",
    "LayerIndex",
    "Nearest",
    "NearestBatch",
    "OpenHours",
    "Router",
    "RouterHistory",
    "SeenIds",
    "__version__",
    "check_outlines",
    "convert_crs",
    "count_texts",
    "cpu_level",
    "read_geojson",
    "starts_formulas",
]

__version__: str

cpu_level: str
"""The instruction set that batches run with: "baseline", "avx2" or "avx512"."""

UNCOVERED: int
"""The answer of a batch for a point that no grid holds: 2**32 - 1."""

@final
class GridIndex:
    """Exact point-in-partition index over the leaf grids of one city.

    Immutable and shared freely between threads. A *slot* is the position of a grid in what the index was
    built from; it means nothing outside of this index, so results and files hold place ids instead.

    Every point of the closed union of all grids has exactly one owner. On a border that is the grid an
    infinitesimal step east, then north, of the point (p + (e, e^2)); where none lies there, the first grid
    counter-clockwise from east. The answer depends on neither the order of the grids, the profile, the
    number of threads nor the machine.
    """

    @staticmethod
    def build(
        geometries: object,
        *,
        profile: Literal["fast", "compact"] = "fast",
        snap_deg: float | None = None,
        threads: int = 0,
        ids: Sequence[str] | None = None,
        digest: str = "",
    ) -> GridIndex:
        """Builds the index from polygons that are a partition, and proves that they are.

        Vertices that lie exactly on a neighbour's edge are made vertices of it. Ground that no polygon
        covers stays uncovered. Rings may run either way round.

        Args:
            geometries: Polygons and multipolygons in degrees, one a grid: an iterable of WKB bytes, of
                objects with
                ``__geo_interface__`` (shapely, GeoJSON mappings), or a GeoArrow column.
            profile: "fast" answers soonest (about 3.4 times the size of the WKB), "compact" is smaller
                (2.3 times).
            snap_deg: Snap vertices and edges that lie within this many degrees of each other first, to close
                slivers; off by default. `report` says what it did.
            threads: Threads that share the work; 0 is as many as there are processors. The index is the
                same for any number.
            ids: What the grids are called: in errors, and in files beside the slots.
            digest: The digest of the city that the grids are of.

        Raises:
            CoverageError: Grids overlap; every pair with a point that lies in both.
            GeometryError: A geometry cannot be read, or its outline crosses itself.
            TypeError: Something is no geometry.
        """

    @staticmethod
    def open(path: str | PathLike[str], *, verify: bool | None = None) -> GridIndex:
        """Opens a saved index by mapping its file: milliseconds, and one copy in memory for all processes.

        Leave the file alone while it is open; `save` onto the same path is fine, for that renames a new
        file there.

        Args:
            path: The file.
            verify: Whether to read all of it and hold it against its checksum. None: up to 16 MB. Without,
                lookups are still memory-safe whatever the file holds, but a damaged one may answer wrong.

        Raises:
            IndexFileError: It is foreign, damaged or of another version.
            OSError: It cannot be read.
        """

    def save(self, path: str | PathLike[str]) -> None:
        """Saves the index: written whole under a temporary name beside `path`, then renamed onto it.

        Raises:
            OSError: It cannot be written; `path` then holds what it held before.
        """

    @staticmethod
    def from_bytes(data: bytes, *, verify: bool | None = None) -> GridIndex:
        """Reads an index from what `to_bytes` gave. Pickling uses this, or the path of an opened index.

        Raises:
            IndexFileError: As for `open`.
        """

    def to_bytes(self) -> bytes:
        """Returns the index in the form of a file."""

    def __len__(self) -> int: ...
    @property
    def ids(self) -> tuple[str, ...] | None:
        """The ids of the grids by slot, if they were named."""

    @property
    def digest(self) -> str:
        """The digest of the city that the grids are of; empty if none was given."""

    @property
    def report(self) -> dict[str, int]:
        """What was done to the input: distinct ``edges``, vertices ``noded`` and ``snapped``."""

    @property
    def profile(self) -> Literal["fast", "compact"]:
        """What it was built for."""

    @property
    def nbytes(self) -> int:
        """Size in memory, in bytes; a saved file is a header larger."""

    def locate(self, lon: float, lat: float) -> int | None:
        """Returns the slot of the grid that owns a point, or None where no grid is.

        Args:
            lon: Longitude in degrees, in the CRS of the grids.
            lat: Latitude in degrees.

        Raises:
            CoordinateError: A coordinate is NaN or infinite.
        """

    def locate_batch(self, lon: object, lat: object, *, threads: int = 1) -> NDArray[np.uint32]:
        """Returns the slots of many points.

        Args:
            lon: Longitudes in degrees, shape (n,): a contiguous numpy array or an Arrow column of float64 is
                read in place, anything else that numpy understands is converted.
            lat: Latitudes, likewise.
            threads: Threads that share the work; the answers are the same for any number.

        Returns:
            Shape (n,), `UNCOVERED` (2**32 - 1) where no grid is and for coordinates that are missing, NaN
            or infinite.

        Raises:
            ValueError: The columns differ in length.
        """

    def locate_nearest(self, lon: float, lat: float, *, within_m: float) -> Nearest | None:
        """Returns the grid that owns a point, or else the nearest one within a distance.

        Distances are metres on the WGS-84 ellipsoid; borders are straight in degrees. A distance d errs by
        less than 1e-8 m + d (d / R)^2 / (4 cos^2 lat) with R = 6.36e6 m: 1e-5 m in 1 km and 0.01 m in 10 km
        at 45 degrees. Beyond 100 km, or within 1 degree of a pole, it is a rough figure. Nothing wraps
        around at 180 degrees: grids across that meridian need longitudes beyond 180.

        Of border points equally far away the easternmost counts, of those the northernmost; the grid is
        the one that owns that point. The order of the grids never matters.

        Args:
            lon: Longitude in degrees, in the CRS of the grids.
            lat: Latitude in degrees.
            within_m: Largest distance to search, in metres, inclusive; may be infinite. The cost grows with
                the area searched, so a finite limit keeps points far from every grid cheap.

        Returns:
            The grid, or None if none lies within the distance.

        Raises:
            CoordinateError: A coordinate is NaN or infinite.
            ValueError: The limit is NaN or negative.

        Examples:
            >>> from shapely import box
            >>> index = GridIndex.build([box(118.0, 32.0, 118.1, 32.1)])
            >>> near = index.locate_nearest(118.101, 32.05, within_m=200)
            >>> near.slot, round(near.distance_m), round(near.bearing_deg)
            (0, 94, 270)
        """

    def locate_nearest_batch(
        self, lon: object, lat: object, *, within_m: float, threads: int = 1
    ) -> NearestBatch:
        """Returns the owner or the nearest grid of many points; see `locate_nearest`.

        Args:
            lon: Longitudes in degrees, shape (n,), as for `locate_batch`.
            lat: Latitudes, likewise.
            within_m: Largest distance to search, in metres, inclusive.
            threads: Threads that share the work; the answers are the same for any number.

        Raises:
            ValueError: The columns differ in length, or the limit is NaN or negative.
        """

    def border_distance_m(self, lon: float, lat: float) -> float | None:
        """Returns the metres from a point to the border of the grid that holds it.

        That is how sure the answer of `locate` is: a point 3 m from the border, measured to within 10 m, may
        as well belong next door. A border is where another grid or uncovered ground begins. The error is that
        of `locate_nearest`.

        Args:
            lon: Longitude in degrees, in the CRS of the grids.
            lat: Latitude in degrees.

        Returns:
            The distance, 1e-8 at most on a border; None where no grid holds the point.

        Raises:
            CoordinateError: A coordinate is NaN or infinite.
        """

    def border_distance_batch(self, lon: object, lat: object, *, threads: int = 1) -> NDArray[np.float64]:
        """Returns the metres from many points to the border of their own grid; see `border_distance_m`.

        Args:
            lon: Longitudes in degrees, shape (n,), as for `locate_batch`.
            lat: Latitudes, likewise.
            threads: Threads that share the work; the answers are the same for any number.

        Returns:
            Shape (n,), NaN where no grid is and for coordinates that are missing, NaN or infinite.

        Raises:
            ValueError: The columns differ in length.
        """

@final
class Nearest:
    """The grid nearest to a point, and the way there."""

    @property
    def slot(self) -> int:
        """Slot of the grid."""

    @property
    def distance_m(self) -> float:
        """Metres to the nearest point of the grid; 0 if the grid holds the point."""

    @property
    def bearing_deg(self) -> float:
        """Direction in which to set out: degrees clockwise from north, in [0, 360); 0 if the distance is."""

    @property
    def lon(self) -> float:
        """Longitude of the grid's nearest point."""

    @property
    def lat(self) -> float:
        """Latitude of the grid's nearest point."""

    def __eq__(self, other: object, /) -> bool: ...

@final
class NearestBatch:
    """The grids nearest to many points: columns of shape (n,), each as in `Nearest`.

    Where no grid lies within the limit, and for coordinates that are missing, NaN or infinite, the slot is
    `UNCOVERED` and all else is NaN.
    """

    def __len__(self) -> int: ...
    @property
    def slot(self) -> NDArray[np.uint32]:
        """Slots of the grids."""

    @property
    def distance_m(self) -> NDArray[np.float64]:
        """Metres to the nearest point of each grid."""

    @property
    def bearing_deg(self) -> NDArray[np.float64]:
        """Directions in which to set out, in degrees clockwise from north."""

    @property
    def lon(self) -> NDArray[np.float64]:
        """Longitudes of the nearest points."""

    @property
    def lat(self) -> NDArray[np.float64]:
        """Latitudes of the nearest points."""

@final
class JsonKeys:
    """The keys of the lines of an NDJSON file, and the kinds of their values."""

    def __new__(cls) -> JsonKeys: ...
    def scan(self, data: bytes) -> bool:
        """Looks at more lines.

        Returns:
            Whether each is exactly one object in which no key comes twice; other lines add no keys.
        """

    def columns(self) -> list[tuple[str, str]]:
        """Keys in the order of first appearance, each with the kind of its values.

        A kind is ``null``, ``bool``, ``int``, ``float`` or ``text``.
        """

@final
class SeenIds:
    """The ids of a file so far, as 64-bit hashes.

    Two different ids share a hash with a chance of 3e-8 in a million ids.
    """

    def __new__(cls, limit: int) -> SeenIds: ...
    def again(self, ids: object) -> list[int]:
        """Returns the rows of an Arrow column whose id has come before, in it or in an earlier one.

        Nulls are no ids. Beyond `limit` ids no more are remembered.
        """

@final
class OpenHours:
    """Working time as one line: windows in which it runs, from a first to a last instant.

    Times and lengths are microseconds. A batch answers -2**63 where a single call answers None.
    """

    def __new__(cls, starts: NDArray[np.int64], ends: NDArray[np.int64], first: int, last: int) -> OpenHours:
        """Makes the line.

        Args:
            starts: First instant of each window, ascending, shape (n,).
            ends: First instant after each window; they may touch.
            first: The line begins here; times before it are not on it.
            last: And ends here.

        Raises:
            ValueError: The windows are in no order.
        """

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last instant."""

    def add(self, at: int, work: int) -> int | None:
        """The earliest instant by which `work` has run since `at`; None if the line does not hold it."""

    def between(self, start: int, end: int) -> int | None:
        """Working time from `start` to `end`, negative if that is earlier; None off the line."""

    def add_batch(self, at: NDArray[np.int64], work: NDArray[np.int64]) -> NDArray[np.int64]:
        """`add` for many rows.

        Raises:
            ValueError: There are not as many of both.
        """

    def between_batch(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        """`between` for many rows.

        Raises:
            ValueError: There are not as many of both.
        """

@final
class LayerIndex:
    """Exact index of polygons that may overlap: police beats, school districts, parks, business areas.

    Unlike the grids of a `GridIndex` they are no partition: a point belongs to every polygon that holds
    it, borders included, which is what ``intersects`` means in shapely. Inside is what an odd number of rings
    surrounds, over all rings of a multipolygon; for a valid one that is its area. No answer depends on
    rounding.

    Immutable and shared freely between threads. An *id* is the position of a polygon in what the index was
    built from.
    """

    @staticmethod
    def build(geometries: object, *, ids: Sequence[str] | None = None) -> LayerIndex:
        """Builds the index; 1 to 2 seconds a million corners, 150 to 350 bytes each.

        Args:
            geometries: Polygons and multipolygons that may overlap: an iterable of WKB bytes, of objects with
                ``__geo_interface__`` (shapely, GeoJSON mappings), or a GeoArrow column. All in one CRS,
                that of the points.
            ids: What to call the polygons in errors.

        Raises:
            GeometryError: Geometries cannot be read; every one of them is listed.
            TypeError: Something is no geometry.
            ValueError: There are more or fewer ids than geometries.
        """

    def __len__(self) -> int: ...
    @property
    def nbytes(self) -> int:
        """Size in memory, in bytes."""

    def locate_all(self, lon: float, lat: float) -> list[int]:
        """Returns the ids of all polygons that hold a point, ascending.

        Args:
            lon: Longitude, in the CRS of the polygons.
            lat: Latitude.

        Raises:
            CoordinateError: A coordinate is NaN or infinite.
        """

    def locate_all_batch(
        self, lon: object, lat: object, *, threads: int = 1
    ) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Returns the ids of all polygons that hold each of many points.

        Args:
            lon: Longitudes, shape (n,): a contiguous numpy array or an Arrow column of float64 in one
                chunk is read
                in place, anything else that numpy understands is converted.
            lat: Latitudes, likewise.
            threads: Threads that share the work; the answers are the same for any number.

        Returns:
            Offsets, shape (n + 1,), and ids: point ``i`` lies in ``ids[offsets[i]:offsets[i + 1]]``,
            ascending; in none where a coordinate is missing, NaN or infinite. The two are the buffers of an
            Arrow large list.

        Raises:
            ValueError: The columns differ in length.
        """

def convert_crs(
    lon: NDArray[np.float64], lat: NDArray[np.float64], source: str, target: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def read_geojson(
    data: bytes, degrees: bool
) -> tuple[
    list[tuple[dict[str, str | float | None], bool, bytes | None, bool]],
    str | None,
    list[tuple[str, str, str, int | None, int]],
]:
    """Reads a feature collection of places with all its faults.

    Args:
        data: The file.
        degrees: Whether coordinates must be longitudes and latitudes.

    Returns:
        Features (properties with False for what is neither text, number nor null, whether it is drawn, WKB if
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

def starts_formulas(column: object) -> bool:
    """Tells whether a text of an Arrow column (or of its dictionary) starts with ``= + - @``, tab or CR."""

@final
class Router:
    """The compiled router behind `gov_core.routing.Router`; immutable."""

    @staticmethod
    def compile(index: GridIndex, lists: Lists) -> tuple[Router | None, list[Finding], int]:
        """Compiles rules onto grids.

        Returns:
            The router with what is odd about the rules, or None with what is wrong; and how many findings are
            not listed.

        Raises:
            ValueError: The index has another number of grids than the city.
        """

    @property
    def places(self) -> list[int]:
        """By key of a place in answers: its position in the list of places."""

    @property
    def assists(self) -> list[list[int]]:
        """Groups of assisting units, by key: positions in the list of units."""

    def route(self, event: object) -> tuple[int, int, int, int, int]:
        """Routes one event, given as a mapping.

        Returns:
            Keys of the place, the rule, the unit and the group of assistants, -1 where there is none; and the
            status, a position in `STATUSES`.

        Raises:
            EventError: Values are of a wrong type.
            TypeError: The event is no mapping.
        """

    def explain(self, event: object) -> tuple[list[tuple[int, str, int | None, list[str]]], int]:
        """Says what became of each rule.

        Returns:
            Verdicts as `gov_core.routing.explain` puts into words, and how many rules that do not apply
            are left out. None of both if the event is in no grid or names what the city does not have.
        """

    def route_batch(self, events: object, nearest_within_m: float | None, threads: int) -> Table:
        """Routes columns of events.

        Args:
            events: The columns, by the Arrow PyCapsule interface.
            nearest_within_m: Measure how sure locations are, too, and look this far for the nearest grid.
            threads: Threads that share the work.

        Returns:
            The columns of answers alone.

        Raises:
            EventError: Columns are missing, of a wrong type or there twice.
        """

@final
class RouterHistory:
    """The routers behind `gov_core.routing.RouterHistory`."""

    def __new__(cls, routers: list[Router], local: list[int], utc: list[int]) -> RouterHistory:
        """Puts versions together.

        Args:
            routers: In the order of their time.
            local: Since when each is valid: microseconds since 1970 by the local clock.
            utc: The same in UTC.
        """

    def version(self, time: str) -> int | None:
        """Returns the position of the version valid at a time in ISO 8601."""

    def route_batch(self, events: object, nearest_within_m: float | None, threads: int) -> Table:
        """Routes columns of events; the answers have the dictionaries of all versions together.

        Args:
            events: With a column ``reported_at``.
            nearest_within_m: Append precision, looking for the nearest grid this far; None without.
            threads: Threads.
        """

def count_texts(column: object) -> list[tuple[str, int]]:
    """Tells how many rows of an Arrow dictionary column have each of its texts; nulls do not count."""
