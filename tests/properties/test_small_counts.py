"""Small counts of people cannot be reckoned from what is shown, held against ranks of matrices."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.places.small_counts import Sum, left_out, shown, too_small

if TYPE_CHECKING:
    from collections.abc import Hashable

    Counts = dict[Hashable, int]


def crossed(rows: list[list[int]]) -> tuple[Counts, list[Sum]]:
    """A table with the totals of its rows and columns, and the grand total."""
    high, wide = len(rows), len(rows[0])
    counts: Counts = {(r, c): rows[r][c] for r, c in product(range(high), range(wide))}
    counts |= {(r, "all"): sum(rows[r]) for r in range(high)}
    counts |= {("all", c): sum(row[c] for row in rows) for c in range(wide)}
    counts["all", "all"] = sum(map(sum, rows))
    sums = [Sum((r, "all"), tuple((r, c) for c in range(wide))) for r in (*range(high), "all")]
    sums += [Sum(("all", c), tuple((r, c) for r in range(high))) for c in (*range(wide), "all")]
    return counts, sums


tables = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 12), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


def determined(sums: list[Sum], unknown: list[Hashable]) -> set[Hashable]:
    """Unknowns whose axis lies in the row space of the equations."""
    matrix = np.array(
        [[(name in one.parts) - (name == one.total) for name in unknown] for one in sums], dtype=float
    )
    rank = np.linalg.matrix_rank(matrix) if unknown else 0
    axes = np.eye(len(unknown))
    return {
        name
        for at, name in enumerate(unknown)
        if np.linalg.matrix_rank(np.vstack([matrix, axes[at]])) == rank
    }


@given(rows=tables, smallest=st.integers(0, 7), data=st.data())
def test_nothing_small_follows_from_what_is_shown(
    rows: list[list[int]], smallest: int, data: st.DataObject
) -> None:
    counts, sums = crossed(rows)
    untold = set(data.draw(st.lists(st.sampled_from(list(counts)), max_size=3)))
    hidden = left_out(counts, sums, smallest=smallest, untold=untold)
    small = {name for name in counts if 0 < counts[name] < smallest}
    unknown = [name for name in counts if name in hidden or name in untold]
    assert small <= set(unknown)
    assert not hidden & untold
    assert small or not hidden
    assert all(counts[name] for name in hidden)
    if smallest:
        assert not small & determined(sums, unknown)
    for one in sums:
        missing = [name for name in one.parts if name in unknown]
        if one.total not in unknown and small.intersection(missing):
            together = sum(counts[name] for name in missing)
            assert together - (len(missing) - 1) >= smallest


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ([20, 9, 3, 7], {2, 3}),  # with it the next smallest, of 7 and 9 the 7
        ([20, 9, 3, 4], {2, 3}),  # 7 together: each could be 6
        ([20, 9, 1, 2], {1, 2, 3}),  # 3 together would be small itself
        ([20, 9, 3, 2], {1, 2, 3}),  # 5 together: neither could be 5
        ([20, 0, 4, 9], {2, 3}),  # a 0 hides nothing
        ([3, 0], {0, "all"}),  # nothing else is left to hide it
        ([8, 5], set()),  # 5 is not small
    ],
)
def test_the_next_smallest_goes_too(parts: list[int], hidden: set[Hashable]) -> None:
    counts: Counts = {**dict(enumerate(parts)), "all": sum(parts)}
    assert left_out(counts, [Sum("all", tuple(range(len(parts))))], smallest=5) == hidden


def test_what_is_left_over_is_a_count_too() -> None:
    counts = {"closed": 48, "open": 2, "cases": 50}
    whole = [Sum("cases", ("closed", "open"))]
    assert left_out(counts, whole, smallest=5, untold={"open"}) == {"closed"}
    assert left_out({**counts, "open": 0, "closed": 50}, whole, smallest=5, untold={"open"}) == set()


def test_sums_that_hang_together_are_seen_through() -> None:
    """No sum has a single gap, and yet one less the other is what is left out."""
    counts = {"a": 2, "b": 8, "c": 9, "bc": 17, "abc": 19}
    sums = [Sum("bc", ("b", "c")), Sum("abc", ("a", "b", "c"))]
    hidden = left_out(counts, sums, smallest=5, untold={"b", "c"})
    assert hidden == {"a", "abc"}


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="a count is 0 or more"):
        left_out({}, [], smallest=-1)


@given(count=st.integers(0, 100), smallest=st.integers(0, 20))
def test_none_at_all_may_be_shown(count: int, smallest: int) -> None:
    assert shown(count, smallest) == (None if too_small(count, smallest) else count)
    assert too_small(count, smallest) == (count in range(1, smallest))
