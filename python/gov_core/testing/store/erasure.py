"""What a store promises about personal data: kept sealed beside the events, and gone when told to go."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from gov_core.errors import (
    CommandReusedError,
    ConcurrencyConflictError,
    ErasedError,
    HeldError,
    IntegrityViolationError,
    PayloadRejectedError,
)
from gov_core.storage.personal import (
    Access,
    Erasure,
    Hold,
    Personal,
    RetentionPolicy,
    RetentionReport,
    SubjectKey,
    SubjectLink,
)
from gov_core.storage.protocol import NEW, Snapshot
from gov_core.testing.store.harness import SECOND, T0, ShowsBytes
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, digest, row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gov_core.storage.protocol import Append, CaseStore, Entry
    from gov_core.testing.store.promises import Trial


def personal(subject: str, number: int = 0, *, size: int = 40) -> Personal:
    """A sealed value of a subject."""
    name = f"{subject}/{number}"
    return Personal(digest(name), subject, random.Random(name).randbytes(size))


def key(subject: str, turn: int = 0, *, size: int = 48) -> SubjectKey:
    """A wrapped key of a subject."""
    return SubjectKey(subject, random.Random(f"key {subject} {turn}").randbytes(size))


def about(writer: Writer, *values: Personal, subjects: tuple[str, ...] = (), is_open: bool = True) -> Append:
    """The next append of a case, with personal data."""
    given = row(writer.case_id, open=is_open)
    return writer.append("about", row=given, personal=values)._replace(subjects=subjects)


# Values and cases


@promise("X34", "silver", capability="erasure")
def values_are_kept_by_subject(trial: Trial) -> None:
    """Values about a subject are kept as they came, once by commitment, with the cases that know of it."""
    store, one, two = trial.store(), Writer("案件-1"), Writer("two")
    first, second, other = personal("主体", 1), personal("主体", 2), personal("other")
    store.append(about(one, second, other))
    store.append(about(two, first, second._replace(sealed=b"later")))
    store = trial.reopen()
    assert store.read_personal(first.commitment) == first
    assert store.read_personal(second.commitment) == second  # the first stays
    assert store.read_personal(bytes(32)) is None
    assert store.personal_of("主体") == (second, first)
    assert store.personal_of("nobody") == store.personal_of("\ud800") == ()
    assert store.cases_of("主体") == ("案件-1", "two")
    assert store.cases_of("other") == ("案件-1",)
    assert store.cases_of("nobody") == store.cases_of("\ud800") == ()


@promise("X35", "silver", capability="erasure")
def a_case_may_know_of_subjects_without_values(trial: Trial) -> None:
    """A case may know of subjects without a value of its own; each is listed once, in order."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    store.append_many([about(two), about(one, personal("a"))])
    store.append(about(two, subjects=("a", "b", "a")))
    assert store.cases_of("a") == ("two", "one")
    assert store.cases_of("b") == ("two",)
    with pytest.raises(PayloadRejectedError) as caught:
        store.append(about(Writer("three"), subjects=("", "x\0")))
    assert [(fault.code, fault.place) for fault in caught.value.faults] == [
        ("storage.empty_text", "subjects[0]"),
        ("storage.nul", "subjects[1]"),
    ]


@promise("X36", "silver", capability="erasure")
def what_is_not_appended_keeps_nothing(trial: Trial) -> None:
    """An append that is refused, or was applied before, keeps no value and ties no case to a subject."""
    store, writer = trial.store(), Writer("c")
    item = about(writer, personal("a"))
    store.append(item)
    stale = append("c", NEW, "x", command_id="x")._replace(personal=(personal("b"),), subjects=("c",))
    with pytest.raises(ConcurrencyConflictError):
        store.append(stale)
    again = item._replace(personal=(personal("a", 1),), subjects=("d",))  # the digest says it is the same
    assert store.append(again).duplicate
    assert store.personal_of("a") == (personal("a"),)
    assert store.personal_of("b") == ()
    assert store.cases_of("b") == store.cases_of("c") == store.cases_of("d") == ()


# Keys


