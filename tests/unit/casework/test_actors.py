"""An app's user as an actor: what the city says of seats, by the boundaries of the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from gov_core.cases.machine import PROGRAMS, ROLES
from gov_core.casework.actors import CityActors, Seat, _table
from gov_core.errors import StepError
from gov_core.organisation import KINDS
from gov_core.organisation import ROLES as POST_ROLES
from town import MONDAY, REFORM, governance

AFTER_REFORM = MONDAY.replace(month=REFORM.month, day=2)


@pytest.mark.parametrize(
    ("at", "role", "areas"),
    [
        ("SO1", "street", ("S1",)),
        ("RC1", "community", ("S1/C1",)),
        ("WATER", "unit", ("",)),
        ("CC", "dispatcher", ("",)),
        ("DG", "district", ("",)),
        ("P-manager", "grid_worker", ("S1/C1/G1",)),
        ("P-window", "window_clerk", ("",)),
        ("A-sunk", "community", ("S1/C1/G1",)),
        ("HOT", "importer", ("",)),
    ],
)
def test_seat(at: str, role: str, areas: tuple[str, ...]) -> None:
    found = CityActors(governance()).actor(Seat(at=at), MONDAY)
    assert (found.role, found.areas) == (role, areas)


def test_boundaries_of_the_day() -> None:
    actors = CityActors(governance())
    seat = Seat(at="RC1", place="G2")
    assert actors.actor(seat, MONDAY).areas == ("S1/C1/G2",)
    with pytest.raises(StepError) as caught:
        actors.actor(seat, AFTER_REFORM)
    assert [fault.code for fault in caught.value.faults] == ["actor.outside"]
    assert actors.actor(Seat(at="RC2", place="G2"), AFTER_REFORM).areas == ("S2/C2/G2",)


def test_delegation_gives_the_ground_of_the_other_body_for_a_time() -> None:
    until = MONDAY + timedelta(days=3)
    found = CityActors(governance()).actor(Seat(at="SO2", person="p-2", behalf="SO1", until=until), MONDAY)
    assert (found.body, found.acting, found.areas, found.until) == ("SO2", "SO1", ("S1",), until)


@pytest.mark.parametrize(
    ("seat", "codes"),
    [
        ({"at": "NOBODY"}, ["actor.unknown_seat"]),
        ({"at": "SO1", "behalf": "NOBODY"}, ["actor.unknown_body", "actor.delegation_open"]),
        ({"at": "SO1", "behalf": "SO2", "until": MONDAY}, ["actor.delegation_over"]),
        ({"at": "SO1", "behalf": "SO2", "until": datetime(2030, 1, 1)}, ["actor.delegation_open"]),  # noqa: DTZ001
        ({"at": "SO1", "role": "scheduler"}, ["actor.program"]),
        ({"at": "SO1", "place": "G3"}, ["actor.outside"]),
        ({"at": "SO1", "place": "nowhere"}, ["actor.outside"]),
    ],
)
def test_refused(seat: dict[str, Any], codes: list[str]) -> None:
    with pytest.raises(StepError) as caught:
        CityActors(governance()).actor(Seat(**seat), MONDAY)
    assert [fault.code for fault in caught.value.faults] == codes
    assert all(fault.hint for fault in caught.value.faults)


def test_naive_time_is_refused() -> None:
    with pytest.raises(StepError, match="naive_time"):
        CityActors(governance()).actor(Seat(at="SO1"), datetime(2026, 3, 2))  # noqa: DTZ001


def test_the_table_names_only_what_there_is() -> None:
    assert set(_table()["kinds"]) <= set(KINDS)
    assert set(_table()["posts"]) <= set(POST_ROLES)
    roles = {*_table()["kinds"].values(), *_table()["posts"].values()}
    assert roles <= set(ROLES) - PROGRAMS
