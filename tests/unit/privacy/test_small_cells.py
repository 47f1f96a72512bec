from hypothesis import given
from hypothesis import strategies as st

from gov_core.privacy.small_cells import is_small, shown, without_small

COUNTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 40), max_size=8)


@given(counts=COUNTS, smallest=st.integers(1, 9))
def test_no_small_count_is_shown_and_none_is_made_up(counts, smallest):
    published = without_small(counts, smallest)

    assert published.keys() == counts.keys()
    assert all(count in (None, counts[key]) for key, count in published.items())
    assert not any(count is not None and is_small(count, smallest) for count in published.values())
    assert all(published[key] == 0 for key, count in counts.items() if count == 0)
    if not any(is_small(count, smallest) for count in counts.values()):
        assert published == counts


@given(counts=COUNTS)
def test_the_total_gives_no_hidden_count_away_where_others_could_be_hidden(counts):
    published = without_small(counts, 5)
    hidden = [counts[key] for key, count in published.items() if count is None]
    if not hidden or all(count in (None, 0) for count in published.values()):
        return  # none, or nothing is left that could be hidden with them
    # What an outsider knows: so many are hidden, none of them is 0, and this is their sum.
    largest = sum(hidden) - (len(hidden) - 1)
    assert len(hidden) > 1
    assert largest >= 5


def test_the_smallest_of_the_others_is_hidden_with_a_single_small_one():
    assert without_small({"a": 2, "b": 9, "c": 30, "d": 0}) == {"a": None, "b": None, "c": 30, "d": 0}
    assert without_small({"a": 1, "b": 1, "c": 7, "d": 30}) == {"a": None, "b": None, "c": None, "d": 30}
    assert without_small({"a": 4, "b": 4, "c": 3, "d": 30}) == {"a": None, "b": None, "c": None, "d": 30}
    assert without_small({"a": 2}) == {"a": None}
    assert without_small({}) == {}
    assert (shown(None), shown(1234)) == ("–", "1,234")
