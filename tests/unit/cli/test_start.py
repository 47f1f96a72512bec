"""What `gov-core route` does not load: much of it takes longer to import than a million events to route."""

import subprocess
import sys
from pathlib import Path

import shapely

from gov_core.city import City, Matter, Place, Rule, Unit

PROGRAM = """
import sys
from gov_core.cli import main
try:
    main()
finally:
    print(*sorted({"numpy", "shapely", "pydantic", "rich", "pyproj", "matplotlib"} & set(sys.modules)))
"""


def test_route_loads_nothing_heavy(tmp_path: Path) -> None:
    City.from_parts(
        name="One grid",
        levels=["grid"],
        places=[Place("G", "", "grid")],
        geometries={"G": shapely.box(118.0, 32, 118.1, 32.1).wkb},
        units=[Unit("ST", "", "station", ("G",))],
        matters=[Matter("noise", "")],
        rules=[Rule("R", matter=None, area=None, asset=None, grade=None, unit=("ST",))],
    ).save(tmp_path / "city")
    (tmp_path / "e.csv").write_text("id,lon,lat,matter\nE1,118.05,32.05,noise\n")
    arguments = [
        "route",
        str(tmp_path / "city"),
        str(tmp_path / "e.csv"),
        "-o",
        str(tmp_path / "out.parquet"),
    ]
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
