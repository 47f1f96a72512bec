"""Registered providers: social organisations, property companies and others that take on services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from gov_core.fields import MatterCode, Name, Standing, UnitId, Word

SupplyMode = Literal[
    "direct",
    "purchased",
    "entrusted",
    "transferred",
    "contract",
    "franchise",
    "subsidy",
    "voucher",
    "adopted",
    "volunteer",
    "convenience",
    "smart",
    "self_managed",
]
"""直接提供, 购买, 委托, 转让, 合同承包, 特许经营, 补助, 凭单制, 认领, 志愿, 便民利民, 智慧, 自我管理."""
SUPPLY_MODES: tuple[str, ...] = get_args(SupplyMode)

SocialOrganisationKind = Literal["public_benefit", "mutual", "mixed"]
"""公益类, 互益类, 综合类."""
SOCIAL_ORGANISATION_KINDS: tuple[str, ...] = get_args(SocialOrganisationKind)


@dataclass(frozen=True, slots=True)
class Provider:
    """A unit as a registered provider of services (服务提供方).

    Attributes:
        unit: The unit.
        social_kind: Kind of social organisation; None if it is none.
        modes: How it supplies.
        matters: What it may supply; each includes the matters below it; empty for anything.
        qualifications: Codes of the qualifications it has shown.
        registered_on: Day of registration.
        valid_from: First day the row holds; None is always.
        valid_to: First day the registration is valid no more.
        supervisor: Unit that supervises it.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    unit: UnitId
    social_kind: SocialOrganisationKind | None = None
    modes: tuple[SupplyMode, ...] = ()
    matters: tuple[MatterCode, ...] = ()
    qualifications: tuple[Word, ...] = ()
    registered_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    supervisor: UnitId | None = None
    standing: Standing | None = None
    source: Name = ""
