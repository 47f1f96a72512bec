"""Kinds of bodies that the field knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gov_core.fields import Standing
from gov_core.organisation._vocabulary import Vocabulary

Layer = Literal["decision", "execution", "deliberation", "supervision"]
"""领导决策层, 执行层, 议事层, 监督层: the four layers of a community (Q-STR-4)."""
LAYERS: tuple[str, ...] = get_args(Layer)

Affair = Literal["party", "government", "residents", "routine"]
"""党务, 政务, 居务, 事务: functions that are kept apart (Q-STR-8)."""
AFFAIRS: tuple[str, ...] = get_args(Affair)

Nature = Literal["executing", "service", "regulating"]
"""执行性, 服务性, 监管性 (H-STR-12)."""
NATURES: tuple[str, ...] = get_args(Nature)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of body (机构类别): what units of several cities have in common.

    Attributes:
        code: What the field ``kind`` of a unit says.
        chinese: Usual word.
        english: Usual word.
        aliases: Other words for the same kind.
        layer: Layer of a community it forms; None if it forms none.
        levels: Levels of places that such a body usually serves.
        affair: Affairs it is for; None if sources do not say.
        nature: Whether it executes, serves or regulates; None if sources do not say.
        within: Code of the wider kind it is one of; None if there is none.
        single: No place is served by two of them.
        sources: Rows of the acceptance table; ``practice`` for what no paper names.
        standing: What the sources claim of it.
    """

    code: str
    chinese: str
    english: str
    aliases: tuple[str, ...] = ()
    layer: Layer | None = None
    levels: tuple[str, ...] = ()
    affair: Affair | None = None
    nature: Nature | None = None
    within: str | None = None
    single: bool = False
    sources: tuple[str, ...] = ()
    standing: Standing = "practised"


KINDS: Vocabulary[Kind] = Vocabulary("kinds.toml", Kind)
"""Kinds by code; a city may use others."""


def kind_of(word: str) -> str:
    """The code of the kind that goes by a word; the word itself if the field knows none.

    Args:
        word: What a unit says its kind is: a code, a Chinese word, an alias.
    """
    kind = KINDS.find(word)
    return word if kind is None else kind.code


def is_kind(word: str, kind: str) -> bool:
    """Whether a word names a kind or one of its narrower kinds.

    Args:
        word: What a unit says its kind is.
        kind: Code of the wider kind: ``urban_management_bureau`` is a ``department``.
    """
    code: str | None = kind_of(word)
    while code is not None and code != kind:
        known = KINDS.get(code)
        code = None if known is None else known.within
    return code is not None
