"""Units: the bodies of a city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from gov_core.fields import Name, PlaceId, Standing, UnitId, Word

LegalForm = Literal[
    "party_organ",
    "government_organ",
    "public_institution",
    "self_government",
    "private_non_enterprise",
    "social_group",
    "foundation",
    "enterprise",
    "state_owned_enterprise",
    "informal",
]
"""党组织, 行政机关, 事业单位, 基层群众自治组织, 民办非企业单位, 社会团体, 基金会, 企业, 国有企业, none."""
LEGAL_FORMS: tuple[str, ...] = get_args(LegalForm)

FundingMode = Literal[
    "budget",
    "direct_grant",
    "award_for_subsidy",
    "purchase",
    "venture_philanthropy",
    "lottery_fund",
    "fees",
    "own",
]
"""财政拨款, 直接资助, 以奖代补, 购买服务, 公益创投, 福彩公益金, 收费, 自筹."""
FUNDING_MODES: tuple[str, ...] = get_args(FundingMode)


@dataclass(frozen=True, slots=True)
class Unit:
    """A body (机构, 单位) of a city: a station (站), a committee (居委会), a department (部门), a company.

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        kind: What rules call it by: ``@kind``; `gov_core.organisation.KINDS` knows those of the field, a city
            may use others.
        serves: Ids of the places it serves; each covers all that lies below it.
        legal_form: What it is in law, if stated.
        funding: How it is paid, if stated.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        successors: Ids of the units that took over from it.
        placeholder: The source counts it and does not name it.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from: a row of the acceptance table (``Q-ORG-1``), a law, a decision.
    """

    id: Word
    name: Name
    kind: Word
    serves: tuple[PlaceId, ...] = ()
    legal_form: LegalForm | None = None
    funding: tuple[FundingMode, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[UnitId, ...] = ()
    placeholder: bool = False
    standing: Standing | None = None
    source: Name = ""
