"""Roles of posts that the field knows."""

from __future__ import annotations

from dataclasses import dataclass

from gov_core.fields import Standing
from gov_core.organisation._vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Role:
    """A role of posts (岗位角色): work that seats are for, never who sits there.

    Attributes:
        code: What the field ``role`` of a post says.
        chinese: Usual word.
        english: Usual word.
        aliases: Other words for the same role.
        sources: Rows of the acceptance table; ``practice`` for what no paper names.
        standing: What the sources claim of it.
    """

    code: str
    chinese: str
    english: str
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    standing: Standing = "practised"


ROLES: Vocabulary[Role] = Vocabulary("roles.toml", Role)
"""Roles by code; a city may use others."""
