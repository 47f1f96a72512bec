"""What a store of cases promises: the contract that every adapter is held to.

A store keeps events as envelopes, bytes it never looks into, so that models grow without breaking an
adapter. Beside the events of a case it keeps, written in the same transaction and never apart from them:
the record of the command that caused them, the row of the case in the index (for lists), and its open
clocks (for what is due). A return from `append` means that all of it is durable, as far as `describe` says.

Times are whole microseconds since 1970-01-01 UTC and end in ``_us``. Everything that goes in and out is a
named tuple: a million cases are opened in one go, and these are made three times as fast as dataclasses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias, get_args

from gov_core.storage.outbox import Message, Outbox, OutboxEntry
from gov_core.storage.personal import (
    Access,
    Erasure,
    Hold,
    Personal,
    PersonalData,
    SubjectKey,
    SubjectLink,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gov_core.errors import StorageError

CONTRACT_VERSION: Final = 1

Durability = Literal["memory", "process", "power"]
"""What an acknowledged write survives: nothing, the death of the process, the loss of power."""

Capability = Literal[
    "dense_positions",
    "real_time_order",
    "snapshots",
    "seals",
    "outbox",
    "erasure",
    "concurrent_processes",
    "concurrent_machines",
    "deadlines",
]
"""What a store can beyond the base. ``dense_positions``: the feed has no gaps. ``real_time_order``: what was
acknowledged before an append began has lower positions. ``concurrent_processes``, ``concurrent_machines``:
several may use one store at once. ``deadlines``: every call returns within its deadline and 250 ms, whatever
the disk or the network do. A call of a capability that a store has not raises `CapabilityMissingError`.
"""
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)

Light = Literal["green", "yellow", "red"]
CaseOrder = Literal["due", "opened", "arrival"]
"""By due time (cases without one last), by time of report, or as the store got to know them."""


class Head(NamedTuple):
    """Where a case stands.

    Attributes:
        version: Number of its events; 0 for a case that is not there yet.
        hash: Chain hash of its last event, 32 bytes; zeros for a case that is not there yet.
    """

    version: int
    hash: bytes


NEW: Final = Head(0, bytes(32))
"""The head of a case that is not there yet."""


class Envelope(NamedTuple):
    """One event as a store sees it.

    Attributes:
        type: Kind of the event: ``case_reported``.
        schema: Version of how `data` is written, from 1.
        at_us: When it took effect.
        data: The event, canonical JSON in UTF-8.
        hash: SHA-256 over the hash before it and all of this, by `gov_core.storage.chain`; 32 bytes.
    """

    type: str
    schema: int
    at_us: int
    data: bytes
    hash: bytes


class RecordedEvent(NamedTuple):
    """An event as it was stored.

    Attributes:
        position: Its place in the feed, from 1, growing; dense if the store has ``dense_positions``.
        case_id: Of which case.
        version: Its number within the case, from 1, without gaps.
        recorded_us: When the store took it, by the store's own clock.
        command_id: The command that caused it.
        digest: SHA-256 of that command, 32 bytes.
        envelope: The event.
    """

    position: int
    case_id: str
    version: int
    recorded_us: int
    command_id: str
    digest: bytes
    envelope: Envelope


class ClockRow(NamedTuple):
    """An open clock of a case.

    Attributes:
        clock: Its name, unique in the case.
        fires_us: When it next has something to tell: at 80 % of its limit, then just after its end.
        due_us: When it ends.
    """

    clock: str
    fires_us: int
    due_us: int


class CaseRow(NamedTuple):
    """What lists know of a case; derived from its events, never truth.

    Attributes:
        case_id: Which.
        state: Of the case: ``in_progress``.
        open: Whether work is still to be done.
        procedure: Name of the procedure it runs through.
        matter: Code of its matter.
        grade: Its grade; empty if it has none.
        place: Id of its place; empty if it has none.
        path: Ids of places from the top level to `place`, joined by ``/``; empty if it has none.
        unit: Id of the body that has it now; empty if none has.
        opened_us: When it was reported.
        yellow_us: When the clock it is judged by turns yellow; None if none runs.
        due_us: When that clock ends; None if none runs, which is green.
        sensitive: Whether it stays out of maps and bulletins.
    """

    case_id: str
    state: str
    open: bool
    procedure: str
    matter: str
    grade: str
    place: str
    path: str
    unit: str
    opened_us: int
    yellow_us: int | None
    due_us: int | None
    sensitive: bool


class Append(NamedTuple):
    """Events to add to one case, with all that goes with them.

    Attributes:
        case_id: Which case; created by its first append.
        expected: The head the writer has seen; `NEW` for a new case.
        events: At least one, stored in this order.
        command_id: Unique for ever: the same id and digest again gives the first result.
        digest: SHA-256 of the command, 32 bytes.
        row: Replaces the row of the case in the index; None leaves row and clocks as they are.
        clocks: Replace all clocks of the case in the index: those that may still fire.
        personal: Stored beside, never in the chain.
        subjects: Opaque ids of subjects that the case knows of beyond those of `personal`, as a case does
            that another was merged into; what is kept about them stays as long as the case needs it.
        outbox: Whom to tell; written with the events or not at all.
    """

    case_id: str
    expected: Head
    events: Sequence[Envelope]
    command_id: str
    digest: bytes
    row: CaseRow | None = None
    clocks: Sequence[ClockRow] = ()
    personal: Sequence[Personal] = ()
    subjects: Sequence[str] = ()
    outbox: Sequence[Message] = ()


class AppendResult(NamedTuple):
    """What became of an append.

    Attributes:
        head: Of the case after it.
        first: Position of its first event.
        last: Position of its last.
        duplicate: Whether the command had been applied before; then this is its first result.
    """

    head: Head
    first: int
    last: int
    duplicate: bool = False


class Position(NamedTuple):
    """As of: everything up to and with this position."""

    position: int


class RecordedAt(NamedTuple):
    """As of: everything that the store recorded up to and with this time."""

    recorded_us: int


AsOf: TypeAlias = Position | RecordedAt


class Cursor(NamedTuple):
    """A place in the feed of one store.

    Attributes:
        store: Id of the store that gave it; empty only in `START`.
        position: The last position that was read.
    """

    store: str
    position: int


START: Final = Cursor("", 0)
"""Before the first event of any store."""


class FeedPage(NamedTuple):
    """Some events of all cases, in the order of their positions.

    Attributes:
        events: May be empty: nothing new.
        next: Where to go on.
        head: Position of the newest event of the store.
    """

    events: tuple[RecordedEvent, ...]
    next: Cursor
    head: int


class CaseFilter(NamedTuple):
    """Which cases; what is None does not filter.

    Attributes:
        unit: Body that has them.
        place: Id of a place; cases in it and in the places below it, as `CaseRow.path` has them.
        matter: Code of the matter.
        state: State.
        open: Whether work is still to be done.
        light: By the clock a case is judged by, at `now_us`: red after its end, yellow from 80 % on.
        now_us: For `light`; needed with it.
        procedure: Name of the procedure.
        sensitive: False leaves sensitive cases out.
    """

    unit: str | None = None
    place: str | None = None
    matter: str | None = None
    state: str | None = None
    open: bool | None = None
    light: Light | None = None
    now_us: int | None = None
    procedure: str | None = None
    sensitive: bool | None = None


class CasePage(NamedTuple):
    """A page of a list of cases.

    Attributes:
        rows: In the order that was asked for; ties as the store got to know the cases.
        next: For the `after` of the next page; None at the end.
    """

    rows: tuple[CaseRow, ...]
    next: str | None


class DueClock(NamedTuple):
    """A clock that has something to tell.

    Attributes:
        case_id: Which case.
        clock: Which of its clocks.
        fires_us: Since when.
        due_us: When it ends; what it tells is that 80 % are gone if `fires_us` is before this, else that it
            ended.
    """

    case_id: str
    clock: str
    fires_us: int
    due_us: int


class Snapshot(NamedTuple):
    """A case as it was at a version: a cache, never truth.

    Attributes:
        version: After how many events.
        schema: Version of how `data` is written; another one is ignored.
        data: The case.
    """

    version: int
    schema: int
    data: bytes


class Seal(NamedTuple):
    """A head over the whole feed; kept outside of the store it shows what was changed behind its back.

    Attributes:
        store: Id of the store.
        number: Of the seal, from 1.
        position: The last event under it.
        events: How many events are under it.
        root: Root of the Merkle tree (RFC 6962) over all events up to `position`, each with its position,
            its time of record, its command and its hash, by `gov_core.storage.merkle`; 32 bytes.
        previous: Hash of the seal before; zeros for the first.
        sealed_us: When, by the store's clock.
    """

    store: str
    number: int
    position: int
    events: int
    root: bytes
    previous: bytes
    sealed_us: int


class StoreFault(NamedTuple):
    """Something in a store that is not as it was written.

    Attributes:
        code: ``integrity.edited_event``, ``integrity.missing_event``, ``integrity.dropped_case`` …
        message: What is wrong, in one sentence.
        case_id: Which case; empty if it cannot be told.
        version: Which of its events; 0 if it cannot be told.
        position: Where in the feed; 0 if it cannot be told.
    """

    code: str
    message: str
    case_id: str = ""
    version: int = 0
    position: int = 0


class CaseEntry(NamedTuple):
    """What the index has of a case, for moving a store.

    Attributes:
        case_id: Which case.
        row: Its row; None if no append gave one.
        clocks: Its open clocks.
    """

    case_id: str
    row: CaseRow | None
    clocks: tuple[ClockRow, ...]


class Checkpoint(NamedTuple):
    """How far a reader has come."""

    name: str
    cursor: Cursor


Entry: TypeAlias = (
    RecordedEvent
    | CaseEntry
    | Personal
    | SubjectKey
    | SubjectLink
    | Hold
    | Erasure
    | Access
    | OutboxEntry
    | Seal
    | Checkpoint
)
"""One thing that a store keeps and that moves with it; snapshots do not, they are made again."""


class VerifyReport(NamedTuple):
    """What `verify` found.

    Attributes:
        events: How many events were looked at.
        cases: Of how many cases.
        head: Position of the newest event.
        faults: What is wrong, in the order of positions; empty if nothing is.
    """

    events: int
    cases: int
    head: int
    faults: tuple[StoreFault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


class StoreDescription(NamedTuple):
    """What a store is and promises.

    Attributes:
        name: Of the adapter: ``sqlite``.
        store: Id of this very store, made when it was created.
        contract_version: Version of this contract.
        schema_version: Version of its own tables; 0 if it has none.
        durability: What an acknowledged write survives.
        capabilities: What it can beyond the base.
        max_event_bytes: Largest `Envelope.data`.
    """

    name: str
    store: str
    contract_version: int
    schema_version: int
    durability: Durability
    capabilities: frozenset[Capability]
    max_event_bytes: int


class CaseStore(Outbox, PersonalData, Protocol):
    """A store of cases. Every call may raise a `StorageError`, and no error of a driver ever gets out.

    `deadline_s` is how long a call may take, in seconds; None is the store's own default. A call that takes
    longer raises `DeadlineExceededError` if it is certain that nothing was written, or else
    `OutcomeUnknownError`.
    """

    def describe(self) -> StoreDescription:
        """What this store is and promises."""
        ...

    def append(self, item: Append, *, deadline_s: float | None = None) -> AppendResult:
        """Append all events or none, durably, with command record, index and personal data.

        A command id that is known, with the same digest, gives its first result and writes nothing,
        whatever `expected` says.

        Raises:
            ConcurrencyConflictError: The case has moved on; nothing was written.
            CommandReusedError: The command id is known with another digest; nothing was written.
            PayloadRejectedError: No events, an event that is too large, a text that cannot be stored.
            ErasedError: There is personal data for a subject that was erased; nothing was written.
            OutcomeUnknownError: It may or may not have been written; send the same command again.
        """
        ...

    def append_many(
        self, items: Iterable[Append], *, together: bool = False, deadline_s: float | None = None
    ) -> list[AppendResult | StorageError]:
        """Append for many cases in one transaction; what is wrong with one item is its result.

        Items are taken in order, and a later one sees what earlier ones wrote. Either all that succeeded
        is durable or, if the call raises, nothing is.

        Args:
            items: What to append.
            together: All or none: the first item that cannot be appended raises its error. For steps that two
                cases take at once, such as a merge.
            deadline_s: How long it may take.
        """
        ...

    def command_result(
        self, command_id: str, digest: bytes | None = None, *, deadline_s: float | None = None
    ) -> AppendResult | None:
        """What a command led to; None if it was never applied.

        Raises:
            CommandReusedError: It was applied with another digest.
        """
        ...

    def read_case(
        self,
        case_id: str,
        *,
        after: int = 0,
        as_of: AsOf | None = None,
        limit: int | None = None,
        deadline_s: float | None = None,
    ) -> tuple[RecordedEvent, ...]:
        """Events of a case after version `after`, in order; empty for an unknown case."""
        ...

    def head(self, case_id: str, *, deadline_s: float | None = None) -> Head:
        """Where a case stands; `NEW` for an unknown one."""
        ...

    def read_feed(
        self, after: Cursor = START, *, limit: int = 1000, deadline_s: float | None = None
    ) -> FeedPage:
        """Events of all cases. Nothing at or below a cursor that was handed out ever appears later.

        Raises:
            CursorInvalidError: The cursor is of another store, or beyond the head.
        """
        ...

    def wait(self, after: Cursor, *, timeout_s: float) -> bool:
        """Whether there is something behind a cursor, waiting for it up to a time.

        For readers that follow the feed. A store is told of news where it can be, and looks again and again
        where it cannot; either way this may also return early without anything new.
        """
        ...

    def case_row(self, case_id: str, *, deadline_s: float | None = None) -> CaseRow | None:
        """The row of a case in the index; None for an unknown one."""
        ...

    def query_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008  # immutable
        *,
        order: CaseOrder = "due",
        after: str | None = None,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> CasePage:
        """A page of the cases that have a row, in one of the orders, which ties break by arrival.

        `after` is the `next` of the page before, with the same filter and order; it goes on behind the
        last row of that page, wherever that row has gone since.

        Raises:
            CursorInvalidError: `after` is of another order, or of no page at all.
        """
        ...

    def count_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008  # immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """How many cases there are."""
        ...

    def due(self, now_us: int, *, limit: int = 1000, deadline_s: float | None = None) -> tuple[DueClock, ...]:
        """Clocks with `fires_us` at or before `now_us`: by that time, then by arrival of the case, then name.

        An index, not a scan: it costs what it returns, however many clocks are open. A clock is given
        until an append puts another row in its place.
        """
        ...

    def next_due_us(self, *, deadline_s: float | None = None) -> int | None:
        """When the next clock fires, be that past or to come; None if none is open."""
        ...

    def save_snapshot(self, case_id: str, snapshot: Snapshot, *, deadline_s: float | None = None) -> None:
        """Keep a snapshot. It may be dropped at any time."""
        ...

    def load_snapshot(
        self,
        case_id: str,
        *,
        schema: int,
        at_or_before: int | None = None,
        deadline_s: float | None = None,
    ) -> Snapshot | None:
        """The newest snapshot of that schema at or before a version."""
        ...

    def checkpoint_get(self, name: str, *, deadline_s: float | None = None) -> Cursor:
        """How far a reader of the feed has come; `START` if it never said."""
        ...

    def checkpoint_set(
        self, name: str, cursor: Cursor, *, expected: Cursor, deadline_s: float | None = None
    ) -> None:
        """Move a reader's place, if it is still where it was thought to be.

        Raises:
            ConcurrencyConflictError: It is not.
        """
        ...

    def seal(self) -> Seal:
        """Seal the feed up to its newest event; the same seal again if nothing is new since."""
        ...

    def seals(self) -> tuple[Seal, ...]:
        """All seals, oldest first."""
        ...

    def verify(self, *, kept: Sequence[Seal] = (), heads: Sequence[tuple[str, Head]] = ()) -> VerifyReport:
        """Read everything and say what is not as it was written.

        Args:
            kept: Seals that were kept outside of the store: what they cover cannot be rewritten unseen.
            heads: Heads of cases that were kept outside.
        """
        ...

    def dump(self) -> Iterator[Entry]:
        """All that is in the store: the feed with what the index has of each case, then all else.

        The entry of a case comes behind its last event. Events that are appended meanwhile may be missing;
        what is there fits together.
        """
        ...

    def restore(self, store: str, entries: Iterable[Entry]) -> None:
        """Become what another store was, id, positions and times of record included. All or nothing.

        Args:
            store: Id of that store, which this one takes over.
            entries: As `dump` gives them.

        Raises:
            ConcurrencyConflictError: This store is not empty.
            IntegrityViolationError: The entries break the chain of a case, or a seal.
        """
        ...

    def close(self) -> None:
        """Let go of what is open; again does nothing. Any other call afterwards raises."""
        ...
