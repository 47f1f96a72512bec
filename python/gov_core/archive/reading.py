"""Reads an archive, and says whether it still is what was written."""

from __future__ import annotations

import json
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
from gov_core.archive.proof import root_from
from gov_core.errors import Fault, IntegrityViolationError, SchemaMismatchError
from gov_core.storage.chain import UNHASHABLE, link
from gov_core.storage.merkle import SIZE, leaf
from gov_core.storage.protocol import NEW, Envelope, Head, RecordedEvent, Seal, StoreFault, VerifyReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from os import PathLike

    from arro3.core import Schema

T = TypeVar("T")
_DAMAGED = "take another copy of the archive"
_NO_ARCHIVE = "give the folder that gov-core store archive has made"


def read_archive(folder: str | PathLike[str]) -> Iterator[RecordedEvent]:
    """Events of an archive, in the order of the feed they came from.

    Raises:
        SchemaMismatchError: The folder is no archive, or one of a newer release.
        IntegrityViolationError: A file is damaged.
    """
    folder = Path(folder)
    _manifest(folder)
    return (event for _, event in _events(folder))


def verify_archive(
    folder: str | PathLike[str], *, kept: Sequence[Seal] = (), digest: str | None = None
) -> VerifyReport:
    """Read all of an archive and say what is not as it was written.

    Without `kept` it says whether the archive agrees with itself. With the seal that was kept elsewhere when
    it was made, no event of it can have been changed or added unseen: its events, with the proof beside them,
    make the root of that seal or they do not. A seal does not say which cases were chosen, nor what lists
    know of them: who makes proof and manifest anew can leave out last events of a case, or all, and change
    rows of ``cases.parquet``. `digest` is against that: it stands for every byte of the archive.

    Args:
        folder: Of the archive.
        kept: Seals that were kept elsewhere; the one of this archive is told by its number and store.
        digest: `Archived.digest` as it was kept elsewhere: SHA-256 of ``archive.json``, hexadecimal.

    Raises:
        SchemaMismatchError: The folder is no archive, or one of a newer release.
        IntegrityViolationError: A file is damaged so far that it cannot be read.
    """
    folder = Path(folder)
    values, seal = _manifest(folder)
    audit = _Audit(values, seal)
    audit.files(folder, digest)
    audit.seals(kept)
    for place, event in _events(folder):
        audit.event(place, event)
    for case_id, version, hash_, *_ in _rows(folder / CASES, case_schema()):
        audit.case(case_id, Head(version, hash_))
    return audit.report(_called(folder / PROOF, (folder / PROOF).read_bytes))


class _Audit:
    """One reading of an archive."""

    def __init__(self, values: dict[str, Any], seal: Seal) -> None:
        self._values, self._seal = values, seal
        self._faults: list[StoreFault] = []
        self._heads: dict[str, Head] = {}
        self._places: list[int] = []
        self._leaves: list[bytes] = []
        self._named = 0

    def _add(self, code: str, message: str, case_id: str = "", version: int = 0, position: int = 0) -> None:
        self._faults.append(StoreFault(f"integrity.{code}", message, case_id, version, position))

    def files(self, folder: Path, digest: str | None) -> None:
        """Compare the files with their checksums, and these with what was kept elsewhere."""
        own = {} if digest is None else {MANIFEST: digest}
        for name, expected in (own | self._values["sha256"]).items():
            if _called(folder / name, partial(_digest, folder / name)) != expected:
                self._add("edited_file", f"{name} is not the file that was written")

    def seals(self, kept: Sequence[Seal]) -> None:
        """Compare the seal of the archive with those that were kept."""
        own = self._seal
        for seal in kept:
            if (seal.store, seal.number) == (own.store, own.number):
                if seal != own:
                    self._add("edited_seal", f"seal {own.number} is not the one that was kept elsewhere")
                return
        if kept:
            message = f"none of the seals that were kept is seal {own.number} of store {own.store}"
            self._add("missing_seal", message)

    def event(self, place: int, event: RecordedEvent) -> None:
        """Look at the next event."""
        case_id, version = event.case_id, event.version
        head = self._heads.get(case_id, NEW)
        if version != head.version + 1:
            message = f"event {head.version + 1} of {case_id} is missing, or not in its place"
            self._add("missing_event", message, case_id, head.version + 1, event.position)
        else:
            try:
                hash_ = link(head.hash, case_id, version, event.envelope[:4])
            except UNHASHABLE:
                hash_ = b""
            if hash_ != event.envelope.hash:
                message = f"event {version} of {case_id} is not what its hash was made of"
                self._add("edited_event", message, case_id, version, event.position)
        self._heads[case_id] = Head(version, event.envelope.hash)
        self._places.append(place)
        self._leaves.append(leaf(event))

    def case(self, case_id: str, head: Head) -> None:
        """Look at the next case."""
        self._named += 1
        found = self._heads.get(case_id, NEW)
        if found != head:
            message = f"{case_id} has had {head.version} events, and ends after {found.version}"
            code = "dropped_case" if found == NEW else "truncated_case"
            self._add(code, message, case_id, min(found.version + 1, head.version))

    def report(self, proof: bytes) -> VerifyReport:
        """What was found, when everything has been looked at."""
        counts = {"cases": self._named, "events": len(self._leaves)}
        for name, count in counts.items():
            if self._values[name] != count:
                self._add(f"missing_{name}", f"there were {self._values[name]} {name}, and there are {count}")
        if self._named != len(self._heads):
            self._add("unnamed_case", f"events are of {len(self._heads)} cases, and {self._named} are named")
        hashes = [proof[at : at + SIZE] for at in range(0, len(proof), SIZE)]
        try:
            root = root_from(self._seal.events, self._places, self._leaves, hashes)
        except ValueError as error:
            self._add("broken_proof", f"the proof does not fit the events: {error}")
        else:
            if root != self._seal.root:
                self._add("seal_mismatch", f"the events are not what seal {self._seal.number} was made over")
        faults = sorted(self._faults, key=lambda fault: (fault.position, fault.case_id, fault.version))
        return VerifyReport(len(self._leaves), len(self._heads), self._seal.position, tuple(faults))


