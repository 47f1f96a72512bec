"""Community governance (社区治理): places, bodies, checklists, cases and an exact routing core.

The names here load on first use, so that ``import gov_core`` is quick and loads no driver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gov_core._versions import __version__, show_versions
    from gov_core.city import City, Place
    from gov_core.errors import GovCoreError
    from gov_core.routing import UNCOVERED, GridIndex, Route, Router, RouterHistory

__all__ = [
    "UNCOVERED",
    "City",
    "GovCoreError",
    "GridIndex",
    "Place",
    "Route",
    "Router",
    "RouterHistory",
    "__version__",
    "show_versions",
]

# Where each public name lives; a test compares this with __all__ and with what the modules hold.
_HOMES = {
    "UNCOVERED": "gov_core.routing",
    "City": "gov_core.city",
    "GovCoreError": "gov_core.errors",
    "GridIndex": "gov_core.routing",
    "Place": "gov_core.city",
    "Route": "gov_core.routing",
    "Router": "gov_core.routing",
    "RouterHistory": "gov_core.routing",
    "__version__": "gov_core._versions",
    "show_versions": "gov_core._versions",
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
