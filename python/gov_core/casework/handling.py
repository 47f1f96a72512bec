"""Load, decide, append: the one way in which cases change.

Another writer who was first means loading again and deciding again, never a guess. A command that was applied
before gives its first result, whatever has happened since. What is refused writes nothing, and the log
``gov_core.casework`` says who was refused what and why: roles, bodies and codes, never a person or a value.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gov_core.cases import commands as c
from gov_core.cases.actor import SCHEDULER
from gov_core.cases.case import NOWHERE
from gov_core.cases.codec import CASE_SCHEMA, decode, decode_case, encode, encode_case, encode_command
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve
from gov_core.cases.machine import MACHINE
from gov_core.casework.rows import case_row, clock_rows, micros
from gov_core.errors import (
    CalendarError,
    CapabilityMissingError,
    CaseRefusedError,
    ConcurrencyConflictError,
    Fault,
    PayloadRejectedError,
    ProcedureError,
    StepError,
    StorageError,
    UnknownCaseError,
)
from gov_core.privacy.plain import Note
from gov_core.storage.chain import chained
from gov_core.storage.protocol import NEW, Append, Head, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case, Hand
    from gov_core.cases.commands import Command
    from gov_core.cases.context import Context
    from gov_core.cases.events import CaseEvent
    from gov_core.cases.procedure import Procedure
    from gov_core.storage.outbox import Message
    from gov_core.storage.personal import Personal
    from gov_core.storage.protocol import AsOf, CaseStore

    Contexts = Callable[[Case, Actor], Context]
    """By which rules, and at what time, a case is decided for somebody."""

ATTEMPTS = 8
"""How often a case is decided anew before a conflict is given to the caller."""

SNAPSHOT_EVERY = 64
"""A case of that many events more is read faster from a snapshot; few cases ever get there."""

_REFUSALS = (StepError, CalendarError, ProcedureError)

_log = logging.getLogger("gov_core.casework")
_log.addHandler(logging.NullHandler())


class Announce(Protocol):
    """Says whom to tell of a step; its messages are stored with the events, or not at all.

    It has to be pure: a step that is decided again has to give the same messages.
    """

    def __call__(self, before: Case | None, events: Sequence[CaseEvent], after: Case) -> Sequence[Message]:
        """The messages of a step.

        Args:
            before: The case before it; None if it opened the case.
            events: What happened, at least one.
            after: The case after it.
        """
        ...


def tell_nobody(before: Case | None, events: Sequence[CaseEvent], after: Case) -> Sequence[Message]:
    """Nobody is told; an `Announce`."""
    del before, events, after
    return ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command.

    Attributes:
        case: As it was right after it.
        events: What happened; empty if there was nothing to do.
        duplicate: Whether it had been applied before; then this is its first result.
    """

    case: Case
    events: tuple[CaseEvent, ...]
    duplicate: bool = False


class Planned(NamedTuple):
    """One case's part in what is to be stored at once.

    Attributes:
        item: What to append; None if there is nothing to do.
        case: As it will be.
        events: What will have happened to it.
        before: As it was; None if this opens it.
    """

    item: Append | None
    case: Case
    events: tuple[CaseEvent, ...]
    before: Case | None = None


def load(store: CaseStore, case_id: str, *, as_of: AsOf | None = None) -> tuple[Case, Head]:
    """A case and the head that belongs to it.

    Args:
        store: Where it is kept.
        case_id: Which.
        as_of: A position or a recorded time; None for now.

    Raises:
        UnknownCaseError: There is no such case, or was none then.
        PayloadRejectedError: Its events cannot be read, or are those of no case.
    """
    case: Case | None = None
    head = NEW
    events = store.read_case(case_id, as_of=as_of, limit=SNAPSHOT_EVERY)
    if len(events) == SNAPSHOT_EVERY:
        snapshot = None if as_of is not None else store.load_snapshot(case_id, schema=CASE_SCHEMA)
        if snapshot is not None:
            # From the last event under the snapshot on: its hash is the head that the snapshot stands on.
            later = store.read_case(case_id, after=snapshot.version - 1)
            case = _remembered(case_id, snapshot) if later else None
            if case is not None:
                head, events = Head(later[0].version, later[0].envelope.hash), later[1:]
        if case is None:
            events += store.read_case(case_id, after=SNAPSHOT_EVERY, as_of=as_of)
    for recorded in events:
        envelope = recorded.envelope
        event = decode(envelope.type, envelope.schema, envelope.data)
        try:
            case = evolve(case, event)
        except ValueError as error:
            hint = "verify the store"
            raise PayloadRejectedError([Fault("case.unreadable", str(error), case_id, hint)]) from error
    if events:
        head = Head(events[-1].version, events[-1].envelope.hash)
    if case is None:
        raise unknown(case_id)
    return case, head


