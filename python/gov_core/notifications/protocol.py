"""What a notifier promises: the contract that every adapter is held to.

A notifier makes one attempt to hand one message to one address, within a deadline, and says what came of it.
It never tries again, never queues and never sleeps: when and how often to try is decided in one place, by
rules (`gov_core.notifications.schedule`), and what waits is in the store. It never raises; whatever went
wrong is an outcome with a code. What the receiver said, and to whom it went, stands in no outcome and in no
log.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

NOTIFIER_CONTRACT: Final = 1
"""Version of this contract."""

Carries = Literal["event", "text"]
"""What a notifier hands over: the event as JSON, for programs, or a text, for people."""

AddressKind = Literal["url", "mailbox", "phone", "none", "any"]
"""What an address is; ``none`` for a notifier that needs none."""


class Notification(NamedTuple):
    """One message, to be handed over once.

    Attributes:
        id: Unique for ever, and the same at every attempt: the receiver knows a repeat by it.
        case_id: The case it is about.
        seq: Grows from message to message of one case to one endpoint; not dense.
        attempt: Which attempt this is, from 1.
        to: Where it goes: an URL, a mailbox, a phone number. It may be personal data: never log it.
        title: What a text is about, in a few words; empty for an event.
        body: The event as JSON in UTF-8, or the text in UTF-8, as `NotifierDescription.carries` says.
        deadline_s: How many seconds the attempt may take, from its start; above 0.
    """

    id: str
    case_id: str
    seq: int
    attempt: int
    to: str
    title: str
    body: bytes
    deadline_s: float

    def __repr__(self) -> str:
        """Without address, title and body: this is what gets into logs and tracebacks."""
        return f"Notification(id={self.id!r}, case_id={self.case_id!r}, attempt={self.attempt})"


class Delivered(NamedTuple):
    """The receiver has taken it."""


class Retry(NamedTuple):
    """It was not taken; later it may be.

    Attributes:
        error: Why, as a code: ``http.503``, ``net.refused``.
        after_s: How long the receiver asked to be left alone, in seconds; None if it did not.
    """

    error: str
    after_s: float | None = None


class Rejected(NamedTuple):
    """It will never be taken: trying it again makes no sense.

    Attributes:
        error: Why, as a code.
    """

    error: str


class Gone(NamedTuple):
    """There is nobody at this address any more, and will not be.

    Attributes:
        error: Why, as a code.
    """

    error: str = "notify.gone"


class Unknown(NamedTuple):
    """It may or may not have been taken; the same id will be sent again.

    Attributes:
        error: Why, as a code: ``net.timeout``, ``net.cut``.
    """

    error: str


Outcome: TypeAlias = Delivered | Retry | Rejected | Gone | Unknown


class NotifierDescription(NamedTuple):
    """What a notifier is and promises.

    Attributes:
        name: Of the adapter: ``webhook``.
        contract_version: Version of this contract.
        carries: ``event`` or ``text``.
        address: What `Notification.to` has to be.
        idempotent: Whether the id goes along, so that the receiver can tell a repeat.
        deadlines: Whether an attempt ends within its deadline and 250 ms, whatever the receiver does.
        max_bytes: Largest body.
    """

    name: str
    contract_version: int
    carries: Carries
    address: AddressKind
    idempotent: bool
    deadlines: bool
    max_bytes: int


class Notifier(Protocol):
    """Hands messages over. Safe to be used by several threads at once."""

    def describe(self) -> NotifierDescription:
        """What this notifier is and promises."""
        ...

    def send(self, notification: Notification) -> Outcome:
        """Make one attempt; never raise, never try again."""
        ...

    def close(self) -> None:
        """Let go of connections; a second time does nothing."""
        ...
