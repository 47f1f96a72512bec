"""The address book: what is found, what is ambiguous, and the same as a plain loop over the rows."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.places import Address, AddressBook, ParsedAddress, Place
from gov_core.places._address_book import INNER

ROWS = (
    Address("lane", "G1", road="柳湾里"),
    Address("house", "G1", road="柳湾路", number="12号"),
    Address("sun", "G2", "清风街道", "白鹭路", "8号", ("阳光花园", "太阳城"), valid_from=None),
    Address("sun-9", "G3", "清风街道", "白鹭路", "8号", ("阳光花园",), "9幢"),
    Address("sun-7-1", "G2", "清风街道", "白鹭路", "8号", ("阳光花园",), "7幢", "1单元"),
    Address("sun-7-2", "G3", "清风街道", "白鹭路", "8号", ("阳光花园",), "7幢", "2单元"),
    Address("reed-1", "G4", estate=("芦苇小区",), building="1幢"),
    Address("reed-2", "G4", estate=("芦苇小区",), building="2号楼"),
    Address("twin-a", "G1", "清风街道", "云水路", "1号"),
    Address("twin-b", "G4", "青荷街道", "云水路", "1号"),
    Address("alley", "G1", road="白鹭路", number="200弄"),
    Address("alley-3", "G2", road="白鹭路", number="200弄3号"),
)


@pytest.fixture(scope="module")
def book() -> AddressBook:
    return AddressBook.of(ROWS)


@pytest.mark.parametrize(
    ("reported", "row", "matched"),
    [
        ("柳湾路１２号", "house", "柳湾路12号"),
        ("柳湾路十二号三幢501", "house", "柳湾路12号"),
        ("东海省云水市清风区柳湾路12号", "house", "柳湾路12号"),
        ("云水县柳湾路12号", "house", "柳湾路12号"),
        ("柳湾路12号老茶馆", "house", "柳湾路12号"),
        ("柳湾里3号", "lane", "柳湾里"),
        ("白鹭路8号", "sun", "白鹭路8号"),
        ("阳光花园", "sun", "阳光花园"),
        ("太阳城9栋501", "sun-9", "太阳城9幢"),
        ("阳光花园小区九号楼", "sun-9", "阳光花园小区9幢"),
        ("阳光花园7幢2单元301室", "sun-7-2", "阳光花园7幢2单元"),
        ("阳光花园5幢", "sun", "阳光花园"),
        ("芦苇2幢1单元", "reed-2", "芦苇2幢"),
        ("清风街道云水路1号", "twin-a", "云水路1号"),
        ("白鹭路200弄3号501", "alley-3", "白鹭路200弄3号"),
        ("白鹭路200弄9号", "alley", "白鹭路200弄"),
    ],
)
def test_the_longest_row_that_an_address_begins_with(
    book: AddressBook, reported: str, row: str | None, matched: str
) -> None:
    found = book.find(reported)
    assert found.address == row
    assert found.matched == matched
    assert found.place == next((address.place for address in ROWS if address.id == row), None)


def test_all_rows_in_one_place_are_enough(book: AddressBook) -> None:
    assert book.find("芦苇小区").place == "G4"
    assert book.find("柳湾路").place == "G1"


@pytest.mark.parametrize(
    ("reported", "candidates"),
    [
        ("云水路1号", ("twin-a", "twin-b")),
        ("阳光花园7幢301室", ("sun-7-1", "sun-7-2")),
        ("白鹭路", ("sun", "sun-9", "alley")),
    ],
)
def test_several_places_are_candidates_and_no_guess(
    book: AddressBook, reported: str, candidates: tuple[str, ...]
) -> None:
    found = book.find(reported)
    assert (found.outcome, found.place, found.address) == ("ambiguous", None, None)
    assert found.candidates[: len(candidates)] == candidates


@pytest.mark.parametrize(
    "reported",
    [
        "",
        "柳湾路13号",
        "新柳湾路12号",  # ends like a known road, is another
        "芦苇小区9幢",
        "新阳光花园9幢",
        "柳湾路阳光花园9幢",  # the road contradicts the row
        "青荷街道白鹭路8号",  # so does the division
        "12号",
        "3幢501",
    ],
)
def test_what_the_table_does_not_know_is_not_found(book: AddressBook, reported: str) -> None:
    assert book.find(reported).outcome == "unknown"


def test_beside_an_address_is_not_at_it(book: AddressBook) -> None:
    found = book.find("柳湾路12号对面")
    assert (found.outcome, found.place, found.candidates) == ("near", None, ("house",))


def test_places_say_in_which_divisions_rows_are() -> None:
    places = [
        Place("S1", "清风街道", "street"),
        Place("S2", "青荷街道", "street"),
        Place("G1", "", "grid", "S1"),
        Place("G2", "", "grid", "S2"),
    ]
    rows = [Address("a", "G1", road="云水路", number="1"), Address("b", "G2", road="云水路", number="1")]
    book = AddressBook.of(rows, places)
    assert book.find("青荷街道云水路1号").address == "b"
    assert book.find("云水路1号").outcome == "ambiguous"


@pytest.mark.parametrize(
    "other",
    ["红旗街道", "三里村社区", "云水市清风区红旗街道", "红旗镇", "青荷街道红旗社区", "新区街道"],
)
def test_another_division_is_another_address(other: str) -> None:
    places = (
        Place("S", "清风街道", "street"),
        Place("C", "柳湾社区", "community", "S"),
        Place("G", "", "grid", "C"),
    )
    book = AddressBook.of([Address("A", "G", road="白鹭路", number="8号")], places)
    assert book.find(f"{other}白鹭路8号").outcome == "unknown"
    assert book.find("云水市清风街道柳湾社区白鹭路8号").place == "G"


def test_divisions_whose_names_hold_the_end_of_another_are_read_whole() -> None:
    rows = [
        Address(str(number), str(number), division, "白鹭路", "8号")
        for number, division in enumerate(["红旗街道", "三里村社区", "新区街道", "云水市市中区", "津市市"])
    ]
    book = AddressBook.of(rows)
    assert book.find("云水市市中区红旗街道白鹭路8号").candidates == ("0", "1", "3")
    assert book.find("红旗街道三里村社区白鹭路8号").candidates == ("0", "1", "3", "4")


def test_a_book_pickles(book: AddressBook) -> None:
    copy = pickle.loads(pickle.dumps(book))
    assert copy.find("太阳城9栋501") == book.find("太阳城9栋501")
    assert len(copy) == len(ROWS)


def plain_search(rows: list[Address], parsed: ParsedAddress) -> set[str]:
    """Places of the rows that fit best, by the definition of `AddressBook` and a loop."""
    fits = []
    for row in rows:
        pairs = [(getattr(row, name), getattr(parsed, name)) for name in ("road", "number")]
        pairs.append((row.estate[0] if row.estate else "", parsed.estate))
        inner = [(getattr(row, name), getattr(parsed, name)) for name in INNER]
        if any(ours and theirs and ours != theirs for ours, theirs in [*pairs, *inner]):
            continue
        road, number, estate = (bool(ours and theirs) for ours, theirs in pairs)
        whole_road = road and not row.number and not row.estate
        if not ((road and number) or estate or whole_road):
            continue
        shared = [name for name, (ours, theirs) in zip(INNER, inner, strict=True) if ours and theirs]
        if shared and row.building and "building" not in shared:
            continue
        score = len(shared), road + 2 * number + estate
        beyond = any(ours and not theirs for ours, theirs in pairs)
        deeper = any(ours and not theirs for ours, theirs in inner)
        site = row.road, row.number, row.estate
        fits.append((score, beyond, deeper, site, row.place))
    if (
        not fits
        and parsed.road
        and not (parsed.number or parsed.estate or any(getattr(parsed, name) for name in INNER))
    ):
        return {row.place for row in rows if row.road == parsed.road}
    best = [fit for fit in fits if fit[0] == max(fit[0] for fit in fits)]
    begun = [fit for fit in best if not fit[1] and not fit[2]]
    if not begun:
        whole = {fit[3] for fit in best if not fit[2]}
        begun = [fit for fit in best if not fit[2] or fit[3] not in whole]
    return {fit[4] for fit in begun}


few = st.sampled_from(["", "1", "2"])
roads = st.sampled_from(["", "柳湾路", "白鹭路"])
estates = st.sampled_from(["", "阳光花园", "芦苇苑"])
reported = st.builds(ParsedAddress, st.just(""), roads, few, estates, few, few, few, few)


@st.composite
def tables(draw: st.DrawFn) -> list[Address]:
    rows = draw(st.lists(reported, min_size=1, max_size=12))
    return [
        Address(
            f"A{at}",
            draw(st.sampled_from(["G1", "G2", "G3"])),
            road=row.road,
            number=row.number if row.road else "",
            estate=(row.estate,) if row.estate else (),
            **{name: getattr(row, name) for name in INNER},
        )
        for at, row in enumerate(rows)
    ]


@given(tables(), reported)
def test_the_book_finds_what_a_plain_loop_finds(rows: list[Address], address: ParsedAddress) -> None:
    if not address.road:
        address = ParsedAddress(**{name: getattr(address, name) for name in ("estate", *INNER)})
    book = AddressBook.of(rows)
    parsed = book.parse(str(address))
    assert parsed == address
    found = book.find(str(address))
    known = any(parsed.estate in row.estate for row in rows)
    if parsed.estate and not known:
        # A name that no row has is passed over where road and number are known.
        wanted = (
            plain_search(rows, ParsedAddress(**{**_fields(parsed), "estate": ""})) if parsed.number else set()
        )
    else:
        wanted = plain_search(rows, parsed)
    places = {row.id: row.place for row in rows}
    if len(wanted) == 1:
        assert (found.outcome, {found.place}) == ("found", wanted)
    else:
        assert {places[row] for row in found.candidates} == wanted


def _fields(parsed: ParsedAddress) -> dict[str, str]:
    return {name: getattr(parsed, name) for name in ("division", "road", "number", "estate", *INNER)}
