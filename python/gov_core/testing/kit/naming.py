"""Finds a harness by its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from gov_core.errors import Fault, HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_EXTRAS: Final[Mapping[str, str]] = {
    "psycopg": "postgres",
    "cryptography": "privacy",
    "jinja2": "notifications",
    "h11": "notifications",
    "standardwebhooks": "notifications",
    "apprise": "apprise",
}
"""Which extra brings a package that a harness imports."""


def named(spec: str, shipped: Mapping[str, str]) -> Callable[..., Any]:
    """The harness of a short name, or of ``package.module:Name``.

    Args:
        spec: The name.
        shipped: Harnesses that come with the kit, by their short names.

    Raises:
        HarnessError: There is none of that name, or its module cannot be imported.
    """
    module, separator, name = shipped.get(spec, spec).partition(":")
    hint = f"give {', '.join(shipped)}, or package.module:Name of a class that takes a folder"
    if not separator or not module or not name:
        raise no_harness(spec, "it names no harness", hint)
    try:
        made: object = import_module(module)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and (extra := _EXTRAS.get(error.name or "")):
            hint = f'pip install "gov-core[{extra}]"'
        raise no_harness(spec, f"{module} cannot be imported: {error!r}", hint) from error
    for part in name.split("."):
        made = getattr(made, part, None)
    if not callable(made):
        raise no_harness(spec, f"{module} has no harness {name}", hint)
    return made


def no_harness(spec: str, why: str, hint: str) -> HarnessError:
    """What is raised about a harness that is of no use."""
    return HarnessError((Fault("testing.harness", f"{spec!r} cannot be tested: {why}", spec, hint),))


def asserting(spec: str) -> None:
    """Refuse to find nothing wrong because Python was told to leave assertions out.

    Raises:
        HarnessError: It was.
    """
    if not __debug__:
        hint = "run Python without -O and PYTHONOPTIMIZE"
        raise no_harness(spec, "Python leaves all assertions out", hint)
