"""The vault: where plain values become commitments and sealed bytes, and the only way back.

Every opening names a purpose, is allowed by what the case lets its reader see, and is noted durably before
anything is opened: a crash may leave a note of a look that never came, never a look without a note. Keys of
subjects are held for one call and not remembered, so that an erasure holds in every process at once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

from gov_core.cases.case import Sealed
from gov_core.cases.sight import OF_REPORTER, sight_of
from gov_core.errors import ErasedError, Fault, PayloadRejectedError, PrivacyError, RevealRefusedError
from gov_core.privacy.files import open_file, seal_file, subject_of_file
from gov_core.privacy.plain import Note, PersonalInput, Plain
from gov_core.privacy.purposes import purpose_of
from gov_core.privacy.sealing import KEY_BYTES, SubjectCipher, name_of, unreadable
from gov_core.storage.personal import Access, Personal, SubjectKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.privacy.keys import KeyProvider
    from gov_core.privacy.purposes import Purpose
    from gov_core.privacy.retention import Retention
    from gov_core.storage.evidence import EvidenceStore, Kept
    from gov_core.storage.personal import Erasure, PersonalData, RetentionReport

_PAGE: Final = 500


class SealedInput(NamedTuple):
    """What became of a `PersonalInput`.

    Attributes:
        sealed: For the event: commitments.
        personal: To be stored beside it, encrypted.
    """

    sealed: tuple[Sealed, ...]
    personal: tuple[Personal, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids of whom it is about."""
        return tuple(dict.fromkeys(item.subject for item in self.sealed))


class Revealed(NamedTuple):
    """Something that was opened.

    Attributes:
        name: What it is: ``contact``.
        subject: Opaque id of whom it is about.
        value: In clear; None if it was erased.
    """

    name: str
    subject: str
    value: Plain | None


