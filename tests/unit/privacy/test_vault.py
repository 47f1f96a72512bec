import traceback
from datetime import UTC, datetime, timedelta

import pytest

from gov_core.cases.actor import Actor, By
from gov_core.cases.case import Case, Evidence, Location, Participation, Source
from gov_core.errors import ErasedError, MasterKeyError, PrivacyError, RevealRefusedError, UnsealError
from gov_core.privacy import PersonalInput, Vault
from gov_core.privacy.keys import KeyRing
from gov_core.privacy.vault import reader_of
from gov_core.storage.evidence_files import FileEvidenceStore

NOW = datetime(2025, 6, 1, 9, tzinfo=UTC)
PHOTO = b"\xff\xd8\xff\xe0" + b"a photograph of a kitchen" * 20
CONTACT, TEXT, ROOM = "13800000001", "楼上漏水，吊顶塌了", "3-301"
LEAD = Actor("unit", "housing", "acc-1", areas=("s/c/g",))


def case_of(sealed, *, evidence=(), complained_of=()):
    return Case(
        id="C-1",
        version=3,
        state="in_progress",
        procedure="p",
        source=Source("hotline", "R-1"),
        by=By("reporter", person="acc-r"),
        matter="leak",
        opened_at=NOW,
        at=NOW,
        location=Location("g", "s/c/g"),
        sealed=sealed,
        evidence=evidence,
        complained_of=complained_of,
        participations=(Participation("housing", "lead", "working", NOW),),
    )


@pytest.fixture
def said(vault, store):
    sealed = vault.seal(PersonalInput(subject="s-1", contact=CONTACT, text=TEXT, room=ROOM))
    store.take(sealed.personal)
    return sealed


def opened(revealed):
    return {one.name: one.value.text for one in revealed if one.value is not None}


def test_a_store_never_sees_a_value_or_a_key(store, said):
    kept = b"".join(one.sealed for one in store.values.values()) + store.keys["s-1"].wrapped

    for value in (CONTACT, TEXT, ROOM):
        assert value.encode() not in kept
    assert [item.name for item in said.sealed] == ["contact", "text", "room"]
    assert said.subjects == ("s-1",)
    assert all(bytes.fromhex(item.commitment) in store.values for item in said.sealed)


def test_a_purpose_shows_little_and_more_if_asked(vault, said):
    case = case_of(said.sealed)

    assert opened(vault.reveal(case, LEAD, "visit", at=NOW)) == {"room": ROOM}
    assert opened(vault.reveal(case, LEAD, "visit", at=NOW, names=["contact", "text"])) == {
        "contact": CONTACT,
        "text": TEXT,
    }
    assert opened(vault.reveal(case, LEAD, "contact", at=NOW)) == {"contact": CONTACT}


def test_a_look_is_noted_before_anything_is_opened(vault, store, said):
    def stop(*_):
        raise InterruptedError("stopped")

    vault.keys.unwrap = stop
    with pytest.raises(InterruptedError):
        vault.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)

    (access,) = store.noted
    assert access.commitment.hex() == said.sealed[0].commitment
    assert access[:1] + access[2:5] == ("s-1", "C-1", "unit/housing/acc-1", "contact")
    assert CONTACT not in repr(access)


def test_nothing_is_opened_if_the_look_cannot_be_noted(vault, store, said):
    def broken(_):
        raise InterruptedError("no disk")

    store.note_accesses = broken
    unwrapped = []
    vault.keys.unwrap = lambda *a: unwrapped.append(a)
    with pytest.raises(InterruptedError):
        vault.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)
    assert unwrapped == []


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ((LEAD, "curiosity", ()), ["privacy.no_purpose"]),
        ((LEAD, "notify", ()), ["privacy.by_program"]),
        ((LEAD, "export", ()), ["privacy.by_program"]),
        ((Actor("unit", "housing", areas=("s",)), "contact", ()), ["privacy.no_account"]),
        ((Actor("unit", "water", "acc-2", areas=("s",)), "visit", ()), ["privacy.not_seen"]),
        ((Actor("unit", "water", areas=("s",)), "visit", ()), ["privacy.no_account", "privacy.not_seen"]),
        ((LEAD, "supervise", ("contact", "text")), ["privacy.not_for_this"]),
        (
            (Actor("verifier", "check", "acc-3", areas=("s",)), "verify", ("contact", "text")),
            ["privacy.no_sight"],
        ),
        (
            (Actor("records", "archive", "acc-4", areas=("s",)), "handle", ("text", "applicant")),
            ["privacy.no_sight", "privacy.not_for_this", "privacy.no_sight"],
        ),
    ],
)
def test_who_may_not_see_it_or_not_for_that_gets_nothing(vault, store, said, asked, codes):
    actor, purpose, names = asked
    with pytest.raises(RevealRefusedError) as caught:
        vault.reveal(case_of(said.sealed), actor, purpose, at=NOW, names=names)

    assert [fault.code for fault in caught.value.faults] == codes
    assert store.noted == []


