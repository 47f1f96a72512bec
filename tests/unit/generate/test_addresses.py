"""Generated addresses cover a city both ways, and are found however they are written."""

from __future__ import annotations

import dataclasses

import pytest

from gov_core.checker import check
from gov_core.generate import generate_addresses, generate_city
from gov_core.places import AddressBook, ParsedAddress
from gov_core.routing import Router, address_coverage


@pytest.fixture(scope="module")
def city():
    return generate_city(grids=30, seed=2, detail=0.2)


def test_every_grid_has_its_addresses_and_every_address_its_grid(city):
    whole = dataclasses.replace(city, addresses=generate_addresses(city, per_grid=7))
    coverage = address_coverage(whole)
    assert coverage.complete
    assert set(coverage.by_grid.values()) == {7}
    assert [finding for finding in check(whole) if finding.fault.code.startswith("address.")] == []


def test_the_same_seed_gives_the_same(city):
    assert generate_addresses(city, seed=4) == generate_addresses(city, seed=4)
    assert generate_addresses(city, seed=4) != generate_addresses(city, seed=5)


def test_names_say_that_they_are_generated_and_fit_one_estate_each(city):
    rows = generate_addresses(city, per_grid=4)
    names = [name for row in rows for name in dict.fromkeys((row.road, *row.estate))]
    assert all(name.startswith("生成") for name in names)
    grids = {name: {row.place for row in rows if name in row.estate} for row in rows for name in row.estate}
    assert all(len(places) == 1 for places in grids.values())


def test_rows_are_found_by_alias_and_with_a_room(city):
    rows = generate_addresses(city, per_grid=6)
    book = AddressBook.of(rows, city.places)
    for row in rows:
        written = str(ParsedAddress.of(row)).replace("幢", "号楼") + "501室"
        assert book.find(written).place == row.place
        if row.estate:
            assert book.find(f"{row.estate[1]}{row.building}").address == row.id


def test_events_at_them_are_routed_by_address(city):
    rows = generate_addresses(city, per_grid=2)
    router = Router.compile(dataclasses.replace(city, addresses=rows))
    for row in rows[:20]:
        route = router.route(address=str(ParsedAddress.of(row)), lon=row.lon, lat=row.lat, matter="x")
        assert (route.place, route.located_by, route.disagree_m) == (row.place, "address", 0)


def test_a_grid_has_at_least_one(city):
    assert len(generate_addresses(city, per_grid=1, measured=False)) == len(city.grids)
    with pytest.raises(ValueError, match="at least 1"):
        generate_addresses(city, per_grid=0)
