"""Which procedure a matter runs through, as a city says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from casebook import Run
from gallery.good import NIGHT_NOISE, good
from gov_core.cases.codec import decode, encode
from gov_core.cases.events import CaseReported
from gov_core.cases.evolve import evolve
from gov_core.cases.procedure import shipped_procedures
from gov_core.cases.procedure_use import ProcedureUse
from gov_core.casework import Casework
from gov_core.casework.governance import Governance
from gov_core.city import City
from gov_core.errors import CaseRefusedError, ProcedureError
from town import DISPATCHER, Town, governance

if TYPE_CHECKING:
    from pathlib import Path


def test_the_narrowest_matter_decides_and_of_it_the_grade() -> None:
    parts = good()
    parts.named["procedures"] += [
        ProcedureUse("order", None, "urban_management"),
        ProcedureUse("relief", "major", "service"),
    ]
    governance = Governance.of(parts.city())
    names = {
        asked: governance.procedure_of(*asked).name
        for asked in (
            ("noise", "major"),
            ("noise", "general"),
            ("noise", ""),
            ("lamp", ""),
            ("relief", "major"),
            ("relief", ""),
        )
    }
    assert names == {
        ("noise", "major"): "night_noise",
        ("noise", "general"): "urban_management",
        ("noise", ""): "urban_management",
        ("lamp", ""): "urban_management",
        ("relief", "major"): "service",
        ("relief", ""): "plain",
    }
    assert governance.procedure_of("noise", "major").clocks[-1].amount == 4


def test_a_city_that_says_nothing_runs_the_default() -> None:
    parts = good()
    parts.set(procedures=[], procedure_files=[])
    assert Governance.of(parts.city()).procedure_of("noise").name == "whistle_loop"
    assert Governance.of(parts.city(), default="plain").procedure_of("noise").name == "plain"


def test_what_a_matter_runs_through_changes_with_the_day() -> None:
    parts, change = good(), date(2021, 5, 1)
    parts.set(
        procedures=[
            ProcedureUse(None, None, "plain", valid_to=change),
            ProcedureUse(None, None, "night_noise", valid_from=change),
        ]
    )
    governance = Governance.of(parts.city())
    assert governance.procedure_of("noise").name == "night_noise"
    assert governance.procedure_of("noise", day=date(2021, 4, 30)).name == "plain"
    assert governance.procedure_of("noise", day=change).name == "night_noise"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "procedure.unknown"),
        ([("night.toml", "name = ")], "procedure.no_toml"),
        ([("night.toml", f'{NIGHT_NOISE}decider = "records"')], "procedure.decider_may_not"),
    ],
)
def test_a_city_whose_procedures_could_not_run_has_no_governance(
    files: list[tuple[str, str]], code: str
) -> None:
    parts = good()
    parts.set(procedure_files=files)
    with pytest.raises(ProcedureError) as refused:
        Governance.of(parts.city())
    assert [fault.code for fault in refused.value.faults] == [code]


def test_own_procedures_are_saved_and_loaded_and_what_was_there_before_is_gone(tmp_path: Path) -> None:
    city = good().city()
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / "old.toml").write_text("x = 1", encoding="utf-8")
    city.save(tmp_path)
    read = City.load(tmp_path)
    assert read.procedure_files == city.procedure_files == (("night_noise.toml", NIGHT_NOISE),)
    assert read.procedures == city.procedures
    assert [path.name for path in (tmp_path / "procedures").iterdir()] == ["night_noise.toml"]


def test_a_case_keeps_the_version_it_was_opened_under_and_goes_on_by_the_newest() -> None:
    plain = shipped_procedures()["plain"]
    town = Town(rules=governance(default="plain"))
    town.report()
    story = town.casework.timeline("C-1", language="en")
    assert (town.casework.case("C-1").procedure_version, "version" in story[0].words) == (1, False)

    steps = {name: step for name, step in plain.steps.items() if name != "triage"}
    newer = replace(plain, version=2, steps=steps)
    rules = replace(governance(default="plain"), procedures={**shipped_procedures(), "plain": newer})
    casework = Casework(rules, town.store, now=lambda: town.now)
    with pytest.raises(CaseRefusedError, match="not_in_procedure"):
        casework.triage("C-1", DISPATCHER)
    told = casework.timeline("C-1", language="en")[0].words
    assert told.endswith("by version 1 of the procedure Dispatch without a whistle; it goes on by version 2")
    assert "第1版" in casework.timeline("C-1")[0].words


def test_an_opening_of_before_versions_were_kept_says_none() -> None:
    opened = Run("plain").report().events[0]
    assert isinstance(opened, CaseReported)
    assert opened.procedure_version == shipped_procedures()["plain"].version
    old = json.loads(encode(opened))
    del old["procedure_version"]
    case = evolve(None, decode(opened.type, 1, json.dumps(old).encode()))
    assert case.procedure_version == 0
