"""What the contract suite needs of a store: open it, open it again, and set its clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from gov_core.storage.chain import chained
from gov_core.storage.protocol import NEW, Append, CaseRow, ClockRow, Envelope, Head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.storage.personal import Personal
    from gov_core.storage.protocol import CaseStore

T0 = 1_760_000_000_000_000
SECOND = 1_000_000


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now_us: int = T0

    def __call__(self) -> int:
        return self.now_us


class Harness(Protocol):
    """One store under test."""

    name: str
    clock: Clock
    persistent: bool
    """Whether `reopen` finds what was there."""

    def store(self) -> CaseStore:
        """The store, new and empty at first."""
        ...

    def reopen(self) -> CaseStore:
        """Close the store and open it again."""
        ...

    def another(self) -> CaseStore:
        """Another store of this kind, new and empty."""
        ...


@dataclass
class Writer:
    """Makes appends for one case and remembers its head."""

    case_id: str
    head: Head = NEW
    commands: int = field(default=0)

    def append(
        self,
        *notes: str,
        row: CaseRow | None = None,
        clocks: Sequence[ClockRow] = (),
        personal: Sequence[Personal] = (),
        command_id: str | None = None,
    ) -> Append:
        """The next append of the case, with one event for each note; the head goes on."""
        self.commands += 1
        command_id = command_id or f"{self.case_id}/{self.commands}"
        item = append(
            self.case_id, self.head, *notes, row=row, clocks=clocks, personal=personal, command_id=command_id
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
    return Append(
        case_id,
        head,
        events(case_id, head, *notes),
        command_id,
        digest(command_id, *notes),
        row,
        clocks,
        personal,
    )


def events(case_id: str, head: Head, *notes: str) -> tuple[Envelope, ...]:
    """Events that continue a case."""
    raw = [
        ("noted", 1, T0 + number, json.dumps({"note": note}, ensure_ascii=False).encode())
        for number, note in enumerate(notes)
    ]
    return chained(case_id, head, raw)[0]


def digest(command_id: str, *notes: str) -> bytes:
    """Digest of a command."""
    return sha256("\n".join((command_id, *notes)).encode()).digest()


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


def clock(name: str, fires_s: int, due_s: int | None = None) -> ClockRow:
    """An open clock, in seconds after `T0`."""
    return ClockRow(name, T0 + fires_s * SECOND, T0 + (fires_s if due_s is None else due_s) * SECOND)
