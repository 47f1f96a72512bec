"""Draw docs/assets/speed.svg, the chart of the README, from benches/results/latest.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[1]
GRIDS = 10_000
NAMES = {
    "geoindex_shapely": "geoindex-rs + shapely",
    "shapely_tree": "shapely STRtree",
    "geopandas_sjoin": "geopandas sjoin",
    "sedonadb": "SedonaDB",
    "duckdb": "DuckDB spatial",
    "rtree_shapely": "rtree + shapely",
}
OURS, THEIRS, INK = "#b3261e", "#8a94a0", "#30363d"


def main() -> None:
    results = json.loads((ROOT / "benches/results/latest.json").read_text("utf-8"))
    rates = million_points_a_second(results["rows"])
    if not rates:
        return  # the row has not been measured yet
    mpl.rcParams |= {"svg.hashsalt": "gov_core", "font.family": "DejaVu Sans", "text.color": INK}
    figure, axes = plt.subplots(figsize=(8.4, 0.4 * len(rates) + 1.3))
    names, values = list(rates), list(rates.values())
    colours = [OURS if name.startswith("gov_core") else THEIRS for name in names]
    axes.barh(names, values, color=colours, height=0.68)
    axes.set_xlim(0, max(values) * 1.1)
    axes.invert_yaxis()
    for row, value in enumerate(values):
        axes.text(value + max(values) / 100, row, f"{value:.3g}", va="center", fontsize=10)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=10, labelcolor=INK)
    for side in axes.spines.values():
        side.set_visible(False)
    title = f"Million points a second to {GRIDS:,} grids, exact, one thread"
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", x=0, pad=10)
    machine = results["machine"]
    note = f"{machine['cpu']}; ./dev bench locate field; {results['rows']['locate']['at'][:10]}"
    figure.text(0.99, 0.02, note, ha="right", fontsize=7.5, color=THEIRS)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    (ROOT / "docs/assets").mkdir(exist_ok=True)
    figure.savefig(ROOT / "docs/assets/speed.svg", facecolor="white", metadata={"Date": None})


def million_points_a_second(rows: dict[str, Any]) -> dict[str, float]:
    """What each can do on one thread, fastest first."""
    records = [
        record
        for row in ("locate", "field")
        for record in rows.get(row, {"records": []})["records"]
        if record["grids"] == GRIDS
        and record["threads"] == 1
        and record["contestant"] in ("gov_core", *NAMES)
    ]

    def name(record: dict[str, Any]) -> str:
        if record["contestant"] == "gov_core":
            return f"gov_core, {record['level']}"
        return NAMES[record["contestant"]]

    rates = {name(record): 1e3 / record["ns"] for record in records}
    return dict(sorted(rates.items(), key=lambda item: -item[1]))


if __name__ == "__main__":
    main()
