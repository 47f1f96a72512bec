"""Evidence in plain files: a folder, and in it each file under its digest.

Nothing a sender says of a file is believed: its kind is told by its first bytes, its name is made from its
digest, and the folder never holds half a file: it is written under another name, synced, and then linked to
its place, which fails where there is one already.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.errors import (
    CapacityExceededError,
    Fault,
    IntegrityViolationError,
    PayloadRejectedError,
    StoreUnavailableError,
    UnknownEvidenceError,
)
from gov_core.storage.evidence import EvidenceKind, Kept
from gov_core.storage.protocol import StoreFault
from gov_core.storage.syncing import sync_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MAX_BYTES: Final = 20 * 1024 * 1024
"""Default size limit: a photograph of a phone is 2 to 8 MB, a scan of some pages as much."""

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_DIGEST_LENGTH: Final = 64


class Format(NamedTuple):
    """A format of files, by what they begin with.

    Attributes:
        name: ``jpeg``.
        kind: What it is evidence as.
        offset: Where its mark stands.
        marks: What may stand there.
        start: What the file begins with before that; empty if anything may.
    """

    name: str
    kind: EvidenceKind
    offset: int
    marks: tuple[bytes, ...]
    start: bytes = b""


SEALED_MARK: Final = b"\x8fGCS"
"""What a file begins with that was encrypted before it came here; a letter for its kind follows."""

SEALED: Final[tuple[Format, ...]] = (
    Format("sealed", "photo", 0, (SEALED_MARK + b"p",)),
    Format("sealed", "document", 0, (SEALED_MARK + b"d",)),
    Format("sealed", "audio", 0, (SEALED_MARK + b"a",)),
    Format("sealed", "video", 0, (SEALED_MARK + b"v",)),
)
"""Files of a home, sealed by `gov_core.privacy`: who sealed them has looked at what they are."""

FORMATS: Final[tuple[Format, ...]] = (
    Format("jpeg", "photo", 0, (b"\xff\xd8\xff",)),
    Format("png", "photo", 0, (b"\x89PNG\r\n\x1a\n",)),
    Format("webp", "photo", 8, (b"WEBP",), b"RIFF"),
    Format("heic", "photo", 4, (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif")),
    Format("pdf", "document", 0, (b"%PDF-",)),
    Format("ogg", "audio", 0, (b"OggS",)),
    Format("wav", "audio", 8, (b"WAVE",), b"RIFF"),
    Format("mp3", "audio", 0, (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    Format("m4a", "audio", 4, (b"ftypM4A ",)),
    Format("mp4", "video", 4, (b"ftypisom", b"ftypmp42", b"ftypmp41", b"ftypavc1", b"ftypqt  ")),
)
"""What is kept, by the marks that the formats themselves define."""


def format_of(data: bytes) -> Format | None:
    """The format of a file by its first bytes; None if it is none of `FORMATS` and not sealed."""
    for one in (*FORMATS, *SEALED):
        if data.startswith(one.start) and any(data.startswith(mark, one.offset) for mark in one.marks):
            return one
    return None


class FileEvidenceStore:
    """Evidence in a folder. Several processes may use one folder.

    Args:
        folder: Where; made if it is not there.
        max_bytes: Largest file.
        kinds: What is taken.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        max_bytes: int = MAX_BYTES,
        kinds: Collection[EvidenceKind] = ("photo", "document", "audio", "video"),
    ) -> None:
        self.folder = Path(folder)
        self.max_bytes = max_bytes
        self.kinds = frozenset(kinds)
        with _typed(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> Kept:
        """Keep a file; a return means that it is on the disk, name and all."""
        kept = self._looked_at(data)
        place = self._place(kept.digest)
        with _typed(place):
            if not _holds(place, data):
                place.parent.mkdir(exist_ok=True)
                _write(place, data)
            # Also where it was there: whoever put it may have been stopped before, or be about to.
            sync_folder(place.parent)
            sync_folder(self.folder)
        return kept

    def get(self, digest: str) -> bytes:
        """The bytes of a file, checked against its digest."""
        if not self.has(digest):
            fault = Fault(
                "evidence.unknown", f'there is no evidence "{digest}"', digest, "look at the digest"
            )
            raise UnknownEvidenceError([fault])
        with _typed(self._place(digest)):
            data = self._place(digest).read_bytes()
        if sha256(data).hexdigest() != digest:
            raise IntegrityViolationError([_changed(digest)])
        return data

    def has(self, digest: str) -> bool:
        """Whether a file of that digest is kept; its bytes are not read."""
        return _is_digest(digest) and self._place(digest).is_file()

    def digests(self) -> Iterator[str]:
        """The digests of all that is kept, ascending."""
        for part in sorted(self.folder.iterdir()):
            if part.is_dir():
                yield from (file.name for file in sorted(part.iterdir()) if _is_digest(file.name))

    def verify(self) -> tuple[StoreFault, ...]:
        """Read everything, and say what is not what was put."""
        faults = []
        for digest in self.digests():
            try:
                self.get(digest)
            except IntegrityViolationError as error:
                faults.append(StoreFault(error.faults[0].code, error.faults[0].message))
        return tuple(faults)

    def _looked_at(self, data: bytes) -> Kept:
        """What a file is, or every reason why it is not kept."""
        faults, known = [], format_of(data)
        if not data:
            faults.append(Fault("evidence.empty", "the file is empty", hint="send it again"))
        if len(data) > self.max_bytes:
            message = f"the file has {len(data)} bytes, and {self.max_bytes} is the most"
            faults.append(Fault("evidence.too_large", message, hint="send a smaller picture, or fewer pages"))
        if data and (known is None or known.kind not in self.kinds):
            names = ", ".join(one.name for one in FORMATS if one.kind in self.kinds)
            what = "of no known format" if known is None else f"a {known.kind} ({known.name})"
            faults.append(
                Fault(
                    "evidence.unknown_format",
                    f"by its first bytes it is {what}",
                    hint=f"send one of: {names}",
                )
            )
        if faults or known is None:
            raise PayloadRejectedError(faults)
        return Kept(sha256(data).hexdigest(), known.kind, known.name, len(data))

    def _place(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


def _write(place: Path, data: bytes) -> None:
    """Write under another name, sync, and link to its place; the place is never written over."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, place)
        except FileExistsError:
            # Another was first with the same bytes; were they others, they are left for whoever audits it.
            if not _holds(place, data):
                raise IntegrityViolationError([_changed(place.name)]) from None
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def _holds(place: Path, data: bytes) -> bool:
    try:
        return place.stat().st_size == len(data) and place.read_bytes() == data
    except FileNotFoundError:
        return False


def _is_digest(text: str) -> bool:
    return len(text) == _DIGEST_LENGTH and _HEXADECIMAL.issuperset(text)


def _changed(digest: str) -> Fault:
    message = f'what is kept under "{digest}" is not what was put there'
    return Fault("integrity.changed_evidence", message, digest, "restore it from a backup", (digest,))


@contextmanager
def _typed(place: Path) -> Iterator[None]:
    """No error of the operating system gets out."""
    try:
        yield
    except OSError as error:
        kind = CapacityExceededError if error.errno in _FULL else StoreUnavailableError
        hint = "free some space" if error.errno in _FULL else "see that the folder is there and writable"
        raise kind([Fault(kind.code, error.strerror or str(error), place.name, hint)]) from error
