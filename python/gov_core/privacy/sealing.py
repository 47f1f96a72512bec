"""Sealing: a value becomes a commitment for the chain, and bytes that only the key of its subject opens.

A sealed value is ``0x01 | name | 0x00 | nonce (12) | ciphertext``: AES-256-GCM over ``salt (32) | value``,
with name, commitment and subject as associated data. Bytes moved to another field, commitment or subject do
not open. The commitment is SHA-256 over salt and value, so that equal values do not look equal, and nobody
who has the chain can try values out once the salt is gone.

Nonces are random. A key of a subject seals some dozens of values, far from the 2^32 at which random nonces of
96 bits may no longer be called unique (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from gov_core.errors import Fault, UnsealError
from gov_core.privacy._aead import AESGCM, InvalidTag

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_BYTES: Final = 32
SALT_BYTES: Final = 32
NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_VERSION: Final = b"\x01"
_VALUE: Final = b"gov_core.value\x00"
_FILE: Final = b"gov_core.file\x00"


def commitment_of(salt: bytes, value: bytes) -> bytes:
    """SHA-256 of salt and value, 32 bytes: all that the chain ever holds of a value."""
    return sha256(salt + value).digest()


class SubjectCipher:
    """Seals and opens the values of one subject.

    Args:
        subject: Its opaque id.
        key: Its key in clear, 32 bytes.
        random: Where salts and nonces come from.
    """

    __slots__ = ("_aead", "_random", "subject")

    def __init__(self, subject: str, key: bytes, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self.subject = subject
        self._aead = AESGCM(key)
        self._random = random

    def seal(self, name: str, value: bytes) -> tuple[bytes, bytes]:
        """Seal a value.

        Args:
            name: What it is, as a code: ``contact``.
            value: In clear.

        Returns:
            Its commitment (32 bytes), and what is kept.
        """
        drawn = self._random(SALT_BYTES + NONCE_BYTES)
        salt, nonce = drawn[:SALT_BYTES], drawn[SALT_BYTES:]
        commitment = commitment_of(salt, value)
        bound = _bound(name, commitment, self.subject)
        return commitment, b"".join(
            (_VERSION, name.encode(), b"\x00", nonce, self._aead.encrypt(nonce, salt + value, bound))
        )

    def open(self, name: str, commitment: bytes, sealed: bytes) -> bytes:
        """Open a value.

        Args:
            name: What it is, as the event says.
            commitment: Of it, as the event has it; 32 bytes.
            sealed: What is kept.

        Raises:
            UnsealError: It is not what was sealed under that name, commitment and subject.
        """
        if name_of(sealed) != name:
            raise unreadable(commitment.hex(), "it was sealed under another name")
        start = len(name.encode()) + 2
        nonce, ciphertext = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        if len(ciphertext) < SALT_BYTES + _TAG_BYTES:
            raise unreadable(commitment.hex(), "it was cut off")
        try:
            plain = self._aead.decrypt(nonce, ciphertext, _bound(name, commitment, self.subject))
        except InvalidTag:
            raise unreadable(commitment.hex(), "it was changed, or belongs elsewhere") from None
        salt, value = plain[:SALT_BYTES], plain[SALT_BYTES:]
        if commitment_of(salt, value) != commitment:
            raise unreadable(commitment.hex(), "it is not what was committed to")
        return value

    def seal_bytes(self, data: bytes, header: bytes) -> bytes:
        """Seal a file: nonce and ciphertext.

        Args:
            data: In clear.
            header: What stands before it, and is bound to it.
        """
        nonce = self._random(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, data, _FILE + header)

    def open_bytes(self, data: bytes, header: bytes) -> bytes:
        """Open a file.

        Args:
            data: Nonce and ciphertext.
            header: What stood before it.

        Raises:
            UnsealError: It is not what was sealed under that header and subject.
        """
        try:
            return self._aead.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _FILE + header)
        except InvalidTag:
            raise unreadable("", "a file was changed, cut off or belongs elsewhere") from None


def name_of(sealed: bytes) -> str:
    """What a sealed value is, as it says itself; empty if it is no sealed value."""
    name, separator, _ = sealed[1:].partition(b"\x00")
    if sealed[:1] != _VERSION or not separator or not name.isascii():
        return ""
    return name.decode()


def unreadable(place: str, why: str) -> UnsealError:
    """What is raised for bytes that do not open; never with any of them.

    Args:
        place: Commitment or digest of it, hexadecimal.
        why: In a few words.
    """
    hint = "verify the store, and restore it from a backup if it was changed"
    return UnsealError([Fault("privacy.unreadable", f"a sealed value does not open: {why}", place, hint)])


def _bound(name: str, commitment: bytes, subject: str) -> bytes:
    """What a ciphertext is tied to. Only the last part may be of any length."""
    return b"".join((_VALUE, name.encode(), b"\x00", commitment, subject.encode()))
