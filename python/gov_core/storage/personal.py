"""Personal data beside the events: what a store keeps encrypted, and forgets when it is told to.

Events know personal data only by commitments. Here is what they stand for: values, encrypted with a key of
their subject, and these keys, wrapped by a master key that no store ever sees. To erase a subject is to
destroy its key and its values; chains, seals and heads do not change by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Personal(NamedTuple):
    """Personal data that events know only as a commitment.

    Attributes:
        commitment: SHA-256 of salt and value, as the event has it; 32 bytes.
        subject: Opaque id of whom it is about: what is erased together.
        sealed: The value with its salt, encrypted; a store never sees it in clear.
    """

    commitment: bytes
    subject: str
    sealed: bytes


class SubjectKey(NamedTuple):
    """The key of a subject, wrapped.

    Attributes:
        subject: Opaque id of whom.
        wrapped: The key, encrypted by a master key; the store cannot read it.
    """

    subject: str
    wrapped: bytes


class SubjectLink(NamedTuple):
    """A case that knows of a subject."""

    subject: str
    case_id: str


class Hold(NamedTuple):
    """A reason not to erase a subject yet (legal hold).

    Attributes:
        subject: Whose data stay.
        basis: Why, as a code; one subject may be held for several.
        until_us: When the hold ends by itself, by the store's clock; None if it does not.
    """

    subject: str
    basis: str
    until_us: int | None = None


class Erasure(NamedTuple):
    """The receipt of an erasure.

    Attributes:
        subject: Opaque id of whose data went; it says nothing about a person.
        command_id: Of the erasure.
        basis: Why, as a code: ``request``, ``retention`` …
        erased_us: When, by the store's clock.
        values: How many values were destroyed.
        keys: How many wrapped keys were: 1, or 0 if there never was one.
    """

    subject: str
    command_id: str
    basis: str
    erased_us: int
    values: int
    keys: int


class Access(NamedTuple):
    """That somebody looked, never at what.

    Attributes:
        subject: About whom.
        commitment: Of the value, 32 bytes.
        case_id: In which case.
        reader: Who: role and body, or the id of an account; never a name.
        purpose: What for, as a code: ``notify``, ``visit``, ``export`` …
        at_us: When, by the store's clock; 0 in what is handed in.
    """

    subject: str
    commitment: bytes
    case_id: str
    reader: str
    purpose: str
    at_us: int = 0


class AccessPage(NamedTuple):
    """Some accesses, in the order they were noted.

    Attributes:
        accesses: At most as many as asked for.
        next: For the `after` of the next page; None at the end.
    """

    accesses: tuple[Access, ...]
    next: int | None


class RetentionPolicy(NamedTuple):
    """What has been kept long enough.

    A subject falls under it if it has values or a key, cases know of it, all of them are closed (the row says
    not open; a case without a row is not closed), and the last event of each was recorded before `before_us`.
    A key that no case knows of yet opens nothing, and stays: its first case may be on its way. Subjects under
    a hold stay.

    Attributes:
        basis: Why, as a code: ``retention``.
        before_us: By the store's clock.
    """

    basis: str
    before_us: int


class RetentionReport(NamedTuple):
    """What a policy erased, or would have.

    Attributes:
        erased: Subjects, in order of their ids.
        held: Subjects that fall under it and stay because of a hold, in order.
        values: How many values went, or would have.
    """

    erased: tuple[str, ...]
    held: tuple[str, ...]
    values: int


class PersonalData(Protocol):
    """The part of a store that keeps personal data. Capability ``erasure``."""

    def read_personal(self, commitment: bytes, *, deadline_s: float | None = None) -> Personal | None:
        """Personal data by its commitment, sealed; None if there is none, or it was erased."""
        ...

    def personal_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[Personal, ...]:
        """All that is kept about a subject, sealed, as it came in."""
        ...

    def cases_of(self, subject: str, *, deadline_s: float | None = None) -> tuple[str, ...]:
        """Cases that know of a subject, as the store got to know them; also after an erasure."""
        ...

    def keep_keys(
        self, keys: Sequence[SubjectKey], *, deadline_s: float | None = None
    ) -> tuple[SubjectKey, ...]:
        """Keep keys of subjects that have none yet; the keys that are kept now, in the order asked.

        The first key of a subject stays: who comes later with another one gets the first.

        Raises:
            ErasedError: A subject was erased; nothing was kept of any.
        """
        ...

    def read_key(self, subject: str, *, deadline_s: float | None = None) -> SubjectKey | None:
        """The wrapped key of a subject; None if it has none.

        Raises:
            ErasedError: The subject was erased.
        """
        ...

    def rewrap_keys(
        self, changes: Sequence[tuple[SubjectKey, SubjectKey]], *, deadline_s: float | None = None
    ) -> int:
        """Put newly wrapped keys in the place of old ones, where the old one is still there; how many."""
        ...

    def subjects(
        self, *, after: str = "", limit: int = 1000, deadline_s: float | None = None
    ) -> tuple[str, ...]:
        """Subjects with a key, behind an id, in order of their ids by Unicode code point."""
        ...

    def erase(self, subject: str, *, command_id: str, basis: str, deadline_s: float | None = None) -> Erasure:
        """Destroy a subject's key and values, so that no file, page or log of the store has them any more.

        The same command id again gives the first receipt. A subject that is erased already gives the receipt
        of the first erasure. One that the store knows nothing of gives a receipt over nothing, and counts as
        erased from then on: values for it are refused (`ErasedError` from `append` and `keep_keys`).

        Raises:
            CommandReusedError: The id was used for another erasure.
            HeldError: The subject is under a hold.
        """
        ...

    def erasures(self, *, deadline_s: float | None = None) -> tuple[Erasure, ...]:
        """All receipts, oldest first."""
        ...

    def hold(self, hold: Hold, *, deadline_s: float | None = None) -> None:
        """Hold a subject; the same basis again sets its end anew."""
        ...

    def release(self, subject: str, basis: str, *, deadline_s: float | None = None) -> bool:
        """End a hold; whether there was one that ran."""
        ...

    def holds(self, *, deadline_s: float | None = None) -> tuple[Hold, ...]:
        """Holds that run, by subject, then basis."""
        ...

    def apply_retention(
        self, policy: RetentionPolicy, *, dry_run: bool, deadline_s: float | None = None
    ) -> RetentionReport:
        """Erase what falls under a policy, or only say what would be."""
        ...

    def note_accesses(self, accesses: Sequence[Access], *, deadline_s: float | None = None) -> None:
        """Note, durably, that somebody is about to look at personal data; before they do."""
        ...

    def accesses(
        self, subject: str | None = None, *, after: int = 0, limit: int = 100, deadline_s: float | None = None
    ) -> AccessPage:
        """Who looked, about one subject or all; stays after an erasure."""
        ...
