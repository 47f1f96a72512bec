"""Norms that papers and laws set, as data of the package."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from gov_core.places._norm import Norm


@dataclass(frozen=True, slots=True)
class NormSet:
    """Norms that belong together.

    Attributes:
        name: How it is asked for.
        title: For people.
        source: Where it is from.
        dated: The day, or year, that the numbers are of.
        paper: Whether one of the papers gives them.
        norms: With the levels ``street``, ``community`` and ``grid``.
    """

    name: str
    title: str
    source: str
    dated: str
    paper: bool
    norms: tuple[Norm, ...]

    def on(self, **levels: str) -> tuple[Norm, ...]:
        """The norms for a city that calls its levels otherwise.

        Args:
            **levels: Name of a level here to the name of it there: ``grid="block"``.
        """
        return tuple(replace(norm, per=levels.get(norm.per, norm.per)) for norm in self.norms)


@cache
def norm_sets() -> dict[str, NormSet]:
    """All sets by name: ``qinghe``, ``qinghe_counts``, ``committee_law_2026`` and ``committee_law_1989``."""
    text = files(__package__).joinpath("norms.toml").read_text(encoding="utf-8")
    return {
        name: NormSet(name=name, **table | {"norms": tuple(Norm(**norm) for norm in table["norms"])})
        for name, table in tomllib.loads(text).items()
    }