@promise("X37", "silver", capability="erasure")
def the_first_key_of_a_subject_stays(trial: Trial) -> None:
    """The first key of a subject stays; who brings another one later gets the first."""
    store = trial.store()
    assert store.keep_keys([key("a"), key("b")]) == (key("a"), key("b"))
    late = [key("c"), key("a", 1), key("c", 1)]
    assert store.keep_keys(late) == (key("c"), key("a"), key("c"))
    store = trial.reopen()
    assert store.read_key("a") == key("a")
    assert store.read_key("nobody") is None
    assert store.read_key("\ud800") is None
    assert store.keep_keys([]) == ()
    for wrong in (SubjectKey("", b"x"), SubjectKey("a\ud800", b"x"), SubjectKey("a", bytes(8_193))):
        with pytest.raises(PayloadRejectedError):
            store.keep_keys([key("fresh"), wrong])
    assert store.read_key("fresh") is None


@promise("X38", "silver", capability="erasure")
def subjects_are_listed_by_code_point(trial: Trial) -> None:
    """Subjects with a key are listed by the code points of their ids, page by page."""
    store = trial.store()
    names = ["b", "B", "主体", "\U0001f600", "\uffee", "a", "é", "e\u0301"]
    store.keep_keys([key(name) for name in names])
    found: list[str] = []
    while page := store.subjects(after=found[-1] if found else "", limit=3):
        found += page
    assert found == sorted(names)
    assert store.subjects() == tuple(found)
    assert store.subjects(limit=0) == ()


@promise("X39", "silver", capability="erasure")
def keys_are_wrapped_anew_where_the_old_one_is_there(trial: Trial) -> None:
    """A key is replaced where it is still the old one, and only there."""
    store = trial.store()
    store.keep_keys([key(name) for name in "abc"])
    longer = key("b", 1, size=300)
    changes = [(key("a"), key("a", 1)), (key("b"), longer), (key("c", 7), key("c", 8)), (key("d"), key("d"))]
    assert store.rewrap_keys(changes) == 2
    assert store.rewrap_keys(changes) == 0
    assert store.rewrap_keys([(longer, key("b", 2)), (key("b", 2), key("b", 3))]) == 2
    store = trial.reopen()
    assert [store.read_key(name) for name in "abcd"] == [key("a", 1), key("b", 3), key("c"), None]
    assert store.subjects() == ("a", "b", "c")
    with pytest.raises(PayloadRejectedError):
        store.rewrap_keys([(key("a", 1), key("b"))])
    assert store.verify().sound


# Erasure


