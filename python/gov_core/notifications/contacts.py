"""How to reach a reporter: looked up when a message is sent, by a program, for that purpose alone.

What is found is in clear for one attempt. It is in no message, no outcome and no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from gov_core.cases.codec import decode
from gov_core.cases.events import CaseOpened
from gov_core.errors import UnknownCaseError

if TYPE_CHECKING:
    from gov_core.privacy.vault import Vault
    from gov_core.storage.protocol import CaseStore

CONTACT: Final = "contact"
"""What of the data of a reporter says how to reach them."""
PURPOSE: Final = "notify"
READER: Final = "notifier"


class Contacts(Protocol):
    """Knows how to reach those who reported."""

    def contact(self, case_id: str) -> str | None:
        """How the reporter of a case is reached: a phone number or a mailbox.

        Args:
            case_id: Whose reporter.

        Returns:
            None if the report was anonymous, or what it said was erased: then nobody is told.

        Raises:
            GovCoreError: It cannot be known now; the message is tried again later.
        """
        ...


class VaultContacts:
    """Contacts that a vault keeps; a `Contacts`. Each look is noted by the vault before it is taken.

    Args:
        store: Where cases are kept.
        vault: Opens what is sealed.
    """

    def __init__(self, store: CaseStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def contact(self, case_id: str) -> str | None:
        """How the reporter of a case is reached."""
        opening = self._store.read_case(case_id, limit=1)
        if not opening:
            raise UnknownCaseError([])
        envelope = opening[0].envelope
        event = decode(envelope.type, envelope.schema, envelope.data)
        if not isinstance(event, CaseOpened):
            return None
        sealed = [item for item in event.sealed if item.name == CONTACT]
        if not sealed:
            return None
        opened = self._vault.reveal_to_program(case_id, sealed, reader=READER, purpose=PURPOSE)
        return next((one.value.text for one in opened if one.value is not None), None)
