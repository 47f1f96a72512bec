"""Seals over the file, and whether it still is what was written."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from gov_core.storage.auditing import Audit
from gov_core.storage.lists import NEVER
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.protocol import Envelope, Head, RecordedEvent, Seal, StoreFault
from gov_core.storage.refusals import unsound
from gov_core.storage.sqlite import _auditing_beside
from gov_core.storage.sqlite._rows import (
    EVENTS,
    ROW,
    case_mark,
    case_row_of,
    command_mark,
    events_of,
    row_mark,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from gov_core.storage.protocol import VerifyReport

_BY_CASE: Final = (
    "SELECT case_no, version, position, type, schema, at_us, data, hash FROM events ORDER BY case_no, version"
)
# Outer joins: an event whose command is gone has to be seen, not skipped.
_FEED: Final = """
    SELECT e.position, e.version, e.hash, ifnull(c.case_id, ''), m.case_no = e.case_no,
        m.first, m.last, m.recorded_us, m.command_id, m.digest
    FROM events e LEFT JOIN commands m ON m.first = e.command LEFT JOIN cases c ON c.case_no = e.case_no
    ORDER BY e.position
"""
_RECORDS: Final = """
    SELECT e.hash, e.version, ifnull(c.case_id, ''), m.mark,
        m.first, m.last, m.recorded_us, m.command_id, m.digest
    FROM commands m LEFT JOIN events e ON e.position = m.last LEFT JOIN cases c ON c.case_no = m.case_no
    ORDER BY m.first