def test_a_body_complained_of_sees_nothing_and_is_not_told_why(vault, store, said):
    case = case_of(said.sealed, complained_of=("housing",))
    for purpose in ("contact", "visit", "handle", "verify"):
        with pytest.raises(RevealRefusedError) as caught:
            vault.reveal(case, LEAD, purpose, at=NOW)
        (fault,) = caught.value.faults
        assert fault.code == "privacy.not_seen"
        assert "complain" not in str(fault)
    assert store.noted == []


def test_a_delegation_that_has_ended_shows_nothing(vault, said):
    deputy = Actor("unit", "water", "acc-5", areas=("s",), behalf="housing", until=NOW)

    seen = vault.reveal(case_of(said.sealed), deputy, "contact", at=NOW - timedelta(seconds=1))
    assert opened(seen) == {"contact": CONTACT}
    assert reader_of(deputy) == "unit/water/housing/acc-5"
    with pytest.raises(RevealRefusedError, match=r"privacy\.not_seen"):
        vault.reveal(case_of(said.sealed), deputy, "contact", at=NOW)


def test_what_was_erased_is_none_and_the_case_stays_readable(vault, said):
    receipt = vault.erase("s-1", command_id="e-1", basis="request")
    again = vault.erase("s-1", command_id="e-1", basis="request")
    seen = vault.reveal(case_of(said.sealed), LEAD, "handle", at=NOW)

    assert (receipt.values, receipt.keys) == (3, 1)
    assert again == receipt
    assert [(one.name, one.subject, one.value) for one in seen] == [("text", "s-1", None)]
    with pytest.raises(ErasedError):
        vault.seal(PersonalInput(subject="s-1", text="more"))
    with pytest.raises(ErasedError):
        vault.export_subject("s-1", reader="acc-9")


def test_the_key_of_a_subject_is_made_once(vault, store, said):
    first = store.keys["s-1"]
    more = vault.seal(PersonalInput(subject="s-1", note="again"))
    store.take(more.personal, "C-2")

    assert store.keys["s-1"] == first
    assert opened(vault.reveal_to_program("C-1", said.sealed, reader="outbox")) == {"contact": CONTACT}
    assert {one.value.text for one in vault.export_subject("s-1", reader="acc-9").values} == {
        CONTACT,
        TEXT,
        ROOM,
        "again",
    }


def test_new_subjects_are_opaque_and_differ(vault):
    ids = {vault.seal(PersonalInput(text="x")).subjects[0] for _ in range(50)}
    assert len(ids) == 50
    assert all(len(one) == 32 for one in ids)


def test_a_program_gets_what_its_purpose_needs_and_no_purpose_of_people(vault, store, said):
    (seen,) = vault.reveal_to_program("C-1", said.sealed, reader="outbox")

    assert (seen.name, seen.value.text) == ("contact", CONTACT)
    assert (store.noted[0].reader, store.noted[0].purpose) == ("outbox", "notify")
    with pytest.raises(RevealRefusedError) as caught:
        vault.reveal_to_program("C-1", said.sealed, reader="outbox", purpose="visit")
    assert caught.value.code == "privacy.by_person"


def test_values_moved_to_another_subject_or_field_behind_the_back_are_told(vault, store, said):
    other = vault.seal(PersonalInput(subject="s-2", contact="13900000002"))
    store.take(other.personal)
    mine, foreign = (bytes.fromhex(one.sealed[0].commitment) for one in (said, other))
    store.values[mine] = store.values[foreign]._replace(commitment=mine)

    with pytest.raises(UnsealError) as caught:
        vault.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)
    assert "1390" not in "".join(traceback.format_exception(caught.value))
    store.values[mine] = store.values[foreign]._replace(commitment=mine, subject="s-1")
    with pytest.raises(UnsealError):
        vault.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)


