"""The five classes of components (部件), as data of the package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from gov_core.places._asset import AssetClass


@cache
def component_classes() -> tuple[AssetClass, ...]:
    """Public utilities 01, road traffic 02, city appearance 03, greenery 04, others 05; for a city to extend.

    Source:
        GB/T 30428.2, by the lists of towns that follow it; the text of the standard was not available.
    """
    text = files(__package__).joinpath("component_classes.toml").read_text(encoding="utf-8")
    return tuple(AssetClass(code, name) for code, name in tomllib.loads(text)["classes"].items())
