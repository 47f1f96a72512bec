"""Loss of power for stores in files: what a disk may have kept of a run, put together again.

A library in C (`shim.c`) logs every write, truncation and flush of a writer, and when it acknowledged. A
state is made by cutting the log somewhere and keeping of what was not flushed by then nothing, a beginning,
any subset, or any 512-byte sectors. Whatever was acknowledged before the cut has to be in every such state.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.writing import Writer, clock, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.store.harness import KeepsFiles

STEPS: Final = 40
"""Calls of one run of the writer."""
PER_RUN: Final = 1_000
SECTOR: Final = 512
_HEAD: Final = struct.Struct("<cIQI")


class Op(NamedTuple):
    """One record of the log: see `shim.c`."""

    kind: str
    file: int
    offset: int
    data: bytes


class State(NamedTuple):
    """One way in which the disk may be after the power went.

    Attributes:
        opener: Opens the store in it.
        allowed: Ids of all commands that may be there: those of the calls up to the last one that was
            acknowledged, or of one call more.
    """

    opener: Callable[[], CaseStore]
    allowed: tuple[set[str], set[str]]


def acknowledged_states(harness: KeepsFiles, wanted: int, rng: random.Random) -> Iterator[State]:
    """At least so many states of a disk, one after the other; each is gone when the next one comes.

    Raises:
        HookMissingError: There is no C compiler, or this is not Linux.
    """
    memory = Path("/dev/shm")  # noqa: S108 - states are written by the thousand
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        library = _compiled(folder)
        for _ in range(-(-wanted // PER_RUN)):
            yield from _states_of_run(harness, folder, library, min(wanted, PER_RUN), rng)


def _states_of_run(
    harness: KeepsFiles, folder: Path, library: Path, wanted: int, rng: random.Random
) -> Iterator[State]:
    ops, calls = _run(harness, folder, library, rng.randrange(2**32))
    disk, acknowledged = _Disk(), 0
    every = max(5 * len(ops) // wanted, 1)  # five states a cut, cuts all over the run
    for number, op in enumerate(ops):
        disk.take(op)
        acknowledged = op.offset if op.kind == "A" else acknowledged
        if number % every:
            continue
        commands = [
            {command for call in calls[:end] for command in call} for end in (acknowledged, acknowledged + 1)
        ]
        for state in disk.states(rng):
            with _laid_out(folder / "state", state) as place:
                yield State(harness.at(place / "run"), (commands[0], commands[1]))


@contextmanager
def _laid_out(folder: Path, state: dict[str, bytearray]) -> Iterator[Path]:
    folder.mkdir()
    try:
        for path, content in state.items():
            (folder / Path(path).name).write_bytes(content)
        yield folder
    finally:
        shutil.rmtree(folder)


def _compiled(folder: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        raise HookMissingError(
            "the loss of power is simulated with a library in C, on Linux with a compiler cc"
        )
    library = folder / "shim.so"
    with as_file(files(__package__).joinpath("shim.c")) as source:
        command = [
            compiler,
            "-Wall",
            "-Wextra",
            "-O2",
            "-shared",
            "-fPIC",
            "-o",
            str(library),
            str(source),
            "-ldl",
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the compiler of this machine
    return library


def _run(harness: KeepsFiles, folder: Path, library: Path, seed: int) -> tuple[list[Op], list[list[str]]]:
    """The log of a run, and the commands of each of its calls."""
    path, log = folder / "run", folder / "log"
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "GOV_POWER_PREFIX": str(path),
        "GOV_POWER_LOG": str(log),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    opener = base64.b64encode(pickle.dumps(harness.at(path))).decode()
    command = [sys.executable, "-m", __name__, opener, str(library), str(seed)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    raw, at, ops = log.read_bytes(), 0, []
    while at < len(raw):
        kind, file, offset, length = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        has_data = kind in b"OWD"
        ops.append(Op(kind.decode(), file, offset, raw[at : at + length] if has_data else b""))
        at += length if has_data else 0
    for left in folder.glob("run*"):
        left.unlink()
    log.unlink()
    calls = [json.loads(line) for line in done.stdout.splitlines()]
    if [op.kind for op in ops].count("A") != STEPS or not any(op.kind == "W" for op in ops):
        raise HookMissingError("its writes do not pass through the C library, where they could be seen")
    return ops, calls


class _Disk:
    """What is surely on the disk at a point of the log, and what may be."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}
        self.pending: list[tuple[str, Op]] = []
        self._open: dict[int, str] = {}

    def take(self, op: Op) -> None:
        """The next record of the log."""
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
                    _apply(self.files, name, each)
            self.pending = [one for one in self.pending if one[1].kind != "D"]
        elif op.kind == "S":
            self._settle(self._open[op.file])
        elif op.kind in "WT":
            self.pending.append((self._open[op.file], op))

    def _settle(self, path: str) -> None:
        for name, op in self.pending:
            if name == path:
                _apply(self.files, name, op)
        self.pending = [each for each in self.pending if each[0] != path]

    def states(self, rng: random.Random) -> Iterator[dict[str, bytearray]]:
        """Ways in which the disk may be."""
        prefix = self.pending[: rng.randint(0, len(self.pending))]
        yield self._with([])
        yield self._with(self.pending)
        yield self._with(prefix)
        yield self._with([each for each in self.pending if rng.random() < 0.5])
        yield self._with([part for path, op in prefix for part in _torn(path, op, rng)])

    def _with(self, kept: list[tuple[str, Op]]) -> dict[str, bytearray]:
        found = {path: bytearray(content) for path, content in self.files.items()}
        for path, op in kept:
            _apply(found, path, op)
        return found


def _apply(found: dict[str, bytearray], path: str, op: Op) -> None:
    if op.kind == "D":
        found.pop(path, None)
        return
    content = found.setdefault(path, bytearray())
    end = op.offset + len(op.data)
    if op.kind == "T":
        del content[op.offset :]
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[op.offset : end] = op.data


def _torn(path: str, op: Op, rng: random.Random) -> Iterator[tuple[str, Op]]:
    """Some sectors of a write."""
    if op.kind != "W":
        yield path, op
        return
    share = rng.random()
    for start in range(0, len(op.data), SECTOR):
        if rng.random() < share:
            yield path, op._replace(offset=op.offset + start, data=op.data[start : start + SECTOR])


def write(opener: Callable[[], CaseStore], library: str, seed: int) -> None:
    """In a process of its own, under the shim: write, and acknowledge after each call.

    Prints one JSON array a call: the ids of the commands that it acknowledges.
    """
    import ctypes

    acknowledge = ctypes.CDLL(library).acknowledge
    acknowledge.argtypes = [ctypes.c_uint64]
    rng = random.Random(seed)
    writers = [Writer(f"case-{number}") for number in range(8)]
    store = opener()
    seals = "seals" in store.describe().capabilities
    for step in range(STEPS):
        items = [
            writer.append(
                *(["x" * rng.choice([10, 500, 6_000])] * rng.randint(1, 3)),
                row=row(writer.case_id),
                clocks=[clock("handle", step)],
            )
            for writer in rng.sample(writers, rng.choice([1, 1, 1, 4]))
        ]
        store.append_many(items)
        acknowledge(step + 1)
        sys.stdout.write(json.dumps([item.command_id for item in items]) + "\n")
        if seals and rng.random() < 0.1:
            store.seal()
        if rng.random() < 0.1:
            store.close()
            store = opener()
    store.close()


if __name__ == "__main__":
    write(pickle.loads(base64.b64decode(sys.argv[1])), sys.argv[2], int(sys.argv[3]))  # noqa: S301 - its own
