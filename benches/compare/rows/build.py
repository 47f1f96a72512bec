"""build: from WKB to an index, both profiles; peak memory, size of the file, opening it; cost an element."""

from __future__ import annotations

import tempfile
from pathlib import Path

from compare.goal import Goal, at_most, only
from compare.inputs import outlines, points, truth
from compare.rows.locate import POINTS
from compare.trial import Record, contest, peak_rss, per_item, timed

SIZES = (265, 2_650, 10_000, 31_600, 100_000)
LARGEST = SIZES[-1]


def run() -> list[Record]:
    return [
        contest("build", "gov_core", grids=grids, profile=profile)
        for grids in SIZES
        for profile in ("fast", "compact")
    ]


def goals(records: list[Record]) -> list[Goal]:
    fast, compact = (only(records, grids=LARGEST, profile=name) for name in ("fast", "compact"))
    what = f"{LARGEST:,} grids, {fast['vertices'] / 1e6:.1f}M vertices"
    found = [at_most(f"{what}: build, fast, one thread", fast["seconds"], 5, "s")]
    found.append(Goal(f"{what}: build, compact, one thread", "", f"{compact['seconds']:.2f} s"))
    found.append(at_most(f"{what}: file, fast", fast["file"] / fast["wkb"], 7, "x WKB"))
    found.append(at_most(f"{what}: file, compact", compact["file"] / compact["wkb"], 3, "x WKB"))
    found.append(at_most(f"{what}: file, compact, stretch", compact["file"] / compact["wkb"], 2, "x WKB"))
    found.append(at_most(f"{what}: locate_batch, compact", compact["locate_ns"], 45, "ns/point"))
    found.append(at_most(f"{what}: locate_batch, compact, stretch", compact["locate_ns"], 30, "ns/point"))
    peak = max(fast["peak_rss"], compact["peak_rss"]) / 1e9
    found.append(at_most(f"{what}: peak memory of a process that builds", peak, 1.5, "GB"))
    found += [
        at_most(f"{what}: open, {record['profile']}", record["open_ms"], 10, "ms")
        for record in (fast, compact)
    ]
    found += [Goal(f"{r['grids']:,} grids, {r['profile']}", "", _cost(r)) for r in records]
    return found


def _cost(record: Record) -> str:
    """What a vertex costs."""
    vertices = record["vertices"]
    return (
        f"{vertices / 1e6:.2f}M vertices: {record['seconds'] / vertices * 1e9:.0f} ns to build, "
        f"{record['file'] / vertices:.0f} B in the file, {record['peak_rss'] / vertices:.0f} B at the peak; "
        f"{record['locate_ns']:.1f} ns/point"
    )


def gov_core(grids: int, profile: str) -> Record:
    """GridIndex.build on one thread, save, open, locate_batch."""
    from gov_core.routing import GridIndex

    pieces = outlines(grids)
    index = GridIndex.build(pieces, profile=profile, threads=1)
    peak = peak_rss()
    seconds, _ = timed(lambda: GridIndex.build(pieces, profile=profile, threads=1), runs=5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "city.index")
        index.save(path)
        opening, opened = timed(lambda: GridIndex.open(path), runs=50)
        lon, lat = points(grids, POINTS)
        locating, slots = timed(lambda: opened.locate_batch(lon, lat))
        truth(grids, POINTS).check(slots)
        file = path.stat().st_size
    return per_item(seconds, grids) | {
        "vertices": sum(_vertices(piece) for piece in pieces),
        "wkb": sum(map(len, pieces)),
        "file": file,
        "nbytes": index.nbytes,
        "peak_rss": peak,
        "open_ms": opening.seconds * 1e3,
        "locate_ns": per_item(locating, POINTS)["ns"],
    }


def _vertices(piece: bytes) -> int:
    """A vertex takes 16 bytes of WKB; the few for counts do not matter here."""
    return len(piece) // 16
