"""What bodies, lists and matters are called when people read of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.organisation import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.city import City


def body_names(city: City) -> dict[str, str]:
    """Unit id and ``@kind`` to a name, for all bodies of a city that have one."""
    names = {unit.id: unit.name for unit in city.units if unit.name}
    for kind in {unit.kind for unit in city.units}:
        known = KINDS.find(kind)
        if known is not None:
            names[f"@{kind}"] = known.chinese
    return names


def named(body: str, names: Mapping[str, str]) -> str:
    """A body by its name; ``@kind`` by that of the field, if it has no other, or else as it is written."""
    if body in names:
        return names[body]
    known = KINDS.find(body.removeprefix("@")) if body.startswith("@") else None
    return body if known is None else known.chinese
