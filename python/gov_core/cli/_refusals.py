"""What anything but a check of a city is refused for: a catalogue beside that of the checker.

The codes of the checker are told of a city, which may count them otherwise; these are told of what somebody
does, and stop it.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.checker import Diagnostic


@cache
def refusals() -> Mapping[str, Diagnostic]:
    """All of them by code, sorted by code; in a code ``*`` stands for any ending."""
    from gov_core.checker import Diagnostic

    found: dict[str, Diagnostic] = {}
    for file in (files("gov_core.cli") / "refusals").iterdir():
        family, _, suffix = file.name.rpartition(".")
        if suffix == "toml":
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {
                code: Diagnostic(code, "error", family=family, **told) for code, told in entries.items()
            }
    return {code: found[code] for code in sorted(found)}


def refusal(code: str) -> Diagnostic:
    """That of a code.

    Raises:
        KeyError: There is none.
    """
    entries = refusals()
    if code in entries:
        return entries[code]
    for pattern, entry in entries.items():
        if pattern.endswith("*") and fnmatchcase(code, pattern):
            return replace(entry, code=code)
    raise KeyError(code)
