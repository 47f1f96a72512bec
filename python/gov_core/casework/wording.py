"""Events in words: the sentences of ``words.toml``, filled in with the names of a city."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

from gov_core.cases.machine import PROGRAMS, ROLE_NAMES, TASK_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from gov_core.cases.actor import By
    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.procedure import Procedure

Language = Literal["zh", "en"]

_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_FIELD: Final = re.compile(r"\{(\w+)\}")

FIELDS: Final = frozenset(
    (
        *("who", "at_place", "matter_name", "closure", "whistle_kind", "decider_role", "level_name"),
        *("task", "task_to", "clock_name", "scope_name", "supervision", "evidence_count"),
    )
)
"""What a sentence may name beyond the fields of its event."""


@cache
def words() -> Mapping[str, Any]:
    """What ``words.toml`` says."""
    return tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))


class Wording:
    """Tells events in one language.

    Args:
        language: ``zh`` or ``en``.
        names: Id of a body, place or matter to its name; what is not there is called by its id.
        zone: In which times are told.
    """

    def __init__(self, language: Language, names: Mapping[str, str], zone: tzinfo) -> None:
        self._language = language
        self._names = names
        self._zone = zone
        self._words = words()[language]
        chinese = language == "zh"
        self._roles: Mapping[str, str] = ROLE_NAMES if chinese else self._words["roles"]
        self._tasks: Mapping[str, str] = TASK_NAMES if chinese else self._words["task"]

    def tell(self, event: CaseEvent, case: Case) -> str:
        """What happened, in one line.

        Args:
            event: What.
            case: As it was after it.
        """
        forms = words()["events"][event.type]
        form = next(one for one in forms if "when" not in one or getattr(event, one["when"]))
        told = _OPTIONAL.sub(
            lambda part: self._filled(part[1], event, case, optional=True), form[self._language]
        )
        told = self._filled(told, event, case)
        reason = self._words["reason"].format(self._word("reasons", event.reason)) if event.reason else ""
        return f"{told[:1].upper()}{told[1:]}{reason}"

    def opened_by(self, procedure: Procedure, version: int) -> str:
        """By which version of its procedure a case was opened, where another one is in force since.

        Args:
            procedure: As it is in force.
            version: At the opening; 0 if nobody wrote it down.
        """
        if version in (0, procedure.version):
            return ""
        name = procedure.chinese if self._language == "zh" else procedure.english
        return str(self._words["version"].format(name=name, opened=version, now=procedure.version))

    def _filled(self, text: str, event: CaseEvent, case: Case, *, optional: bool = False) -> str:
        values = {name: self._value(name, event, case) for name in _FIELD.findall(text)}
        if optional and not all(values.values()):
            return ""
        return _FIELD.sub(lambda field: values[field[1]], text)

    def _value(self, name: str, event: CaseEvent, case: Case) -> str:  # noqa: PLR0911, PLR0912, C901  # a table
        match name:
            case "who":
                return self._who(event.by)
            case "at_place":
                location = getattr(event, "location", None)
                return self._name(location.place) if location else ""
            case "matter_name":
                return self._name(getattr(event, "matter", ""))
            case "closure":
                return self._word("closure", getattr(event, "grade", ""))
            case "whistle_kind":
                return self._word("whistle", getattr(event, "kind", ""))
            case "decider_role":
                return self._roles[getattr(event, "decider", "")]
            case "level_name":
                level = getattr(event, "level", None)
                return "" if level is None else self._word("level", str(level))
            case "task":
                return self._tasks.get(_task_kind(event, case), "")
            case "task_to":
                to = event.tasks[-1].to
                return self._roles.get(to) or self._name(to)
            case "clock_name":
                return self._word("clock", getattr(event, "clock", ""))
            case "scope_name":
                return self._name(getattr(event, "scope", ""))
            case "supervision":
                return self._words["supervision"] if getattr(event, "supervise", False) else ""
            case "evidence_count":
                return str(len(event.evidence))
        return self._plain(getattr(event, name))

    def _plain(self, value: object) -> str:
        """A field as it is: ids by their names, several of them in a row, times in the zone."""
        if isinstance(value, datetime):
            return f"{value.astimezone(self._zone):%Y-%m-%d %H:%M}"
        if isinstance(value, tuple):
            return str(self._words["separator"].join(map(self._plain, value)))
        return self._name(str(value))

    def _who(self, by: By) -> str:
        role = self._roles[by.role]
        if not by.body or by.role in PROGRAMS:
            return role
        body = self._name(by.body)
        return body if by.role == "unit" else str(self._words["who"].format(body=body, role=role))

    def _name(self, id_: str) -> str:
        return self._names.get(id_) or id_

    def _word(self, table: str, code: str) -> str:
        return str(self._words[table].get(code, code))


def _task_kind(event: CaseEvent, case: Case) -> str:
    """The kind of the task that an event begins, or of the one it finishes."""
    if event.tasks:
        return event.tasks[-1].kind
    return next((task.kind for task in case.tasks if task.id == getattr(event, "id", "")), "")
