"""One thing that a check found, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gov_core.errors import Fault

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes:
        severity: ``error`` if events get a wrong answer, or none, because of it; else ``warning``.
        fault: What it is, where, and how to mend it.
    """

    severity: Severity
    fault: Fault

    def __str__(self) -> str:
        return f"{self.severity}: {self.fault}"
