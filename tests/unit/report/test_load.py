"""Classes of load, and counts summed up the hierarchy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.report import roll_up
from gov_core.report.load import COLOURS, NO_EVENTS, Scale


@given(st.lists(st.integers(0, 10**7), max_size=300))
def test_classes_ascend_from_one_and_hold_every_count(counts):
    scale = Scale.fit(counts)
    assert scale.starts[0] == 1
    assert list(scale.starts) == sorted(set(scale.starts))
    assert len(scale.colours) == len(scale.labels) == len(scale.starts) <= len(COLOURS)
    assert len(set(scale.colours)) == len(scale.colours)
    for count in counts:
        assert (scale.colour(count) == NO_EVENTS) == (count == 0)
    if any(counts):
        assert scale.colour(max(counts)) == scale.colours[-1]


def test_a_count_has_the_colour_of_its_class():
    scale = Scale((1, 10, 50))
    assert scale.colours == (COLOURS[0], COLOURS[3], COLOURS[6])
    colours = [scale.colour(count) for count in (0, 1, 9, 10, 49, 50, 1000)]
    assert colours == [NO_EVENTS, *[COLOURS[0]] * 2, *[COLOURS[3]] * 2, *[COLOURS[6]] * 2]
    assert scale.labels == ("1 - 9", "10 - 49", "50 +")


def test_hot_spots_stand_out():
    scale = Scale.fit([*range(100, 1100, 10), 9_000])
    dark = sum(scale.colour(count) == COLOURS[-1] for count in range(100, 1100, 10))
    assert len(scale.starts) >= 6
    assert dark <= 10


@pytest.mark.parametrize("level", ["street", "community", "grid"])
def test_rolled_up_counts_keep_their_sum(city, tally, level):
    areas = roll_up(city, tally.places, level)
    assert set(areas) <= {place.id for place in city.places if place.level == level}
    assert sum(sum(statuses.values()) for statuses in areas.values()) == sum(tally.places.values())


def test_places_above_the_level_are_left_out(city):
    street = city.path(city.grids[0])[0]
    assert roll_up(city, {(street, "routed"): 5}, "grid") == {}
    assert roll_up(city, {(street, "routed"): 5}, "street") == {street: {"routed": 5}}