@promise("S93", "gold", capability="erasure")
def what_is_erased_is_gone_and_chains_hold(trial: Trial) -> None:
    """After an erasure its values and key are gone, and chains, seals and replay are as before."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    store.keep_keys([key("a"), key("b")])
    store.append(about(one, personal("a", 1), personal("b", 1)))
    store.append(about(two, personal("a", 2), subjects=("b",)))
    for writer in (one, two):
        store.save_snapshot(writer.case_id, Snapshot(1, 1, b"state"))
    seal = store.seal()
    events = [event for case_id in ("one", "two") for event in store.read_case(case_id)]
    trial.clock.now_us += SECOND
    receipt = store.erase("a", command_id="e1", basis="request")
    assert receipt == Erasure("a", "e1", "request", T0 + SECOND, 2, 1)
    for _ in range(2):
        assert store.personal_of("a") == ()
        assert store.read_personal(personal("a", 1).commitment) is None
        assert store.cases_of("a") == ("one", "two")
        assert store.load_snapshot("one", schema=1) is None
        with pytest.raises(ErasedError):
            store.read_key("a")
        assert store.subjects() == ("b",)
        assert store.personal_of("b") == (personal("b", 1),)
        assert store.read_key("b") == key("b")
        assert [event for case_id in ("one", "two") for event in store.read_case(case_id)] == events
        assert store.verify(kept=[seal], heads=[("one", one.head), ("two", two.head)]).sound
        assert store.erasures() == (receipt,)
        store = trial.reopen()


@promise("X40", "silver", capability="erasure")
def nothing_new_is_taken_for_an_erased_subject(trial: Trial) -> None:
    """Values and keys for an erased subject are refused, and a retry brings nothing back."""
    store, one, two = trial.store(), Writer("one"), Writer("two")
    first = about(one, personal("a"))
    done = store.append(first)
    store.erase("a", command_id="e1", basis="request")
    assert store.append(first) == done._replace(duplicate=True)  # sent again: nothing comes back
    assert store.personal_of("a") == ()
    late, good = about(one, personal("a", 1)), about(two, personal("b"))
    with pytest.raises(ErasedError):
        store.append(late)
    with pytest.raises(ErasedError):
        store.append_many([good, late], together=True)
    assert store.head("two") == NEW
    results = store.append_many([late, good])
    assert isinstance(results[0], ErasedError)
    assert store.head("one") == late.expected
    assert store.personal_of("b") == (personal("b"),)
    with pytest.raises(ErasedError):
        store.keep_keys([key("b"), key("a")])
    assert store.read_key("b") is None
    assert store.rewrap_keys([(key("a"), key("a", 1))]) == 0
    # A case may still know of it, as one does that another was merged into.
    store.append(late._replace(personal=(), subjects=("a",)))
    assert store.cases_of("a") == ("one",)


@promise("X41", "silver", capability="erasure")
def an_erasure_is_done_once(trial: Trial) -> None:
    """An erasure is done once: again it gives its receipt, and its id serves no other."""
    store = trial.store()
    store.append(about(Writer("one"), personal("a"), personal("b")))
    receipt = store.erase("a", command_id="e1", basis="request")
    trial.clock.now_us += SECOND
    assert store.erase("a", command_id="e1", basis="request") == receipt
    assert store.erase("a", command_id="e2", basis="other") == receipt
    for subject, basis in (("b", "request"), ("a", "other")):
        with pytest.raises(CommandReusedError):
            store.erase(subject, command_id="e1", basis=basis)
    unknown = store.erase("nobody", command_id="e3", basis="request")
    assert unknown == Erasure("nobody", "e3", "request", T0 + SECOND, 0, 0)
    with pytest.raises(ErasedError):
        store.keep_keys([key("nobody")])
    assert store.erasures() == (receipt, unknown)
    assert store.personal_of("b") == (personal("b"),)
    for arguments in (("", "e", "x"), ("a\0", "e", "x"), ("c", "", "x"), ("c", "e", "x" * 256)):
        with pytest.raises(PayloadRejectedError):
            store.erase(arguments[0], command_id=arguments[1], basis=arguments[2])


@promise("X42", "silver", capability="erasure")
def a_hold_keeps_a_subject(trial: Trial) -> None:
    """A subject under a hold is not erased, until the hold is released or has ended."""
    store = trial.store()
    store.append(about(Writer("one"), personal("a")))
    store.hold(Hold("a", "suit", T0 + 9 * SECOND))
    store.hold(Hold("a", "audit"))
    store.hold(Hold("a", "suit", T0 + 5 * SECOND))
    store.hold(Hold("b", "audit"))
    store = trial.reopen()
    held = (Hold("a", "audit"), Hold("a", "suit", T0 + 5 * SECOND), Hold("b", "audit"))
    assert store.holds() == held
    with pytest.raises(HeldError):
        store.erase("a", command_id="e1", basis="request")
    assert store.release("a", "audit") is True
    assert store.release("a", "audit") is False
    assert store.release("\ud800", "audit") is False
    trial.clock.now_us += 5 * SECOND - 1
    with pytest.raises(HeldError):
        store.erase("a", command_id="e1", basis="request")
    trial.clock.now_us += 1
    assert store.holds() == (Hold("b", "audit"),)
    assert store.release("a", "suit") is False
    assert store.erase("a", command_id="e1", basis="request").values == 1
    for wrong in (Hold("", "x"), Hold("a", "\0"), Hold("a", "x", 2**63)):
        with pytest.raises(PayloadRejectedError):
            store.hold(wrong)


# Retention


def aging(trial: Trial) -> CaseStore:
    """A store with subjects whose cases are closed or not, old or not, held or not."""
    store = trial.store()
    subjects = ("closed", "open", "both", "held", "key_only", "linked", "new")
    store.keep_keys([key(subject) for subject in subjects])
    old, still_open = Writer("old"), Writer("still_open")
    store.append(about(old, personal("closed", 1), personal("closed", 2), personal("held"), personal("both")))
    store.append(about(still_open, personal("open"), personal("both", 1), is_open=True))
    store.append(about(old, subjects=("linked",), is_open=False))
    without_row = Writer("without_row").append("x", personal=[personal("no_row")])
    store.append(without_row)
    trial.clock.now_us += 10 * SECOND
    store.append(about(Writer("late"), personal("new"), is_open=False))
    store.hold(Hold("held", "suit"))
    return store


@promise("S95", "gold", capability="erasure")
def a_dry_run_of_retention_is_the_run(trial: Trial) -> None:
    """What a dry run of retention says would be erased is what the run erases, and held subjects stay."""
    store = aging(trial)
    policy = RetentionPolicy("retention", T0 + SECOND)
    report = RetentionReport(("closed", "linked"), ("held",), 2)
    assert store.apply_retention(policy, dry_run=True) == report
    assert store.erasures() == ()
    assert len(store.personal_of("closed")) == 2
    assert store.apply_retention(policy, dry_run=False) == report
    assert store.personal_of("closed") == ()
    assert [(each.subject, each.basis, each.values, each.keys) for each in store.erasures()] == [
        ("closed", "retention", 2, 1),
        ("linked", "retention", 0, 1),
    ]
    assert len({each.command_id for each in store.erasures()}) == 2
    for kept in ("open", "both", "held", "new"):
        assert store.personal_of(kept)
    assert store.personal_of("no_row")
    assert store.read_key("key_only") == key("key_only")
    assert store.apply_retention(policy, dry_run=False) == report._replace(erased=(), values=0)
    store.release("held", "suit")
    assert store.apply_retention(policy, dry_run=False).erased == ("held",)
    assert store.verify().sound


@promise("X43", "silver", capability="erasure")
def retention_asks_when_the_last_event_was_recorded(trial: Trial) -> None:
    """Retention goes by when the last event of each case was recorded, not by when it happened."""
    store = trial.store()
    store.append(about(Writer("c"), personal("a"), is_open=False))
    assert store.apply_retention(RetentionPolicy("r", T0), dry_run=False).erased == ()
    assert store.apply_retention(RetentionPolicy("r", T0 + 1), dry_run=False).erased == ("a",)
    for wrong in (RetentionPolicy("", T0), RetentionPolicy("r", 2**63)):
        with pytest.raises(PayloadRejectedError):
            store.apply_retention(wrong, dry_run=True)


# Accesses


@promise("X44", "silver", capability="erasure")
def accesses_are_noted_and_stay(trial: Trial) -> None:
    """Accesses are noted with the time of the store, and stay when their subject is erased."""
    store = trial.store()
    first = Access("a", digest("x"), "案件-1", "clerk@U-1", "visit")
    store.note_accesses([first, first._replace(subject="b", at_us=5)])
    trial.clock.now_us += SECOND
    store.note_accesses([first._replace(purpose="export")])
    store.note_accesses([])
    store.erase("a", command_id="e", basis="request")
    store = trial.reopen()
    noted = (
        first._replace(at_us=T0),
        first._replace(subject="b", at_us=T0),
        first._replace(purpose="export", at_us=T0 + SECOND),
    )
    assert store.accesses() == (noted, None)
    page = store.accesses(limit=2)
    assert page.accesses == noted[:2]
    assert page.next is not None
    assert store.accesses(after=page.next) == (noted[2:], None)
    assert store.accesses("a").accesses == (noted[0], noted[2])
    page = store.accesses("a", limit=1)
    assert page.next is not None
    assert store.accesses("a", after=page.next).accesses == (noted[2],)
    assert store.accesses("\ud800") == ((), None)
    assert store.accesses(limit=0).accesses == ()
    for wrong in (first._replace(reader=""), first._replace(commitment=b"x"), first._replace(purpose="\0")):
        with pytest.raises(PayloadRejectedError):
            store.note_accesses([first, wrong])
    assert len(store.accesses().accesses) == 3


# Moving


@promise("X45", "silver", capability="erasure")
def subjects_move_with_a_store(trial: Trial) -> None:
    """Values, keys, holds, receipts and accesses move with their store."""
    store, copy = aging(trial), trial.another()
    store.append(about(Writer("gone"), personal("gone")))
    store.erase("gone", command_id="e", basis="request")
    store.hold(Hold("open", "suit", T0))
    store.note_accesses([Access("open", digest("x"), "old", "clerk", "visit")])
    moved = list(store.dump())
    copy.restore(store.describe().store, moved)
    assert list(copy.dump()) == moved
    assert copy.verify().sound
    for name in ("closed", "open", "both", "held", "gone"):
        assert copy.personal_of(name) == store.personal_of(name)
        assert copy.cases_of(name) == store.cases_of(name)
    assert copy.subjects() == store.subjects()
    assert copy.holds() == store.holds()
    assert copy.erasures() == store.erasures()
    assert copy.accesses() == store.accesses()
    policy = RetentionPolicy("retention", T0 + SECOND)
    assert copy.apply_retention(policy, dry_run=True) == store.apply_retention(policy, dry_run=True)
    with pytest.raises(ErasedError):
        copy.keep_keys([key("gone")])


@promise("X46", "silver", capability="erasure")
def subjects_that_do_not_fit_are_not_restored(trial: Trial) -> None:
    """Values and keys that contradict what else is restored, or an erasure, are refused."""
    store, spoiled = aging(trial), trial.another()
    store.erase("nobody", command_id="e", basis="request")
    moved = list(store.dump())
    for wrong in (
        personal("closed", 1),
        key("closed", 1),
        SubjectLink("closed", "old"),
        SubjectLink("closed", "no such case"),
        Hold("held", "suit", 5),
        Erasure("nobody", "e2", "x", T0, 0, 0),
        Erasure("fresh", "e", "x", T0, 0, 0),
        Erasure("open", "e2", "x", T0, 1, 1),
        personal("nobody"),
        key("nobody"),
    ):
        entries: list[Entry] = [*moved, wrong]
        with pytest.raises(IntegrityViolationError):
            spoiled.restore(store.describe().store, entries)
        assert spoiled.erasures() == ()
        assert spoiled.subjects() == ()
    spoiled.restore(store.describe().store, moved)


@promise("S94", "gold", capability="erasure")
def a_subject_of_many_cases_is_erased_in_all(trial: Trial) -> None:
    """A subject that several cases know of is erased in all of them, and its neighbours in none."""
    store = trial.store()
    writers = [Writer(f"c{number}") for number in range(6)]
    store.keep_keys([key("shared"), key("other")])
    for number, writer in enumerate(writers):
        values = [personal("shared", number)] if number % 2 else []
        store.append(about(writer, *values, personal("other", number)))
    assert store.cases_of("shared") == ("c1", "c3", "c5")
    receipt = store.erase("shared", command_id="e", basis="request")
    assert (receipt.values, receipt.keys) == (3, 1)
    for each in trial.twice():
        for number in range(6):
            assert each.read_personal(personal("shared", number).commitment) is None
            value = personal("other", number)
            assert each.read_personal(value.commitment) == value
        assert each.read_key("other") == key("other")
        assert each.cases_of("shared") == ("c1", "c3", "c5")
        assert each.verify(heads=[(writer.case_id, writer.head) for writer in writers]).sound


def contents(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and content of files; a running server may have removed one since it was listed."""
    for file in files:
        with suppress(FileNotFoundError):
            yield file.name, file.read_bytes()