def _remembered(case_id: str, snapshot: Snapshot) -> Case | None:
    """The case of a snapshot; None if it cannot be read, for it is a cache, and the events are the truth."""
    try:
        return decode_case(snapshot.data)
    except ValueError:
        _log.warning("the snapshot of case %s cannot be read", case_id)
        return None


def unknown(case_id: str) -> UnknownCaseError:
    """There is no such case."""
    hint = "look at the id, and at the store it was opened in"
    return UnknownCaseError(
        [Fault("case.unknown", f'there is no case "{case_id}"', case_id, hint, (case_id,))]
    )


def digest_of(case_id: str, command: Command, actor: Actor, *more: object) -> bytes:
    """What makes a command the same one again: the case, what is asked, and who asks; not when.

    Args:
        case_id: Which case.
        command: What is asked.
        actor: Who asks.
        *more: What is asked beyond the command, by what its `repr` says.
    """
    return sha256(said(case_id, command, actor, *more)).digest()


def said(case_id: str, command: Command, actor: Actor, *more: object) -> bytes:
    """What `digest_of` hashes.

    Of a report it is what was said, not what the router of the day makes of it; and not what is sealed, for
    sealing the same words twice gives other commitments.
    """
    if isinstance(command, (c.Report, c.Draft, c.Alarm)):
        encode_command(command)  # what is left out here is looked at all the same
        command = replace(
            command, location=NOWHERE, owner="", unit="", rule="", limits=(), sensitive=False, sealed=()
        )
    elif isinstance(command.note, Note):
        encode_command(command)
        command = replace(command, note="")
    who = repr((case_id, command.trigger, actor.role, actor.acting, actor.person, *more)).encode()
    return who + encode_command(command)


def handle(
    store: CaseStore,
    case_id: str,
    command: Command,
    actor: Actor,
    *,
    command_id: str,
    contexts: Contexts,
    subjects: Sequence[str] = (),
    announce: Announce = tell_nobody,
) -> Outcome:
    """Apply a command to a case that is there; a part of another case that ends with it tells that one.

    Args:
        store: Where it is kept.
        case_id: Which.
        command: What is asked.
        actor: Who asks.
        command_id: Unique for ever; the same again applies nothing twice.
        contexts: By which rules, and at what time, each time it is decided.
        subjects: Whom the case knows of from then on: those of sealed evidence.
        announce: Whom to tell.

    Raises:
        UnknownCaseError: There is no such case.
        CaseRefusedError: The case does not take it; every reason.
        CommandReusedError: The id was used for another command.
        ConcurrencyConflictError: Others were first, eight times in a row.
    """
    digest = digest_of(case_id, command, actor)

    def plan() -> list[Planned]:
        loaded = load(store, case_id)
        own = planned(
            loaded,
            command,
            actor,
            contexts,
            command_id=command_id,
            digest=digest,
            subjects=subjects,
            known=beside_the_whole(store, loaded[0]) if MACHINE.triggers[command.trigger].act else None,
        )
        return [own, *_told_the_parent(store, loaded[0], own.case, contexts, command_id)]

    return carry_out(
        store,
        case_id,
        plan,
        actor,
        command.trigger,
        command_id=command_id,
        digest=digest,
        announce=announce,
    )


