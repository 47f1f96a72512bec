"""Time limits as data; which hours count is the calendar's business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

LimitUnit = Literal["urgent_hour", "working_hour", "working_day", "natural_day"]
LIMIT_UNITS: tuple[str, ...] = get_args(LimitUnit)


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit, such as ``2 urgent_hour``; which hours count is the calendar's business.

    Attributes:
        amount: How many; at least 1.
        unit: Of what.
    """

    amount: int
    unit: LimitUnit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"
