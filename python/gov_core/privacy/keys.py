"""Master keys: what the keys of subjects are wrapped by, kept where no store, dump or backup of one has them.

A `KeyProvider` may be a file, a variable of the environment, or a service that never gives its key away;
`gov_core.privacy.opening` finds it by its address. Keys are renewed by a new one in front: it wraps from
then on, the older ones open what they wrapped until all is wrapped anew (`Vault.rewrap`).
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from gov_core.errors import Fault, MasterKeyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CONTRACT_VERSION: Final = 1
"""Of `KeyProvider`; plugins say for which version they were written."""
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"
_ID_BYTES: Final = 8
_WRAPPED_BYTES: Final = 1 + _ID_BYTES + _NONCE_BYTES + KEY_BYTES + 16


class KeysDescription(NamedTuple):
    """What a provider of keys is.

    Attributes:
        name: ``file``, ``env`` …
        current: Id of the master key that wraps.
        versions: Ids of all it can unwrap by, the current one first.
    """

    name: str
    current: str
    versions: tuple[str, ...]


class KeyProvider(Protocol):
    """Wraps keys of subjects, and opens what it has wrapped."""

    def describe(self) -> KeysDescription:
        """What it is, and which versions of the master key it has."""
        ...

    def wrap(self, subject: str, key: bytes) -> bytes:
        """Wrap the key of a subject by the current master key, tied to that subject.

        Raises:
            MasterKeyError: It cannot.
        """
        ...

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        """The key of a subject; 32 bytes.

        Raises:
            MasterKeyError: ``keys.wrong``: it was wrapped by another master key. ``keys.damaged``: it was
                changed, or is of another subject.
        """
        ...

    def version_of(self, wrapped: bytes) -> str:
        """Id of the master key by which a key was wrapped; empty if it cannot be told."""
        ...


class KeyRing:
    """Master keys in memory; what the shipped providers have in common.

    A wrapped key is ``0x01 | id (8) | nonce (12) | ciphertext (48)``: AES-256-GCM with the id of the master
    key and the subject as associated data.

    Args:
        keys: At least one of 32 bytes, the current one first.
        name: Of the provider.
        place: Where they were found, for errors.
        random: Where nonces come from.

    Raises:
        MasterKeyError: ``keys.none``, ``keys.length``, ``keys.twice``.
    """

    def __init__(
        self,
        keys: Sequence[bytes],
        *,
        name: str = "memory",
        place: str = "",
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        _check(keys, place)
        from gov_core.privacy._aead import AESGCM

        self._name, self._place, self._random = name, place, random
        self._aeads = {_id(key): AESGCM(key) for key in keys}
        self._current = next(iter(self._aeads))

    def describe(self) -> KeysDescription:
        """What it is, and which versions of the master key it has."""
        return KeysDescription(self._name, self._current.hex(), tuple(id_.hex() for id_ in self._aeads))

    def wrap(self, subject: str, key: bytes) -> bytes:
        """Wrap the key of a subject by the current master key."""
        nonce = self._random(_NONCE_BYTES)
        header = _VERSION + self._current
        return header + nonce + self._aeads[self._current].encrypt(nonce, key, header + subject.encode())

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        """The key of a subject."""
        from gov_core.privacy._aead import InvalidTag

        if len(wrapped) != _WRAPPED_BYTES or wrapped[:1] != _VERSION:
            raise self._fault("damaged", "a wrapped key was cut off or changed", subject, "restore the store")
        header, nonce = wrapped[: 1 + _ID_BYTES], wrapped[1 + _ID_BYTES :][:_NONCE_BYTES]
        aead = self._aeads.get(header[1:])
        if aead is None:
            versions = ", ".join(self.describe().versions)
            message = f"it was wrapped by master key {header[1:].hex()}, and {self._place} has {versions}"
            hint = "give the master keys that this store was written with; older ones stay behind the new one"
            raise self._fault("wrong", message, subject, hint)
        try:
            return aead.decrypt(nonce, wrapped[1 + _ID_BYTES + _NONCE_BYTES :], header + subject.encode())
        except InvalidTag:
            message = "a wrapped key was changed, or is of another subject"
            raise self._fault("damaged", message, subject, "verify the store") from None

    def version_of(self, wrapped: bytes) -> str:
        """Id of the master key by which a key was wrapped."""
        return wrapped[1 : 1 + _ID_BYTES].hex() if len(wrapped) == _WRAPPED_BYTES else ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r}, current={self._current.hex()!r})"

    def _fault(self, code: str, message: str, subject: str, hint: str) -> MasterKeyError:
        return MasterKeyError([Fault(f"keys.{code}", message, subject, hint, (subject,))])


class EnvironmentKeys(KeyRing):
    """Master keys from a variable of the environment: base64, the current one first, split by commas.

    Args:
        variable: Its name.

    Raises:
        MasterKeyError: It is not set, or holds something else.
    """

    def __init__(self, variable: str = "GOV_CORE_KEYS") -> None:
        text = os.environ.get(variable, "")
        super().__init__(parsed(text.split(","), variable), name="env", place=variable)


def new_key() -> str:
    """A new master key, in base64, as files and variables hold it."""
    return b64encode(os.urandom(KEY_BYTES)).decode()


def parsed(lines: Sequence[str], place: str) -> list[bytes]:
    """Master keys from their base64; empty ones are left out.

    Args:
        lines: One key each.
        place: Where they were found, for errors.

    Raises:
        MasterKeyError: One of them is no base64; which, but not what.
    """
    keys = []
    for number, line in enumerate(filter(None, map(str.strip, lines)), 1):
        try:
            keys.append(b64decode(line, validate=True))
        except ValueError:
            hint = "write 32 random bytes in base64, as gov-core personal new-keys does"
            raise MasterKeyError([Fault("keys.format", f"key {number} is no base64", place, hint)]) from None
    return keys


def _check(keys: Sequence[bytes], place: str) -> None:
    hint = "gov-core personal new-keys makes a file of them"
    if not keys:
        raise MasterKeyError([Fault("keys.none", "there is no master key", place, hint)])
    wrong = [number for number, key in enumerate(keys, 1) if len(key) != KEY_BYTES]
    faults = [
        Fault(
            "keys.length", f"key {number} has {len(keys[number - 1])} bytes, and 32 are needed", place, hint
        )
        for number in wrong
    ]
    if len(set(keys)) < len(keys):
        faults.append(Fault("keys.twice", "a master key is there twice", place, "leave one out"))
    if faults:
        raise MasterKeyError(faults)


def _id(key: bytes) -> bytes:
    """What a master key is called in what it wraps; it tells nothing of the key."""
    return sha256(b"gov_core.master\x00" + key).digest()[:_ID_BYTES]
