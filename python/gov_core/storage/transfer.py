"""A store as a file of lines, and back: the same hashes, positions and times of record.

Each line is a JSON array: what it is, then its fields in the order in which the contract has them. Bytes
are base64, the data of an event is text. The first line says the format and the store, the last one how
many lines there are and their checksum: a file that was cut off or changed is not read.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.errors import Fault, IntegrityViolationError
from gov_core.storage.outbox import MESSAGE_STATES, Message, OutboxEntry
from gov_core.storage.personal import Access, Erasure, Hold, Personal, SubjectKey, SubjectLink
from gov_core.storage.protocol import (
    CaseEntry,
    CaseRow,
    Checkpoint,
    ClockRow,
    Cursor,
    Envelope,
    RecordedEvent,
    Seal,
)
from gov_core.storage.refusals import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.storage.protocol import CaseStore, Entry

FORMAT: Final = "gov_core.cases"
VERSION: Final = 1
_TOLD_EVERY: Final = 1000
"""After how many entries it is told how far it has come."""

_PLAIN: Final[dict[str, tuple[type[Any], tuple[int, ...]]]] = {
    "personal": (Personal, (0, 2)),
    "key": (SubjectKey, (1,)),
    "link": (SubjectLink, ()),
    "hold": (Hold, ()),
    "erasure": (Erasure, ()),
    "access": (Access, (1,)),
}
"""Entries whose fields are a line just as they are, and which of them are bytes."""
_NAMES: Final = {kind: name for name, (kind, _) in _PLAIN.items()}


class Transferred(NamedTuple):
    """What went into a file, or came out of it.

    Attributes:
        store: Id of the store.
        entries: Lines without the first and the last.
        digest: SHA-256 of all lines before the last, in hex.
    """

    store: str
    entries: int
    digest: str


def export_cases(
    store: CaseStore, to: IO[bytes], *, progress: Callable[[int], object] | None = None
) -> Transferred:
    """Write all of a store.

    Appends may go on meanwhile; what the file has of a case is then whole up to some event.

    Args:
        store: What to write.
        to: A file that takes bytes.
        progress: Called now and then with the bytes that were written.
    """
    checksum = sha256()
    entries = written = 0
    identity = store.describe().store

    def write(*values: object) -> int:
        line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        checksum.update(line)
        to.write(line)
        return len(line)

    write(FORMAT, VERSION, identity)
    for entry in store.dump():
        written += write(*_packed(entry))
        entries += 1
        if progress is not None and not entries % _TOLD_EVERY:
            progress(written)
    digest = checksum.hexdigest()
    write("end", entries, digest)
    return Transferred(identity, entries, digest)


def import_cases(
    store: CaseStore, source: IO[bytes], *, progress: Callable[[int], object] | None = None
) -> Transferred:
    """Read a file into an empty store, which becomes the store that was written.

    Args:
        store: An empty store.
        source: A file that gives bytes.
        progress: Called now and then with the bytes that were read.

    Raises:
        IntegrityViolationError: The file is cut off, changed or of something else; nothing was written.
        ConcurrencyConflictError: The store is not empty.
    """
    lines = _Lines(source, progress)
    identity = lines.begin()
    store.restore(identity, lines.entries())
    return Transferred(identity, lines.count, lines.digest)


class _Lines:
    """Lines of a file, checked as they are read."""

    def __init__(self, source: IO[bytes], progress: Callable[[int], object] | None) -> None:
        self._source, self._progress = source, progress
        self._read = 0
        self._checksum = sha256()
        self._number = 0
        self.count = 0
        self.digest = ""

    def begin(self) -> str:
        """The first line; the id of the store."""
        match self._next():
            case [format_, version, str() as store] if format_ == FORMAT:
                if version != VERSION:
                    raise self._fault(f"version {version} of the format, and this release reads {VERSION}")
                return store
        raise self._fault("no file of cases begins like this")

    def entries(self) -> Iterator[Entry]:
        """All lines between the first and the last.

        Raises:
            IntegrityViolationError: The last line is not there, or is of another file.
        """
        while True:
            self.digest = self._checksum.hexdigest()
            values = self._next()
            if values[:1] == ["end"]:
                break
            try:
                yield _unpacked(values)
            except UNREADABLE as error:
                raise self._fault(f"this is no entry: {error}") from error
            self.count += 1
            if self._progress is not None and not self.count % _TOLD_EVERY:
                self._progress(self._read)
        if values != ["end", self.count, self.digest]:
            raise self._fault(f"{self.count} entries with checksum {self.digest} are not what was written")
        if self._source.read(1):
            raise self._fault("there is more behind the last line")

    def _next(self) -> list[Any]:
        line = self._source.readline()
        self._number += 1
        self._read += len(line)
        self._checksum.update(line)
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._fault(
                "cut off" if not line.endswith(b"\n") else f"this is no JSON: {error}"
            ) from error
        if not isinstance(values, list):
            raise self._fault("a line is an array")
        return values

    def _fault(self, message: str) -> IntegrityViolationError:
        hint = "export the store again, or take another copy"
        return IntegrityViolationError(
            (Fault("storage.damaged_export", message, f"line {self._number}", hint),)
        )


def _packed(entry: Entry) -> tuple[object, ...]:
    match entry:
        case RecordedEvent():
            *fields, digest, (type_, schema, at_us, data, hash_) = entry
            return "event", *fields, _text(digest), type_, schema, at_us, *_payload(data), _text(hash_)
        case CaseEntry(case_id, row, clocks):
            return "case", case_id, row, clocks
        case OutboxEntry():
            (id_, endpoint, body, delay_us), *fields = entry
            return "message", id_, endpoint, _text(body), delay_us, *fields
        case Seal():
            *fields, root, previous, sealed_us = entry
            return "seal", *fields, _text(root), _text(previous), sealed_us
        case Checkpoint(name, cursor):
            return "checkpoint", name, *cursor
        case _:
            name = _NAMES[type(entry)]
            return name, *(_text(value) if isinstance(value, bytes) else value for value in entry)


def _unpacked(values: list[Any]) -> Entry:
    match values:
        case ["event", position, case_id, version, recorded_us, command_id, digest, *event]:
            type_, schema, at_us, data, in_base64, hash_ = event
            payload = _bytes(data) if in_base64 else data.encode()
            envelope = Envelope(type_, schema, at_us, payload, _bytes(hash_))
            return RecordedEvent(
                position, case_id, version, recorded_us, command_id, _bytes(digest), envelope
            )
        case ["case", case_id, row, clocks]:
            own = tuple(ClockRow(*clock) for clock in clocks)
            return CaseEntry(case_id, CaseRow(*row) if row else None, own)
        case ["message", id_, endpoint, body, delay_us, case_id, number, state, *fields]:
            message = Message(id_, endpoint, _bytes(body), delay_us)
            if state not in MESSAGE_STATES:
                raise ValueError(f"no message is {state!r}")
            return OutboxEntry(message, case_id, number, state, *fields)
        case ["seal", store, number, position, events, root, previous, sealed_us]:
            return Seal(store, number, position, events, _bytes(root), _bytes(previous), sealed_us)
        case ["checkpoint", name, store, position]:
            return Checkpoint(name, Cursor(store, position))
        case [str() as name, *fields] if name in _PLAIN:
            kind, in_base64 = _PLAIN[name]
            entry: Entry = kind(
                *(_bytes(value) if at in in_base64 else value for at, value in enumerate(fields))
            )
            return entry
    raise ValueError(f"there is no {values[:1]}")


def _payload(data: bytes) -> tuple[str, bool]:
    """Data as text if it is text, else in base64; and which."""
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return _text(data), True


def _text(value: bytes) -> str:
    return b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)