def planned(
    loaded: tuple[Case, Head],
    command: Command,
    actor: Actor,
    contexts: Contexts,
    *,
    command_id: str,
    digest: bytes,
    subjects: Sequence[str] = (),
    known: Case | None = None,
) -> Planned:
    """Decide one command on one case; nothing is stored yet.

    Args:
        loaded: The case, and the head it was read at.
        command: What is asked.
        actor: Who asks.
        contexts: By which rules.
        command_id: Unique for ever.
        digest: Of the command.
        subjects: Whom the case knows of from then on, beyond those of a note.
        known: The case with what is known beside it, to be decided on in its place; see `beside_the_whole`.

    Raises:
        CaseRefusedError: The case does not take it; every reason.
    """
    case, head = loaded
    rules = contexts(case, actor)
    events = decide(known or case, command, rules)
    if not events:
        return Planned(None, case, ())
    item, after = appended(
        case.id,
        case,
        head,
        events,
        rules.procedure,
        command_id=command_id,
        digest=digest,
        personal=(command.note.personal,) if isinstance(command.note, Note) else (),
        subjects=subjects,
    )
    return Planned(item, after, events, case)


def carry_out(
    store: CaseStore,
    case_id: str,
    plan: Callable[[], Sequence[Planned]],
    actor: Actor,
    what: str,
    *,
    command_id: str,
    digest: bytes,
    announce: Announce = tell_nobody,
    attempts: int = ATTEMPTS,
) -> Outcome:
    """Store what is planned, all of it or none, and plan anew when others were first.

    Args:
        store: Where cases are kept.
        case_id: The case the command is about; its part comes first in the plan.
        plan: Reads and decides; called again after each conflict.
        actor: Who asks, for the log.
        what: The trigger, for the log.
        command_id: Unique for ever.
        digest: Of the command.
        announce: Whom to tell of each part of it.
        attempts: How often to plan at most.

    Raises:
        GovCoreError: What `plan` and the store raise; nothing was stored, unless it says otherwise.
    """
    conflict: ConcurrencyConflictError | None = None
    for _ in range(attempts):
        try:
            steps = plan()
            for step in steps:
                _refuse_foreign(store, step)
        except _REFUSALS as error:
            # What was applied before is refused by the state it led to; that is no refusal.
            if (first := first_result(store, case_id, command_id, digest)) is not None:
                return first
            codes = ", ".join(fault.code for fault in error.faults)
            _log.info(
                "refused: %s of case %s by %s of %s: %s",
                what,
                case_id,
                actor.role,
                actor.acting or "-",
                codes,
            )
            raise
        items = [
            step.item._replace(outbox=tuple(announce(step.before, step.events, step.case)))
            for step in steps
            if step.item is not None
        ]
        if not items:
            return Outcome(steps[0].case, ())
        # Planned on the case as it is now, the same command may name other cases than it did the first time.
        if len(items) > 1 and (first := first_result(store, case_id, command_id, digest)) is not None:
            return first
        try:
            duplicate = _stored(store, items)
        except ConcurrencyConflictError as error:
            conflict = error
            continue
        if duplicate and (first := first_result(store, case_id, command_id, digest)) is not None:
            return first
        for step in steps:
            _keep_snapshot(store, step)
        return Outcome(steps[0].case, steps[0].events)
    raise conflict or ConcurrencyConflictError(case_id, 0, 0)


