"""The Merkle tree over a feed, as in RFC 6962, grown event by event.

Of a tree with n leaves only the roots of its whole subtrees are kept, one for each bit that is set in n:
sealing costs what has come since the last seal, and the state is at most 64 hashes.
"""

from __future__ import annotations

from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gov_core.storage.protocol import RecordedEvent, Seal

_LEAF: Final = Struct(">cQqI")
_SEAL: Final = Struct(">IQQQqI")
SIZE: Final = 32


def leaf(event: RecordedEvent) -> bytes:
    """Hash of one event with all that the store has added to it.

    The event's own hash covers its case, version, type, schema, time and data, and all events before it.
    """
    command = event.command_id.encode()
    fixed = _LEAF.pack(b"\0", event.position, event.recorded_us, len(command))
    return sha256(b"".join((fixed, command, event.digest, event.envelope.hash))).digest()


def seal_hash(seal: Seal) -> bytes:
    """Hash of a seal, for the seal after it."""
    store = seal.store.encode()
    fixed = _SEAL.pack(seal.number, seal.position, seal.events, 0, seal.sealed_us, len(store))
    return sha256(b"".join((fixed, store, seal.root, seal.previous))).digest()


class MerkleTree:
    """A tree that only grows.

    Args:
        leaves: How many leaves it has.
        peaks: Roots of its whole subtrees, largest first, 32 bytes each, as `peaks` gave them.
    """

    __slots__ = ("_peaks", "leaves")

    def __init__(self, leaves: int = 0, peaks: bytes = b"") -> None:
        self.leaves = leaves
        self._peaks = [peaks[start : start + SIZE] for start in range(0, len(peaks), SIZE)]
        if len(self._peaks) != leaves.bit_count() or len(peaks) % SIZE:
            raise ValueError(f"a tree of {leaves} leaves has {leaves.bit_count()} peaks")

    @property
    def peaks(self) -> bytes:
        """Roots of its whole subtrees, largest first."""
        return b"".join(self._peaks)

    def add(self, leaf: bytes) -> None:
        """Grow by the hash of one leaf."""
        size = self.leaves = self.leaves + 1
        peaks = self._peaks
        while not size & 1:
            leaf = sha256(b"\1" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)

    def root(self) -> bytes:
        """The root; of no leaves it is the hash of nothing."""
        if not self._peaks:
            return sha256().digest()
        *higher, root = self._peaks
        for peak in reversed(higher):
            root = sha256(b"\1" + peak + root).digest()
        return root
