"""What goes with the events of appends beside the index: messages and personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.storage.refusals import erased, message_reused
from gov_core.storage.sqlite import _outbox, _subjects

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Message
    from gov_core.storage.personal import Personal
    from gov_core.storage.protocol import Append


class Beside:
    """What some appends bring along: what speaks against it is read at once, and all of it written at once.

    Args:
        connection: In a transaction that writes.
        items: The appends, as far as they can be stored.
    """

    def __init__(self, connection: sqlite3.Connection, items: Sequence[Append]) -> None:
        self._connection = connection
        self._told = _outbox.known(connection, [message.id for item in items for message in item.outbox])
        self._gone = _subjects.gone(connection, [value.subject for item in items for value in item.personal])
        self._messages: list[tuple[int, str, Sequence[Message]]] = []
        self._subjects: list[tuple[int, str, Sequence[Personal], Sequence[str]]] = []

    def refusal(self, item: Append) -> StorageError | None:
        """Why an item cannot be appended behind those that were added; None if it can."""
        if self._told:
            for message in item.outbox:
                if message.id in self._told:
                    return message_reused(message.id)
        if self._gone:
            for value in item.personal:
                if value.subject in self._gone:
                    return erased(value.subject)
        return None

    def add(self, case_no: int, item: Append) -> None:
        """An item is appended."""
        if item.outbox:
            self._messages.append((case_no, item.case_id, item.outbox))
            self._told.update(message.id for message in item.outbox)
        if item.personal or item.subjects:
            self._subjects.append((case_no, item.case_id, item.personal, item.subjects))

    def write(self, now_us: int) -> None:
        """Write what was added."""
        if self._messages:
            _outbox.write(self._connection, self._messages, now_us)
        if self._subjects:
            _subjects.keep(self._connection, self._subjects)
