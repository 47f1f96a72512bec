"""The root comes out of any choice of leaves and the proof beside them, and out of nothing else."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.archive.proof import PartialTree, root_from
from gov_core.storage.merkle import MerkleTree


def grown(leaves: list[bytes], chosen: set[int]) -> tuple[bytes, list[bytes]]:
    tree = PartialTree()
    for place, leaf in enumerate(leaves):
        tree.add(leaf, chosen=place in chosen)
    return tree.close()


def some_leaves(count: int) -> list[bytes]:
    return [sha256(b"\0%d" % number).digest() for number in range(count)]


@given(count=st.integers(0, 150), data=st.data())
def test_chosen_leaves_and_proof_make_the_root(count: int, data: st.DataObject) -> None:
    leaves = some_leaves(count)
    chosen = sorted(data.draw(st.sets(st.integers(0, count - 1)) if count else st.just(set())))
    whole = MerkleTree()
    for leaf in leaves:
        whole.add(leaf)
    root, proof = grown(leaves, set(chosen))
    assert root == whole.root()
    known = [leaves[place] for place in chosen]
    assert root_from(count, chosen, known, proof) == root
    assert len(proof) <= max(1, len(chosen) * max(count - 1, 0).bit_length())
    for at in range(len(known)):  # another leaf in its place makes another root
        assert root_from(count, chosen, [*known[:at], bytes(32), *known[at + 1 :]], proof) != root


@given(count=st.integers(2, 60), data=st.data())
def test_left_out_and_moved_leaves_do_not_make_it(count: int, data: st.DataObject) -> None:
    leaves = some_leaves(count)
    chosen = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))
    root, proof = grown(leaves, set(chosen))
    at = data.draw(st.integers(0, len(chosen) - 1))
    fewer = [*chosen[:at], *chosen[at + 1 :]]
    try:
        found = root_from(count, fewer, [leaves[place] for place in fewer], proof)
    except ValueError:
        found = b""
    assert found != root


@pytest.mark.parametrize(
    ("count", "places", "proof"),
    [(4, [1, 0], 1), (4, [0, 0], 1), (4, [4], 2), (4, [-1], 2), (4, [0], 1), (4, [0], 3), (0, [0], 0)],
)
def test_what_is_no_choice_or_no_proof_is_refused(count: int, places: list[int], proof: int) -> None:
    with pytest.raises(ValueError, match=r"proof|places"):
        root_from(count, places, [bytes(32)] * len(places), [bytes(32)] * proof)