def first_result(store: CaseStore, case_id: str, command_id: str, digest: bytes) -> Outcome | None:
    """What a command led to when it was applied; None if it never was.

    Raises:
        CommandReusedError: The id was used for another command.
    """
    result = store.command_result(command_id, digest)
    if result is None:
        return None
    case: Case | None = None
    events = []
    for recorded in store.read_case(case_id, limit=result.head.version):
        envelope = recorded.envelope
        event = decode(envelope.type, envelope.schema, envelope.data)
        case = evolve(case, event)
        if recorded.command_id == command_id:
            events.append(event)
    return Outcome(_there(case), tuple(events), duplicate=True)


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
    subjects: Sequence[str] = (),
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
        subjects: Whom the case knows of from then on, beyond those of `personal`.
    """
    for event in events:
        case = evolve(case, event)
    after = _there(case)
    envelopes, _ = chained(
        case_id, head, [(event.type, event.schema, micros(event.at), encode(event)) for event in events]
    )
    row, clocks = case_row(after, procedure), clock_rows(after)
    return Append(case_id, head, envelopes, command_id, digest, row, clocks, personal, subjects), after


def _refuse_foreign(store: CaseStore, step: Planned) -> None:
    """Let no step bring what was said in another case into this one, where others may open it.

    A commitment that the store holds a value for belongs to the cases whose events have named it; a new one
    cannot be known before it is sealed.

    Raises:
        CaseRefusedError: ``case.said_elsewhere``.
    """
    try:
        held = [each for each in _commitments(step.events) if store.read_personal(bytes.fromhex(each))]
    except CapabilityMissingError:
        return  # it holds nothing of the kind
    if not held:
        return
    stored = (recorded.envelope for recorded in store.read_case(step.case.id))
    own = set(_commitments(decode(event.type, event.schema, event.data) for event in stored))
    if foreign := [each for each in held if each not in own]:
        message = f"{len(foreign)} commitments are to what was said in another case"
        hint = "say it in this case again, so that it is sealed for it"
        raise CaseRefusedError([Fault("case.said_elsewhere", message, step.case.id, hint, tuple(foreign))])


def _commitments(events: Iterable[CaseEvent]) -> Iterator[str]:
    """Commitments that events name, hexadecimal."""
    for event in events:
        if event.note:
            yield event.note
        yield from (item.commitment for item in getattr(event, "sealed", ()))


def _stored(store: CaseStore, items: Sequence[Append]) -> bool:
    """Append all or nothing; whether it had been done before."""
    if len(items) == 1:
        return store.append(items[0]).duplicate
    first = store.append_many(items, together=True)[0]
    if isinstance(first, StorageError):
        raise first
    return first.duplicate


def handled(case: Case) -> tuple[Hand, ...]:
    """Who has handled a case, for those that stand beside it in its family.

    Accounts are told, but for that of whoever reported it: beside the case nobody would hide it.
    """
    reporter = case.by.person
    hands = (hand for hand in case.hands if hand.act == "execute")
    shown = (hand.with_changes(person="") if hand.person == reporter else hand for hand in hands)
    return tuple(dict.fromkeys(hand for hand in shown if hand.body or hand.person))


def beside_the_whole(store: CaseStore, case: Case) -> Case:
    """A part with those who have handled the case it was split from until now; any other case as it is.

    The part itself knows of those before the split only. Its own events say nothing of what is done to the
    whole: no step of the whole has to wait for, or to be tried again after, what others do to its parts.

    Args:
        store: Where cases are kept.
        case: The part.

    Raises:
        UnknownCaseError: The case it was split from is not there.
    """
    if not case.parent:
        return case
    known = frozenset(case.hands)
    more = tuple(hand for hand in handled(load(store, case.parent)[0]) if hand not in known)
    return case.with_changes(hands=(*case.hands, *more)) if more else case


def _told_the_parent(
    store: CaseStore, before: Case, after: Case, contexts: Contexts, command_id: str
) -> list[Planned]:
    """A part that has just ended, or goes on again, is told to the case it was split from, with it."""
    if not after.parent or (before.ended_at is None) == (after.ended_at is None):
        return []
    parent = load(store, after.parent)
    command: Command = (
        c.EndChild(child=after.id, handled=handled(after))
        if after.ended_at
        else c.ReopenChild(child=after.id)
    )
    knows = any(child == after.id for child, _ in parent[0].children)
    if not knows or parent[0].state not in MACHINE.triggers[command.trigger].sources:
        return []
    command_id = f"{command_id}/parent"
    digest = digest_of(after.parent, command, SCHEDULER)
    return [planned(parent, command, SCHEDULER, contexts, command_id=command_id, digest=digest)]


def _there(case: Case | None) -> Case:
    if case is None:
        raise ValueError("a case is opened by an event")
    return case


def _keep_snapshot(store: CaseStore, step: Planned) -> None:
    case, before = step.case, step.case.version - len(step.events)
    if before // SNAPSHOT_EVERY == case.version // SNAPSHOT_EVERY:
        return
    try:
        store.save_snapshot(case.id, Snapshot(case.version, CASE_SCHEMA, encode_case(case)))
    except StorageError as error:
        # A cache that could not be written: the events are durable, and the command was carried out.
        _log.warning("no snapshot of case %s: %s", case.id, error.code)
