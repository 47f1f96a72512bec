"""A file much larger than the memory that is allowed goes through, in every format."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import resource, sys
from pathlib import Path
from gov_core.events import open_events, write_events

source, target = map(Path, sys.argv[1:])
with open_events(source) as reader:
    next(iter(reader))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_events(source) as reader:
    rows = write_events(target, reader)
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10)
"""

ROW = {
    "csv": b"%012d,118.%06d,32.%06d,M%03d," + b"x" * 300 + b"\n",
    "ndjson": b'{"id":"%012d","lon":118.%06d,"lat":32.%06d,"matter":"M%03d","note":"' + b"x" * 300 + b'"}\n',
}


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
@pytest.mark.parametrize("target", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str, target: str) -> None:
    rows = 600_000
    source = tmp_path / f"in.{kind}"
    with source.open("wb") as file:
        file.write(b"id,lon,lat,matter,note\n" if kind == "csv" else b"")
        for start in range(0, rows, 10_000):
            file.write(
                b"".join(ROW[kind] % (row, row, row, row % 200) for row in range(start, start + 10_000))
            )
    command = [sys.executable, "-c", PROGRAM, str(source), str(tmp_path / f"out.{target}")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    read, grown = map(int, done.stdout.split())
    assert read == rows
    assert source.stat().st_size > 190 << 20
    assert grown < 120 << 20
