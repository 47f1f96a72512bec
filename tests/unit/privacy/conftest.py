"""A vault over the smallest store of personal data that keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gov_core.errors import ErasedError, Fault, HeldError
from gov_core.privacy import Vault
from gov_core.privacy.keys import KeyRing
from gov_core.storage.personal import AccessPage, Erasure

if TYPE_CHECKING:
    from gov_core.storage.personal import Access, Hold, Personal, SubjectKey


class DictPersonalData:
    """What a store keeps of persons, in dictionaries; cases are told by hand."""

    def __init__(self):
        self.values: dict[bytes, Personal] = {}
        self.keys: dict[str, SubjectKey] = {}
        self.known: dict[str, set[str]] = {}
        self.gone: dict[str, Erasure] = {}
        self.noted: list[Access] = []
        self.held: dict[tuple[str, str], Hold] = {}

    def take(self, personal, case_id="C-1"):
        for one in personal:
            self.values[one.commitment] = one
            self.known.setdefault(one.subject, set()).add(case_id)

    def read_personal(self, commitment):
        return self.values.get(commitment)

    def personal_of(self, subject):
        return tuple(one for one in self.values.values() if one.subject == subject)

    def cases_of(self, subject):
        return tuple(sorted(self.known.get(subject, ())))

    def keep_keys(self, keys):
        for key in keys:
            self._check(key.subject)
        return tuple(self.keys.setdefault(key.subject, key) for key in keys)

    def read_key(self, subject):
        self._check(subject)
        return self.keys.get(subject)

    def rewrap_keys(self, changes):
        done = [new for old, new in changes if self.keys.get(old.subject) == old]
        self.keys.update((new.subject, new) for new in done)
        return len(done)

    def subjects(self, *, after="", limit=1000):
        return tuple(sorted(one for one in self.keys if one > after)[:limit])

    def erase(self, subject, *, command_id, basis):
        if subject in self.gone:
            return self.gone[subject]
        if any(one == subject for one, _ in self.held):
            raise HeldError([Fault("storage.held", "held", subject)])
        mine = self.personal_of(subject)
        for one in mine:
            del self.values[one.commitment]
        keys = int(self.keys.pop(subject, None) is not None)
        self.gone[subject] = Erasure(subject, command_id, basis, 1, len(mine), keys)
        return self.gone[subject]

    def note_accesses(self, accesses):
        self.noted.extend(accesses)

    def accesses(self, subject=None, *, after=0, limit=100):
        mine = [one for one in self.noted if subject in (None, one.subject)]
        page = tuple(mine[after : after + limit])
        return AccessPage(page, after + limit if len(mine) > after + limit else None)

    def _check(self, subject):
        if subject in self.gone:
            raise ErasedError([Fault("storage.erased", "erased", subject)])


@pytest.fixture
def store():
    return DictPersonalData()


@pytest.fixture
def master():
    return bytes(range(32))


@pytest.fixture
def vault(store, master):
    return Vault(store, KeyRing([master], place="a test"))
