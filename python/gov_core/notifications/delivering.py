"""One attempt: from a claim to what is handed over, and from what came of it to a settlement. No clock.

Whatever is wrong with one message is settled with that message: it is tried again, or buried, under a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.errors import GovCoreError, NotificationError, UnsealError
from gov_core.notifications.channels import REPORTER
from gov_core.notifications.notice import read_body
from gov_core.notifications.protocol import (
    Delivered,
    Gone,
    Notification,
    Outcome,
    Rejected,
    Retry,
)
from gov_core.storage.outbox import Again, Buried, Sent

if TYPE_CHECKING:
    from random import Random

    from gov_core.notifications.channels import Channels, Endpoint
    from gov_core.notifications.contacts import Contacts
    from gov_core.notifications.filling import Speech
    from gov_core.notifications.notice import Notice
    from gov_core.notifications.schedule import Schedule
    from gov_core.notifications.templates import Templates
    from gov_core.storage.outbox import Claim, Settlement

GONE: Final = "notify.gone"
"""Under which a message is buried whose endpoint has gone; the endpoint gets nothing until it is redriven."""


class Ready(NamedTuple):
    """A message that can be handed over.

    Attributes:
        endpoint: To whom.
        notification: What.
        personal: Whether the address is that of a reporter: if it has gone, the endpoint has not.
    """

    endpoint: Endpoint
    notification: Notification
    personal: bool


class Desk:
    """Makes messages ready to be handed over.

    Args:
        channels: How endpoints are reached.
        templates: The texts.
        speech: Names and times to fill them with.
        contacts: How reporters are reached; without it, they are not.
    """

    def __init__(
        self, channels: Channels, templates: Templates, speech: Speech, contacts: Contacts | None = None
    ) -> None:
        self.channels = channels
        self._templates, self._speech, self._contacts = templates, speech, contacts

    def prepare(self, claim: Claim) -> Ready | Outcome:
        """What is to be handed over for a claim, or what becomes of it without.

        Args:
            claim: Of a message.
        """
        endpoint = self.channels.of(claim.message.endpoint)
        if endpoint is None:
            return Retry("notify.no_endpoint")
        try:
            notice = read_body(claim.message.body, claim.message.id)
            described = endpoint.notifier.describe()
            title, body = ("", notice.payload) if described.carries == "event" else self._words(notice)
        except NotificationError as error:
            return Rejected(error.code)
        if len(body) > described.max_bytes:
            return Rejected("notify.too_large")
        to, personal = endpoint.address, False
        if not to and described.address != "none":
            found = self._contact(notice)
            if not isinstance(found, str):
                return found
            to, personal = found, True
        return Ready(
            endpoint,
            Notification(
                claim.message.id,
                claim.case_id,
                claim.number,
                claim.attempt,
                to,
                title,
                body,
                endpoint.deadline_s,
            ),
            personal,
        )

    def _words(self, notice: Notice) -> tuple[str, bytes]:
        manner = notice.manner
        values = self._speech.values(notice)
        told = self._templates.of(values["event"], manner.language, manner.template).fill(values)
        return told.title, told.text.encode()

    def _contact(self, notice: Notice) -> str | Outcome:
        if notice.manner.to != REPORTER:
            return Retry("notify.no_address")
        if self._contacts is None:
            return Retry("notify.no_vault")
        try:
            contact = self._contacts.contact(notice.manner.reported)
        except UnsealError as error:  # damaged: it does not mend by itself, and must not stop the others
            return Rejected(error.code)
        except GovCoreError as error:
            return Retry(error.code)
        return contact or Delivered()  # nobody is to be told, and all of them are


def settlement_of(
    claim: Claim, outcome: Outcome, schedule: Schedule, dice: Random, *, personal: bool = False
) -> Settlement:
    """What becomes of a message after an attempt.

    Args:
        claim: The message.
        outcome: What came of the attempt.
        schedule: When to try again.
        dice: What waits are drawn with.
        personal: Whether it went to the address of a reporter.
    """
    id_, token = claim.message.id, claim.token
    if isinstance(outcome, Delivered):
        return Sent(id_, token)
    if isinstance(outcome, Gone):
        return Buried(id_, token, "notify.nobody" if personal else GONE)
    if isinstance(outcome, Rejected):
        return Buried(id_, token, outcome.error)
    asked_s = outcome.after_s if isinstance(outcome, Retry) else None
    wait_s = schedule.wait_s(claim.attempt, dice, asked_s)
    if wait_s is None:
        return Buried(id_, token, outcome.error)
    return Again(id_, token, int(wait_s * 1_000_000), outcome.error)
