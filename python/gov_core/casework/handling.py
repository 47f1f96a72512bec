"""Load, decide, append: the one way in which a case changes.

Another writer who was first means loading again and deciding again, never a guess. A command that was applied
before gives its first result, whatever has happened since.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from gov_core.cases.codec import CASE_SCHEMA, decode, decode_case, encode, encode_case, encode_command
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve
from gov_core.casework.rows import case_row, clock_rows, micros
from gov_core.errors import CaseRefusedError, ConcurrencyConflictError, Fault, UnknownCaseError
from gov_core.storage.chain import chained
from gov_core.storage.protocol import NEW, Append, Head, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.context import Context
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.procedure import Procedure
    from gov_core.storage.protocol import AsOf, CaseStore, Personal

ATTEMPTS = 8
"""How often a case is decided anew before a conflict is given to the caller."""

_SNAPSHOT_EVERY = 64
"""A case of that many events more is read faster from a snapshot; few cases ever get there."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command.

    Attributes:
        case: As it is after it.
        events: What happened; empty if there was nothing to do, or the command had been applied before.
        duplicate: Whether it had been applied before.
    """

    case: Case
    events: tuple[CaseEvent, ...]
    duplicate: bool = False


def load(store: CaseStore, case_id: str, *, as_of: AsOf | None = None) -> tuple[Case, Head]:
    """A case and its head.

    Args:
        store: Where it is kept.
        case_id: Which.
        as_of: A position or a recorded time; None for now.

    Raises:
        UnknownCaseError: There is no such case, or was none then.
    """
    case: Case | None = None
    head = NEW
    if as_of is None and (snapshot := store.load_snapshot(case_id, schema=CASE_SCHEMA)) is not None:
        case = decode_case(snapshot.data)
    for recorded in store.read_case(case_id, after=0 if case is None else case.version, as_of=as_of):
        envelope = recorded.envelope
        case = evolve(case, decode(envelope.type, envelope.schema, envelope.data))
        head = Head(recorded.version, envelope.hash)
    if case is None:
        raise UnknownCaseError([Fault("case.unknown", f'there is no case "{case_id}"', ids=(case_id,))])
    return case, head if head.version else store.head(case_id)


def digest_of(case_id: str, command: Command, actor: Actor) -> bytes:
    """What makes a command the same one again: the case, what is asked, and who asks; not when."""
    return sha256(said(case_id, command, actor)).digest()


def said(case_id: str, command: Command, actor: Actor) -> bytes:
    """What `digest_of` hashes."""
    who = repr((case_id, command.trigger, actor.role, actor.acting, actor.person)).encode()
    return who + encode_command(command)


def handle(
    store: CaseStore,
    case_id: str,
    command: Command,
    actor: Actor,
    *,
    command_id: str,
    context: Callable[[Case], Context],
) -> Outcome:
    """Apply a command to a case that is there.

    Args:
        store: Where it is kept.
        case_id: Which.
        command: What is asked.
        actor: Who asks.
        command_id: Unique for ever; the same again applies nothing twice.
        context: By which rules, and at what time, each time it is decided.

    Raises:
        UnknownCaseError: There is no such case.
        CaseRefusedError: The case does not take it; every reason.
        CommandReusedError: The id was used for another command.
        ConcurrencyConflictError: Others were first, eight times in a row.
    """
    digest = digest_of(case_id, command, actor)
    conflict: ConcurrencyConflictError | None = None
    for _ in range(ATTEMPTS):
        case, head = load(store, case_id)
        rules = context(case)
        try:
            events = decide(case, command, rules)
        except CaseRefusedError:
            # What was applied before is refused by the state it led to; that is no refusal.
            if store.command_result(command_id, digest) is not None:
                return Outcome(case, (), duplicate=True)
            raise
        if not events:
            return Outcome(case, ())
        item, after = appended(
            case_id, case, head, events, rules.procedure, command_id=command_id, digest=digest
        )
        try:
            result = store.append(item)
        except ConcurrencyConflictError as error:
            conflict = error
            continue
        if result.duplicate:
            return Outcome(load(store, case_id)[0], (), duplicate=True)
        _keep_snapshot(store, case.version, after)
        return Outcome(after, events)
    raise conflict or ConcurrencyConflictError(case_id, 0, 0)


def appended(
    case_id: str,
    case: Case | None,
    head: Head,
    events: Sequence[CaseEvent],
    procedure: Procedure,
    *,
    command_id: str,
    digest: bytes,
    personal: Sequence[Personal] = (),
) -> tuple[Append, Case]:
    """What to append for some events, and the case after them.

    Args:
        case_id: Which case.
        case: Before them; None if they open it.
        head: Of the case before them.
        events: At least one.
        procedure: Of the case.
        command_id: Of the command that caused them.
        digest: Of that command.
        personal: What goes beside them.
    """
    for event in events:
        case = evolve(case, event)
    after = _there(case)
    envelopes, _ = chained(
        case_id, head, [(event.type, event.schema, micros(event.at), encode(event)) for event in events]
    )
    row, clocks = case_row(after, procedure), clock_rows(after)
    return Append(case_id, head, envelopes, command_id, digest, row, clocks, personal), after


def _there(case: Case | None) -> Case:
    if case is None:
        raise ValueError("a case is opened by an event")
    return case


def _keep_snapshot(store: CaseStore, before: int, case: Case) -> None:
    if before // _SNAPSHOT_EVERY != case.version // _SNAPSHOT_EVERY:
        store.save_snapshot(case.id, Snapshot(case.version, CASE_SCHEMA, encode_case(case)))
