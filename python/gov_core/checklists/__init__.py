"""Checklists (清单): who holds which power, service or duty, with limits, basis, admission and money."""

from gov_core.checklists._checklist import (
    ADMISSION_STATES,
    CHECKLIST_BEARINGS,
    CHECKLIST_KINDS,
    CHECKLIST_NAMES,
    AdmissionState,
    Bearing,
    Checklist,
    ChecklistKind,
    Item,
    ItemLimit,
    Transfer,
)
from gov_core.checklists._limit import LIMIT_UNITS, Limit, LimitUnit
from gov_core.checklists._matter import Matter

__all__ = [
    "ADMISSION_STATES",
    "CHECKLIST_BEARINGS",
    "CHECKLIST_KINDS",
    "CHECKLIST_NAMES",
    "LIMIT_UNITS",
    "AdmissionState",
    "Bearing",
    "Checklist",
    "ChecklistKind",
    "Item",
    "ItemLimit",
    "Limit",
    "LimitUnit",
    "Matter",
    "Transfer",
]
