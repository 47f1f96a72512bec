"""Hours of volunteers by team and task, and of nobody by name."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.casework.volunteering import Help, TeamHours, VolunteerTask, open_places, team_hours
from gov_core.errors import StepError

TASK = VolunteerTask(id="T-1", what="sort_rubbish", place="G1", day=date(2026, 3, 2), needs=5)
OTHER = VolunteerTask(id="T-2", what="visit_the_elderly", place="G1", day=date(2026, 3, 2))


def helped(id_: str, task: str = "T-1", team: str = "red", people: int = 2, hours: str = "1.5") -> Help:
    return Help(id=id_, task=task, team=team, people=people, hours=Decimal(hours))


def test_hours_by_team() -> None:
    given_ = [helped("1"), helped("2", "T-2", people=1), helped("3", team="blue", hours="0.25"), helped("1")]
    assert team_hours([TASK, OTHER], given_) == (
        TeamHours("blue", 1, 2, Decimal("0.50")),
        TeamHours("red", 2, 3, Decimal("4.5")),
    )


def test_how_many_more_are_needed() -> None:
    assert open_places(TASK, []) == 5
    assert open_places(TASK, [helped("1"), helped("1"), helped("2", "T-2")]) == 3
    assert open_places(TASK, [helped("1", people=9)]) == 0


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (helped("1", "T-9"), "volunteering.unknown_task"),
        (helped("1", people=0), "volunteering.people"),
        (helped("1", hours="0"), "volunteering.hours"),
        (helped("1", hours="24.5"), "volunteering.hours"),
        (helped("1", hours="NaN"), "volunteering.hours"),
    ],
)
def test_refused(bad: Help, code: str) -> None:
    with pytest.raises(StepError) as caught:
        team_hours([TASK, OTHER], [bad])
    assert [fault.code for fault in caught.value.faults] == [code]


def test_help_told_otherwise_is_refused() -> None:
    with pytest.raises(StepError, match=r"volunteering\.told_otherwise"):
        team_hours([TASK], [helped("1"), helped("1", people=3)])


@given(
    st.lists(
        st.builds(
            helped,
            id_=st.uuids().map(str),
            team=st.sampled_from(["red", "blue"]),
            people=st.integers(1, 50),
            hours=st.decimals(Decimal("0.25"), Decimal(8), places=2).map(str),
        )
    )
)
def test_no_hour_is_lost_or_doubled(given_: list[Help]) -> None:
    found = team_hours([TASK], [*given_, *given_])
    assert sum(team.hours for team in found) == sum(help_.people * help_.hours for help_ in given_)
    assert sum(team.attendances for team in found) == sum(help_.people for help_ in given_)


def test_nobody_is_named() -> None:
    said = {item.name for kind in (Help, VolunteerTask) for item in fields(kind)}
    assert said.isdisjoint({"person", "name", "phone", "volunteer", "user"})