@promise("S92", "gold", capability="erasure", hook=ShowsBytes, places=("file", "server"), limit_s=300)
def no_byte_of_what_was_erased_is_left(trial: Trial) -> None:
    """No file, page or log has a byte string of the values and keys of an erased subject; others' are there.

    Overwrite what is freed, empty logs, and put no value into a second place.
    """
    store, subjects = trial.store(), trial.times(40)
    values = {f"s{number}": [personal(f"s{number}", each) for each in range(3)] for number in range(subjects)}
    keys = {subject: key(subject) for subject in values}
    store.keep_keys(list(keys.values()))
    for number, (subject, own) in enumerate(values.items()):
        writer = Writer(f"c{number % 7}", store.head(f"c{number % 7}"))
        store.append(about(writer, *own)._replace(command_id=f"x/{subject}"))
    again = {subject: key(subject, 1) for subject in list(values)[::3]}
    assert store.rewrap_keys([(keys[subject], new) for subject, new in again.items()]) == len(again)
    gone = set(list(values)[: subjects // 2])
    for number, subject in enumerate(sorted(gone)):
        store.erase(subject, command_id=f"e{number}", basis="request")
    content = b"".join(data for _, data in contents(trial.hook(ShowsBytes).raw_files()))
    for subject, own in values.items():
        wrapped = [keys[subject].wrapped, *([again[subject].wrapped] if subject in again else [])]
        planted = [*(value.sealed for value in own), *wrapped]
        found = [each for each in planted if each in content]
        if subject in gone:
            assert not found, f"{len(found)} of {len(planted)} byte strings of {subject} are still there"
        else:
            assert len(found) >= len(own) + 1, "raw_files of the harness does not show all bytes"
    trial.figures |= {"bytes": len(content), "erased": len(gone)}
