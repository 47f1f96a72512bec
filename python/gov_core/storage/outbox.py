"""The outbox of a store: messages written in one transaction with the events that cause them.

A message waits in its lane, which is one case and one endpoint, and lanes know nothing of each other. A
worker claims the first message of each lane for a while (a lease), tries to deliver it, and settles it: done,
again later, or buried. Each claim carries a token that grows with every claim of that message; a worker whose
lease ran out meanwhile settles with an old token, and is refused. All times are by the clock of the store, so
that workers whose own clocks differ agree on leases; `again` therefore says how long to wait, not until when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gov_core.errors import StorageError

MessageState = Literal["waiting", "leased", "sent", "buried"]
MESSAGE_STATES: Final[tuple[MessageState, ...]] = get_args(MessageState)


class Message(NamedTuple):
    """Something to tell somebody.

    Attributes:
        id: Unique for ever, and the same at every attempt: the receiver knows a repeat by it. An append of
            another command with a message whose id the store knows is a `PayloadRejectedError`.
        endpoint: Id of whom it goes to. Messages of one case to one endpoint arrive in the order written.
        body: What to tell, as the writer encoded it; never personal data.
        delay_us: Not before this long after it was recorded.
    """

    id: str
    endpoint: str
    body: bytes
    delay_us: int = 0


class Claim(NamedTuple):
    """A message that a worker has for a while.

    Attributes:
        message: What to deliver.
        case_id: The case it is about.
        number: Its place in the outbox, growing as messages are written.
        attempt: Which attempt this is, from 1; grows with each claim that is not given back untried.
        token: What to settle it with; grows with each claim of the message.
        written_us: When it was recorded.
        until_us: When the lease ends.
    """

    message: Message
    case_id: str
    number: int
    attempt: int
    token: int
    written_us: int
    until_us: int


class Sent(NamedTuple):
    """The receiver has taken it."""

    id: str
    token: int


class Again(NamedTuple):
    """It was not taken; try again, and let nothing of its lane pass meanwhile.

    Attributes:
        id: Of the message.
        token: Of the claim.
        after_us: How long to wait, from now by the store's clock.
        error: Why, as a code; never what the receiver said.
        tried: False gives the claim back without having tried, as at a stop: it does not count as an attempt,
            and the error of the last attempt stays.
    """

    id: str
    token: int
    after_us: int
    error: str
    tried: bool = True


class Buried(NamedTuple):
    """It will not be tried again unless somebody says so; its lane goes on without it.

    Attributes:
        id: Of the message.
        token: Of the claim.
        error: Why, as a code.
    """

    id: str
    token: int
    error: str


Settlement: TypeAlias = Sent | Again | Buried


class OutboxEntry(NamedTuple):
    """A message and what has become of it.

    Attributes:
        message: What was to be told.
        case_id: The case it is about.
        number: Its place in the outbox.
        state: ``waiting``, ``leased``, ``sent`` or ``buried``.
        attempts: How often it was claimed, without the claims that were given back untried.
        written_us: When it was recorded.
        ready_us: When it may be claimed; of a leased one, when its lease ends.
        settled_us: When it was sent or buried; None before.
        error: Of the last attempt that failed, as a code; empty if none did.
        token: Of its last claim; 0 before the first.
        worker: Who claimed it last; empty before the first claim.
    """

    message: Message
    case_id: str
    number: int
    state: MessageState
    attempts: int
    written_us: int
    ready_us: int
    settled_us: int | None
    error: str
    token: int
    worker: str = ""


class OutboxFilter(NamedTuple):
    """Which messages; what is None does not filter.

    Attributes:
        state: Of the message.
        endpoint: Whom it goes to.
        case_id: The case it is about.
    """

    state: MessageState | None = None
    endpoint: str | None = None
    case_id: str | None = None


class OutboxPage(NamedTuple):
    """Some messages, in the order of their numbers.

    Attributes:
        entries: At most as many as asked for.
        next: For the `after` of the next page; None at the end.
    """

    entries: tuple[OutboxEntry, ...]
    next: int | None


class EndpointStats(NamedTuple):
    """How one endpoint stands.

    Attributes:
        endpoint: Whom.
        waiting: Messages that wait, leased ones included.
        sent: Messages that were taken and are still kept.
        buried: Messages that were given up.
        oldest_us: When the oldest message that waits was recorded; None if none waits.
        sent_us: When it last took a message that is still kept; None if none is.
        buried_us: When the oldest message that was given up was recorded; None if none was.
    """

    endpoint: str
    waiting: int
    sent: int
    buried: int
    oldest_us: int | None
    sent_us: int | None = None
    buried_us: int | None = None


class Outbox(Protocol):
    """The part of a store that keeps messages. Capability ``outbox``."""

    def outbox_claim(
        self,
        worker: str,
        *,
        lease_us: int,
        limit: int = 100,
        without: Collection[str] = (),
        deadline_s: float | None = None,
    ) -> tuple[Claim, ...]:
        """Take the first message of each lane that is ready, by when it was ready, then by number.

        A message is ready if its delay or wait is over and nobody's lease on it runs. No two claims hold a
        message, or two messages of a lane, at once.

        Args:
            worker: Who claims, for the operator to see.
            lease_us: For how long, from now by the store's clock; above 0.
            limit: At most so many.
            without: Endpoints to leave alone now.
            deadline_s: How long the call may take.
        """
        ...

    def outbox_settle(
        self, settlements: Sequence[Settlement], *, deadline_s: float | None = None
    ) -> list[StorageError | None]:
        """Say what became of claims, durably and in one transaction; for each None, or why it was refused.

        Refused are `LeaseLostError`: the token is not that of the last claim, or the message is settled. A
        lease that ran out, but that nobody else has taken since, still settles. `Sent` for a message that the
        same token has sent already is no error. A settlement that cannot be stored (a wait below 0, a text
        that is none) is a `PayloadRejectedError`.
        """
        ...

    def outbox_entries(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008  # immutable
        *,
        after: int = 0,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> OutboxPage:
        """A page of messages behind number `after`."""
        ...

    def outbox_stats(self, *, deadline_s: float | None = None) -> tuple[EndpointStats, ...]:
        """How each endpoint stands, by its id."""
        ...

    def outbox_redrive(
        self,
        where: OutboxFilter = OutboxFilter(),  # noqa: B008  # immutable
        *,
        deadline_s: float | None = None,
    ) -> int:
        """Let buried messages be tried again at once, in their old place in their lanes; how many.

        `where.state` must be None or ``buried``. Their attempts count from 0 again; tokens go on growing.
        """
        ...

    def outbox_prune(self, settled_before_us: int, *, deadline_s: float | None = None) -> int:
        """Forget messages that were sent before a time; how many. Others stay."""
        ...
