"""Who may do what in the models of the papers, as grants that a preset takes."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from gov_core.fields import Standing
from gov_core.organisation._kind import is_kind
from gov_core.organisation._power import Grant

_PRACTISED: tuple[Standing, ...] = ("practised",)


def matrix(
    preset: str,
    *,
    kinds: Collection[str] | None = None,
    standings: Collection[Standing] = _PRACTISED,
) -> tuple[Grant, ...]:
    """The grants of a model, each with its row and standing.

    Args:
        preset: ``GUIYANG``, ``QINGBO`` ...; those of `matrix_presets`.
        kinds: Kinds of the units of a city: grants that speak of none of them are left out, and what is
            granted to a wider kind (``department``) goes to each narrower one. None for the grants as the
            papers give them.
        standings: Which to give; what is recommended is an option, and off if not asked for.

    Raises:
        KeyError: No model has this name.
    """
    if preset not in matrix_presets():
        raise KeyError(preset)
    return tuple(
        grant
        for row in _rows()
        if preset in row["presets"] and row.get("standing", "practised") in standings
        for grant in _grants(row, kinds)
    )


def matrix_presets() -> tuple[str, ...]:
    """Names of the models that the matrix speaks of, sorted."""
    return tuple(sorted({preset for row in _rows() for preset in row["presets"]}))


@cache
def _rows() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("matrix.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["grants"]
    return rows


def _grants(row: dict[str, Any], kinds: Collection[str] | None) -> Iterator[Grant]:
    overs: Iterable[str | None] = _named(row["over"], kinds) if "over" in row else (None,)
    standing = row.get("standing", "practised")
    for holder in _named(row["holder"], kinds):
        for over in overs:
            for power in (*row.get("holds", ()), *row.get("barred", ())):
                held = power in row.get("holds", ())
                yield Grant(holder, power, over, held, standing=standing, source=row["source"])


def _named(kind: str, kinds: Collection[str] | None) -> tuple[str, ...]:
    if kinds is None:
        return (f"@{kind}",)
    return tuple(f"@{own}" for own in sorted(set(kinds)) if is_kind(own, kind))
