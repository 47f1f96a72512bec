"""What is changed behind the back of a store is located, by what it keeps and by what was kept elsewhere.

The harness changes rows of events. One hand changes something and leaves it there. Another one knows the
store, and makes every hash, number and checksum fit again: against that one only heads and seals help that
were kept outside of the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.storage.chain import link
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.protocol import NEW, Head, RecordedEvent, Seal
from gov_core.testing.store.harness import SECOND, Tampers
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, random_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.storage.protocol import StoreFault, VerifyReport
    from gov_core.testing.store.promises import Trial


class _Kept(NamedTuple):
    """A store as it was written, and what of it was kept outside."""

    rows: list[RecordedEvent]
    heads: dict[str, Head]
    seals: tuple[Seal, ...]


def _original(trial: Trial) -> _Kept:
    """Fill the store, and keep heads and seals of it."""
    store, rng = trial.store(), trial.rng
    writers = [Writer(f"case-{number}") for number in range(12)]
    for writer in writers:
        store.append(writer.append("first", row=random_row(rng, writer.case_id)))
    for step in range(60):
        writer = rng.choice(writers)
        given = random_row(rng, writer.case_id) if rng.random() < 0.5 else None
        store.append(writer.append(*(["x"] * rng.randint(1, 3)), row=given))
        trial.clock.now_us += rng.randrange(1, 1_000)
        if trial.claims("seals") and step % 20 == 19:
            store.seal()
    seals = store.seals() if trial.claims("seals") else ()
    kept = _Kept(trial.hook(Tampers).raw_rows(), {each.case_id: each.head for each in writers}, seals)
    assert [event.envelope for event in kept.rows] == [
        event.envelope for event in trial.reopen().read_feed(limit=10_000).events
    ]
    assert _verified(trial, kept).sound
    return kept


def _verified(trial: Trial, kept: _Kept) -> VerifyReport:
    return trial.store().verify(kept=kept.seals, heads=list(kept.heads.items()))


def _located(faults: Sequence[StoreFault], cases: set[str], positions: set[int], kept: _Kept) -> bool:
    """Whether a fault names a case, a position, or the range of a seal, that was touched."""
    for fault in faults:
        if fault.case_id in cases or fault.position in positions:
            return True
        if fault.code == "integrity.seal_mismatch":
            last = min((each.position for each in kept.seals if each.position >= fault.position), default=0)
            if any(fault.position <= position <= last for position in positions):
                return True
    return False


def _judge(
    trial: Trial,
    kept: _Kept,
    rows: list[RecordedEvent],
    touched: Sequence[RecordedEvent],
    *,
    knowing: bool = False,
) -> None:
    """Put rows in the place of those that are there: it is told, and told where. Then put all back."""
    tampers = trial.hook(Tampers)
    tampers.put_rows(rows, _heads(rows) if knowing else None)
    report = _verified(trial, kept)
    assert not report.sound, [(event.case_id, event.version) for event in touched]
    cases, positions = {event.case_id for event in touched}, {event.position for event in touched}
    assert _located(report.faults, cases, positions, kept), (touched, report.faults[:5])
    assert len(report.faults) < len(kept.rows) * 3
    trial.figures["changes"] = trial.figures.get("changes", 0) + 1
    tampers.put_rows(kept.rows, kept.heads)
    assert _verified(trial, kept).sound, "put_rows of the harness does not put back what was there"


def _heads(rows: Sequence[RecordedEvent]) -> dict[str, Head]:
    return {event.case_id: Head(event.version, event.envelope.hash) for event in rows}


def _refitted(rows: Sequence[RecordedEvent], *, dense: bool) -> list[RecordedEvent]:
    """The rows with versions, hashes and, where positions have no gaps, positions as if they were all."""
    heads: dict[str, Head] = {}
    found = []
    for number, event in enumerate(rows, 1):
        head = heads.get(event.case_id, NEW)
        version = head.version + 1
        type_, schema, at_us, data, _ = event.envelope
        hash_ = link(head.hash, event.case_id, version, (type_, schema, at_us, data))
        heads[event.case_id] = Head(version, hash_)
        position = number if dense else event.position
        envelope = event.envelope._replace(hash=hash_)
        found.append(event._replace(position=position, version=version, envelope=envelope))
    return found


@promise("S87", "gold", hook=Tampers, places=("file", "server"), limit_s=300)
def an_edited_event_is_located(trial: Trial) -> None:
    """Whatever is changed of one event, be it its data, time, type, hash, case or command, is pointed at."""
    kept = _original(trial)
    for _ in range(trial.times(2)):
        for field in (
            "data",
            "type",
            "schema",
            "at_us",
            "hash",
            "recorded_us",
            "command_id",
            "digest",
            "version",
        ):
            at = trial.rng.randrange(len(kept.rows))
            event = kept.rows[at]
            envelope = event.envelope
            changed = {
                "data": event._replace(envelope=envelope._replace(data=envelope.data + b" ")),
                "type": event._replace(envelope=envelope._replace(type="closed")),
                "schema": event._replace(envelope=envelope._replace(schema=2)),
                "at_us": event._replace(envelope=envelope._replace(at_us=envelope.at_us + 1)),
                "hash": event._replace(envelope=envelope._replace(hash=bytes(32))),
                "recorded_us": event._replace(recorded_us=event.recorded_us + 1),
                "command_id": event._replace(command_id="forged"),
                "digest": event._replace(digest=bytes(32)),
                "version": event._replace(version=event.version + 1_000),
            }[field]
            touched = [each for each in kept.rows if each.command_id == event.command_id]
            _judge(trial, kept, [*kept.rows[:at], changed, *kept.rows[at + 1 :]], touched)


@promise("S88", "gold", hook=Tampers, places=("file", "server"), limit_s=300)
def a_deleted_event_is_located(trial: Trial) -> None:
    """An event that is gone is missed: the first, the last, or any between."""
    kept = _original(trial)
    places = [0, len(kept.rows) - 1, *(trial.rng.randrange(len(kept.rows)) for _ in range(trial.times(6)))]
    for at in places:
        _judge(trial, kept, [*kept.rows[:at], *kept.rows[at + 1 :]], [kept.rows[at]])


@promise("S89", "gold", hook=Tampers, places=("file", "server"), limit_s=300)
def inserted_swapped_and_cut_off_events_are_located(trial: Trial) -> None:
    """An event that was put in, two that were swapped, and an end that was cut off, are pointed at."""
    kept, rng = _original(trial), trial.rng
    for _ in range(trial.times(4)):
        event = rng.choice(kept.rows)
        version = kept.heads[event.case_id].version + 1
        forged = event._replace(position=kept.rows[-1].position + 1, version=version)
        _judge(trial, kept, [*kept.rows, forged], [forged])

        one, two = sorted(rng.sample(range(len(kept.rows)), 2))
        rows = list(kept.rows)
        rows[one] = rows[one]._replace(envelope=kept.rows[two].envelope)
        rows[two] = rows[two]._replace(envelope=kept.rows[one].envelope)
        if rows != kept.rows:
            _judge(trial, kept, rows, [kept.rows[one], kept.rows[two]])

        case_id = rng.choice(list(kept.heads))
        keep = rng.randrange(kept.heads[case_id].version)
        cut = [event for event in kept.rows if event.case_id == case_id and event.version > keep]
        _judge(trial, kept, [event for event in kept.rows if event not in cut], cut)

        end = rng.randrange(len(kept.rows) // 2, len(kept.rows))
        _judge(trial, kept, kept.rows[:end], kept.rows[end:])


@promise("S90", "gold", hook=Tampers, places=("file", "server"), limit_s=300)
def a_case_that_was_dropped_is_located(trial: Trial) -> None:
    """A case that is gone whole is missed, also when everything was made to fit as if it had never been."""
    kept = _original(trial)
    dense = trial.claims("dense_positions")
    for case_id in trial.rng.sample(list(kept.heads), trial.times(3) % len(kept.heads) or 1):
        gone = [event for event in kept.rows if event.case_id == case_id]
        left = [event for event in kept.rows if event.case_id != case_id]
        _judge(trial, kept, left, gone)
        _judge(trial, kept, _refitted(left, dense=dense), gone, knowing=True)


@promise("S91", "gold", capability="seals", hook=Tampers, places=("file", "server"), limit_s=300)
def a_history_that_was_made_to_fit_does_not_fit_its_seal(trial: Trial) -> None:
    """Events whose chain and heads were computed anew contradict the seals that were kept, and show where."""
    kept = _original(trial)
    kept = kept._replace(heads={})
    dense = trial.claims("dense_positions")
    sealed = [at for at, event in enumerate(kept.rows) if event.position <= kept.seals[-1].position]
    for _ in range(trial.times(4)):
        at = trial.rng.choice(sealed)
        event = kept.rows[at]
        changed = event._replace(envelope=event.envelope._replace(data=b'{"note": "forged"}'))
        rows = _refitted([*kept.rows[:at], changed, *kept.rows[at + 1 :]], dense=dense)
        tampers = trial.hook(Tampers)
        tampers.put_rows(rows, _heads(rows))
        report = _verified(trial, kept)
        assert _located(report.faults, {event.case_id}, {event.position}, kept), report.faults[:5]
        tampers.put_rows(kept.rows, _heads(kept.rows))
        assert _verified(trial, kept).sound
        trial.figures["changes"] = trial.figures.get("changes", 0) + 1


@promise("X31", "silver", capability="seals")
def seals_grow_with_the_feed(trial: Trial) -> None:
    """A seal is the root of the tree over all events, tied to the seal before; nothing new gives the same."""
    store, writer = trial.store(), Writer("c")
    empty = store.seal()
    assert (empty.number, empty.position, empty.events) == (1, 0, 0)
    assert store.seal() == empty
    sealed = [empty]
    tree = MerkleTree()
    for size in (1, 2, 3, 1, 9):
        store.append(writer.append(*(["x"] * size)))
        trial.clock.now_us += SECOND
        for event in store.read_case("c", after=writer.head.version - size):
            tree.add(leaf(event))
        seal = store.seal()
        assert seal == store.seal()
        store = trial.reopen()
        assert seal == store.seal()
        assert (seal.number, seal.events, seal.root) == (len(sealed) + 1, writer.head.version, tree.root())
        assert (seal.previous, seal.sealed_us) == (seal_hash(sealed[-1]), trial.clock.now_us)
        assert (seal.store, seal.position) == (store.describe().store, store.read_feed(limit=1).head)
        sealed.append(seal)
    assert store.seals() == tuple(sealed)
    assert store.verify(kept=sealed, heads=[("c", writer.head)]).sound


@promise("X32", "silver")
def verify_tells_what_was_kept_outside_and_is_not_here(trial: Trial) -> None:
    """Heads that were kept show a case that was rewritten, cut off or dropped since."""
    store, other = trial.store(), trial.another()
    writer = Writer("c")
    first = writer.append("a")
    for each in (store, other):
        each.append(first)
    store.append(writer.append("b"))
    other.append(append("c", Head(1, first.events[0].hash), "changed", command_id="changed"))
    report = store.verify()
    assert (report.sound, report.events, report.cases) == (True, 2, 1)
    assert report.head == store.read_feed(limit=1).head
    kept = [("c", other.head("c")), ("c", Head(7, bytes(32))), ("gone", writer.head)]
    faults = store.verify(heads=kept).faults
    assert {(fault.code, fault.case_id, fault.version) for fault in faults} == {
        ("integrity.rewritten_case", "c", 2),
        ("integrity.truncated_case", "c", 3),
        ("integrity.dropped_case", "gone", 1),
    }
    assert store.verify(heads=[("c", NEW), ("never", NEW)]).sound


@promise("X33", "silver", capability="seals")
def verify_tells_seals_that_are_not_its_own(trial: Trial) -> None:
    """Seals that were kept show a feed that was rewritten or cut off since, and a seal of another store."""
    store, other = trial.store(), trial.another()
    for each, note in ((store, "a"), (other, "b")):
        each.append(Writer("c").append(note))
    mine, foreign = store.seal(), other.seal()
    assert store.verify(kept=[mine]).sound
    report = store.verify(kept=[foreign])
    assert {fault.code for fault in report.faults} == {"integrity.edited_seal", "integrity.seal_mismatch"}
    ahead = mine._replace(number=2, position=9, events=9)
    report = store.verify(kept=[ahead])
    assert {fault.code for fault in report.faults} == {"integrity.missing_seal", "integrity.truncated_feed"}
    assert max(fault.position for fault in report.faults) == 9
