"""One thing that a check found, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gov_core.checker._catalogue import diagnostic

if TYPE_CHECKING:
    from datetime import date

    from gov_core.checker._catalogue import Diagnostic
    from gov_core.errors import Fault

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes:
        severity: ``error`` if events get a wrong answer, or none, because of it, or a hard rule of the city
            is broken; else ``warning``.
        fault: What it is, where, and how to mend it.
        since: First day of the earliest version of the city it is in; None if that is the first one.
    """

    severity: Severity
    fault: Fault
    since: date | None = None

    @property
    def diagnostic(self) -> Diagnostic:
        """The entry of the catalogue: why it matters, and what paper or law is behind it.

        Raises:
            KeyError: The catalogue has no such code.
        """
        return diagnostic(self.fault.code)

    def __str__(self) -> str:
        since = f" (since {self.since})" if self.since else ""
        return f"{self.severity}: {self.fault}{since}"
