"""files: ``gov-core route`` from Parquet to Parquet, whole process, beside a pipeline of the best rivals.

The rival is `compare.pipeline`. It gets what its author would have prepared once: the rules unfolded into
tables, and in one variant the polygons as WKB instead of the city's GeoJSON.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from compare.goal import Goal, at_least, only
from compare.inputs import city_folder, events_file
from compare.rows.route import EVENTS, GRIDS
from compare.trial import Record, per_item, tell, whole_process
from compare.unfold import unfolded

_ANSWERS = ("place", "path", "unit", "rule", "respond_within", "resolve_within", "status")


def run() -> list[Record]:
    city, events, tables = city_folder(GRIDS), events_file(GRIDS, EVENTS), unfolded(GRIDS)
    gov_core = str(Path(sys.executable).with_name("gov-core"))
    records = []
    with tempfile.TemporaryDirectory() as folder:
        index, own, its = (f"{folder}/{name}" for name in ("city.index", "own.parquet", "its.parquet"))
        whole_process([gov_core, "index", str(city), "-o", index], runs=0)
        route = [gov_core, "route", str(city), str(events), "-o", own]
        pipeline = [sys.executable, "-m", "compare.pipeline", str(city), str(tables), str(events), its]
        for threads in (1, 2):
            for contestant, command in (
                ("gov_core", [*route, "--threads", str(threads)]),
                ("gov_core, saved index", [*route, "--threads", str(threads), "--index", index]),
                ("geoindex_pipeline", [*pipeline, "geojson"]),
                ("geoindex_pipeline, saved WKB", [*pipeline, "wkb"]),
            ):
                seconds = whole_process(command, threads=threads, runs=5)
                records.append({"contestant": contestant, "threads": threads} | per_item(seconds, EVENTS))
                tell(f"  {contestant}, {threads} thread(s): {records[-1]['seconds']:.2f} s")
                _check_same(own, its)
    return records


def goals(records: list[Record]) -> list[Goal]:
    def seconds(contestant: str, threads: int) -> float:
        return float(only(records, contestant=contestant, threads=threads)["seconds"])

    found = []
    for threads in (1, 2):
        for own, its in (
            ("gov_core", "geoindex_pipeline"),
            ("gov_core", "geoindex_pipeline, saved WKB"),
            ("gov_core, saved index", "geoindex_pipeline, saved WKB"),
        ):
            ours, theirs = seconds(own, threads), seconds(its, threads)
            what = f"{threads} core(s): {own} {ours:.2f} s, {its} {theirs:.2f} s"
            same = own.endswith("index") == its.endswith("WKB")
            found.append(
                at_least(what, theirs / ours, 2, "x") if same else Goal(what, "", f"{theirs / ours:.3g} x")
            )
    return found


def _check_same(own: str, its: str) -> None:
    """Assert that both outputs say the same, except which side of a border owns a point."""
    import pyarrow.parquet as pq

    if not (Path(own).exists() and Path(its).exists()):
        return
    ours, theirs = pq.read_table(own), pq.read_table(its)
    assert ours["id"].to_pylist() == theirs["id"].to_pylist()
    place, other = (np.array(table["place"].to_pylist()) for table in (ours, theirs))
    same = place == other
    assert np.count_nonzero(~same) < len(same) / 500, "more differ than lie on borders"
    for name in _ANSWERS[1:]:
        mine, its_own = (np.array(table[name].to_pylist())[same] for table in (ours, theirs))
        assert (mine == its_own).all(), f"column {name} differs"
