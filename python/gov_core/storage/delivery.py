"""What becomes of a message in the outbox: the same for every store, with the time passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.storage.accepting import settlement_refusal
from gov_core.storage.outbox import Again, Buried, Sent
from gov_core.storage.refusals import lease_lost

if TYPE_CHECKING:
    from gov_core.errors import StorageError
    from gov_core.storage.outbox import Message, MessageState, OutboxEntry, Settlement


class Delivery(NamedTuple):
    """How far a message has come; `OutboxEntry` says what the fields are."""

    state: MessageState
    attempts: int
    ready_us: int
    settled_us: int | None
    error: str
    token: int
    worker: str

    @property
    def open(self) -> bool:
        """Whether it holds up what is behind it in its lane."""
        return self.settled_us is None


def written(message: Message, now_us: int) -> Delivery:
    """A message that was recorded just now."""
    return Delivery("waiting", 0, now_us + message.delay_us, None, "", 0, "")


def claimed(delivery: Delivery, worker: str, until_us: int) -> Delivery:
    """A message that a worker has until a time."""
    return delivery._replace(
        state="leased",
        attempts=delivery.attempts + 1,
        ready_us=until_us,
        token=delivery.token + 1,
        worker=worker,
    )


def settled(delivery: Delivery | None, settlement: Settlement, now_us: int) -> Delivery | StorageError:
    """What a settlement makes of a message.

    Args:
        delivery: Of the message; None if it is not there.
        settlement: What a worker says.
        now_us: By the clock of the store.
    """
    if (refused := settlement_refusal(settlement)) is not None:
        return refused
    if delivery is None or delivery.token != settlement.token:
        return lease_lost(settlement.id)
    if isinstance(settlement, Sent) and delivery.state == "sent":
        return delivery
    if delivery.state != "leased":
        return lease_lost(settlement.id)
    match settlement:
        case Sent():
            return delivery._replace(state="sent", settled_us=now_us)
        case Buried(error=error):
            return delivery._replace(state="buried", settled_us=now_us, error=error)
        case Again(after_us=after_us, error=error, tried=tried):
            again = delivery._replace(state="waiting", ready_us=now_us + after_us)
            return again._replace(error=error) if tried else again._replace(attempts=delivery.attempts - 1)


def redriven(delivery: Delivery, now_us: int) -> Delivery:
    """A message that was given up, to be tried again at once."""
    return delivery._replace(state="waiting", attempts=0, ready_us=now_us, settled_us=None)


def unclaimed(entry: OutboxEntry) -> OutboxEntry:
    """A message as it goes to another store: a worker that has it here will not settle it there.

    It may be claimed at once; the token goes on growing, so that a worker of this store is refused there.
    """
    return entry._replace(state="waiting", ready_us=entry.written_us) if entry.state == "leased" else entry
