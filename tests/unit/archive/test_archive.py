"""Closed cases go to Parquet whole, and what was done to an archive afterwards is told."""

from __future__ import annotations

import json
import os
import random
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import pytest
from arro3.core import Array, RecordBatch
from arro3.io import read_parquet, write_parquet

from gov_core.archive import archive_cases, read_archive, verify_archive
from gov_core.archive.layout import CASES, EVENTS, MANIFEST, PROOF
from gov_core.archive.proof import PartialTree
from gov_core.errors import (
    CapacityExceededError,
    IntegrityViolationError,
    SchemaMismatchError,
    StoreUnavailableError,
)
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.merkle import leaf
from gov_core.storage.protocol import START
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store.harness import SECOND, T0, Clock
from gov_core.testing.store.writing import Writer, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore

LATE = T0 + 100 * SECOND


def filled(store: CaseStore, clock: Clock) -> CaseStore:
    """Cases that end early, end late, or go on, all mixed; those that end late do so last."""
    writers = [Writer(f"案件-{number}") for number in range(40)]

    def work(step: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            writer, done = writers[number], step == 2 and number % 2 == 1
            store.append(writer.append(f"step {step}", "more", row=row(writer.case_id, open=not done)))

    for step in range(3):
        clock.now_us = T0 + step
        work(step, (number for number in range(40) if step < 2 or number % 4 != 1))
    clock.now_us = LATE
    work(2, range(1, 40, 4))
    return store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> CaseStore:
    clock = Clock()
    if request.param == "memory":
        return filled(MemoryCaseStore(clock=clock), clock)
    return filled(SqliteCaseStore(tmp_path / "cases.db", clock=clock), clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def test_closed_cases_old_enough_go_in_whole(store: CaseStore, folder: Path):
    seen: list[tuple[int, int]] = []
    made = archive_cases(
        store, folder, recorded_before_us=LATE, progress=lambda done, total: seen.append((done, total))
    )
    closed = {row.case_id for row in store.query_cases(limit=100).rows if not row.open}
    late = {id_ for id_ in closed if store.read_case(id_)[-1].recorded_us >= LATE}
    wanted = closed - late
    assert (len(wanted), len(late)) == (10, 10)
    feed = [event for event in store.read_feed(START, limit=1000).events if event.case_id in wanted]
    assert list(read_archive(folder)) == feed
    assert (made.cases, made.events) == (len(wanted), len(feed))
    report = verify_archive(folder, kept=[made.seal], digest=made.digest)
    assert report.sound
    assert (report.events, report.cases) == (len(feed), len(wanted))
    assert seen[-1] == (240, 240)
    assert sorted(file.name for file in folder.iterdir()) == sorted([MANIFEST, EVENTS, CASES, PROOF])
    assert not folder.with_name("archive.part").exists()


def test_everything_needs_no_proof_and_nothing_is_an_archive_too(store: CaseStore, tmp_path: Path):
    for name, before, cases in (("none", T0, 0), ("all", LATE + 1, 20)):
        made = archive_cases(store, tmp_path / name, recorded_before_us=before)
        assert made.cases == cases
        assert verify_archive(tmp_path / name, kept=[made.seal]).sound
    assert (tmp_path / "none" / PROOF).stat().st_size == 32  # the root itself


def test_a_folder_that_is_there_is_left_as_it_is(store: CaseStore, folder: Path):
    folder.mkdir()
    with pytest.raises(StoreUnavailableError, match="it is there already"):
        archive_cases(store, folder, recorded_before_us=LATE)
    with pytest.raises(StoreUnavailableError, match="cannot be made"):
        archive_cases(store, folder / "not" / "there", recorded_before_us=LATE)
    assert list(folder.iterdir()) == []


def test_an_archive_that_breaks_off_leaves_nothing(store: CaseStore, folder: Path):
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive_cases(store, folder, recorded_before_us=LATE, progress=stop)
    assert list(folder.parent.glob("archive*")) == []


def test_an_archive_outlasts_a_loss_of_power_with_its_name(
    store: CaseStore, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    synced: list[tuple[int, bool]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append((os.fstat(descriptor).st_ino, folder.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    archive_cases(store, folder, recorded_before_us=LATE)
    inside = {(path.stat().st_ino, False) for path in (folder, *folder.iterdir())}
    assert inside | {(folder.parent.stat().st_ino, True)} <= set(synced)


@pytest.mark.parametrize("at", range(6))
def test_an_archive_whose_disk_fails_leaves_nothing(
    at: int, store: CaseStore, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    left = at

    def failing(_descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(28, "No space left on device")

    store.seal()
    before = set(folder.parent.iterdir())
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(CapacityExceededError):
        archive_cases(store, folder, recorded_before_us=LATE)
    assert set(folder.parent.iterdir()) == before


def test_a_case_that_goes_on_while_it_is_archived_stays_out(store: CaseStore, folder: Path):
    """Its row said closed; by the time its head is read it is open again."""
    case_id = "案件-3"

    class Meanwhile:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def query_cases(self, *args: Any, **more: Any) -> Any:
            page = store.query_cases(*args, **more)
            if not store.case_row(case_id).open:  # type: ignore[union-attr]
                writer = Writer(case_id)
                writer.head = store.head(case_id)
                store.append(writer.append("reopened", row=row(case_id, open=True), command_id="again"))
            return page

    made = archive_cases(cast("CaseStore", Meanwhile()), folder, recorded_before_us=2**62)
    closed = {one.case_id for one in store.query_cases(limit=100).rows if not one.open}
    assert case_id not in closed
    assert {event.case_id for event in read_archive(folder)} == closed
    assert made.cases == len(closed)
    assert verify_archive(folder, kept=[made.seal], digest=made.digest).sound


# Whoever changes the files can write checksums and counts anew too, but not the seal that is kept elsewhere.


def changed(folder: Path, name: str, change: Callable[[list[list[Any]]], None]) -> None:
    """Change the rows of a file, and make checksums and counts fit again."""
    reader = read_parquet(folder / name)
    schema = reader.schema
    rows = [
        list(values)
        for batch in reader
        for values in zip(*(batch.column(at).to_pylist() for at in range(batch.num_columns)), strict=True)
    ]
    change(rows)
    columns = [
        Array([values[at] for values in rows], schema.field(at).type) for at in range(len(schema.names))
    ]
    write_parquet(RecordBatch.from_arrays(columns, schema=schema), folder / name)
    refit(folder, **{"events" if name == EVENTS else "cases": len(rows)})


def refit(folder: Path, **counts: int) -> None:
    manifest = folder / MANIFEST
    values = json.loads(manifest.read_text("utf-8")) | counts
    values["sha256"] = {
        file: sha256((folder / file).read_bytes()).hexdigest() for file in (EVENTS, CASES, PROOF)
    }
    manifest.write_text(json.dumps(values), "utf-8")


def edit(at: int, column: int) -> Callable[[list[list[Any]]], None]:
    def change(rows: list[list[Any]]) -> None:
        value = rows[at % len(rows)][column]
        rows[at % len(rows)][column] = value + (
            b"x" if isinstance(value, bytes) else "x" if isinstance(value, str) else 1
        )

    return change


@pytest.mark.parametrize("column", range(12))
def test_an_edited_field_of_any_event_is_told(column: int, store: CaseStore, folder: Path):
    made = archive_cases(store, folder, recorded_before_us=LATE + 1)
    changed(folder, EVENTS, edit(random.Random(column).randrange(1000), column))
    try:
        assert not verify_archive(folder, kept=[made.seal]).sound
    except IntegrityViolationError:
        assert column in {0, 1}  # a place or position that cannot be


def test_dropped_and_swapped_events_and_cases_are_told(store: CaseStore, folder: Path):
    made = archive_cases(store, folder, recorded_before_us=LATE + 1)

    def told(change: Callable[[list[list[Any]]], None], name: str = EVENTS) -> set[str]:
        original = {file: file.read_bytes() for file in folder.iterdir()}
        changed(folder, name, change)
        report = verify_archive(folder, kept=[made.seal])
        for file, content in original.items():
            file.write_bytes(content)
        assert not report.sound
        return {fault.code for fault in report.faults}

    def swap(rows: list[list[Any]]) -> None:
        rows[3][1:], rows[4][1:] = rows[4][1:], rows[3][1:]

    def drop_case(rows: list[list[Any]]) -> None:
        rows[:] = [values for values in rows if values[2] != "案件-1"]

    assert "integrity.missing_event" in told(lambda rows: rows.pop(5))
    assert "integrity.truncated_case" in told(lambda rows: rows.pop())
    assert "integrity.seal_mismatch" in told(swap)
    assert "integrity.dropped_case" in told(drop_case)
    assert told(lambda rows: rows.pop(), CASES) == {"integrity.unnamed_case"}
    assert verify_archive(folder, kept=[made.seal]).sound


def test_a_whole_case_left_out_everywhere_is_told_by_the_seal_alone(store: CaseStore, folder: Path):
    made = archive_cases(store, folder, recorded_before_us=LATE + 1)
    changed(folder, EVENTS, lambda rows: rows.__setitem__(slice(None), [v for v in rows if v[2] != "案件-3"]))
    changed(folder, CASES, lambda rows: rows.__setitem__(slice(None), [v for v in rows if v[0] != "案件-3"]))
    assert {fault.code for fault in verify_archive(folder, kept=[made.seal]).faults} <= {
        "integrity.broken_proof",
        "integrity.seal_mismatch",
    }
    assert not verify_archive(folder, kept=[made.seal]).sound


def test_a_case_left_out_with_a_new_proof_is_told_by_the_digest_alone(store: CaseStore, folder: Path):
    made = archive_cases(store, folder, recorded_before_us=LATE + 1)
    tree = PartialTree()
    for event in store.read_feed(START, limit=1000).events:
        row = store.case_row(event.case_id)
        tree.add(leaf(event), chosen=row is not None and not row.open and event.case_id != "案件-3")
    (folder / PROOF).write_bytes(b"".join(tree.close()[1]))
    changed(folder, EVENTS, lambda rows: rows.__setitem__(slice(None), [v for v in rows if v[2] != "案件-3"]))
    changed(folder, CASES, lambda rows: rows.__setitem__(slice(None), [v for v in rows if v[0] != "案件-3"]))
    assert verify_archive(folder, kept=[made.seal]).sound
    told = verify_archive(folder, kept=[made.seal], digest=made.digest)
    assert [fault.code for fault in told.faults] == ["integrity.edited_file"]


def test_an_archive_of_another_seal_is_told(store: CaseStore, folder: Path):
    made = archive_cases(store, folder, recorded_before_us=LATE)
    other = made.seal._replace(root=bytes(32))
    assert [fault.code for fault in verify_archive(folder, kept=[other]).faults] == ["integrity.edited_seal"]
    later = made.seal._replace(number=9)
    assert [fault.code for fault in verify_archive(folder, kept=[later]).faults] == ["integrity.missing_seal"]


def codes(folder: Path) -> set[str]:
    try:
        return {fault.code for fault in verify_archive(folder).faults}
    except IntegrityViolationError as error:
        return {error.code}


def test_damaged_files_are_told_and_no_error_of_the_reader_gets_out(store: CaseStore, folder: Path):
    archive_cases(store, folder, recorded_before_us=LATE + 1)
    dice = random.Random(5)
    files = [folder / name for name in (EVENTS, CASES, PROOF)]
    for _ in range(60):
        file = dice.choice(files)
        content = file.read_bytes()
        at = dice.randrange(len(content))
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :])
        assert codes(folder) & {"integrity.edited_file", "archive.damaged", "archive.columns"}
        file.write_bytes(content[: at or 1])
        assert codes(folder) & {"integrity.edited_file", "archive.damaged", "archive.columns"}
        file.write_bytes(content)
    assert verify_archive(folder).sound


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (None, "archive.none"),
        ("", "archive.none"),
        ("[]", "archive.none"),
        ('{"format": "other"}', "archive.none"),
        ('{"format": "gov_core.archive", "version": 1}', "archive.none"),
        ('{"format": "gov_core.archive", "version": 2}', "archive.newer"),
    ],
)
def test_what_is_no_archive_is_told(manifest: str | None, code: str, tmp_path: Path):
    if manifest is not None:
        (tmp_path / MANIFEST).write_text(manifest, "utf-8")
    with pytest.raises(SchemaMismatchError) as caught:
        verify_archive(tmp_path)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("", "cases", float("inf")),
        ("", "events", True),
        ("seal", "events", "5"),
        ("seal", "events", 10**4000),
        ("seal", "events", -1),
        ("seal", "position", "x"),
        ("seal", "number", None),
        ("seal", "sealed_us", 1.5),
        ("seal", "store", [1]),
        ("seal", "previous", "00"),
        ("seal", "more", 1),
    ],
)
def test_a_seal_that_is_none_is_told(part: str, name: str, value: object, store: CaseStore, folder: Path):
    archive_cases(store, folder, recorded_before_us=LATE)
    values = json.loads((folder / MANIFEST).read_text("utf-8"))
    (values[part] if part else values)[name] = value
    (folder / MANIFEST).write_text(json.dumps(values), "utf-8")
    with pytest.raises(SchemaMismatchError) as caught:
        verify_archive(folder)
    assert caught.value.code == "archive.none"


@pytest.mark.parametrize("name", [EVENTS, CASES, PROOF])
def test_a_file_that_is_gone_is_told_by_its_name(name: str, store: CaseStore, folder: Path):
    archive_cases(store, folder, recorded_before_us=LATE)
    (folder / name).unlink()
    with pytest.raises(IntegrityViolationError) as caught:
        verify_archive(folder)
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("archive.damaged", str(folder / name))
    if name == EVENTS:
        with pytest.raises(IntegrityViolationError):
            list(read_archive(folder))
