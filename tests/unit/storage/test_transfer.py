"""A store as a file of lines, and back."""

from __future__ import annotations

import io
import json
import random
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import ConcurrencyConflictError, IntegrityViolationError
from gov_core.storage.chain import chained
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.outbox import Again, Buried, Message, Sent
from gov_core.storage.personal import Access, Hold, Personal, SubjectKey
from gov_core.storage.protocol import NEW, Append
from gov_core.storage.transfer import export_cases, import_cases
from gov_core.testing.store.harness import Clock
from gov_core.testing.store.lifecycle import fill
from gov_core.testing.store.memory import MemoryHarness
from gov_core.testing.store.sqlite import SqliteHarness
from gov_core.testing.store.writing import everything

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore


def exported(store: CaseStore) -> bytes:
    file = io.BytesIO()
    export_cases(store, file)
    return file.getvalue()


def filled() -> MemoryCaseStore:
    store = MemoryCaseStore(clock=(now := Clock()))
    fill(store, now, random.Random(8))
    store.keep_keys([SubjectKey(f"s{number}", bytes([number])) for number in range(5)])
    for number in range(12):
        case_id, subject = f"told-{number}", f"s{number % 5}"
        events, _ = chained(case_id, NEW, [("noted", 1, 0, b"{}")])
        value = Personal(sha256(case_id.encode()).digest(), subject, b"sealed")
        message = Message(case_id, f"e{number % 3}", bytes([number]), number)
        command = sha256(case_id.encode()).digest()
        store.append(
            Append(case_id, NEW, events, case_id, command, personal=[value], subjects=["x"], outbox=[message])
        )
    now.now_us += 100
    token = {claim.message.id: claim.token for claim in store.outbox_claim("w", lease_us=9)}
    sent, buried, again = (
        Sent("told-0", token["told-0"]),
        Buried("told-1", 1, "gone"),
        Again("told-2", 1, 5, "x"),
    )
    assert store.outbox_settle([sent, buried, again]) == [None] * 3
    store.erase("s0", command_id="erase-0", basis="request")
    store.erase("nobody", command_id="erase-1", basis="request")
    store.hold(Hold("s1", "suit"))
    store.hold(Hold("s1", "audit", 2**60))
    store.note_accesses([Access("s1", bytes(32), "told-1", "clerk", "visit")] * 2)
    return store


@pytest.mark.parametrize("kind", [MemoryHarness, SqliteHarness])
def test_every_store_gives_the_same_file(kind: type[MemoryHarness], fast_folder: Path) -> None:
    store = filled()
    lines = exported(store)
    harness = kind(fast_folder)
    other = harness.store()
    done = import_cases(other, io.BytesIO(lines))
    assert (done.store, done.entries) == (store.describe().store, lines.count(b"\n") - 2)
    assert everything(other) == everything(store)
    assert other.seals() == store.seals()
    assert exported(other) == lines
    other = harness.reopen()
    assert exported(other) == lines
    with pytest.raises(ConcurrencyConflictError):
        import_cases(other, io.BytesIO(lines))
    other.close()


def test_empty_store() -> None:
    lines = exported(MemoryCaseStore())
    assert lines.count(b"\n") == 2
    assert import_cases(MemoryCaseStore(), io.BytesIO(lines)).entries == 0


def test_data_that_is_no_text() -> None:
    store = MemoryCaseStore()
    envelopes, _ = chained("c", NEW, [("noted", 1, 0, b"\xff\0")])
    store.append(Append("c", NEW, envelopes, "x", bytes(32)))
    other = MemoryCaseStore()
    import_cases(other, io.BytesIO(exported(store)))
    assert other.read_case("c")[0].envelope.data == b"\xff\0"


def test_changed_and_cut_files_are_refused() -> None:
    lines = exported(filled())
    rng = random.Random(6)
    spoiled = [lines[: rng.randrange(len(lines) - 1)] for _ in range(60)]
    for _ in range(120):
        at = rng.randrange(len(lines))
        spoiled.append(lines[:at] + bytes([lines[at] ^ (1 << rng.randrange(7))]) + lines[at + 1 :])
    rows = lines.splitlines(keepends=True)
    at = rng.randrange(2, len(rows) - 2)
    spoiled += [
        b"",
        lines + b"\n",
        lines + lines,
        b"".join(rows[:at] + rows[at + 1 :]),
        b"".join([*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]),
        b"".join(rows[:-1]),
        lines.replace(b'"gov_core.cases",1', b'"gov_core.cases",2'),
        b"[1]\n",
        b"{}\n",
    ]
    for wrong in spoiled:
        if wrong == lines:
            continue
        store = MemoryCaseStore()
        with pytest.raises(IntegrityViolationError) as caught:
            import_cases(store, io.BytesIO(wrong))
        assert caught.value.faults[0].message
        assert store.read_feed().events == ()


def test_a_forged_file_with_a_right_checksum_is_refused() -> None:
    """The checksum is against accidents; against hands there are chain, marks and seals."""
    rows = [json.loads(line) for line in exported(filled()).splitlines()]
    at = next(number for number, values in enumerate(rows) if values[0] == "event" and values[3] == 2)
    for change in (lambda: rows[at].__setitem__(9, "{}"), lambda: rows[at].__setitem__(3, "two")):
        kept = list(rows[at])
        change()
        body = b"".join(json.dumps(values, ensure_ascii=False).encode() + b"\n" for values in rows[:-1])
        end = json.dumps(["end", len(rows) - 2, sha256(body).hexdigest()]).encode() + b"\n"
        with pytest.raises(IntegrityViolationError):
            import_cases(MemoryCaseStore(), io.BytesIO(body + end))
        rows[at] = kept


@pytest.mark.parametrize("kind", [MemoryHarness, SqliteHarness])
def test_a_forged_field_of_any_kind_is_refused_or_harmless(
    kind: type[MemoryHarness], fast_folder: Path
) -> None:
    rows = [json.loads(line) for line in exported(filled()).splitlines()]
    rng, harness = random.Random(4), kind(fast_folder)
    store = harness.store()
    refused = 0
    for _ in range(350):
        at = rng.randrange(len(rows) - 1)
        forged = json.loads(json.dumps(rows[at]))
        forged[rng.randrange(len(forged))] = rng.choice(
            [None, True, -1, 2**70, 1.5, float("inf"), "", "\ud800", "\0", [], [[1]], {}, 0]
        )
        lines = [json.dumps(values).encode() + b"\n" for values in [*rows[:at], forged, *rows[at + 1 : -1]]]
        lines.append(json.dumps(["end", len(rows) - 2, sha256(b"".join(lines)).hexdigest()]).encode() + b"\n")
        if forged == rows[at] or at == 0 or rows[at][0] in ("case", "checkpoint"):
            continue
        try:
            import_cases(store, io.BytesIO(b"".join(lines)))
        except IntegrityViolationError:
            refused += 1
            assert store.read_feed().events == ()
        else:
            assert store.verify().sound
            store = harness.another()
    assert refused > 150


def test_a_nest_of_brackets_is_refused() -> None:
    with pytest.raises(IntegrityViolationError):
        import_cases(MemoryCaseStore(), io.BytesIO(b"[" * 200_000 + b"\n"))
