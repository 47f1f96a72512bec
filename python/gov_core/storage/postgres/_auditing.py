"""Seals over the store, and whether it still is what was written. Read as a stream, whatever its size."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.auditing import Audit
from gov_core.storage.marks import case_mark, clocks_of, row_mark
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.postgres._rows import EVENT, ROW, case_row_of, event_of
from gov_core.storage.protocol import Envelope, Head, RecordedEvent, Seal, StoreFault
from gov_core.storage.refusals import UNREADABLE, unsound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gov_core.storage.postgres._connections import Transaction
    from gov_core.storage.protocol import VerifyReport

_PAGE: Final = 2000

_BY_CASE: Final = (
    "SELECT case_no, version, position, case_id, type, schema, at_us, data, hash FROM gov.events"
    " ORDER BY case_no, version"
)
_FEED: Final = (
    "SELECT position, case_id, version, recorded_us, command_id, digest, hash, case_no FROM gov.events"
    " ORDER BY position"
)
_COMMANDS: Final = (
    "SELECT first, last, recorded_us, command_id, digest, case_no, version, hash FROM gov.commands"
    " ORDER BY first"
)
_CASES: Final = f"SELECT case_no, last, version, hash, clocks, mark, {ROW} FROM gov.cases ORDER BY case_no"
_DUE: Final = "SELECT case_no, clock, fires_us, due_us FROM gov.due ORDER BY case_no"

# What nothing else vouches for: kind, and the query that finds case, version, name, checksum and the row.
_ALONE: Final = (
    ("snapshot", "SELECT case_id, version, version, mark, case_id, schema, version, data FROM gov.snapshots"),
    (
        "personal",
        "SELECT '', 0, encode(commitment, 'hex'), mark, commitment, subject, sealed FROM gov.personal",
    ),
    ("hold", "SELECT '', 0, basis, mark, subject, basis, coalesce(until_us::text, '') FROM gov.holds"),
    ("key", "SELECT '', 0, subject, mark, subject, wrapped FROM gov.subject_keys"),
    (
        "erasure",
        (
            "SELECT '', 0, command_id, mark, subject, command_id, basis, erased_us, values, keys"
            " FROM gov.erasures"
        ),
    ),
    (
        "access",
        (
            "SELECT case_id, 0, number, mark, subject, commitment, case_id, reader, purpose, at_us"
            " FROM gov.accesses"
        ),
    ),
    ("message", "SELECT case_id, 0, id, mark, case_id, id, endpoint, body, delay_us FROM gov.outbox"),
    ("checkpoint", "SELECT '', 0, name, mark, name, store, position FROM gov.checkpoints"),
)


def seals_of(transaction: Transaction, store: str) -> list[tuple[Seal, bytes]]:
    """All seals with the peaks of their trees, oldest first."""
    query = "SELECT number, position, events, root, previous, sealed_us, peaks FROM gov.seals ORDER BY number"
    return [(Seal(store, *row), peaks) for *row, peaks in transaction.execute(query)]


def sealed(transaction: Transaction, store: str) -> tuple[Seal, bytes | None]:
    """The next seal and the peaks of its tree; the last one and None if nothing is new since."""
    last: Seal | None = None
    peaks = b""
    for last, peaks in seals_of(transaction, store)[-1:]:  # noqa: B007 - the last one, if there is any
        pass
    if last is not None and not _peaks_fit(last, peaks):
        raise unsound(
            (StoreFault("integrity.edited_seal", f"the tree of seal {last.number} is not its own"),)
        )
    tree = MerkleTree(last.events if last else 0, peaks)
    position = last.position if last else 0
    query = f"SELECT {EVENT} FROM gov.events WHERE position > %s ORDER BY position"
    # The payload is under the hash of the event: no need to fetch it.
    query = query.replace("data", "''::bytea")
    for event in _each(transaction, query, (position,)):
        tree.add(leaf(event))
        position = event.position
    if last is not None and position == last.position:
        return last, None
    number = last.number + 1 if last else 1
    previous = seal_hash(last) if last else bytes(32)
    return Seal(store, number, position, tree.leaves, tree.root(), previous, 0), tree.peaks


def peaks_of(transaction: Transaction) -> None:
    """Grow the tree again to where each seal was made, so that the next seal can go on from the last."""
    tree = MerkleTree()
    seals = transaction.execute("SELECT position, number FROM gov.seals ORDER BY number").fetchall()
    query = f"SELECT {EVENT} FROM gov.events WHERE position > %s AND position <= %s ORDER BY position"
    position = 0
    for until, number in seals:
        for event in _each(transaction, query.replace("data", "''::bytea"), (position, until)):
            tree.add(leaf(event))
        position = max(position, until)
        transaction.execute("UPDATE gov.seals SET peaks = %s WHERE number = %s", (tree.peaks, number))


def audited(
    transaction: Transaction,
    store: str,
    *,
    kept: Sequence[Seal] = (),
    heads: Sequence[tuple[str, Head]] = (),
) -> VerifyReport:
    """Read all of the store and say what is not as it was written."""
    own = seals_of(transaction, store)
    audit = Audit(store, own=[seal for seal, _ in own], kept=kept, heads=heads)
    for seal, peaks in own:
        if not _peaks_fit(seal, peaks):
            audit.add("edited_seal", f"the tree of seal {seal.number} is not its own", position=seal.position)
    _cases(transaction, audit)
    position = _feed(transaction, audit)
    (own_position,) = transaction.one("SELECT position FROM gov.store")
    if own_position != position:
        message = f"the store says that it ends at {own_position}, and the feed ends at {position}"
        audit.add("head_differs", message, position=position)
    for kind, query in _ALONE:
        for case_id, version, named, mark, *values in transaction.stream(query, page=_PAGE):
            if row_mark(*values) != mark:
                audit.add(f"edited_{kind}", f"{kind} {named} is not as written", case_id, version)
    query = (
        "SELECT e.subject FROM gov.erasures e"
        " WHERE EXISTS (SELECT FROM gov.personal p WHERE p.subject = e.subject)"
        " OR EXISTS (SELECT FROM gov.subject_keys k WHERE k.subject = e.subject) ORDER BY e.subject"
    )
    for (subject,) in transaction.stream(query, page=_PAGE):
        audit.add("erasure_undone", f"data are there of {subject}, who was erased")
    return audit.report()


def _each(transaction: Transaction, query: str, parameters: Sequence[Any]) -> Iterator[RecordedEvent]:
    for row in transaction.stream(query, parameters, page=_PAGE):
        yield event_of(row)


def _peaks_fit(seal: Seal, peaks: bytes) -> bool:
    try:
        return MerkleTree(seal.events, peaks).root() == seal.root
    except ValueError:
        return False


class _Groups:
    """Rows in groups by their first value, which grows; asked for in that order."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._group = next(self._groups, None)

    def before(self, number: int | None) -> Iterator[tuple[int, Iterator[tuple[Any, ...]]]]:
        """Groups that nobody has asked for, up to a number; None for all that are left."""
        while self._group is not None and (number is None or self._group[0] < number):
            yield self._group
            self._group = next(self._groups, None)

    def of(self, number: int) -> Iterator[tuple[Any, ...]]:
        """The rows of one group; none if there is no such group."""
        if self._group is not None and self._group[0] == number:
            yield from self._group[1]
            self._group = next(self._groups, None)


