"""AES-GCM by `cryptography`, or a word on how to get it."""

from __future__ import annotations

from gov_core.errors import Fault, PrivacyError

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:
    _missing = Fault(
        "privacy.no_cryptography", "cryptography is not there", "", 'pip install "gov-core[privacy]"'
    )
    raise PrivacyError([_missing]) from None

__all__ = ["AESGCM", "InvalidTag"]
