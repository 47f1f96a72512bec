"""Writes closed cases to Parquet, with a proof that ties them to a seal of their store."""

from __future__ import annotations

import json
import os
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gov_core.archive.layout import (
    CASES,
    EVENTS,
    FORMAT,
    MANIFEST,
    PROOF,
    VERSION,
    case_schema,
    event_schema,
)
from gov_core.archive.proof import PartialTree
from gov_core.errors import CapacityExceededError, Fault, IntegrityViolationError, StoreUnavailableError
from gov_core.storage.merkle import leaf
from gov_core.storage.protocol import START, CaseFilter
from gov_core.storage.syncing import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from os import PathLike

    from arro3.core import RecordBatch, Schema

    from gov_core.storage.protocol import CaseRow, CaseStore, Head, RecordedEvent, Seal

_PAGE = 10_000
"""Events of a batch. 1,000 made the whole a fifth slower, 100,000 no faster."""


class Archived(NamedTuple):
    """What went into an archive.

    Attributes:
        cases: How many.
        events: Of all of them.
        seal: The seal they were archived under.
        digest: SHA-256 of ``archive.json``, hexadecimal, which has the checksums of all other files. Keep it
            elsewhere with the seal, and verify the archive by both.
    """

    cases: int
    events: int
    seal: Seal
    digest: str


class _Chosen(NamedTuple):
    row: CaseRow
    head: Head


def archive_cases(
    store: CaseStore,
    folder: str | PathLike[str],
    *,
    recorded_before_us: int,
    progress: Callable[[int, int], object] | None = None,
) -> Archived:
    """Write closed cases to a new folder. The store keeps them, and is sealed for it.

    A case goes into the archive, with all its events, if it is closed (its row says not open) and its last
    event was recorded before a time. Of personal data an archive has commitments only, as the events do: what
    is erased in the store cannot be read here either. The whole feed is read once.

    Args:
        store: Where the cases are; it needs the capability ``seals``.
        folder: Made by this; it may not be there.
        recorded_before_us: By the clock of the store, microseconds since 1970 UTC; this time is not included.
        progress: Called with the events that were read and those there are.

    Raises:
        StoreUnavailableError: The folder is there, or cannot be made.
        CapacityExceededError: The disk is full; nothing is left behind.
        IntegrityViolationError: The store is not what its own seals say; nothing is left behind.
        StorageError: What the store raises.
    """
    folder = Path(folder)
    draft = folder.with_name(folder.name + ".part")
    seal = store.seal()
    chosen = dict(_closed(store, seal, recorded_before_us))
    try:
        if folder.exists():
            raise FileExistsError(17, "it is there already", str(folder))
        draft.mkdir()
    except OSError as error:
        hint = "give the path of a folder that is not there yet, in one that is"
        message = f"the folder cannot be made: {error.strerror}"
        raise StoreUnavailableError([Fault("archive.folder", message, str(error.filename), hint)]) from error
    try:
        tree = PartialTree()
        counted = _Counted(_feed(store, seal, progress), chosen, tree)
        _write(draft / EVENTS, event_schema(), counted.rows())
        proof = _proof(tree, seal)
        _write(draft / CASES, case_schema(), (_case(*each) for each in chosen.values()))
        (draft / PROOF).write_bytes(b"".join(proof))
        manifest = _manifest(draft, seal, len(chosen), counted.events).encode()
        (draft / MANIFEST).write_bytes(manifest)
        for file in draft.iterdir():
            with file.open("rb") as written:
                os.fsync(written.fileno())
        sync_folder(draft)
        draft = draft.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        _remove(draft)
        message = f"the archive could not be written: {error.strerror}"
        hint = "make room and archive again"
        raise CapacityExceededError([Fault("archive.not_written", message, str(folder), hint)]) from error
    except BaseException:
        _remove(draft)
        raise
    return Archived(len(chosen), counted.events, seal, sha256(manifest).hexdigest())


def _closed(store: CaseStore, seal: Seal, before_us: int) -> Iterator[tuple[str, _Chosen]]:
    """Closed cases whose last event is old enough, and under the seal."""
    after = None
    while True:
        page = store.query_cases(CaseFilter(open=False), order="arrival", after=after, limit=_PAGE)
        for row in page.rows:
            head = store.head(row.case_id)
            # A case that was opened again since the row was read has another last event by now.
            last = store.read_case(row.case_id, after=head.version - 1)[0]
            if last.recorded_us < before_us and last.position <= seal.position:
                yield row.case_id, _Chosen(row, head)
        after = page.next
        if after is None:
            return


def _feed(
    store: CaseStore, seal: Seal, progress: Callable[[int, int], object] | None
) -> Iterator[RecordedEvent]:
    cursor, read = START, 0
    while cursor.position < seal.position:
        page = store.read_feed(cursor, limit=_PAGE)
        if not page.events:
            return
        cursor = page.next
        for event in page.events:
            if event.position > seal.position:
                return
            yield event
        read += len(page.events)
        if progress is not None:
            progress(min(read, seal.events), seal.events)


def _proof(tree: PartialTree, seal: Seal) -> list[bytes]:
    root, proof = tree.close()
    if root != seal.root:
        message = f"the feed is not what seal {seal.number}, just made, was made over"
        raise IntegrityViolationError(
            [Fault("archive.seal_mismatch", message, seal.store, "verify the store")]
        )
    return proof


class _Counted:
    """Events of the chosen cases as rows, while every event goes into the tree."""

    def __init__(self, feed: Iterable[RecordedEvent], chosen: dict[str, _Chosen], tree: PartialTree) -> None:
        self._feed, self._chosen, self._tree = feed, chosen, tree
        self.events = 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of ``events.parquet``."""
        for place, event in enumerate(self._feed):
            wanted = event.case_id in self._chosen
            self._tree.add(leaf(event), chosen=wanted)
            if wanted:
                self.events += 1
                yield place, *event[:-1], *event.envelope


def _case(row: CaseRow, head: Head) -> tuple[Any, ...]:
    return (
        row.case_id,
        *head,
        row.state,
        row.procedure,
        row.matter,
        row.grade,
        row.place,
        row.path,
        row.unit,
        row.opened_us,
        row.sensitive,
    )


def _write(path: Path, schema: Schema, rows: Iterable[tuple[Any, ...]]) -> None:
    from gov_core.events._parquet_out import write_parquet_file

    with path.open("xb") as file:
        write_parquet_file(file, schema, _batches(schema, rows))


def _batches(schema: Schema, rows: Iterable[tuple[Any, ...]]) -> Iterator[RecordBatch]:
    from itertools import islice

    from arro3.core import Array, RecordBatch

    rows = iter(rows)
    kinds = [schema.field(at).type for at in range(len(schema.names))]
    while page := list(islice(rows, _PAGE)):
        columns = zip(*page, strict=True)
        yield RecordBatch.from_arrays(
            [Array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)], schema=schema
        )


def _manifest(folder: Path, seal: Seal, cases: int, events: int) -> str:
    digests = {}
    for name in (EVENTS, CASES, PROOF):
        with (folder / name).open("rb") as file:
            digests[name] = file_digest(file, "sha256").hexdigest()
    values = {
        "format": FORMAT,
        "version": VERSION,
        "cases": cases,
        "events": events,
        "seal": seal._asdict() | {"root": seal.root.hex(), "previous": seal.previous.hex()},
        "sha256": digests,
    }
    return json.dumps(values, indent=2) + "\n"


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
