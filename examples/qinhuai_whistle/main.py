"""Two sources, six stages, two returns; then the same through kill -9; then a forged row."""

import sqlite3
import subprocess
import sys
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path

from desk import CASE, Desk, day

from gov_core.storage.opening import open_store

with redirect_stdout(StringIO()):
    desk = day(open_store("memory://"))

cases = {row.case_id: row.state for row in desk.store.query_cases().rows}
print("one matter, told three times:", cases)
assert cases == {
    "hotline-H-1": "evaluated",
    "hotline-H-2": "merged",
    "grid-G-1": "merged",
    "hotline-H-3": "collected",
    "grid-G-2": "collected",
}

story = desk.casework.timeline(CASE)
print(*story, sep="\n")
stages = list(dict.fromkeys(entry.stage for entry in story))
assert stages == ["问题收集", "街道吹哨", "部门报到", "处理反馈", "核实结项", "综合评价"]
case = desk.casework.case(CASE)
assert (case.bounces, case.unit, case.score) == (2, "department.3", 90)
assert [part.forced for part in case.active()] == [True]

# A process does the same work and is killed after so many steps; another one takes over from its file.
FILE = Path("cases.db")
work = [sys.executable, str(Path(__file__).with_name("desk.py")), f"sqlite:///{FILE}"]
for steps in (1, 4, 9, 15):
    with subprocess.Popen(work, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603  # our own script
        while child.stdout.readline().strip() != f"stored {steps}":
            assert child.poll() is None
        child.kill()
    print(f"killed after step {steps}")
subprocess.run(work, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own script

with closing(open_store(f"sqlite:///{FILE}")) as store:
    assert Desk(store).digest() == desk.digest()
    assert store.verify().sound
    kept = store.seal()
    print(f"digest {desk.digest()[:16]} again, {store.verify().events} events, sealed at {kept.position}")

# Somebody edits one row behind the back of the store: who was named for good was somebody else.
with closing(sqlite3.connect(FILE)) as file, file:
    (position, data) = file.execute(
        "SELECT position, data FROM events WHERE type = 'case_forcibly_assigned'"
    ).fetchone()
    forged = bytes(data).replace(b"department.3", b"department.1")
    file.execute("UPDATE events SET data = ? WHERE position = ?", (forged, position))

with closing(open_store(f"sqlite:///{FILE}")) as store:
    report = store.verify(kept=[kept])
for fault in report.faults:
    print(f"{fault.code}: case {fault.case_id}, event {fault.version}, position {fault.position}")
assert not report.sound
assert (report.faults[0].case_id, report.faults[0].position) == (CASE, position)
