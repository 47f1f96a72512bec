"""Loss of power: what a disk may have kept of a run, put together again and opened.

A shim logs every write, truncation and flush of a writer, and when it acknowledged. A state is made by
cutting the log somewhere and keeping of what was not flushed by then nothing, a beginning, any subset, or
any 512-byte sectors. Whatever was acknowledged before the cut has to be in every such state.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gov_core.storage.sqlite import SqliteCaseStore

if TYPE_CHECKING:
    from collections.abc import Iterator

CI = os.environ.get("CI") == "true"
STATES = int(os.environ.get("GOV_POWER_STATES", "600"))
PER_RUN = 1_000
STEPS = 40
SECTOR = 512
HERE = Path(__file__).parent
HEAD = struct.Struct("<cIQI")


class Op(NamedTuple):
    """One record of the log."""

    kind: str
    file: int
    offset: int
    data: bytes


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        if CI:
            pytest.fail("CI has to have a C compiler: the loss of power is simulated with a library in C")
        pytest.skip("no C compiler for the shim")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = HERE / "power" / "shim.c"
    command = [
        compiler,
        "-Wall",
        "-Wextra",
        "-Werror",
        "-O2",
        "-shared",
        "-fPIC",
        "-o",
        library,
        source,
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return library


def run_writer(folder: Path, shim: Path, seed: int) -> tuple[list[Op], list[list[str]]]:
    """The log of a run, and the commands of each of its calls."""
    path, log = folder / "run.db", folder / "log"
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "GOV_POWER_PREFIX": str(path),
        "GOV_POWER_LOG": str(log),
        "PYTHONPATH": os.pathsep.join([*sys.path, str(HERE.parent)]),
    }
    command = [sys.executable, HERE / "power" / "writer.py", path, shim, str(seed), str(STEPS)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    raw, at, ops = log.read_bytes(), 0, []
    while at < len(raw):
        kind, file, offset, length = HEAD.unpack_from(raw, at)
        at += HEAD.size
        has_data = kind in b"OWD"
        ops.append(Op(kind.decode(), file, offset, raw[at : at + length] if has_data else b""))
        at += length if has_data else 0
    for left in folder.glob("run.db*"):
        left.unlink()
    log.unlink()
    return ops, [json.loads(line) for line in done.stdout.splitlines()]


class Disk:
    """What is surely on the disk at a point of the log, and what may be."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}
        self.pending: list[tuple[str, Op]] = []
        self._open: dict[int, str] = {}

    def take(self, op: Op) -> None:
        if op.kind == "O":
            path = op.data.decode()
            self._open[op.file] = path
            if any(name == path and each.kind == "D" for name, each in self.pending):
                self._settle(path)  # made again: the old one is gone for good
            if not Path(path).is_dir():
                self.files.setdefault(path, bytearray())
        elif op.kind == "D":
            self.pending.append((op.data.decode(), op))
        elif op.kind == "S" and Path(self._open[op.file]).is_dir():
            for name, each in self.pending:
                if each.kind == "D":
                    apply(self.files, name, each)
            self.pending = [one for one in self.pending if one[1].kind != "D"]
        elif op.kind == "S":
            self._settle(self._open[op.file])
        elif op.kind in "WT":
            self.pending.append((self._open[op.file], op))

    def _settle(self, path: str) -> None:
        for name, op in self.pending:
            if name == path:
                apply(self.files, name, op)
        self.pending = [each for each in self.pending if each[0] != path]

    def states(self, rng: random.Random) -> Iterator[dict[str, bytearray]]:
        """Ways in which the disk may be."""
        count = len(self.pending)
        prefix = self.pending[: rng.randint(0, count)]
        yield self._with([])
        yield self._with(self.pending)
        yield self._with(prefix)
        yield self._with([each for each in self.pending if rng.random() < 0.5])
        yield self._with([part for path, op in prefix for part in torn(path, op, rng)])

    def _with(self, kept: list[tuple[str, Op]]) -> dict[str, bytearray]:
        files = {path: bytearray(content) for path, content in self.files.items()}
        for path, op in kept:
            apply(files, path, op)
        return files


def apply(files: dict[str, bytearray], path: str, op: Op) -> None:
    if op.kind == "D":
        files.pop(path, None)
        return
    content = files.setdefault(path, bytearray())
    end = op.offset + len(op.data)
    if op.kind == "T":
        del content[op.offset :]
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[op.offset : end] = op.data


def torn(path: str, op: Op, rng: random.Random) -> Iterator[tuple[str, Op]]:
    """Some sectors of a write."""
    if op.kind != "W":
        yield path, op
        return
    keep = rng.random()
    for start in range(0, len(op.data), SECTOR):
        if rng.random() < keep:
            yield path, op._replace(offset=op.offset + start, data=op.data[start : start + SECTOR])


@pytest.mark.parametrize("seed", range(-(-STATES // PER_RUN)))
def test_nothing_acknowledged_is_lost(seed: int, shim: Path, fast_folder: Path) -> None:
    rng = random.Random(seed)
    ops, calls = run_writer(fast_folder, shim, seed)
    assert [op.kind for op in ops].count("A") == STEPS
    disk, acknowledged, states = Disk(), 0, 0
    wanted = min(PER_RUN, STATES)
    every = max(5 * len(ops) // wanted, 1)  # five states a cut, cuts all over the run
    for number, op in enumerate(ops):
        disk.take(op)
        acknowledged = op.offset if op.kind == "A" else acknowledged
        if (number + seed) % every:
            continue
        for state in disk.states(rng):
            states += 1
            check(fast_folder / "state", state, calls, acknowledged, thorough=states % 40 == 0)
    print(f"{states} states, 0 acknowledged lost")
    assert states >= wanted


def check(
    folder: Path, state: dict[str, bytearray], calls: list[list[str]], acknowledged: int, *, thorough: bool
) -> None:
    """Open a state: it has the calls up to the last acknowledged one, or one more, each whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in state.items():
        (folder / Path(path).name).write_bytes(content)
    path = folder / "run.db"
    found = commands_in(path)
    if found is None or thorough:
        store = SqliteCaseStore(path)  # cut while it was made: made again
        report = store.verify()
        store.close()
        assert report.sound, report.faults
        found = commands_in(path)
    assert found is not None
    whole = [
        {command for call in calls[:count] for command in call} for count in (acknowledged, acknowledged + 1)
    ]
    assert found in whole, (acknowledged, whole[0] - found, found - whole[-1])


def commands_in(path: Path) -> set[str] | None:
    """Ids of the commands in a file; None if it has no tables yet."""
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return None
        return {command for (command,) in connection.execute("SELECT command_id FROM commands")}
    finally:
        connection.close()
