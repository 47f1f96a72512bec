"""What a message says: an event of a case in ids, codes and times, and never a word about a person.

The body of a message has two lines of JSON. The first is what a program at the other end gets, byte for byte.
The second is how it is told: to whom, in which language, by which template. Names, and how to reach a
reporter, are looked up when it is sent; a message that waits for days in the outbox knows neither.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.errors import Fault, NotificationError

if TYPE_CHECKING:
    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.subscription import ToldLanguage

MAX_BYTES: Final = 20_000
"""Largest event that is sent, as Standard Webhooks advises."""

_SAID: Final = (
    *("unit", "units", "assist", "suggest", "decider", "recipient", "level", "kind", "policy", "k"),
    *("clock", "scope", "ended", "supervise", "until", "granted", "passed", "upholds", "upheld"),
    *("score", "into", "case", "child", "children", "parent"),
)
"""Fields of events that are ids, codes, numbers and times. A field not named here is not told, so that
a new one has to be looked at first."""

_OF_THE_MATTER: Final = ("matter", "grade", "place", "reason")
"""What is left out of a matter that stays out of maps and bulletins."""


class Manner(NamedTuple):
    """How a message is told.

    Attributes:
        to: Who is told: ``reporter``, a role, or the id of a body.
        channel: Name of the channel.
        language: ``zh`` or ``en``.
        template: Name of the template; empty for the one of the event.
        reported: Id of the case whose reporter is told; empty for others.
    """

    to: str
    channel: str
    language: ToldLanguage
    template: str = ""
    reported: str = ""


class Notice(NamedTuple):
    """A message that was read.

    Attributes:
        payload: The event, as a program gets it.
        manner: How it is told.
    """

    payload: bytes
    manner: Manner

    @property
    def event(self) -> dict[str, Any]:
        """The event: ``type``, ``timestamp``, ``data``."""
        event: dict[str, Any] = json.loads(self.payload)
        return event


def payload_of(event: CaseEvent, case: Case, version: int) -> bytes:
    """An event as a program gets it: JSON with ``type``, ``timestamp`` and ``data``, at most `MAX_BYTES`.

    Args:
        event: What happened.
        case: As it was afterwards.
        version: Number of the event in its case.
    """
    data: dict[str, Any] = {
        "case": case.id,
        "version": version,
        "state": case.state,
        "procedure": case.procedure,
        "matter": case.matter,
        "grade": case.grade,
        "place": case.location.place,
        "unit": case.unit,
        "owner": case.owner,
        "level": case.level,
        "role": event.by.role,
        "body": event.by.body,
        "reason": event.reason,
        "due": _due(case),
    }
    said = {name: getattr(event, name) for name in _SAID if getattr(event, name, None) not in (None, "", ())}
    if case.sensitive:
        for name in _OF_THE_MATTER:
            data.pop(name)
    told = {name: value for name, value in data.items() if value not in ("", None)}
    text = _json({"type": event.type, "timestamp": _time(event.at), "data": told | {"event": said}})
    if len(text) > MAX_BYTES:  # a case that was split into a thousand: they are in the store
        text = _json({"type": event.type, "timestamp": _time(event.at), "data": told | {"cut": True}})
    return text


def body_of(payload: bytes, manner: Manner) -> bytes:
    """The body of a message."""
    return payload + b"\n" + _json(manner._asdict())


def read_body(body: bytes, message_id: str = "") -> Notice:
    """Read the body of a message.

    Args:
        body: What `body_of` made.
        message_id: Of the message, for the error.

    Raises:
        NotificationError: ``notice.unreadable``: it is no message of this release.
    """
    payload, _, manner = body.partition(b"\n")
    try:
        values = Manner(**json.loads(manner))
    except (ValueError, TypeError):
        values = None
    if values is None or not all(isinstance(value, str) for value in values):
        hint = "it was written by another program or release; bury it, or redrive it with that release"
        fault = Fault("notice.unreadable", "the body is no notice", message_id, hint, (message_id,))
        raise NotificationError([fault])
    return Notice(payload, values)


def _due(case: Case) -> str | None:
    """When the next of the clocks that run ends."""
    ends = [clock.due_by for clock in case.clocks if clock.state == "running" and clock.due_by is not None]
    return _time(min(ends)) if ends else None


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_time)
    return text.encode()


def _time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in a message")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
