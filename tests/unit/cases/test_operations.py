"""The operations table: each guard takes what it should and refuses what it should, and is what does so."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from casebook import Run
from casebook.guards import disable
from casebook.operations import FAMILIES, Row
from gov_core.cases.machine import MACHINE
from gov_core.cases.procedure import shipped_procedures
from gov_core.errors import CaseRefusedError

ROWS = [row for rows in FAMILIES.values() for row in rows]
_CODE = re.compile(r"""(?:refuse\(\s*|Fault\(\s*"case\.)"?(\w+)\"""")
VALUES = [row for row in ROWS if row.loosened]


def refusals(row: Row, run: Run) -> set[str]:
    """Codes that the last step of the refused script comes to; none if it is taken."""
    try:
        row.refused(run)
    except CaseRefusedError as refused:
        return {fault.code for fault in refused.faults}
    return set()


def test_every_guard_there_is_has_a_row() -> None:
    sources = [
        entry.read_text("utf-8")
        for package in ("gov_core.cases", "gov_core.cases.deciding")
        for entry in files(package).iterdir()
        if entry.name.endswith(".py")
    ]
    written = {code for text in sources for code in _CODE.findall(text)}
    assert written == {row.guard for row in ROWS}


def test_every_trigger_there_is_is_taken_by_some_row() -> None:
    taken = {event.trigger for row in ROWS for event in row.accepted(Run(row.procedure)).events}
    assert taken == set(MACHINE.triggers)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_is_right_is_taken(row: Row) -> None:
    run = row.accepted(Run(row.procedure))
    assert run.events


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_is_wrong_is_refused_for_this_reason_alone(row: Row) -> None:
    assert refusals(row, Run(row.procedure)) == {f"case.{row.guard}"}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_without_the_guard_the_refusal_would_be_missed(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    disable(f"case.{row.guard}", monkeypatch)
    try:
        told = refusals(row, Run(row.procedure))
    except Exception as error:  # noqa: BLE001  # some guards keep worse than a refusal from happening
        told = {type(error).__name__}
    assert f"case.{row.guard}" not in told


@pytest.mark.parametrize("row", VALUES, ids=str)
def test_with_another_value_of_the_procedure_the_refusal_would_be_missed(row: Row) -> None:
    loosened = replace(shipped_procedures()[row.procedure], **row.loosened)
    assert refusals(row, Run(loosened)) == set()