def test_a_wrong_master_key_is_a_typed_error_with_a_hint(store, said):
    wrong = Vault(store, KeyRing([bytes([5]) * 32], place="env"))
    with pytest.raises(MasterKeyError) as caught:
        wrong.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)
    assert caught.value.code == "keys.wrong"
    assert caught.value.faults[0].hint


def test_a_lost_key_is_told(vault, store, said):
    del store.keys["s-1"]
    with pytest.raises(PrivacyError) as caught:
        vault.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)
    assert caught.value.code == "privacy.key_lost"


def test_a_subject_gets_all_that_is_kept_and_who_looked(vault, said):
    vault.reveal(case_of(said.sealed), LEAD, "contact", at=NOW)
    export = vault.export_subject("s-1", reader="acc-9")
    whole = export.as_dict()

    assert {one["name"]: one["value"] for one in whole["values"]} == {
        "contact": CONTACT,
        "text": TEXT,
        "room": ROOM,
    }
    assert whole["cases"] == ["C-1"]
    assert [(one["reader"], one["purpose"]) for one in whole["accesses"]] == [
        ("unit/housing/acc-1", "contact"),
        *[("acc-9", "export")] * 3,
    ]
    assert CONTACT not in repr(export)


def test_rewrapping_goes_on_where_it_stopped_and_leaves_values_as_they_are(store, master):
    old = KeyRing([master])
    before = Vault(store, old)
    said = [before.seal(PersonalInput(subject=f"s-{n}", contact=f"1380000000{n}")) for n in range(7)]
    for one in said:
        store.take(one.personal)
    ring = KeyRing([bytes([8]) * 32, master])
    after = Vault(store, ring)
    steps = after.rewrap(limit=3)

    assert next(steps) == ("s-2", 3)
    assert list(Vault(store, ring).rewrap(limit=3)) == [("s-2", 0), ("s-5", 3), ("s-6", 1)]
    assert list(after.rewrap(limit=100)) == [("s-6", 0)]
    alone = Vault(store, KeyRing([bytes([8]) * 32]))
    assert opened(alone.reveal_to_program("C-1", said[4].sealed, reader="outbox")) == {
        "contact": "13800000004"
    }


def test_a_file_of_a_home_is_kept_sealed_and_opens_for_who_may_see_it(vault, store, said, tmp_path):
    files = FileEvidenceStore(tmp_path)
    kept = vault.keep(files, PHOTO, "s-1")
    case = case_of(said.sealed, evidence=(Evidence(kept.digest, kept.kind),))

    assert (kept.kind, kept.format) == ("photo", "jpeg")
    assert PHOTO[10:40] not in files.get(kept.digest)
    assert vault.look(files, kept.digest, case, LEAD, "handle", at=NOW) == PHOTO
    assert store.noted[-1].commitment.hex() == kept.digest
    with pytest.raises(RevealRefusedError, match=r"privacy\.no_such_file"):
        vault.look(files, "0" * 64, case, LEAD, "handle", at=NOW)
    with pytest.raises(RevealRefusedError, match=r"privacy\.not_for_this"):
        vault.look(files, kept.digest, case, LEAD, "contact", at=NOW)
    vault.erase("s-1", command_id="e", basis="request")
    with pytest.raises(ErasedError):
        vault.look(files, kept.digest, case, LEAD, "handle", at=NOW)


def test_a_changed_cut_or_moved_file_does_not_open(vault, tmp_path):
    class Loose:
        """A store that gives back whatever it is told to."""

        def put(self, data):
            self.data = data
            return FileEvidenceStore(tmp_path).put(data)

        def get(self, _):
            return self.data

    files = Loose()
    kept = vault.keep(files, PHOTO, "s-1")
    case = case_of((), evidence=(Evidence(kept.digest, kept.kind),))
    whole = files.data
    vault.keep(files, PHOTO, "s-2")
    for bad in (
        whole[:5],
        whole[:20],
        whole[:-1],
        whole + b"x",
        whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
        whole.replace(b"s-1", b"s-2", 1),
    ):
        files.data = bad
        with pytest.raises((UnsealError, PrivacyError)):
            vault.look(files, kept.digest, case, LEAD, "handle", at=NOW)
