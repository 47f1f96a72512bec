"""What promises write: appends of made-up events, rows and clocks, and what they read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from gov_core.storage.chain import chained
from gov_core.storage.protocol import NEW, START, Append, CaseRow, ClockRow, Head
from gov_core.testing.store.harness import SECOND, T0

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from gov_core.storage.outbox import Message
    from gov_core.storage.personal import Personal
    from gov_core.storage.protocol import CaseStore, Envelope, RecordedEvent


@dataclass
class Writer:
    """Makes appends for one case and remembers its head.

    Attributes:
        case_id: Of the case.
        head: Where the case stands once all that was made is appended.
        commands: How many appends it has made.
    """

    case_id: str
    head: Head = NEW
    commands: int = 0

    def append(
        self,
        *notes: str,
        row: CaseRow | None = None,
        clocks: Sequence[ClockRow] = (),
        personal: Sequence[Personal] = (),
        subjects: Sequence[str] = (),
        outbox: Sequence[Message] = (),
        command_id: str | None = None,
    ) -> Append:
        """The next append of the case, with one event for each note; the head goes on."""
        self.commands += 1
        command_id = command_id or f"{self.case_id}/{self.commands}"
        item = append(self.case_id, self.head, *notes, command_id=command_id)._replace(
            row=row, clocks=clocks, personal=personal, subjects=subjects, outbox=outbox
        )
        self.head = Head(self.head.version + len(item.events), item.events[-1].hash)
        return item


def append(
    case_id: str,
    head: Head,
    *notes: str,
    command_id: str,
    row: CaseRow | None = None,
    clocks: Sequence[ClockRow] = (),
    personal: Sequence[Personal] = (),
) -> Append:
    """An append with one event for each note."""
    written = events(case_id, head, *notes)
    return Append(case_id, head, written, command_id, digest(command_id, *notes), row, clocks, personal)


def events(case_id: str, head: Head, *notes: str) -> tuple[Envelope, ...]:
    """Events that continue a case."""
    raw = [
        ("noted", 1, T0 + number, json.dumps({"note": note}, ensure_ascii=False).encode())
        for number, note in enumerate(notes)
    ]
    return chained(case_id, head, raw)[0]


def digest(command_id: str, *notes: str) -> bytes:
    """Digest of a command."""
    return sha256("\n".join((command_id, *notes)).encode(errors="surrogatepass")).digest()


def row(case_id: str, **changes: object) -> CaseRow:
    """A row of a case in the index."""
    usual = CaseRow(
        case_id=case_id,
        state="in_progress",
        open=True,
        procedure="whistle",
        matter="M-01",
        grade="",
        place="G-1",
        path="S-1/C-1/G-1",
        unit="U-1",
        opened_us=T0,
        yellow_us=T0 + 80 * SECOND,
        due_us=T0 + 100 * SECOND,
        sensitive=False,
    )
    return usual._replace(**changes)  # type: ignore[arg-type]


def random_row(rng: Random, case_id: str) -> CaseRow:
    """A row as it may come: many alike, some with no clock."""
    opened = T0 + rng.randrange(20) * SECOND
    due = None if rng.random() < 0.3 else opened + rng.randrange(1, 30) * SECOND
    yellow = None if due is None or rng.random() < 0.1 else (4 * due + opened) // 5
    community, grid = rng.randrange(3), rng.randrange(4)
    return row(
        case_id,
        state=rng.choice(["accepted", "in_progress", "closed"]),
        open=rng.random() < 0.7,
        procedure=rng.choice(["whistle", "service"]),
        matter=rng.choice(["M-1", "M-2", "M-3"]),
        unit=rng.choice(["", "U-1", "U-2"]),
        place=f"G-{community}{grid}",
        path=f"S-1/C-{community}/G-{community}{grid}",
        opened_us=opened,
        yellow_us=yellow,
        due_us=due,
        sensitive=rng.random() < 0.1,
    )


def clock(name: str, fires_s: int, due_s: int | None = None) -> ClockRow:
    """An open clock, in seconds after `T0`."""
    return ClockRow(name, T0 + fires_s * SECOND, T0 + (fires_s if due_s is None else due_s) * SECOND)


def everything(store: CaseStore, limit: int = 7) -> list[RecordedEvent]:
    """The whole feed, page by page."""
    found: list[RecordedEvent] = []
    cursor = START
    while (page := store.read_feed(cursor, limit=limit)).events:
        found += page.events
        cursor = page.next
    return found