"""

# What stands beside the events: code, message, and the query that finds case, version and position.
_BESIDE: Final = (
    (
        "missing_clock",
        "a clock of the case is not among those that fall due",
        """
        SELECT c.case_id, c.version, c.case_no
        FROM cases c JOIN json_each(iif(json_valid(c.clocks), c.clocks, '[]')) j
        WHERE NOT EXISTS (
            SELECT 1 FROM due d
            WHERE d.fires_us = json_extract(j.value, '$[1]') AND d.case_no = c.case_no
            AND d.clock = json_extract(j.value, '$[0]') AND d.due_us = json_extract(j.value, '$[2]')
        )
        """,
    ),
    (
        "foreign_clock",
        "a clock falls due that the case does not have",
        """
        SELECT ifnull(c.case_id, ''), ifnull(c.version, 0), d.case_no
        FROM due d LEFT JOIN cases c ON c.case_no = d.case_no
        WHERE NOT EXISTS (
            SELECT 1 FROM json_each(iif(json_valid(c.clocks), c.clocks, '[]')) j
            WHERE d.fires_us = json_extract(j.value, '$[1]')
            AND d.clock = json_extract(j.value, '$[0]') AND d.due_us = json_extract(j.value, '$[2]')
        )
        """,
    ),
    (
        "wrong_list",
        "lists do not show the case as its row does",
        f"""
        SELECT c.case_id, c.version, c.case_no
        FROM cases c LEFT JOIN lists l ON l.case_no = c.case_no LEFT JOIN facets f ON f.no = l.facet
        LEFT JOIN names u ON u.no = l.unit LEFT JOIN names m ON m.no = l.matter
        LEFT JOIN places p ON p.no = l.place
        WHERE c.state IS NOT NULL
        AND c.case_no NOT IN (SELECT case_no FROM commands WHERE first > (SELECT listed FROM store))
        AND (
            f.procedure, f.state, f.open, f.sensitive, u.name, m.name, p.place, p.path,
            l.opened_us, l.due_us, l.yellow_us, f.judged
        ) IS NOT (
            c.procedure, c.state, c.open, c.sensitive, c.unit, c.matter, c.place, c.path,
            c.opened_us, ifnull(c.due_us, {NEVER}), ifnull(c.yellow_us, {NEVER}),
            c.due_us IS NOT NULL OR c.yellow_us IS NOT NULL
        )
        """,
    ),
    (
        "wrong_list",
        "lists claim to be ahead of the feed, and would miss what comes",
        "SELECT '', 0, listed FROM store WHERE listed > (SELECT ifnull(max(position), 0) FROM events)",
    ),
    (
        "foreign_list",
        "lists show a case that is not there",
        """
        SELECT '', 0, l.case_no FROM lists l LEFT JOIN cases c ON c.case_no = l.case_no WHERE c.state IS NULL
        """,
    ),
)

# What nothing else vouches for: kind, and the query that finds case, version, name, checksum and the row.
_ALONE: Final = (
    ("snapshot", "SELECT case_id, version, version, mark, case_id, schema, version, data FROM snapshots"),
    ("checkpoint", "SELECT '', 0, name, mark, name, store, position FROM checkpoints"),
)


def seals_of(connection: sqlite3.Connection, store: str) -> list[tuple[Seal, bytes]]:
    """All seals with the peaks of their trees, oldest first."""
    query = "SELECT number, position, events, root, previous, sealed_us, peaks FROM seals ORDER BY number"
    return [(Seal(store, *row), peaks) for *row, peaks in connection.execute(query)]


def sealed(connection: sqlite3.Connection, store: str) -> tuple[Seal, bytes | None]:
    """The next seal and the peaks of its tree; the last one and None if nothing is new since."""
    last, peaks = None, b""
    for last, peaks in seals_of(connection, store):  # noqa: B007 - the last one
        pass
    if last is not None and not _peaks_fit(last, peaks):
        raise unsound(
            (StoreFault("integrity.edited_seal", f"the tree of seal {last.number} is not its own"),)
        )
    tree = MerkleTree(last.events if last else 0, peaks)
    position = last.position if last else 0
    rows = connection.execute(f"{EVENTS} WHERE e.position > ? ORDER BY e.position", (position,))
    for event in events_of(rows):
        tree.add(leaf(event))
        position = event.position
    if last is not None and position == last.position:
        return last, None
    number = last.number + 1 if last else 1
    previous = seal_hash(last) if last else bytes(32)
    return Seal(store, number, position, tree.leaves, tree.root(), previous, 0), tree.peaks


def audited(
    connection: sqlite3.Connection,
    store: str,
    *,
    kept: Sequence[Seal] = (),
    heads: Sequence[tuple[str, Head]] = (),
) -> VerifyReport:
    """Read the whole file and say what is not as it was written."""
    own = seals_of(connection, store)
    audit = Audit(store, own=[seal for seal, _ in own], kept=kept, heads=heads)
    for (problem,) in connection.execute("PRAGMA integrity_check"):
        if problem != "ok":
            audit.add("damaged_file", problem)
    for seal, peaks in own:
        if not _peaks_fit(seal, peaks):
            audit.add("edited_seal", f"the tree of seal {seal.number} is not its own", position=seal.position)
    _cases(connection, audit)
    _feed(connection, audit)
    _commands(connection, audit)
    for code, message, query in _BESIDE:
        for case_id, version, position in connection.execute(query):
            audit.add(code, message, case_id, version, position)
    for kind, query in _ALONE:
        for case_id, version, named, mark, *values in connection.execute(query):
            if row_mark(*values) != mark:
                audit.add(f"edited_{kind}", f"{kind} {named} is not as written", case_id, version)
    _auditing_beside.look(connection, audit)
    return audit.report()


def _peaks_fit(seal: Seal, peaks: bytes) -> bool:
    try:
        return MerkleTree(seal.events, peaks).root() == seal.root
    except ValueError:
        return False


def _cases(connection: sqlite3.Connection, audit: Audit) -> None:
    """Every case with its events, both by the number of the case."""
    groups = groupby(connection.execute(_BY_CASE), key=itemgetter(0))
    group = next(groups, None)
    query = f"SELECT case_no, version, hash, clocks, mark, {ROW} FROM cases ORDER BY case_no"
    for case_no, version, hash_, clocks, mark, *row in connection.execute(query):
        case_id: str = row[0]
        while group is not None and group[0] < case_no:
            _orphans(group[1], audit)
            group = next(groups, None)
        events: Iterator[RecordedEvent] = iter(())
        if group is not None and group[0] == case_no:
            events = (_bare(case_id, event) for event in group[1])
        audit.case(case_id, events, Head(version, hash_))
        if group is not None and group[0] == case_no:
            group = next(groups, None)
        if case_mark(case_row_of(row), clocks) != mark:
            audit.add(
                "edited_row", f"row or clocks of {case_id} are not as written", case_id, version, case_no
            )
    while group is not None:
        _orphans(group[1], audit)
        group = next(groups, None)


def _orphans(events: Iterator[tuple[Any, ...]], audit: Audit) -> None:
    _, version, position, *_ = next(events)
    audit.add("missing_case", "events of a case that is not there", version=version, position=position)


def _bare(case_id: str, row: tuple[Any, ...]) -> RecordedEvent:
    """An event without its command, which the chain does not speak of."""
    _, version, position, type_, schema, at_us, data, hash_ = row
    return RecordedEvent(position, case_id, version, 0, "", b"", Envelope(type_, schema, at_us, data, hash_))


def _commands(connection: sqlite3.Connection, audit: Audit) -> None:
    """The record of every command, with the hash of its last event."""
    for hash_, version, case_id, mark, *record in connection.execute(_RECORDS):
        first, last, recorded_us, command_id, digest = record
        if hash_ is None:
            audit.add("missing_event", f"events of command {command_id} are gone", case_id, 0, first)
        elif command_mark((first, last, recorded_us, command_id, digest), hash_) != mark:
            message = f"the record of command {command_id} is not as written"
            audit.add("edited_record", message, case_id, version, first)


def _feed(connection: sqlite3.Connection, audit: Audit) -> None:
    """Every event with its command, in the order of positions."""
    end = 0  # of the commands so far
    for position, version, hash_, case_id, fits, first, last, *record in connection.execute(_FEED):
        recorded_us, command_id, digest = record if fits is not None else (0, "", bytes(32))
        audit.event(
            RecordedEvent(
                position, case_id, version, recorded_us, command_id, digest, Envelope("", 0, 0, b"", hash_)
            )
        )
        if fits is None:
            audit.add("missing_record", "the command of an event is gone", case_id, version, position)
            continue
        if not fits or not first <= position <= last or (position == end + 1 and first != position):
            audit.add("edited_record", "an event stands with another command", case_id, version, position)
        end = max(end, last)
