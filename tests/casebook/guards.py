"""Guards disabled one at a time, to see that a test notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.cases.deciding.step import Step

if TYPE_CHECKING:
    import pytest


def disable(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one guard note nothing, wherever it stands.

    Args:
        code: Of its refusal: ``case.overdue``.
        monkeypatch: Puts it back after the test.
    """
    check = Step.check

    def without(step: Step) -> None:
        step.faults = [fault for fault in step.faults if fault.code != code]
        check(step)

    monkeypatch.setattr(Step, "check", without)
