"""What the figures were measured on."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RIVALS = ("shapely", "geoindex-rs", "geopandas", "polars", "pyarrow", "rtree", "sedonadb", "duckdb", "numpy")


def describe() -> dict[str, Any]:
    """CPU, level, cores, memory and versions."""
    import shapely

    from gov_core import show_versions

    ours = show_versions()
    found = {
        "cpu": _cpu(),
        "level": ours["cpu_level"],
        "cores": os.cpu_count(),
        "platform": ours["platform"],
        "python": ours["python"],
        "gov_core": ours["gov_core"],
        "geos": shapely.geos_version_string,
    }
    for name in RIVALS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "-"
    return found


def load() -> float:
    """Processes that wanted a core in the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def _cpu() -> str:
    """Model with family and cache, as Linux tells them; a virtual machine may hide the model's number."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").split("\n\n")[0].splitlines()
    except OSError:
        import platform

        return platform.processor()
    told = {}
    for line in lines:
        name, _, value = line.partition(":")
        told[name.strip()] = value.strip()
    family, model = told.get("cpu family", "?"), told.get("model", "?")
    return f"{told.get('model name', '?')} (family {family}, model {model})"
