"""All presets by name."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gov_core.errors import Fault, PresetError
from gov_core.presets._bounds import Bounds, nearest
from gov_core.presets._preset import Preset, preset
from gov_core.presets.guiyang import guiyang
from gov_core.presets.jianye import jianye
from gov_core.presets.luohu import luohu, zhabei_2005
from gov_core.presets.qingbo import qingbo
from gov_core.presets.qinghe import qinghe
from gov_core.presets.qinghe_proposal import qinghe_proposal
from gov_core.presets.qinhuai import qinhuai
from gov_core.presets.shandong import shandong
from gov_core.presets.yantian import yantian_2002, yantian_2004

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gov_core.city import City

_BUILDERS: Mapping[str, Callable[..., City]] = {
    "YANTIAN_2002": yantian_2002,
    "YANTIAN_2004": yantian_2004,
    "JIANYE": jianye,
    "ZHABEI_2005": zhabei_2005,
    "LUOHU": luohu,
    "QINGBO": qingbo,
    "GUIYANG": guiyang,
    "QINHUAI": qinhuai,
    "QINGHE": qinghe,
    "QINGHE_PROPOSAL": qinghe_proposal,
    "SHANDONG": shandong,
}

NAMES: tuple[str, ...] = tuple(_BUILDERS)
"""Names of the presets."""


def load(name: str, **parameters: Any) -> City:  # noqa: ANN401  # each preset has its own
    """Makes the city of a preset.

    Args:
        name: One of `NAMES`.
        **parameters: Those of the function of the preset, such as ``streets`` of `qinghe`.

    Raises:
        PresetError: There is no such preset or parameter, or parameters are out of range; with every fault.

    Examples:
        >>> load("QINGHE").preset
        'QINGHE'
    """
    make = builder(name)
    check = Bounds(name)
    check.known(parameters, inspect.signature(make).parameters)
    check.done()
    return make(**parameters)


def builder(name: str) -> Callable[..., City]:
    """The function that makes the city of a preset; its signature tells the parameters.

    Args:
        name: One of `NAMES`.

    Raises:
        PresetError: There is no such preset.
    """
    return _BUILDERS[_known(name)]


def describe(name: str) -> Preset:
    """Tells what a preset is: its source, levels, hard rules and options.

    Args:
        name: One of `NAMES`.

    Raises:
        PresetError: There is no such preset.

    Examples:
        >>> describe("QINGHE").levels
        ('street', 'community', 'grid', 'building')
    """
    return preset(_known(name))


def _known(name: str) -> str:
    if name not in _BUILDERS:
        message = f'there is no preset "{name}"'
        raise PresetError([Fault("preset.unknown", message, name, nearest(name.upper(), NAMES))])
    return name
