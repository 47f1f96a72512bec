"""What a preset says of itself, and the city that is made of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from gov_core.city import City
from gov_core.city._sheets import SHEETS
from gov_core.organisation import matrix, matrix_presets
from gov_core.places import norm_sets
from gov_core.presets._tables import DATA, records

if TYPE_CHECKING:
    from collections.abc import Collection

    from gov_core.fields import Standing
    from gov_core.organisation import Grant
    from gov_core.presets._ground import Ground


@dataclass(frozen=True, slots=True)
class Option:
    """Rows of a preset that are off unless asked for.

    Attributes:
        name: What `options` calls it.
        title: What it adds, for people.
        sources: Rows of the acceptance table it carries.
        standing: What the source claims of it, mostly ``recommended``.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Preset:
    """A model of governance as one source describes it.

    Attributes:
        name: ``QINGHE``.
        title: What it is called, in Chinese.
        english: What it is, in a sentence.
        paper: Number of the paper it is from.
        proposal: The source proposes it and does not report it.
        levels: Levels of places, top to bottom.
        partition: The level that tiles the city.
        grades: Grades of events; empty if there are none.
        hard_rules: Names of the hard rules that a city made from it is held to.
        norms: Names of the sets of norms (`gov_core.places.norm_sets`) that it is held against.
        options: What may be added.
    """

    name: str
    title: str
    english: str
    paper: str
    proposal: bool
    levels: tuple[str, ...]
    partition: str
    grades: tuple[str, ...]
    hard_rules: tuple[str, ...]
    norms: tuple[str, ...]
    options: tuple[Option, ...]


@cache
def preset(name: str) -> Preset:
    """Reads what a preset says of itself.

    Args:
        name: As its folder is called, in upper case.
    """
    data: dict[str, Any] = tomllib.loads(
        DATA.joinpath(name.lower(), "preset.toml").read_text(encoding="utf-8")
    )
    options = data.get("options", {}).items()
    return Preset(
        name=name,
        title=data["title"],
        english=data["english"],
        paper=data["paper"],
        proposal=data.get("proposal", False),
        levels=tuple(data["levels"]),
        partition=data["partition"],
        grades=tuple(data.get("grades", ())),
        hard_rules=tuple(data.get("hard_rules", ())),
        norms=tuple(data.get("norms", ())),
        options=tuple(
            Option(option, own["title"], tuple(own["sources"]), own.get("standing", "recommended"))
            for option, own in options
        ),
    )


def assemble(
    name: str,
    city_name: str,
    ground: Ground,
    options: Collection[str] = (),
    **more: tuple[Any, ...],
) -> City:
    """Makes the city of a preset.

    Args:
        name: Name of the preset.
        city_name: For people.
        ground: Its places and their outlines.
        options: Those that are on.
        **more: Rows by table, such as ``layer_areas``, put behind those of the preset.

    Raises:
        CityError: The data of the preset does not fit together on this ground.
    """
    own = preset(name)
    tables: Any = {
        sheet.part: (*records(name.lower(), sheet.part, ground, options), *more.get(sheet.part, ()))
        for sheet in SHEETS
    }
    tables["grants"] += _grants(own, {unit.kind for unit in tables["units"]}, options)
    tables["norms"] += tuple(norm for norms in own.norms for norm in norm_sets()[norms].norms)
    return City.from_parts(
        name=city_name,
        levels=[level for level in own.levels if ground.of_level(level)],
        partition=own.partition,
        grades=own.grades or None,
        places=ground.places,
        geometries=ground.outlines,
        hard_rules=own.hard_rules,
        preset=name,
        **tables,
    )


def _grants(own: Preset, kinds: Collection[str], options: Collection[str]) -> tuple[Grant, ...]:
    """The powers that the matrix of the papers gives; what is recommended, if its option is on."""
    if own.name not in matrix_presets():
        return ()
    on = {source for option in own.options if option.name in options for source in option.sources}
    return tuple(
        grant
        for grant in matrix(own.name, kinds=kinds, standings=("practised", "recommended"))
        if grant.standing == "practised" or own.proposal or grant.source in on
    )
