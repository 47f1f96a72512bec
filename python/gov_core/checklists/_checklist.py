"""Checklists (清单) and their items (事项)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, get_args

from gov_core.checklists._limit import Limit
from gov_core.fields import (
    AssetCode,
    Grade,
    Holder,
    Holders,
    MatterCode,
    Name,
    PlaceId,
    Prose,
    Refers,
    Standing,
    Text,
    UnitId,
    Word,
)
from gov_core.organisation import FundingMode, SupplyMode

ChecklistKind = Literal[
    "power",
    "service",
    "responsibility",
    "performance",
    "duty",
    "work",
    "self_government",
    "assistance",
    "basic",
    "supporting",
    "withdrawn",
    "negative",
    "whistle",
]
CHECKLIST_KINDS: tuple[str, ...] = get_args(ChecklistKind)

CHECKLIST_NAMES: dict[str, str] = {
    "power": "权力清单",
    "service": "服务清单",
    "responsibility": "责任清单",
    "performance": "效能清单",
    "duty": "职责清单",
    "work": "工作清单",
    "self_government": "依法自治事项清单",
    "assistance": "依法协助事项清单",
    "basic": "基本履职事项清单",
    "supporting": "配合履职事项清单",
    "withdrawn": "上级部门收回事项清单",
    "negative": "负面清单",
    "whistle": "吹哨目录",
}
"""Kind to the word of the field."""

Bearing = Literal["lead", "assist", "forbid", "none"]
"""What an item of a list makes of its holder."""

CHECKLIST_BEARINGS: dict[ChecklistKind, Bearing] = {
    "power": "lead",
    "service": "lead",
    "responsibility": "lead",
    "performance": "none",
    "duty": "lead",
    "work": "lead",
    "self_government": "lead",
    "assistance": "assist",
    "basic": "lead",
    "supporting": "assist",
    "withdrawn": "forbid",
    "negative": "forbid",
    "whistle": "none",
}
"""Kind to who handles events by its items: the holder leads, assists who leads, or may not lead.

A performance list says how well, a whistle catalogue who may be called: neither gives a duty of its own.
"""

AdmissionState = Literal["draft", "applied", "reviewed", "approved", "entered", "refused", "exited"]
"""起草, 申请, 审核, 批准, 准入, 不予准入, 退出."""
ADMISSION_STATES: tuple[str, ...] = get_args(AdmissionState)

ListId = Annotated[str, Text("word"), Refers(("checklists",))]
ItemCode = Annotated[str, Text("word"), Refers(("items",))]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of what a body, or each body of a kind, may, must, or must not do.

    Attributes:
        id: Unique in the city.
        kind: Which kind of list.
        title: For people.
        holder: Whose list it is: a unit or ``@kind``.
        expected_count: How many items it is said to have; None if not said.
        expected_groups: How many groups (大类) its items form; None if not said.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    id: Word
    kind: ChecklistKind
    title: Name
    holder: Holder
    expected_count: int | None = None
    expected_groups: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a checklist.

    Attributes:
        code: Unique in the city.
        checklist: Id of its list.
        title: For people.
        holder: Who holds it, as a fallback chain like that of a rule; empty for the holder of the list.
        matters: Codes of the matters it covers, each with those below it.
        areas: Only there; empty for wherever its holder serves.
        except_areas: Not there.
        assets: Only for these asset classes; empty for any.
        except_assets: Not for these.
        except_matters: Not under these conditions.
        assist: Who assists the holder (协助).
        shared_with: Who holds the duty together with the holder (共同责任): no case of several holders
            (多头管理).
        group: Group (类) of the item in its list.
        respond_within: How soon the first answer is due.
        resolve_within: How soon it is to be resolved.
        basis: Legal basis.
        procedure: Name of the procedure that who asks for it at a window goes through; empty for that of the
            matter.
        steps: Steps of its service standard, in order.
        materials: Materials an applicant brings.
        qualification: Code of the qualification that is required; empty if none is.
        sensitive: Stays out of maps, replays and bulletins.
        supply: How the service is supplied.
        funding: How it is funded.
        admission: State of its admission (准入).
        transferred_from: Unit or kind the duty came from; None if it has always been here.
        powers: Codes of the items of power lists that it needs (权随责走).
        placeholder: The source counts it and does not name it.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        successors: Codes of the items that took over from it.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    code: Word
    checklist: ListId
    title: Name
    holder: Holders = ()
    matters: tuple[MatterCode, ...] = ()
    areas: tuple[PlaceId, ...] = ()
    except_areas: tuple[PlaceId, ...] = ()
    assets: tuple[AssetCode, ...] = ()
    except_assets: tuple[AssetCode, ...] = ()
    except_matters: tuple[MatterCode, ...] = ()
    assist: tuple[Holder, ...] = ()
    shared_with: tuple[Holder, ...] = ()
    group: Name = ""
    respond_within: Limit | None = None
    resolve_within: Limit | None = None
    basis: Prose = ""
    procedure: Word = ""
    steps: tuple[Name, ...] = ()
    materials: tuple[Name, ...] = ()
    qualification: Word = ""
    sensitive: bool = False
    supply: SupplyMode | None = None
    funding: FundingMode | None = None
    admission: AdmissionState = "entered"
    transferred_from: Holder | None = None
    powers: tuple[ItemCode, ...] = ()
    placeholder: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[ItemCode, ...] = ()
    standing: Standing | None = None
    source: Name = ""


@dataclass(frozen=True, slots=True)
class ItemLimit:
    """Time limits of an item under one condition, or for one grade.

    Attributes:
        item: Code of the item.
        matter: Code of the condition; None for all matters of the item.
        grade: Grade or urgency; None for any.
        respond_within: How soon the first answer is due.
        resolve_within: How soon it is to be resolved.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
    """

    item: ItemCode
    matter: MatterCode | None = None
    grade: Grade | None = None
    respond_within: Limit | None = None
    resolve_within: Limit | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A duty that moved from one body to another, and the money that moved with it (费随事转).

    Attributes:
        item: Code of the item.
        source: Who had the duty.
        target: Who has it now.
        on: Day it moved.
        funds_yuan: Money that moved with it; None if none did, or it is not known.
        earmarked: For this purpose only (专款专用).
        decided_by: Body that decided on the use, together with the committee (集体决定).
        account: Unit whose special account (专用账户) holds it.
        valid_from: First day the row holds; None is always.
        valid_to: First day it holds no more, as when its bodies are called otherwise.
        standing: What the source claims of it; None for a city's own.
        origin: Where it is from.
    """

    item: ItemCode
    source: Holder
    target: Holder
    on: date | None = None
    funds_yuan: float | None = None
    earmarked: bool = False
    decided_by: Holder | None = None
    account: UnitId | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    origin: Name = ""
