"""What the bulletin of a replay leaves out: small counts, and what would give them away."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from itertools import product

import pytest
from rich.console import Console

from gov_core.casework import Governance
from gov_core.cli._replaying import print_cases
from gov_core.generate import event_batches, generate_city
from gov_core.replay import CaseBulletin, Replay
from gov_core.replay.telling import RATES, UNIT_COLUMNS
from gov_core.routing import Router
from gov_core.storage.opening import open_store
from gov_core.storage.protocol import CaseFilter

CITY = generate_city(40, seed=3)
EVENTS, CASES = 400, 250
_TOTALS = (("cases",), ("count", "closed"), ("on_time",), ("late",), ("light", "red"))


def replayed(governance: Governance, **more: int) -> Replay:
    replay = Replay(open_store("memory://"), governance, cases=CASES, **more)
    for _ in replay.open(governance.router.route_stream(event_batches(CITY, EVENTS, seed=5))):
        pass
    for _ in replay.work():
        pass
    return replay


def printed(bulletin: CaseBulletin) -> str:
    text = StringIO()
    print_cases(Console(file=text, width=120), bulletin)
    return text.getvalue()


@pytest.fixture(scope="module")
def whole() -> CaseBulletin:
    return replayed(Governance(CITY, Router.compile(CITY))).bulletin()


@pytest.fixture(scope="module")
def bulletin(whole: CaseBulletin) -> CaseBulletin:
    return whole.published()


def numbers(bulletin: CaseBulletin) -> dict[tuple[str, ...], int | None]:
    """All that the bulletin counts, by what it is."""
    found: dict[tuple[str, ...], int | None] = {("state", row.state): row.cases for row in bulletin.states}
    for row, column in product(bulletin.units, UNIT_COLUMNS):
        found["unit", row.id, column] = getattr(row, column)
    found |= {("light", name): count for name, count in bulletin.lights.items()}
    found |= {("count", name): count for name, count in bulletin.counts.items()}
    for rate in bulletin.rates:
        found |= dict(zip(RATES[rate.name], (rate.numerator, rate.denominator), strict=True))
    return found | {("cases",): bulletin.cases, ("opened",): bulletin.opened, ("events",): bulletin.events}


def test_no_small_count_is_told_and_what_is_told_is_true(bulletin: CaseBulletin, whole: CaseBulletin):
    told, true = numbers(bulletin), numbers(whole)
    assert told.keys() == true.keys()
    assert None not in true.values()
    assert all(count in {None, true[name]} for name, count in told.items())
    hidden = {name for name, count in told.items() if count is None}
    assert len(hidden) == bulletin.left_out > 0 == whole.left_out
    small = {name for name, count in true.items() if count in range(1, 5)}
    assert small
    assert small <= hidden
    assert len(small) < len(hidden), "what would give them away goes too"
    assert len(hidden) < len(told)


def test_no_column_has_one_gap_beside_its_total(bulletin: CaseBulletin, whole: CaseBulletin):
    told, true = numbers(bulletin), numbers(whole)
    totals = dict(zip(UNIT_COLUMNS, _TOTALS, strict=True))
    columns = [
        (total, [n for n in told if n[0] == "unit" and n[2] == column]) for column, total in totals.items()
    ]
    gaps = 0
    for total, column in [*columns, (("cases",), [name for name in told if name[0] == "state"])]:
        assert total == ("late",) or sum(true[name] or 0 for name in column) == true[total]
        missing = [name for name in column if told[name] is None]
        gaps += len(missing)
        if told.get(total) is not None and missing:
            assert len(missing) >= 2
            assert sum(true[name] or 0 for name in missing) >= 5
    assert gaps


def test_a_row_does_not_tell_by_its_place_how_many_it_has(bulletin: CaseBulletin):
    counts = [row.cases for row in bulletin.units]
    told = [count for count in counts if count is not None]
    assert counts == [*sorted(told, reverse=True), *[None] * (len(counts) - len(told))]
    last = [row.id for row in bulletin.units if row.cases is None]
    assert last == sorted(last)


def test_what_is_left_out_changes_no_digest_and_is_the_same_each_time(
    bulletin: CaseBulletin, whole: CaseBulletin
):
    assert bulletin.digest == whole.digest
    assert whole.published() == bulletin
    assert whole.published(0) == replace(whole, smallest=0)
    with pytest.raises(ValueError, match="published once"):
        bulletin.published()


def test_it_says_that_something_is_left_out(bulletin: CaseBulletin, whole: CaseBulletin):
    values = json.loads(json.dumps(bulletin.as_dict()))
    assert (values["smallest"], values["left_out"]) == (5, bulletin.left_out)
    assert [row["cases"] for row in values["states"]] == [row.cases for row in bulletin.states]
    text = printed(bulletin)
    assert f"– left out: {bulletin.left_out} counts are not told, being fewer than 5 cases" in text
    assert "– left out" not in printed(whole)
    assert all("sensitive matters are in no count" in printed(one) for one in (bulletin, whole))


def test_rates_of_what_is_left_out_have_no_share(bulletin: CaseBulletin, whole: CaseBulletin):
    for rate, true in zip(bulletin.rates, whole.rates, strict=True):
        if None in {rate.numerator, rate.denominator}:
            assert rate.value is None
        else:
            assert rate == true


def test_of_a_few_cases_no_number_is_told():
    replay = Replay(open_store("memory://"), Governance(CITY, Router.compile(CITY)), cases=3)
    for _ in replay.open(replay._governance.router.route_stream(event_batches(CITY, 3, seed=5))):
        pass
    for _ in replay.work():
        pass
    few = replay.bulletin().published()
    assert {count for count in numbers(few).values() if count} == set()
    assert (few.cases, few.opened, few.events) == (None, None, None)


def test_sensitive_cases_are_in_no_total():
    hidden = min(matter.code for matter in CITY.matters if matter.parent is None)
    matters = tuple(replace(matter, sensitive=matter.code == hidden) for matter in CITY.matters)
    city = replace(CITY, matters=matters)
    replay = replayed(Governance(city, Router.compile(city)))
    bulletin, store = replay.bulletin(), replay._store
    sensitive = store.count_cases(CaseFilter(sensitive=True))
    assert sensitive > 10
    assert bulletin.opened == store.count_cases() - sensitive
    assert bulletin.events == EVENTS - sensitive
    assert bulletin.events == bulletin.opened + bulletin.known + sum(bulletin.problems.values())


def test_a_negative_limit_is_refused(whole: CaseBulletin):
    with pytest.raises(ValueError, match="a count is 0 or more"):
        whole.published(-1)