def _cases(transaction: Transaction, audit: Audit) -> None:
    """Every case with its events and its clocks, all three by the number of the case."""
    events = _Groups(transaction.stream(_BY_CASE, page=_PAGE))
    due = _Groups(transaction.stream(_DUE, page=_PAGE))
    for case_no, last, version, hash_, clocks, mark, *row in transaction.stream(_CASES, page=_PAGE):
        case_id: str = row[0]
        _left_over(events, due, case_no, audit)
        foreign: list[tuple[int, int]] = []
        seen = [case_no]
        audit.case(case_id, _bare(case_id, events.of(case_no), foreign, seen), Head(version, hash_))
        for foreign_version, position in foreign:
            audit.add("edited_event", "an event names another case", case_id, foreign_version, position)
        if case_row_of(row) is None and clocks == "[]":
            fitting = mark == case_mark(None, clocks)
        else:
            fitting = mark == case_mark(case_row_of(row), clocks)
        if not fitting or last != seen[-1]:
            audit.add(
                "edited_row", f"row or clocks of {case_id} are not as written", case_id, version, case_no
            )
        _clocks(clocks, {each[1:] for each in due.of(case_no)}, audit, (case_id, version, case_no))
    _left_over(events, due, None, audit)


def _left_over(events: _Groups, due: _Groups, number: int | None, audit: Audit) -> None:
    for _, rows in events.before(number):
        _, version, position, *_ = next(rows)
        audit.add("missing_case", "events of a case that is not there", version=version, position=position)
    for case_no, _ in due.before(number):
        audit.add("foreign_clock", "a clock falls due of a case that is not there", position=case_no)


def _clocks(text: str, listed: set[tuple[Any, ...]], audit: Audit, place: tuple[str, int, int]) -> None:
    try:
        own = {tuple(clock) for clock in clocks_of(text)}
    except UNREADABLE:
        own = set()  # the checksum tells of it
    if own - listed:
        audit.add("missing_clock", "a clock of the case is not among those that fall due", *place)
    if listed - own:
        audit.add("foreign_clock", "a clock falls due that the case does not have", *place)


def _bare(
    case_id: str, rows: Iterable[tuple[Any, ...]], foreign: list[tuple[int, int]], seen: list[int]
) -> Iterator[RecordedEvent]:
    """Events without their command, which the chain does not speak of."""
    for _, version, position, named, type_, schema, at_us, data, hash_ in rows:
        if named != case_id:
            foreign.append((version, position))
        seen[:] = [position]
        envelope = Envelope(type_, schema, at_us, data, hash_)
        yield RecordedEvent(position, case_id, version, 0, "", b"", envelope)


def _feed(transaction: Transaction, audit: Audit) -> int:
    """Every event with its command, both in the order of positions; where the feed ends."""
    commands = transaction.stream(_COMMANDS, page=_PAGE)
    command = next(commands, None)
    used = True  # whether the command has had its first event
    position = end = 0
    for row in transaction.stream(_FEED, page=_PAGE):
        position, case_id, version, recorded_us, command_id, digest, hash_, case_no = row
        audit.event(
            RecordedEvent(
                position, case_id, version, recorded_us, command_id, digest, Envelope("", 0, 0, b"", hash_)
            )
        )
        while command is not None and command[1] < position:
            if end != command[1]:
                audit.add("missing_event", f"events of command {command[3]} are gone", "", 0, command[0])
            command, used = next(commands, None), False
        if command is None or position < command[0]:
            audit.add("missing_record", "the command of an event is gone", case_id, version, position)
            continue
        first, last, *record = command
        fits = record[:4] == [recorded_us, command_id, digest, case_no]
        if not fits or (position == last and record[4:] != [version, hash_]):
            audit.add("edited_record", "an event stands with another command", case_id, version, position)
        elif not used and position != first:
            audit.add("edited_record", "a command begins before its events", case_id, version, position)
        end, used = position, True
    while command is not None:
        if end != command[1]:
            audit.add("missing_event", f"events of command {command[3]} are gone", "", 0, command[0])
        command = next(commands, None)
    return position
