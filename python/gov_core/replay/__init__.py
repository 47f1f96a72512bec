"""Recorded events become cases at full speed, and a seeded office works on them.

The names here load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gov_core.replay.opening import Opened, Opening, open_cases

__all__ = ["Opened", "Opening", "open_cases"]

_HOMES = {
    "Opened": "gov_core.replay.opening",
    "Opening": "gov_core.replay.opening",
    "open_cases": "gov_core.replay.opening",
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
