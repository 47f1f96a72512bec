"""Powers, and which bodies hold them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from gov_core.fields import Holder, Name, Standing

Power = Literal[
    "lead",
    "execute",
    "serve",
    "resolve",
    "supervise",
    "whistle",
    "report_in",
    "refuse_item",
    "appraise",
    "inspect",
]
POWERS: tuple[str, ...] = get_args(Power)

POWER_NAMES: dict[str, str] = {
    "lead": "领导决策",
    "execute": "行政执行",
    "serve": "公共服务",
    "resolve": "决议、自治",
    "supervise": "监督",
    "whistle": "吹哨",
    "report_in": "报到",
    "refuse_item": "拒绝未准入事项",
    "appraise": "考核",
    "inspect": "督查",
}
"""Power to the words of the field."""

POWER_BRANCHES: dict[str, str] = {
    "lead": "party",
    "execute": "administrative",
    "serve": "service",
    "resolve": "autonomy",
    "supervise": "supervision",
}
"""The five powers proper to the branch each belongs to: 政党, 行政, 社区服务, 自治, 监督."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A body, or each body of a kind, holds a power, or is barred from it.

    What no grant gives is not held. A grant to one body wins over one to its kind.

    Attributes:
        holder: Unit id or ``@kind``.
        power: Which power.
        over: Only over this body or kind; None for all in its area.
        held: False bars the holder from it: a rule says no.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    holder: Holder
    power: Power
    over: Holder | None = None
    held: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""
