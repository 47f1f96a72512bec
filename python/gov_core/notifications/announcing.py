"""From events to messages: who is told of what, by the subscriptions of a city.

A pure function of the case before and after, the events between, and the rows of the day. The id of a message
is made from case, version and endpoint, so that deciding the same step again gives the same messages.

A body that a case complains of is told nothing of it, whatever the rows say (DOMAIN.md A.0.2). A reporter is
told only where the report said how; which words reach them is the business of the template.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from gov_core.notifications.contacts import CONTACT
from gov_core.notifications.notice import Manner, body_of, payload_of
from gov_core.storage.outbox import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, tzinfo

    from gov_core.cases.case import Case
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.subscription import Subscription
    from gov_core.city import City


class Recipient(NamedTuple):
    """Who is told.

    Attributes:
        id: ``reporter``, a role, or the id of a body.
        reported: Id of the case whose reporter it is; empty for others.
    """

    id: str
    reported: str = ""


class Directory:
    """What one version of a city says of who can be told.

    Args:
        city: One version.
    """

    def __init__(self, city: City) -> None:
        self._parents = {matter.code: matter.parent for matter in city.matters}
        self._serves: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for unit in city.units:
            self._serves.setdefault(unit.kind, []).append((unit.id, frozenset(unit.serves)))
        self._rows: dict[str | None, list[Subscription]] = {}
        for row in city.subscriptions:
            self._rows.setdefault(row.event, []).append(row)

    def rows(self, event: str, matter: str) -> Iterator[Subscription]:
        """The subscriptions to an event of a matter."""
        wider = frozenset(self._wider(matter))
        for row in (*self._rows.get(event, ()), *self._rows.get(None, ())):
            if row.matter is None or row.matter in wider:
                yield row

    def of_kind(self, kind: str, path: str) -> Iterator[str]:
        """The bodies of a kind that serve a place, or one it lies in.

        Args:
            kind: Without the ``@``.
            path: Ids from the top level down, joined by ``/``.
        """
        places = path.split("/")
        for unit, serves in self._serves.get(kind, ()):
            if not serves.isdisjoint(places):
                yield unit

    def _wider(self, matter: str) -> Iterator[str]:
        seen = set()
        step: str | None = matter
        while step is not None and step not in seen:
            seen.add(step)
            yield step
            step = self._parents.get(step)


class Announcer:
    """Makes the messages of a city's cases; what `Casework` takes as ``announce``.

    Args:
        city: Its newest version; a step is told by the rows of its day.
        zone: Whose days count; that of China if None.
    """

    def __init__(self, city: City, zone: tzinfo | None = None) -> None:
        from gov_core.cases import china

        self._city = city
        self._zone = zone or china().tz
        self._directories: dict[date, Directory] = {}

    def __call__(self, before: Case | None, events: Sequence[CaseEvent], after: Case) -> list[Message]:
        """The messages of a step.

        Args:
            before: The case before it; None if it opened the case.
            events: What happened.
            after: The case after it.
        """
        if not events:
            return []
        day = events[-1].at.astimezone(self._zone).date()
        return messages_of(self._on(day), before, events, after)

    def _on(self, day: date) -> Directory:
        versions = self._city.versions
        first = max((first for first in versions if first <= day), default=versions[0])
        if first not in self._directories:
            self._directories[first] = Directory(self._city.as_of(day))
        return self._directories[first]


def messages_of(
    directory: Directory, before: Case | None, events: Sequence[CaseEvent], after: Case
) -> list[Message]:
    """The messages of a step: for each event, each recipient at most once by each channel.

    Args:
        directory: Who can be told, on the day of the step.
        before: The case before it; None if it opened the case.
        events: What happened.
        after: The case after it.
    """
    messages: list[Message] = []
    told: set[str] = set()
    first = after.version - len(events) + 1
    for version, event in enumerate(events, first):
        payload = b""
        for row in directory.rows(event.type, after.matter):
            for recipient in recipients(directory, row, before, after):
                manner = Manner(recipient.id, row.channel, row.language, row.template, recipient.reported)
                id_ = message_id(after.id, version, manner)
                if id_ not in told:
                    told.add(id_)
                    payload = payload or payload_of(event, after, version)
                    messages.append(Message(id_, endpoint_of(manner), body_of(payload, manner)))
    return messages


def endpoint_of(manner: Manner) -> str:
    """Id of an endpoint: a channel and who is reached by it, ``hook:U-1``. It names no person."""
    return f"{manner.channel}:{manner.to}"


def message_id(case_id: str, version: int, manner: Manner) -> str:
    """The id of a message: the same for the same event, recipient and channel, for ever."""
    parts = (case_id, str(version), manner.channel, manner.to, manner.reported)
    return "msg_" + sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def recipients(
    directory: Directory, row: Subscription, before: Case | None, after: Case
) -> Iterator[Recipient]:
    """Whom a row means in a case; never a body that the case complains of.

    Args:
        directory: Who can be told.
        row: The subscription.
        before: The case before the step; None if it opened the case.
        after: The case after it.
    """
    if row.to == "reporter":
        if any(item.name == CONTACT for item in after.sealed):
            yield Recipient("reporter", after.id)
        for duplicate in after.duplicates:
            yield Recipient("reporter", duplicate)
        return
    complained_of = {*after.complained_of, *(before.complained_of if before is not None else ())}
    for body in dict.fromkeys(_bodies(directory, row.to, before, after)):
        if body and body not in complained_of:
            yield Recipient(body)


def _bodies(directory: Directory, to: str, before: Case | None, after: Case) -> Iterator[str]:
    match to:
        case "unit":
            yield after.unit or (before.unit if before is not None else "")
        case "owner":
            yield after.owner or (before.owner if before is not None else "")
        case "called":
            for case in filter(None, (before, after)):  # who has just left is told so
                yield from (part.unit for part in case.active())
        case _ if to.startswith("@"):
            yield from directory.of_kind(to[1:], after.location.path)
        case _:
            yield to
