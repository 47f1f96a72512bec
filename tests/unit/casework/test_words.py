"""Every event has its sentence in both languages, and the sentences name only what there is."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, get_args

import pytest

from gov_core.cases.codec import EVENT_TYPES
from gov_core.cases.machine import ROLES, TASKS
from gov_core.cases.procedure import shipped_procedures
from gov_core.casework.wording import _FIELD, FIELDS, Language, words
from town import DISPATCHER, REPORTER, ROADS, Town

if TYPE_CHECKING:
    from gov_core.cases.events import CaseEvent


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("kind", EVENT_TYPES.values(), ids=lambda kind: kind.type)
def test_every_event_has_a_sentence(kind: type[CaseEvent], language: str) -> None:
    forms = words()["events"][kind.type]
    known = {item.name for item in fields(kind)} | FIELDS
    for form in forms:
        assert set(_FIELD.findall(form[language])) <= known
        assert form[language].count("[") == form[language].count("]")
        assert form.get("when", "type") in known | {"type"}
    assert "when" not in forms[-1], "the last form fits always"


def test_no_sentence_is_of_an_event_that_there_is_not() -> None:
    assert set(words()["events"]) == set(EVENT_TYPES)


def test_every_role_task_and_clock_has_a_word_in_both_languages() -> None:
    assert set(words()["en"]["roles"]) == set(ROLES)
    clocks = {rule.name for procedure in shipped_procedures().values() for rule in procedure.clocks}
    assert set(words()["en"]["task"]) == set(TASKS)
    for language in get_args(Language):
        assert clocks <= set(words()[language]["clock"])


def test_a_case_in_both_languages() -> None:
    town = Town()
    case_id = town.whistled(channel="hotline")
    town.casework.return_case(case_id, ROADS, reason="not_our_duty", suggest="WATER")
    chinese = [str(entry) for entry in town.casework.timeline(case_id)]
    english = [str(entry) for entry in town.casework.timeline(case_id, language="en")]
    assert chinese == [
        "2026-03-02 09:00 [问题收集] 指挥中心（热线受理员）上报：垃圾，位于一网格，责任单位：城管局",
        "2026-03-02 09:10 [街道吹哨] 东居委会（社区）分析研判并立案",
        "2026-03-02 09:20 [街道吹哨] 东街办事处（街道）吹普通哨，召集城管局报到",
        "2026-03-02 09:20 [街道吹哨] 城管局退回本案，建议由水务局办理，由街道另行指派，事由：非本单位职责",
    ]
    assert english[0] == (
        "2026-03-02 09:00 [collect] 指挥中心 (hotline) reported 垃圾 at 一网格; 城管局 is responsible"
    )
    assert english[3] == (
        "2026-03-02 09:20 [whistle] 城管局 returned the case and suggests 水务局; "
        "street names the next body, for the reason not_our_duty"
    )


def test_no_word_on_who_reported() -> None:
    town = Town()
    from gov_core.casework import Intake

    town.casework.report(Intake(matter="leak", channel="app", case_id="C-9", place="G1"), REPORTER)
    town.casework.urge("C-9", DISPATCHER)
    told = " ".join(entry.words for entry in town.casework.timeline("C-9"))
    assert "诉求人上报" in told
    assert "p-" not in told
