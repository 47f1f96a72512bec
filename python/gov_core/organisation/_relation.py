"""Relations between bodies: who leads, guides, supervises, assists or serves whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from gov_core.fields import Holder, Name, Standing

RelationKind = Literal[
    "leads",
    "guides",
    "supervises",
    "parallel",
    "assists",
    "serves",
    "dual_managed_by",
    "parent_of",
    "member_of",
]
RELATION_KINDS: tuple[str, ...] = get_args(RelationKind)

RELATION_NAMES: dict[str, str] = {
    "leads": "领导",
    "guides": "指导",
    "supervises": "监督",
    "parallel": "平行",
    "assists": "协助",
    "serves": "服务",
    "dual_managed_by": "双重管理",
    "parent_of": "下设",
    "member_of": "成员",
}
"""Kind to the word of the field."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One edge of the graph of bodies.

    With ``@kind`` at an end it holds between each two units of those kinds that serve common ground: a
    station of one street says nothing about the committees of another.

    Attributes:
        source: Who leads, guides, supervises, assists, serves, is managed, has set up, is a member.
        relation: ``leads``, ``guides``, ``supervises``, ``parallel`` (both ways), ``assists``, ``serves`` (a
            station its committees, 1:n), ``dual_managed_by`` (two such edges), ``parent_of`` (下设),
            ``member_of``.
        target: Whom.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        origin: Where it is from: a row of the acceptance table, a law, a decision.
    """

    source: Holder
    relation: RelationKind
    target: Holder
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    origin: Name = ""
