"""What becomes of a store over its life: migrated, moved, closed, forked."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from gov_core.errors import (
    CapabilityMissingError,
    ConcurrencyConflictError,
    IntegrityViolationError,
    SchemaMismatchError,
    StoreClosedError,
)
from gov_core.storage.outbox import Message
from gov_core.storage.personal import Personal
from gov_core.storage.protocol import START, CaseFilter, CaseOrder, Cursor, RecordedEvent, Seal
from gov_core.testing.kit.outcome import Skip
from gov_core.testing.store.calls import MADE, needs
from gov_core.testing.store.harness import FIRST_SCHEMA, SECOND, Ages
from gov_core.testing.store.index import pages
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, clock, digest, everything, random_row

if TYPE_CHECKING:
    from random import Random

    from gov_core.storage.protocol import CaseStore, Entry
    from gov_core.testing.store.harness import Clock
    from gov_core.testing.store.promises import Trial


@promise("S42", "bronze", hook=Ages, places=("file", "server"))
def older_stores_are_brought_up_to_date(trial: Trial) -> None:
    """A store of every earlier schema is migrated when it is opened, and is sound and writable then."""
    olds = trial.hook(Ages).old_stores()
    if not olds:
        assert trial.store().describe().schema_version <= FIRST_SCHEMA, (
            "no store of an earlier schema was made"
        )
        raise Skip("this is the first schema of the store, and there is no older one to migrate", "first")
    for old in olds:
        store = old.open()
        try:
            assert old.schema < store.describe().schema_version
            before = everything(store)
            assert before
            assert store.verify().sound
            last = before[-1]
            writer = Writer(last.case_id, store.head(last.case_id))
            store.append(writer.append("more", command_id="after the migration"))
            assert everything(store)[: len(before)] == before
        finally:
            store.close()
    trial.figures["older_schemas"] = len(olds)


@promise("S43", "bronze")
def opening_again_changes_nothing(trial: Trial) -> None:
    """To open a store any number of times leaves it as it is: id, schema, events, heads, seals."""
    store = trial.store()
    fill(store, trial.clock, trial.rng)
    before = store.describe(), list(store.dump())
    for _ in range(3):
        store = trial.reopen()
        assert (store.describe(), list(store.dump())) == before


@promise("S44", "bronze", hook=Ages, places=("file", "server"))
def a_store_of_a_newer_release_is_refused(trial: Trial) -> None:
    """A store that a newer release has written is refused with SchemaMismatchError, each time."""
    opener = trial.hook(Ages).newer_store()
    for _ in range(2):
        with pytest.raises(SchemaMismatchError) as caught:
            opener()
        assert caught.value.faults[0].hint


def fill(store: CaseStore, now: Clock, rng: Random, *, appends: int = 200) -> None:
    """Some of everything that every store keeps.

    Args:
        store: New and empty.
        now: Its clock.
        rng: What becomes of each case.
        appends: How many.
    """
    capabilities = store.describe().capabilities
    writers = [Writer(f"case-{number}") for number in range(40)]
    for step in range(appends):
        writer = rng.choice(writers)
        number = int(writer.case_id.removeprefix("case-"))
        given = random_row(rng, writer.case_id) if rng.random() < 0.7 and number else None
        clocks = [clock("handle", step), clock("accept", 2 * step)] if given and rng.random() < 0.8 else []
        notes = ["x"] * rng.randint(1, 3)
        personal = [Personal(digest(str(step)), f"s{number}", b"x")] if step % 9 == 0 else []
        told = [Message(f"m{step}", f"e{number % 3}", b"told")] if step % 5 == 0 else []
        store.append(
            writer.append(
                *notes,
                row=given,
                clocks=clocks,
                personal=personal if "erasure" in capabilities else [],
                outbox=told if "outbox" in capabilities else [],
            )
        )
        now.now_us += rng.randrange(3)
        if "seals" in capabilities and step % 70 == 69:
            store.seal()
    store.checkpoint_set("reader", Cursor(store.describe().store, 17), expected=START)


@promise("S45", "bronze")
def a_store_moves_whole(trial: Trial) -> None:
    """What a store dumps makes another one the same: positions, hashes, heads, rows, clocks and commands."""
    store, copy = trial.store(), trial.another()
    fill(store, trial.clock, trial.rng)
    entries = list(store.dump())
    copy.restore(store.describe().store, entries)
    assert list(copy.dump()) == entries
    assert everything(copy) == everything(store)
    assert copy.describe().store == store.describe().store
    assert copy.verify().sound
    assert copy.due(10**18) == store.due(10**18)
    assert copy.checkpoint_get("reader") == store.checkpoint_get("reader")
    for order in get_args(CaseOrder):
        assert pages(copy, CaseFilter(), order, 7) == pages(store, CaseFilter(), order, 7)
    for command in everything(store)[::20]:
        assert copy.command_result(command.command_id) == store.command_result(command.command_id)
    # Both go on alike.
    item = Writer("case-1", store.head("case-1")).append("more", command_id="more")
    trial.clock.now_us += SECOND
    assert copy.append(item) == store.append(item)
    if trial.claims("seals"):
        assert copy.seals() == store.seals()
        assert copy.seal() == store.seal()
    assert copy.verify().sound


@promise("X09", "bronze")
def what_does_not_hold_together_is_not_restored(trial: Trial) -> None:
    """Entries with a changed, missing or foreign one are refused, and nothing of them stays."""
    store = trial.store()
    fill(store, trial.clock, trial.rng, appends=60)
    entries = list(store.dump())
    identity = store.describe().store
    spoiled = trial.another()

    def change(number: int, **changes: object) -> list[Entry]:
        return [*entries[:number], entries[number]._replace(**changes), *entries[number + 1 :]]  # type: ignore[arg-type]

    at, event = next(
        (number, entry)
        for number, entry in enumerate(entries)
        if isinstance(entry, RecordedEvent) and entry.version == 2
    )
    wrong = [
        change(at, envelope=event.envelope._replace(data=b"{}")),
        change(at, version=9),
        [*entries[:at], *entries[at + 1 :]],
        [*entries[:at], "nonsense", *entries[at + 1 :]],
    ]
    seals = [number for number, entry in enumerate(entries) if isinstance(entry, Seal)]
    if seals:
        wrong += [change(at, recorded_us=event.recorded_us + 1), change(seals[0], root=bytes(32))]
    for each in wrong:
        with pytest.raises(IntegrityViolationError):
            spoiled.restore(identity, each)  # type: ignore[arg-type]
        assert everything(spoiled) == []
    spoiled.restore(identity, entries)
    with pytest.raises(ConcurrencyConflictError):
        spoiled.restore(identity, entries)
    assert everything(spoiled) == everything(store)


@promise("S46", "bronze")
def closing_twice_does_nothing(trial: Trial) -> None:
    """A store can be closed again and again, and another one does not mind."""
    store, other = trial.another(), trial.store()
    store.append(Writer("c").append("a"))
    for _ in range(3):
        store.close()
    other.append(Writer("c").append("a"))
    assert other.head("c").version == 1


@promise("S47", "bronze")
def a_closed_store_says_so(trial: Trial) -> None:
    """Every call of a closed store raises StoreClosedError."""
    store = trial.another()
    store.append(Writer("c").append("a"))
    told, names = store.describe(), [name for name in MADE if name != "close"]
    store.close()
    for name in names:
        try:
            MADE[name](store)
        except StoreClosedError:
            continue
        except CapabilityMissingError:
            assert needs(name) not in (None, *told.capabilities), f"{name} is claimed"
        else:
            raise AssertionError(f"{name} of a closed store was answered")
    trial.figures["calls"] = len(names)