class SubjectExport(NamedTuple):
    """All that is kept about a subject, for them (PIPL art. 45: to consult and to copy).

    Attributes:
        subject: Opaque id.
        values: What is kept, opened.
        cases: Ids of the cases that know of them.
        accesses: Who looked at what, oldest first; this export is the last of them.
    """

    subject: str
    values: tuple[Revealed, ...]
    cases: tuple[str, ...]
    accesses: tuple[Access, ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it in clear, for JSON; it is the caller's to keep from here on."""
        return {
            "subject": self.subject,
            "values": [{"name": one.name, "value": one.value and one.value.text} for one in self.values],
            "cases": list(self.cases),
            "accesses": [
                access._asdict() | {"commitment": access.commitment.hex()} for access in self.accesses
            ],
        }


class Vault:
    """Seals and opens personal data. Safe to use from several threads, as far as its store is.

    Args:
        store: Where sealed values and wrapped keys are kept.
        keys: What wraps the keys.
        new_subject: Makes ids of subjects; they say nothing, and are never given twice.
        random: Where keys, salts and nonces come from.
    """

    def __init__(
        self,
        store: PersonalData,
        keys: KeyProvider,
        *,
        new_subject: Callable[[], str] = lambda: uuid4().hex,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.store = store
        self.keys = keys
        self.new_subject = new_subject
        self._random = random

    # In.

    def seal(self, *said: PersonalInput) -> SealedInput:
        """Seal what was said; keys of new subjects are kept first, so that no value outlives its key.

        Args:
            *said: One for each subject; several of one subject are sealed by the same key.

        Raises:
            ErasedError: A subject was erased: nothing new is taken for it.
            MasterKeyError: The key of a known subject does not open.
        """
        named = [(one.subject or self.new_subject(), one) for one in said]
        ciphers = self._ciphers_to_write({subject for subject, _ in named})
        sealed, personal = [], []
        for subject, one in named:
            for name, value in one.values.items():
                commitment, kept = ciphers[subject].seal(name, value.text.encode())
                sealed.append(Sealed(name, commitment.hex(), subject))
                personal.append(Personal(commitment, subject, kept))
        return SealedInput(tuple(sealed), tuple(personal))

    def note(self, text: str | Plain, *, subject: str = "") -> Note:
        """Seal what is said in words with a step: ``casework.verify(..., note=vault.note("..."))``.

        Args:
            text: The words.
            subject: Whom they are about, with whom they are erased; empty makes a new one.

        Raises:
            PayloadRejectedError: It is no text, or empty, or too long.
            ErasedError: The subject was erased.
        """
        said = PersonalInput(subject=subject, note=text)
        if not said.values:
            fault = Fault("privacy.no_text", "the note is empty", "note", "leave it out")
            raise PayloadRejectedError([fault])
        (personal,) = self.seal(said).personal
        return Note(personal)

    def keep(self, files: EvidenceStore, data: bytes, subject: str) -> Kept:
        """Put a photograph or document of a home into an evidence store, encrypted.

        Args:
            files: Where.
            data: The file.
            subject: Opaque id of whom it is about.

        Returns:
            What is kept: the digest is that of the sealed bytes, kind and format are those of the file.

        Raises:
            PayloadRejectedError: It is empty, too large, or of no kind that is kept.
            ErasedError: The subject was erased.
        """
        return seal_file(files, data, self._ciphers_to_write({subject})[subject])

    def subject_of(self, files: EvidenceStore, digest: str) -> str | None:
        """Whom a file is about; None if it is not sealed. The file is read for it, but not opened.

        Args:
            files: Where it is kept.
            digest: Which file.
        """
        return subject_of_file(files.get(digest))

    # Out.

    def reveal(
        self,
        case: Case,
        actor: Actor,
        purpose: str,
        *,
        at: datetime,
        names: Iterable[str] = (),
        notes: Iterable[str] = (),
    ) -> tuple[Revealed, ...]:
        """Open what a case knows of persons and homes, for somebody who may see it.

        Args:
            case: Which.
            actor: Who looks.
            purpose: What for: one of `PURPOSES`.
            at: When, with a time zone.
            names: What to open; as little as the purpose needs, if none is named.
            notes: Commitments of notes of its steps, hexadecimal, where notes are to be opened.

        Returns:
            In the order in which it was said, then the notes.

        Raises:
            RevealRefusedError: Every reason: ``privacy.no_purpose``, ``privacy.no_account``,
                ``privacy.not_seen``, ``privacy.not_for_this``, ``privacy.no_sight``, ``privacy.by_program``.
                Nothing was opened.
        """
        what = purpose_of(purpose)
        wanted = tuple(dict.fromkeys(names)) or what.shows
        _check_allowed(case, actor, what, wanted, at)
        asked = (*case.sealed, *(Sealed("note", note, "") for note in notes))
        return self._opened(
            [item for item in asked if item.name in wanted], case.id, reader_of(actor), purpose
        )

    def reveal_to_program(
        self, case_id: str, sealed: Sequence[Sealed], *, reader: str, purpose: str = "notify"
    ) -> tuple[Revealed, ...]:
        """Open values for a program that has to use them: the contact of whom a message goes to.

        Args:
            case_id: Of which case.
            sealed: What the case holds; what the purpose does not need is passed over.
            reader: Which program, as a code.
            purpose: One that only programs have.

        Raises:
            RevealRefusedError: It is the purpose of a person.
        """
        what = purpose_of(purpose)
        if not what.program:
            hint = "people open by reveal(case, actor, purpose, at), which looks at what they may see"
            fault = Fault("privacy.by_person", f"{purpose} is no purpose of a program", case_id, hint)
            raise RevealRefusedError([fault])
        asked = [item for item in sealed if item.name in what.may]
        return self._opened(asked, case_id, reader, purpose)

    def look(
        self, files: EvidenceStore, digest: str, case: Case, actor: Actor, purpose: str, *, at: datetime
    ) -> bytes:
        """Open a photograph or document of a case for somebody who may see it.

        Args:
            files: Where it is kept.
            digest: Which file.
            case: Which case; the file has to be among its evidence.
            actor: Who looks.
            purpose: What for.
            at: When, with a time zone.

        Raises:
            RevealRefusedError: As for `reveal`; ``privacy.no_such_file``: it is no evidence of that case.
            ErasedError: The subject was erased, and the file with it.
        """
        _check_allowed(case, actor, purpose_of(purpose), ("evidence",), at)
        if digest not in {one.digest for one in case.evidence}:
            fault = Fault(
                "privacy.no_such_file", "the case has no such evidence", case.id, "look at the digest"
            )
            raise RevealRefusedError([fault])
        data = files.get(digest)
        subject = subject_of_file(data)
        if subject is None:
            return data
        self.store.note_accesses([Access(subject, bytes.fromhex(digest), case.id, reader_of(actor), purpose)])
        key = self.store.read_key(subject)
        if key is None:
            raise _lost(subject)
        return open_file(data, self._cipher(key))

    def export_subject(self, subject: str, *, reader: str) -> SubjectExport:
        """All that is kept about a subject, in clear, for them.

        Args:
            subject: Opaque id.
            reader: Who hands it out: an id of an account; never a name.

        Raises:
            ErasedError: The subject was erased: there is nothing left to hand out.
        """
        key = self.store.read_key(subject)
        kept = self.store.personal_of(subject)
        cases = self.store.cases_of(subject)
        values: tuple[Revealed, ...] = ()
        if kept:
            # In which of the cases a value was said is not asked for: it is handed out from all of them.
            where = cases[0] if cases else ""
            self.store.note_accesses(
                [Access(subject, one.commitment, where, reader, "export") for one in kept]
            )
            if key is None:
                raise _lost(subject)
            cipher = self._cipher(key)
            values = tuple(_open(cipher, name_of(one.sealed), one) for one in kept)
        return SubjectExport(subject, values, cases, tuple(self.accesses(subject)))

    def accesses(self, subject: str | None = None) -> Iterator[Access]:
        """Who looked at what is kept about a subject, or about anybody; oldest first.

        Args:
            subject: Opaque id; None for all.
        """
        return looks(self.store, subject)

    # Gone.

    def erase(self, subject: str, *, command_id: str, basis: str) -> Erasure:
        """Destroy the key and the values of a subject; the receipt. Again gives the same receipt.

        Args:
            subject: Opaque id.
            command_id: Unique for ever.
            basis: Why, as a code: ``request``, ``retention`` …

        Raises:
            HeldError: The subject is under a legal hold.
            CommandReusedError: The id was used for another erasure.
        """
        return self.store.erase(subject, command_id=command_id, basis=basis)

    def apply_retention(self, retention: Retention, now: datetime, *, dry_run: bool) -> RetentionReport:
        """Erase what was kept long enough, or only say what would be.

        Args:
            retention: How long is enough.
            now: What time it is, with a time zone.
            dry_run: Whether nothing is erased.
        """
        return self.store.apply_retention(retention.policy(now), dry_run=dry_run)

    def rewrap(self, *, after: str = "", limit: int = _PAGE) -> Iterator[tuple[str, int]]:
        """Wrap the keys of all subjects by the current master key, a page at a time.

        May be stopped and begun again: what is wrapped by the current key is passed over.

        Args:
            after: Id of the subject to go on behind.
            limit: How many a page.

        Yields:
            After each page: the last subject of it, and how many keys of it were wrapped anew.

        Raises:
            MasterKeyError: The key of a subject does not open; those before it are wrapped anew.
        """
        current = self.keys.describe().current
        while subjects := self.store.subjects(after=after, limit=limit):
            changes = []
            for subject in subjects:
                try:
                    old = self.store.read_key(subject)
                except ErasedError:  # since the page was read
                    continue
                if old is not None and self.keys.version_of(old.wrapped) != current:
                    key = self.keys.unwrap(subject, old.wrapped)
                    changes.append((old, SubjectKey(subject, self.keys.wrap(subject, key))))
            wrapped = self.store.rewrap_keys(changes) if changes else 0
            after = subjects[-1]
            yield after, wrapped

    # How.

    def _ciphers_to_write(self, subjects: set[str]) -> dict[str, SubjectCipher]:
        """Ciphers of subjects, whose keys are made and kept where there are none yet."""
        made = {subject: self._random(KEY_BYTES) for subject in sorted(subjects)}
        mine = [SubjectKey(subject, self.keys.wrap(subject, key)) for subject, key in made.items()]
        ciphers = {}
        for own, kept in zip(mine, self.store.keep_keys(mine) if mine else (), strict=True):
            key = made[own.subject] if kept == own else self.keys.unwrap(kept.subject, kept.wrapped)
            ciphers[own.subject] = SubjectCipher(own.subject, key, random=self._random)
        return ciphers

    def _cipher(self, key: SubjectKey) -> SubjectCipher:
        return SubjectCipher(key.subject, self.keys.unwrap(key.subject, key.wrapped), random=self._random)

    def _opened(
        self, asked: Sequence[Sealed], case_id: str, reader: str, purpose: str
    ) -> tuple[Revealed, ...]:
        found = [(item, self.store.read_personal(bytes.fromhex(item.commitment))) for item in asked]
        for item, one in found:
            if one is not None and item.subject not in ("", one.subject):
                raise unreadable(item.commitment, "it is kept for another subject")
        accesses = [Access(one.subject, one.commitment, case_id, reader, purpose) for _, one in found if one]
        if accesses:
            self.store.note_accesses(accesses)
        ciphers = {subject: self._cipher_or_none(subject) for subject in {one.subject for one in accesses}}
        return tuple(
            Revealed(item.name, item.subject, None)
            if one is None
            else _open(ciphers[one.subject], item.name, one)
            for item, one in found
        )

    def _cipher_or_none(self, subject: str) -> SubjectCipher | None:
        """The cipher of a subject; None if it was erased since its values were read."""
        try:
            key = self.store.read_key(subject)
        except ErasedError:
            return None
        if key is None:
            raise _lost(subject)
        return self._cipher(key)


def looks(store: PersonalData, subject: str | None = None) -> Iterator[Access]:
    """Who looked at what is kept about a subject, or about anybody; oldest first. It takes no keys.

    Args:
        store: Where it was noted.
        subject: Opaque id; None for all.
    """
    after: int | None = 0
    while after is not None:
        page = store.accesses(subject, after=after, limit=_PAGE)
        yield from page.accesses
        after = page.next


def reader_of(actor: Actor) -> str:
    """Who looks, as it is noted: role, bodies and account, joined by ``/``; never a name."""
    return "/".join(filter(None, (actor.role, *actor.bodies, actor.person)))


def _open(cipher: SubjectCipher | None, name: str, kept: Personal) -> Revealed:
    if cipher is None:
        return Revealed(name, kept.subject, None)
    value = Plain(cipher.open(name, kept.commitment, kept.sealed).decode())
    return Revealed(name, kept.subject, value)


def _check_allowed(case: Case, actor: Actor, purpose: Purpose, wanted: Sequence[str], at: datetime) -> None:
    """Refuse what somebody may not see, or not for that purpose; all reasons at once."""
    if purpose.program:
        hint = "programs open by reveal_to_program, subjects get their own by export_subject"
        message = f"{purpose.code} is a purpose of programs alone"
        raise RevealRefusedError([Fault("privacy.by_program", message, case.id, hint)])
    faults = []
    if not actor.person:
        hint = "sign in: a look is noted with the account"
        faults.append(Fault("privacy.no_account", "who looks has no account", case.id, hint))
    sight = sight_of(case, actor, at)
    if "case" not in sight:
        # No word on why: a body that is complained of does not learn that it is.
        hint = "ask somebody who answers for the case"
        faults.append(Fault("privacy.not_seen", "the case is not theirs to see", case.id, hint))
        raise RevealRefusedError(faults)
    for name in wanted:
        if name not in purpose.may:
            hint = f"{purpose.code} opens: {', '.join(purpose.may)}"
            message = f"{name} is not needed to {purpose.code}"
            faults.append(Fault("privacy.not_for_this", message, case.id, hint))
        needed = "reporter" if name in OF_REPORTER else "home"
        if needed not in sight:
            message = f"a {actor.role} does not see the {needed} of the case"
            hint = "ask somebody who does, or leave it out"
            faults.append(Fault("privacy.no_sight", message, case.id, hint, (name,)))
    if faults:
        raise RevealRefusedError(faults)


def _lost(subject: str) -> PrivacyError:
    message = "there are values of the subject, and no key"
    hint = "verify the store, and restore it from a backup"
    return PrivacyError([Fault("privacy.key_lost", message, subject, hint, (subject,))])
