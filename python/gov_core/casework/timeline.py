"""The story of a case, event by event, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.cases.codec import decode
from gov_core.cases.evolve import evolve
from gov_core.cases.machine import MACHINE, ROLE_NAMES
from gov_core.errors import Fault, UnknownCaseError

if TYPE_CHECKING:
    from datetime import datetime

    from gov_core.cases.actor import By
    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.casework.governance import Governance
    from gov_core.storage.protocol import CaseStore


class Entry(NamedTuple):
    """One event of a timeline.

    Attributes:
        version: Its number in the case.
        at: When it took effect, in the time zone of the calendar.
        event: The event itself.
        state: Of the case after it.
        stage: Stage of the procedure after it; empty outside of all.
        words: What happened, in one line.
    """

    version: int
    at: datetime
    event: CaseEvent
    state: str
    stage: str
    words: str

    def __str__(self) -> str:
        stage = f" [{self.stage}]" if self.stage else ""
        return f"{self.at:%Y-%m-%d %H:%M}{stage} {self.words}"


def timeline(store: CaseStore, governance: Governance, case_id: str, language: str) -> tuple[Entry, ...]:
    """The story of a case.

    Args:
        store: Where it is kept.
        governance: Whose bodies and procedures it names.
        case_id: Which.
        language: ``zh`` or ``en``.

    Raises:
        UnknownCaseError: There is no such case.
    """
    case: Case | None = None
    entries = []
    names = {unit.id: unit.name or unit.id for unit in governance.city.units}
    for recorded in store.read_case(case_id):
        envelope = recorded.envelope
        event = decode(envelope.type, envelope.schema, envelope.data)
        case = evolve(case, event)
        stage = governance.procedures[case.procedure].stage_of(case.state)
        told = "" if stage is None else stage.chinese if language == "zh" else stage.name
        words = _zh(event, names) if language == "zh" else _en(event, names)
        at = event.at.astimezone(governance.calendar.tz)
        entries.append(Entry(recorded.version, at, event, case.state, told, words))
    if case is None:
        raise UnknownCaseError([Fault("case.unknown", f'there is no case "{case_id}"', ids=(case_id,))])
    return tuple(entries)


def _zh(event: CaseEvent, names: dict[str, str]) -> str:
    who = ROLE_NAMES[event.by.role] + _body(event.by, names, "（{}）")
    why = f"，事由：{event.reason}" if event.reason else ""
    return f"{who}{MACHINE.triggers[event.trigger].chinese}{_object(event, names, '：{}')}{why}"


def _en(event: CaseEvent, names: dict[str, str]) -> str:
    who = event.by.role.replace("_", " ") + _body(event.by, names, " ({})")
    why = f", for {event.reason}" if event.reason else ""
    return f"{event.type.replace('_', ' ')}{_object(event, names, ': {}')} by {who}{why}"


def _body(by: By, names: dict[str, str], form: str) -> str:
    return form.format(names.get(by.body, by.body)) if by.body else ""


def _object(event: CaseEvent, names: dict[str, str], form: str) -> str:
    """The bodies or cases that an event names."""
    units = getattr(event, "units", ()) or tuple(filter(None, (getattr(event, "unit", ""),)))
    told = [names.get(unit, unit) for unit in units]
    told += filter(None, (getattr(event, "into", ""), getattr(event, "case", "")))
    return form.format("、".join(told)) if told else ""
