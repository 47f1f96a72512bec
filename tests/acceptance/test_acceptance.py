"""Each row of the papers is carried, and tests/acceptance.csv says by what and what of it.

``PYTHONPATH=python:tests python tests/acceptance/test_acceptance.py`` writes anew what is carried, for a
person to compare with what was: the words, ``later`` and ``left_out`` are written by hand.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.carriers import ROOT, Carried, Held, carried, described, fields_of
from gov_core.organisation import KINDS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = ROOT / "tests/acceptance.csv"
COLUMNS = ("id", "kind", "standing", "phrase", "meaning", "carriers", "value", "later", "left_out")
LATER = {
    *("cases", "procedures", "whistle", "deliberation", "evaluation", "reports", "notifications", "adapters")
}
"""Parts of the project that will carry the behaviour of a row whose words or numbers are carried now."""


@dataclass(frozen=True)
class Row:
    """One row of the table; `value` has one text for each carrier."""

    id: str
    kind: str
    standing: str
    phrase: str
    meaning: str
    carriers: tuple[str, ...]
    value: tuple[str, ...]
    later: str
    left_out: str


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                **{
                    **cells,
                    "carriers": tuple(filter(None, cells["carriers"].split("; "))),
                    "value": tuple(cells["value"].split(" | ")) if cells["carriers"] else (),
                }
            )
            for cells in csv.DictReader(file, strict=True)
        ]


ROWS = rows()


def faults(row: Row, found: dict[str, list[Held]]) -> Iterator[str]:
    """What of a row is not as the table says.

    Args:
        row: The row.
        found: What carries it now, by carrier.
    """
    said = dict(zip(row.carriers, row.value, strict=True))
    for carrier, value in said.items():
        if carrier not in found:
            yield f"{carrier} is not there"
        elif described(found[carrier]) != value:
            yield f"{carrier} says {described(found[carrier])}"
    for carrier in found.keys() - said.keys():
        if not carrier.startswith("code/"):  # a new diagnostic may name any row
            yield f"{carrier} carries it and the table does not say so"
    for held in (one for records in found.values() for one in records if one.standing is not None):
        if held.standing != row.standing:
            yield f"{held.carrier} is {held.standing}"
        if row.standing == "recommended" and not (held.option or held.proposal):
            yield f"{held.carrier} is always there"
        if row.standing != "recommended" and held.option and not held.base.endswith("/grants"):
            yield f"{held.carrier} is an option"  # powers of a kind come with its bodies
    if not said and not row.left_out:
        yield "nothing carries it and the table does not say why"


@pytest.fixture(scope="module")
def all_carried() -> Carried:
    return carried()


def ids(row: Row) -> str:
    return row.id


def test_the_rows_are_those_of_the_papers() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS) == 357
    assert Counter(row.kind for row in ROWS) == {
        "RULE": 125,
        "STRUCT": 46,
        "ORG": 37,
        "NUM": 34,
        "LIST": 28,
        "PROC": 24,
        "PLAT": 19,
        "ROLE": 14,
        "PRESET": 12,
        "KPI": 11,
        "DATA": 7,
    }
    papers = Counter("Q" if row.id[0] in "QYJLD" else row.id[0] for row in ROWS)
    assert papers == {"Q": 122, "G": 33, "N": 56, "H": 105, "S": 41}
    assert Counter(row.standing for row in ROWS) == {"practised": 270, "recommended": 75, "background": 12}


def test_what_a_row_names_is_numbered_without_a_gap() -> None:
    series = Counter(row.id.rpartition("-")[0] for row in ROWS)
    expected = {f"{series_id}-{n}" for series_id, count in series.items() for n in range(1, count + 1)}
    assert {row.id for row in ROWS} == expected


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_it_is_carried_as_the_table_says(row: Row, all_carried: Carried) -> None:
    assert list(faults(row, all_carried.by(row.id, row.carriers))) == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.carriers], ids=ids)
def test_without_what_carries_it_the_check_fails(row: Row, all_carried: Carried) -> None:
    found = all_carried.by(row.id, row.carriers)
    for carrier, records in found.items():
        assert list(faults(row, {name: held for name, held in found.items() if name != carrier})), carrier
        for at in {0, len(records) // 2, len(records) - 1}:
            fewer = [*records[:at], *records[at + 1 :]]
            assert not fewer or list(faults(row, {**found, carrier: fewer})), records[at].carrier


@pytest.mark.parametrize("row", [row for row in ROWS if row.carriers], ids=ids)
def test_with_any_field_of_it_changed_the_check_fails(row: Row, all_carried: Carried) -> None:
    found = all_carried.by(row.id, row.carriers)
    for carrier, records in found.items():
        for name in fields_of(records):
            first = records[0]
            record = replace(first.record, **{name: other(getattr(first.record, name))})
            changed = [replace(first, record=record), *records[1:]]
            assert list(faults(row, {**found, carrier: changed})), f"{carrier}.{name}"


def other(value: Any) -> Any:
    """A value that it is not."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return (*value, "other") if isinstance(value, tuple) else f"{value} other"


def test_words_of_the_package_have_the_strongest_standing_of_their_rows() -> None:
    order = ("practised", "recommended", "background")
    standing = {row.id: row.standing for row in ROWS}
    for word in (*KINDS.values(), *ROLES.values()):
        if standing.keys() >= set(word.sources):
            named = [standing[source] for source in word.sources]
            assert word.standing == min(named, key=order.index), word.code


def test_every_row_that_a_record_names_is_in_the_table(all_carried: Carried) -> None:
    assert all_carried.rows.keys() <= {row.id for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_it_says_what_comes_later_and_why_something_is_left_out(row: Row) -> None:
    assert row.later in LATER | {""}
    assert row.meaning
    assert 0 < len(row.phrase) <= 24
    assert not set("。；！？，") & set(row.phrase)
    assert " | " not in row.meaning + row.later + row.left_out
    if row.standing == "background" and not row.id.startswith("H-ORG"):
        assert row.carriers == ("docs/reference/papers.md#background",)
    if row.id in {"N-RULE-23", "H-DATA-1"}:
        assert row.left_out.startswith("people watched")
        assert all(carrier.startswith("code/privacy.") for carrier in row.carriers)


def refreshed(row: Row, everything: Carried) -> dict[str, str]:
    found = everything.by(row.id, row.carriers)
    values = {carrier: described(held) for carrier, held in found.items()}
    lost = {carrier: "" for carrier in row.carriers if "." in carrier and carrier not in found}
    return {
        **{name: getattr(row, name) for name in COLUMNS},
        "carriers": "; ".join([*values, *lost]),
        "value": " | ".join([*values.values(), *lost.values()]),
    }


if __name__ == "__main__":
    everything = carried()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(refreshed(row, everything) for row in ROWS)
