"""Evidence: photographs and documents of cases, kept by what they hash to; cases hold the digests only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.storage.protocol import StoreFault

EvidenceKind = Literal["photo", "document", "audio", "video"]


class Kept(NamedTuple):
    """A file as it is kept.

    Attributes:
        digest: SHA-256 of its bytes, hexadecimal: its only name.
        kind: What its first bytes say it is.
        format: More exactly: ``jpeg``, ``pdf`` …
        bytes: Its size.
    """

    digest: str
    kind: EvidenceKind
    format: str
    bytes: int


class EvidenceStore(Protocol):
    """Where files are kept. The same bytes are kept once; what is kept never changes."""

    def put(self, data: bytes) -> Kept:
        """Keep a file; a return means durable. The same bytes again change nothing.

        Raises:
            PayloadRejectedError: ``evidence.empty``, ``evidence.too_large``, ``evidence.unknown_format``.
            CapacityExceededError: The disk is full; nothing was kept.
            StoreUnavailableError: It cannot be written now; nothing was kept.
        """
        ...

    def get(self, digest: str) -> bytes:
        """The bytes of a file, checked against its digest.

        Raises:
            UnknownEvidenceError: Nothing of that digest is kept.
            IntegrityViolationError: What is kept is not what was put.
        """
        ...

    def has(self, digest: str) -> bool:
        """Whether a file of that digest is kept; its bytes are not read."""
        ...

    def digests(self) -> Iterator[str]:
        """The digests of all that is kept, ascending."""
        ...

    def verify(self) -> tuple[StoreFault, ...]:
        """Read everything, and say what is not what was put."""
        ...
