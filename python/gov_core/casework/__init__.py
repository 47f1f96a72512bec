"""The use cases over cases: what an app calls."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gov_core.casework.casework import Casework
    from gov_core.casework.governance import Governance
    from gov_core.casework.handling import Outcome
    from gov_core.casework.report import Intake

__all__ = ["Casework", "Governance", "Intake", "Outcome"]

_HOMES = {
    "Casework": "gov_core.casework.casework",
    "Governance": "gov_core.casework.governance",
    "Intake": "gov_core.casework.report",
    "Outcome": "gov_core.casework.handling",
}


def __getattr__(name: str) -> object:
    """Load a public name from its home and keep it (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
