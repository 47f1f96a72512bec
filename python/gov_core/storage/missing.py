"""The calls of what a store cannot do: each of them says so. For adapters that stop short of a capability."""

from __future__ import annotations

from typing import NoReturn

from gov_core.errors import CapabilityMissingError, Fault


def missing(capability: str) -> CapabilityMissingError:
    """What every call of a capability raises in a store that does not claim it."""
    message = f"this store does not claim {capability}"
    hint = f"ask describe() first, or use a store with the capability {capability}: sqlite:// has all"
    return CapabilityMissingError((Fault("storage.capability_missing", message, "", hint),))


class NoPersonalData:
    """The part of a store that keeps personal data, where there is none (no ``erasure``).

    An append that brings personal data has to be refused with `missing`, too.
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise missing("erasure")

    read_personal = personal_of = cases_of = keep_keys = read_key = rewrap_keys = subjects = _refuse
    erase = erasures = hold = release = holds = apply_retention = note_accesses = accesses = _refuse


class NoOutbox:
    """The part of a store that keeps messages, where there is none (no ``outbox``).

    An append that brings messages has to be refused with `missing`, too.
    """

    def _refuse_message(self, *_: object, **__: object) -> NoReturn:
        raise missing("outbox")

    outbox_claim = outbox_settle = outbox_entries = outbox_stats = _refuse_message
    outbox_redrive = outbox_prune = _refuse_message
