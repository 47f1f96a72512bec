"""The tree that grows gives the roots of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.storage.merkle import MerkleTree


def root_of(leaves: list[bytes]) -> bytes:
    """The definition, by halves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    half = 1
    while 2 * half < len(leaves):
        half *= 2
    return sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


@given(count=st.integers(0, 200), at=st.integers(0, 200))
def test_root_is_that_of_the_definition_however_it_was_grown(count: int, at: int) -> None:
    leaves = [sha256(b"\0%d" % number).digest() for number in range(count)]
    tree = MerkleTree()
    for leaf in leaves[:at]:
        tree.add(leaf)
    tree = MerkleTree(tree.leaves, tree.peaks)  # as after a restart
    for leaf in leaves[at:]:
        tree.add(leaf)
    assert (tree.leaves, tree.root()) == (count, root_of(leaves))


@pytest.mark.parametrize(("leaves", "peaks"), [(1, b""), (2, bytes(64)), (1, bytes(31)), (0, bytes(32))])
def test_peaks_that_do_not_fit_are_refused(leaves: int, peaks: bytes) -> None:
    with pytest.raises(ValueError, match="peaks"):
        MerkleTree(leaves, peaks)
