"""Counting routed batches, whatever type their text columns have."""

from __future__ import annotations

import pyarrow as pa
import pytest
from arro3.core import RecordBatch

from gov_core.report import Tally

ROWS = {
    "status": ["routed", "out_of_area", "routed", "no_rule", "routed", "no_rule"],
    "place": ["G1", None, "G2", "G2", "G1", None],
    "unit": ["U1", None, "U2", None, "U1", None],
    "matter": ["C01", "C01", "C02", None, "C02", "C03"],
}


def batch_of(rows, text_type):
    return RecordBatch.from_arrow(pa.record_batch({name: pa.array(rows[name], text_type) for name in rows}))


@pytest.mark.parametrize(
    "text_type", [pa.string(), pa.dictionary(pa.int32(), pa.string()), pa.dictionary(pa.uint8(), pa.string())]
)
def test_every_row_counts_once(text_type):
    tally = Tally()
    assert list(tally.over([batch_of(ROWS, text_type)])) == [batch_of(ROWS, text_type)]
    assert tally.rows == 6
    assert tally.statuses == {"routed": 3, "out_of_area": 1, "no_rule": 2}
    assert tally.places == {("G1", "routed"): 2, ("G2", "routed"): 1, ("G2", "no_rule"): 1}
    assert tally.units == {"U1": 2, "U2": 1}
    assert tally.matters == {"C01": 1, "C02": 2}


def test_batches_with_other_dictionaries_add_up():
    tally = Tally()
    tally.add(batch_of(ROWS, pa.dictionary(pa.int32(), pa.string())))
    turned = {name: values[::-1] for name, values in ROWS.items()}
    tally.add(batch_of(turned, pa.dictionary(pa.int32(), pa.string())))
    assert tally.rows == 12
    assert tally.units == {"U1": 4, "U2": 2}
    assert sum(tally.statuses.values()) == 12


def test_a_batch_without_a_routed_event():
    tally = Tally()
    tally.add(batch_of({name: values[1:2] for name, values in ROWS.items()}, pa.string()))
    assert tally.statuses == {"out_of_area": 1}
    assert not tally.units


def test_an_empty_batch_counts_nothing():
    tally = Tally()
    tally.add(batch_of({name: [] for name in ROWS}, pa.dictionary(pa.int32(), pa.string())))
    assert (tally.rows, dict(tally.statuses)) == (0, {})


def test_events_of_sensitive_matters_are_in_no_place_unit_or_class():
    tally = Tally(["C01"])
    tally.add(batch_of(ROWS, pa.dictionary(pa.int32(), pa.string())))
    assert tally.rows == 6
    assert tally.statuses == {"routed": 3, "out_of_area": 1, "no_rule": 2}
    assert tally.places == {("G2", "routed"): 1, ("G2", "no_rule"): 1, ("G1", "routed"): 1}
    assert tally.units == {"U1": 1, "U2": 1}
    assert tally.matters == {"C02": 2}


def test_a_city_says_which_matters_are_sensitive_and_so_are_those_below(city):
    from gov_core.checklists import Matter
    from gov_core.city import City
    from gov_core.report.tally import sensitive_matters

    matters = [Matter("care", ""), Matter("relief", "", sensitive=True), Matter("relief.food", "", "relief")]
    small = City.from_parts(
        name="small", levels=city.levels, partition=city.partition, places=city.rows("places"),
        geometries=city.outlines_ever(), matters=matters,
    )  # fmt: skip
    assert sensitive_matters(small) == {"relief", "relief.food"}
