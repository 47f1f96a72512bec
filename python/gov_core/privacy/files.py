r"""Evidence of a home: files that are sealed by the key of a subject before any store of files sees them.

A sealed file is ``\x8fGCS``, a letter for its kind, ``0x01``, the length of the subject's id, the id, the
nonce and the ciphertext, all of it bound by what stands before. It says whom it is of, so that it can be
opened; its digest, which is its name and stands in the chain, is that of the sealed bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.errors import Fault, PayloadRejectedError
from gov_core.privacy.sealing import NONCE_BYTES, unreadable
from gov_core.storage.evidence_files import SEALED, SEALED_MARK, format_of

if TYPE_CHECKING:
    from gov_core.privacy.sealing import SubjectCipher
    from gov_core.storage.evidence import EvidenceStore, Kept

_VERSION: Final = b"\x01"
_HEADER: Final = len(SEALED_MARK) + 1 + len(_VERSION) + 1
_LONGEST_ID: Final = 255


def seal_file(files: EvidenceStore, data: bytes, cipher: SubjectCipher) -> Kept:
    """Seal a file and put it into a store.

    Args:
        files: Where.
        data: In clear.
        cipher: Of the subject.

    Raises:
        PayloadRejectedError: ``evidence.unknown_format``, or what the store says.
    """
    form = format_of(data)
    if form is None or form in SEALED:
        hint = "send a photograph, a document, a recording or a film"
        message = "by its first bytes it is of no known format"
        raise PayloadRejectedError([Fault("evidence.unknown_format", message, hint=hint)])
    (mark,) = next(one.marks for one in SEALED if one.kind == form.kind)
    subject = cipher.subject.encode()
    if len(subject) > _LONGEST_ID:
        raise PayloadRejectedError([Fault("privacy.long_subject", "the id of the subject is too long")])
    header = b"".join((mark, _VERSION, bytes((len(subject),)), subject))
    kept = files.put(header + cipher.seal_bytes(data, header))
    return kept._replace(format=form.name)


def subject_of_file(data: bytes) -> str | None:
    """Whom a sealed file is of; None if it is not sealed.

    Args:
        data: As it is kept.
    """
    if not data.startswith(SEALED_MARK):
        return None
    return data[_HEADER : _HEADER + data[_HEADER - 1]].decode(errors="replace") if len(data) > _HEADER else ""


def open_file(data: bytes, cipher: SubjectCipher) -> bytes:
    """Open a sealed file.

    Args:
        data: As it is kept.
        cipher: Of its subject.

    Raises:
        UnsealError: It was changed, cut off or sealed for another subject.
    """
    start = _HEADER + (data[_HEADER - 1] if len(data) > _HEADER else 0)
    if len(data) < start + NONCE_BYTES:
        raise unreadable("", "a file was cut off")
    return cipher.open_bytes(data[start:], data[:start])
