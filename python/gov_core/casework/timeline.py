"""The story of a case, event by event, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, get_args

from gov_core.cases.codec import decode
from gov_core.cases.events import CaseOpened
from gov_core.cases.evolve import evolve
from gov_core.casework.handling import unknown
from gov_core.casework.wording import Language, Wording
from gov_core.errors import Fault, StepError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gov_core.cases.calendar import Calendar
    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.procedure import Procedure
    from gov_core.storage.protocol import AsOf, CaseStore


class Entry(NamedTuple):
    """One event of a timeline.

    Attributes:
        version: Its number in the case.
        at: When it took effect, in the time zone of the calendar.
        event: The event itself.
        state: Of the case after it.
        stage: Stage of the procedure after it; empty outside of all.
        words: What happened, in one line: roles and bodies, never a person.
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


class Telling(Protocol):
    """What a story is told with; a `Governance` is one."""

    @property
    def names(self) -> Mapping[str, str]:
        """Names of bodies and places by their ids; what is not named is told by its id."""
        ...

    @property
    def calendar(self) -> Calendar:
        """Whose time zone it is told in."""
        ...

    def procedure(self, name: str) -> Procedure:
        """The procedure of a name."""
        ...


def timeline(
    store: CaseStore, governance: Telling, case_id: str, language: Language, *, as_of: AsOf | None = None
) -> tuple[Entry, ...]:
    """The story of a case.

    Args:
        store: Where it is kept.
        governance: Whose bodies, places and procedures it names, by its newest version.
        case_id: Which.
        language: ``zh`` or ``en``.
        as_of: A position or a recorded time; None for now.

    Raises:
        UnknownCaseError: There is no such case, or was none then.
        StepError: ``timeline.language``: there are no words in that language.
    """
    if language not in get_args(Language):
        hint = f"one of: {', '.join(get_args(Language))}"
        raise StepError([Fault("timeline.language", f"no words in {language!r}", case_id, hint)])
    case: Case | None = None
    entries = []
    wording = Wording(language, governance.names, governance.calendar.tz)
    for recorded in store.read_case(case_id, as_of=as_of):
        envelope = recorded.envelope
        event = decode(envelope.type, envelope.schema, envelope.data)
        case = evolve(case, event)
        procedure = governance.procedure(case.procedure)
        stage = procedure.stage_of(case.state)
        told = "" if stage is None else stage.chinese if language == "zh" else stage.name
        at = event.at.astimezone(governance.calendar.tz)
        words = wording.tell(event, case)
        if isinstance(event, CaseOpened):
            words += wording.opened_by(procedure, event.procedure_version)
        entries.append(Entry(recorded.version, at, event, case.state, told, words))
    if case is None:
        raise unknown(case_id)
    return tuple(entries)


__all__ = ["Entry", "Language", "timeline"]
