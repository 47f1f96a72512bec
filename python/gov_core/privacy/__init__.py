"""Personal data (个人信息): sealed before it is stored, opened for a purpose only, and erased for good.

Events know what somebody said about persons and homes as commitments. What they stand for lies beside the
events, encrypted with a key of its subject, and these keys are wrapped by a master key that is kept
elsewhere. To erase a subject is to destroy its key; chains, seals and replays do not change by it.

- `Vault` seals, opens, hands out, erases; `PersonalInput` is what goes in.
- `open_keys` finds the master keys: a file, an environment variable, or what a plugin brings.
- `Redaction` keeps values out of logs, should one ever get there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.privacy.keys import KeyProvider
    from gov_core.privacy.opening import open_keys
    from gov_core.privacy.plain import PersonalInput, Plain
    from gov_core.privacy.purposes import PURPOSES, Purpose
    from gov_core.privacy.redaction import Redaction, redacted
    from gov_core.privacy.retention import Retention
    from gov_core.privacy.vault import Revealed, SealedInput, SubjectExport, Vault

__all__ = [
    "PURPOSES",
    "KeyProvider",
    "PersonalInput",
    "Plain",
    "Purpose",
    "Redaction",
    "Retention",
    "Revealed",
    "SealedInput",
    "SubjectExport",
    "Vault",
    "open_keys",
    "redacted",
]

_HOMES = {
    "PURPOSES": "gov_core.privacy.purposes",
    "KeyProvider": "gov_core.privacy.keys",
    "PersonalInput": "gov_core.privacy.plain",
    "Plain": "gov_core.privacy.plain",
    "Purpose": "gov_core.privacy.purposes",
    "Redaction": "gov_core.privacy.redaction",
    "Retention": "gov_core.privacy.retention",
    "Revealed": "gov_core.privacy.vault",
    "SealedInput": "gov_core.privacy.vault",
    "SubjectExport": "gov_core.privacy.vault",
    "Vault": "gov_core.privacy.vault",
    "open_keys": "gov_core.privacy.opening",
    "redacted": "gov_core.privacy.redaction",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