def _manifest(folder: Path) -> tuple[dict[str, Any], Seal]:
    try:
        values = json.loads((folder / MANIFEST).read_text("utf-8"))
        format_, version = values["format"], values["version"]
        if (format_, version) == (FORMAT, VERSION):
            digests = {name: values["sha256"][name] for name in (EVENTS, CASES, PROOF)}
            counts = {name: _number(values[name], name) for name in ("cases", "events")}
            return counts | {"sha256": digests}, _seal(values["seal"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        message = f"this is no archive: {error}"
        raise SchemaMismatchError([Fault("archive.none", message, str(folder), _NO_ARCHIVE)]) from error
    if format_ != FORMAT:
        message = f"this is no archive: its format is {format_!r}"
        raise SchemaMismatchError([Fault("archive.none", message, str(folder), _NO_ARCHIVE)])
    message = f"version {version!r} of the format, and this release reads {VERSION}"
    raise SchemaMismatchError([Fault("archive.newer", message, str(folder), "read it with a newer release")])


def _seal(values: dict[str, Any]) -> Seal:
    hashes = {name: bytes.fromhex(values[name]) for name in ("root", "previous")}
    if {len(hash_) for hash_ in hashes.values()} != {SIZE}:
        raise ValueError(f"a hash of the seal has not {SIZE} bytes")
    numbers = {name: _number(values[name], name) for name in ("number", "position", "events", "sealed_us")}
    if not isinstance(values["store"], str):
        raise TypeError("the store of the seal is no text")
    return Seal(**(values | numbers | hashes))


def _number(value: object, name: str) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(f"{name} is no number that counts or places something")
    return value


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _events(folder: Path) -> Iterator[tuple[int, RecordedEvent]]:
    for place, position, case_id, version, recorded_us, command_id, digest, *event in _rows(
        folder / EVENTS, event_schema()
    ):
        envelope = Envelope(*event)
        yield (
            place,
            RecordedEvent(position, case_id, version, recorded_us, command_id, digest, envelope),
        )


def _rows(path: Path, schema: Schema) -> Iterator[tuple[Any, ...]]:
    """Rows of a Parquet file that must have just these columns."""
    from arro3.io import read_parquet

    with _called(path, lambda: path.open("rb")) as file:
        reader = _called(path, lambda: read_parquet(file))
        if reader.schema != schema:
            message = "it has other columns than an archive"
            raise IntegrityViolationError([Fault("archive.columns", message, str(path), _DAMAGED)])
        while (batch := _called(path, lambda: next(reader, None))) is not None:
            columns = [batch.column(at).to_pylist() for at in range(batch.num_columns)]
            yield from zip(*columns, strict=True)


def _called(path: Path, read: Callable[[], T]) -> T:
    """Call what reads a file, of which the Parquet reader panics on some, and raise an error of ours."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001
        message = f"it cannot be read: {error}"
        raise IntegrityViolationError([Fault("archive.damaged", message, str(path), _DAMAGED)]) from None
