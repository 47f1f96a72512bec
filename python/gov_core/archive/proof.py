"""What it takes to compute the root of a Merkle tree from some of its leaves.

Of the subtrees without a chosen leaf only the roots of the largest are kept, in the order of the leaves
(inclusion proofs of RFC 6962 for many leaves at once, without what they share): for one leaf of n they are
log2 n hashes, for all leaves none.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Subtree(NamedTuple):
    """A whole subtree: its root, and the proof of the chosen leaves in it; None if it has none."""

    root: bytes
    proof: list[bytes] | None


class PartialTree:
    """A tree that grows leaf by leaf, and proves the chosen ones; memory is that of the proof."""

    __slots__ = ("_peaks", "leaves")

    def __init__(self) -> None:
        self.leaves = 0
        self._peaks: list[_Subtree] = []

    def add(self, leaf: bytes, *, chosen: bool) -> None:
        """Grow by the hash of one leaf."""
        size = self.leaves = self.leaves + 1
        subtree = _Subtree(leaf, [] if chosen else None)
        while not size & 1:
            subtree = _joined(self._peaks.pop(), subtree)
            size >>= 1
        self._peaks.append(subtree)

    def close(self) -> tuple[bytes, list[bytes]]:
        """The root, and the proof of the chosen leaves."""
        if not self._peaks:
            return sha256().digest(), []
        *higher, whole = self._peaks
        for peak in reversed(higher):
            whole = _joined(peak, whole)
        return whole.root, [whole.root] if whole.proof is None else whole.proof


def _joined(left: _Subtree, right: _Subtree) -> _Subtree:
    root = sha256(b"\1" + left.root + right.root).digest()
    if left.proof is None and right.proof is None:
        return _Subtree(root, None)
    proof = [left.root] if left.proof is None else left.proof
    proof += [right.root] if right.proof is None else right.proof
    return _Subtree(root, proof)


def root_from(count: int, places: Sequence[int], leaves: Sequence[bytes], proof: Sequence[bytes]) -> bytes:
    """The root of a tree of which some leaves are known.

    Args:
        count: How many leaves the tree has.
        places: Of the known leaves, from 0, growing, below `count`.
        leaves: Their hashes, in the same order.
        proof: As `PartialTree.close` gave it.

    Raises:
        ValueError: Places or proof are not those of such a tree.
    """
    if list(places) != sorted(set(places)) or (places and not 0 <= places[0] <= places[-1] < count):
        raise ValueError(f"places of leaves grow and are below {count}")
    if not count:
        return sha256().digest()
    hashes = iter(proof)

    def root(first: int, end: int) -> bytes:
        at = bisect_left(places, first)
        if at == len(places) or places[at] >= end:
            if (hash_ := next(hashes, None)) is None:
                raise ValueError("the proof is too short")
            return hash_
        if end - first == 1:
            return leaves[at]
        half = first + (1 << (end - first - 1).bit_length() - 1)
        return sha256(b"\1" + root(first, half) + root(half, end)).digest()

    whole = root(0, count)
    if next(hashes, None) is not None:
        raise ValueError("the proof is too long")
    return whole
