"""What a store takes: the limits of an append, checked before anything is written.

Sound items pass a quick check, many at once; only where it fails is an item gone through field by field, for
all its faults.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from gov_core.errors import Fault, PayloadRejectedError
from gov_core.storage.chain import UNHASHABLE, link
from gov_core.storage.outbox import MESSAGE_STATES, Again, Message, OutboxEntry, Sent
from gov_core.storage.personal import Access, Erasure, Hold, Personal, SubjectKey, SubjectLink
from gov_core.storage.protocol import NEW, Append, CaseRow, ClockRow, Envelope, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.storage.outbox import OutboxFilter, Settlement
    from gov_core.storage.personal import RetentionPolicy
    from gov_core.storage.protocol import Entry

MAX_EVENT_BYTES: Final = 4 * 2**20
MAX_EVENTS: Final = 100_000
"""Events of one append."""
MAX_TEXT: Final = 255
"""Characters of an id, a name or a code."""
MAX_PATH: Final = 4_000
"""Characters of `CaseRow.path`."""
MAX_SEALED: Final = 2**20
"""Bytes of `Personal.sealed`."""
MAX_WRAPPED: Final = 8 * 2**10
"""Bytes of `SubjectKey.wrapped`."""
MAX_BODY: Final = 64 * 2**10
"""Bytes of `Message.body`: three times what a webhook carries."""
MAX_BESIDE: Final = 10_000
"""Messages, personal data or subjects of one append."""
MAX_WAIT_US: Final = 3660 * 24 * 3600 * 1_000_000
"""Of a message or a lease: ten years."""
HASH_BYTES: Final = 32

_HIGHEST: Final = 2**63 - 2
"""Largest number in a row: one less than SQLite and PostgreSQL hold, which stands for never."""
_MAX_SCHEMA: Final = 2**16 - 1

_PARTS: Final = frozenset((Append, Head, Envelope, CaseRow, ClockRow, Personal, Message))
_ENTRIES: Final[dict[str, type]] = {
    "events": Envelope,
    "clocks": ClockRow,
    "personal": Personal,
    "subjects": str,
    "outbox": Message,
}


def refusal(item: Append) -> PayloadRejectedError | None:
    """Why an item cannot be stored, with all that is wrong with it; None if it can."""
    if _sound((item,)):
        return None
    faults = tuple(_faults(item))
    return PayloadRejectedError(faults) if faults else None


def refusals(items: Sequence[Append]) -> Sequence[PayloadRejectedError | None]:
    """`refusal` of each item."""
    return (None,) * len(items) if _sound(items) else [refusal(item) for item in items]


def check_name(name: str) -> None:
    """Refuse the name of a reader that cannot be stored.

    Raises:
        PayloadRejectedError: It is empty, too long or no text.
    """
    if faults := tuple(_text(name, "name", MAX_TEXT, empty=False)):
        raise PayloadRejectedError(faults)


def check_claim(worker: str, lease_us: int) -> None:
    """Refuse a claim that cannot be stored.

    Raises:
        PayloadRejectedError: The name of the worker is no text, or the lease not from 1 to `MAX_WAIT_US`.
    """
    if faults := (
        *_text(worker, "worker", MAX_TEXT, empty=False),
        *_number(lease_us, "lease_us", 1, MAX_WAIT_US),
    ):
        raise PayloadRejectedError(faults)


def check_redrive(where: OutboxFilter) -> None:
    """Refuse to try again what was not given up.

    Raises:
        PayloadRejectedError: The filter asks for another state.
    """
    if where.state not in (None, "buried"):
        message = f"only buried messages can be tried again, not {where.state} ones"
        raise PayloadRejectedError((Fault("storage.not_buried", message, "where.state", "leave it out"),))


def settlement_refusal(settlement: Settlement) -> PayloadRejectedError | None:
    """Why a settlement cannot be stored; None if it can."""
    faults = list(_text(settlement.id, "id", MAX_TEXT, empty=False))
    if not isinstance(settlement, Sent):
        faults += _text(settlement.error, "error", MAX_TEXT)
    if isinstance(settlement, Again):
        faults += _number(settlement.after_us, "after_us", 0, MAX_WAIT_US)
    return PayloadRejectedError(faults) if faults else None


def check_after(after: str) -> None:
    """Refuse an id to go on behind that is no text.

    Raises:
        PayloadRejectedError: It is none.
    """
    if faults := tuple(_text(after, "after", MAX_TEXT)):
        raise PayloadRejectedError(faults)


def check_entry(entry: Entry) -> None:
    """Refuse an entry of another store, beside its events, that no store can have had.

    Raises:
        PayloadRejectedError: With all that is wrong with it.
    """
    match entry:
        case OutboxEntry():
            faults = [*_entry_faults(entry)]
        case Personal():
            faults = [
                *_hash(entry.commitment, "commitment"),
                *_text(entry.subject, "subject", MAX_TEXT, empty=False),
                *_bytes(entry.sealed, "sealed", MAX_SEALED),
            ]
        case SubjectKey():
            return check_keys([entry])
        case Hold():
            return check_hold(entry)
        case Access():
            check_accesses([entry])
            faults = [*_number(entry.at_us, "at_us")]
        case Erasure():
            check_erasure(entry.subject, entry.command_id, entry.basis)
            faults = [
                *_number(entry.erased_us, "erased_us"),
                *_number(entry.values, "values", 0),
                *_number(entry.keys, "keys", 0, 1),
            ]
        case SubjectLink():
            faults = [
                *_text(entry.subject, "subject", MAX_TEXT, empty=False),
                *_text(entry.case_id, "case_id", MAX_TEXT, empty=False),
            ]
        case _:
            return None
    if faults:
        raise PayloadRejectedError(faults)
    return None


def _entry_faults(entry: OutboxEntry) -> Iterator[Fault]:
    yield from _message_faults(entry.message, "message")
    yield from _text(entry.case_id, "case_id", MAX_TEXT, empty=False)
    yield from _number(entry.number, "number", 1)
    yield from _number(entry.attempts, "attempts", 0)
    yield from _number(entry.token, "token", 0)
    for name in ("written_us", "ready_us"):
        yield from _number(getattr(entry, name), name)
    if entry.settled_us is not None:
        yield from _number(entry.settled_us, "settled_us")
    yield from _text(entry.error, "error", MAX_TEXT)
    yield from _text(entry.worker, "worker", MAX_TEXT)
    if entry.state not in MESSAGE_STATES or (entry.settled_us is None) != (
        entry.state in ("waiting", "leased")
    ):
        yield Fault(
            "storage.no_state", f"{entry.state!r} with settled_us {entry.settled_us!r} cannot be", "state"
        )


def check_keys(keys: Sequence[SubjectKey]) -> None:
    """Refuse keys that cannot be stored.

    Raises:
        PayloadRejectedError: With all that is wrong with any of them.
    """
    faults: list[Fault] = []
    for number, key in enumerate(keys):
        faults += _text(key.subject, f"keys[{number}].subject", MAX_TEXT, empty=False)
        faults += _bytes(key.wrapped, f"keys[{number}].wrapped", MAX_WRAPPED)
    if faults:
        raise PayloadRejectedError(faults)


def check_rewrapped(changes: Sequence[tuple[SubjectKey, SubjectKey]]) -> None:
    """Refuse changes of keys that cannot be stored, or would give a subject the key of another.

    Raises:
        PayloadRejectedError: With all that is wrong with any of them.
    """
    check_keys([key for change in changes for key in change])
    if faults := [
        Fault("storage.other_subject", "the new key is of another subject", f"changes[{number}]")
        for number, (old, new) in enumerate(changes)
        if old.subject != new.subject
    ]:
        raise PayloadRejectedError(faults)


def check_erasure(subject: str, command_id: str, basis: str) -> None:
    """Refuse an erasure whose receipt cannot be stored.

    Raises:
        PayloadRejectedError: A text is empty, too long or none.
    """
    if faults := (
        *_text(subject, "subject", MAX_TEXT, empty=False),
        *_text(command_id, "command_id", MAX_TEXT, empty=False),
        *_text(basis, "basis", MAX_TEXT, empty=False),
    ):
        raise PayloadRejectedError(faults)


def check_hold(hold: Hold) -> None:
    """Refuse a hold that cannot be stored.

    Raises:
        PayloadRejectedError: A text is empty, too long or none, or the end no time.
    """
    faults = [
        *_text(hold.subject, "subject", MAX_TEXT, empty=False),
        *_text(hold.basis, "basis", MAX_TEXT, empty=False),
    ]
    if hold.until_us is not None:
        faults += _number(hold.until_us, "until_us")
    if faults:
        raise PayloadRejectedError(faults)


def check_retention(policy: RetentionPolicy) -> None:
    """Refuse a policy whose receipts cannot be stored.

    Raises:
        PayloadRejectedError: The basis is no text, or the end no time.
    """
    if faults := (
        *_text(policy.basis, "basis", MAX_TEXT, empty=False),
        *_number(policy.before_us, "before_us"),
    ):
        raise PayloadRejectedError(faults)


def check_accesses(accesses: Sequence[Access]) -> None:
    """Refuse accesses that cannot be noted.

    Raises:
        PayloadRejectedError: With all that is wrong with any of them.
    """
    faults: list[Fault] = []
    for number, access in enumerate(accesses):
        for name in ("subject", "case_id", "reader", "purpose"):
            faults += _text(getattr(access, name), f"accesses[{number}].{name}", MAX_TEXT, empty=False)
        faults += _hash(access.commitment, f"accesses[{number}].commitment")
    if faults:
        raise PayloadRejectedError(faults)


def _sound(items: Sequence[Append]) -> bool:
    """A quick yes; a no only means that they have to be looked at closely."""
    try:
        return _sound_items(items)
    except UNHASHABLE:
        return False


def _sound_items(items: Sequence[Append]) -> bool:
    """Chains and names item by item; what texts, numbers, hashes and all else are, of all together."""
    parts: list[object] = []
    lists: list[Sequence[object]] = []
    names: list[str] = []  # which may not be empty
    texts: list[str] = []
    paths: list[str] = []
    numbers: list[int] = [0]
    flags: list[bool] = [True]
    hashes: list[bytes] = [NEW.hash]
    for item in items:
        case_id, head, events, command_id, digest, row, clocks, personal, subjects, outbox = item
        version, hash_ = head
        if not events or len(events) > MAX_EVENTS or version < 0:
            return False
        parts += (item, head, *events, *clocks)
        lists += (events, clocks, personal, subjects, outbox)
        names += (case_id, command_id)
        hashes += (digest, hash_)
        numbers.append(version)
        for type_, schema, at_us, data, follows in events:
            version += 1
            hash_ = link(hash_, case_id, version, (type_, schema, at_us, data))
            # Bytes that may still change are as good as their hash only for now.
            if hash_ != follows or not (data.__class__ is follows.__class__ is bytes):
                return False
            if len(data) > MAX_EVENT_BYTES or schema < 1:
                return False
            names.append(type_)
            numbers += (schema, at_us)
        if row is not None:
            of, state, open_, procedure, matter, grade, place, path, unit, opened, yellow, due, sensitive = (
                row
            )
            if of != case_id:
                return False
            parts.append(row)
            texts += (state, procedure, matter, grade, place, unit)
            paths.append(path)
            flags += (open_, sensitive)
            numbers += (opened, opened if yellow is None else yellow, opened if due is None else due)
        elif clocks:
            return False
        for clock, fires_us, due_us in clocks:
            names.append(clock)
            numbers += (fires_us, due_us)
        if len(clocks) > 1 and len({clock for clock, _, _ in clocks}) < len(clocks):
            return False
        if (personal or subjects or outbox) and not _sound_beside(item, names, hashes, parts):
            return False
    texts += names
    joined = "".join((*texts, *paths))
    joined.encode()
    return (
        "\0" not in joined
        and all(names)
        and max(map(len, texts)) <= MAX_TEXT
        and max(map(len, paths), default=0) <= MAX_PATH
        and set(map(type, numbers)) == {int}
        and min(numbers) >= -_HIGHEST
        and max(numbers) <= _HIGHEST
        and set(map(type, flags)) == {bool}
        and set(map(type, hashes)) == {bytes}
        and set(map(len, hashes)) == {HASH_BYTES}
        and set(map(type, parts)) <= _PARTS
        and set(map(type, lists)) <= {tuple, list}
    )


def _sound_beside(item: Append, names: list[str], hashes: list[bytes], parts: list[object]) -> bool:
    """What goes beside the events of an item."""
    *_, personal, subjects, outbox = item
    parts += (*personal, *outbox)
    names += subjects
    for commitment, subject, sealed in personal:
        names.append(subject)
        hashes.append(commitment)
        if sealed.__class__ is not bytes or len(sealed) > MAX_SEALED:
            return False
    for id_, endpoint, body, delay_us in outbox:
        names += (id_, endpoint)
        if body.__class__ is not bytes or len(body) > MAX_BODY or delay_us.__class__ is not int:
            return False
        if not 0 <= delay_us <= MAX_WAIT_US:
            return False
    ids = {message.id for message in outbox}
    return len(ids) == len(outbox) and max(len(subjects), len(personal), len(outbox)) <= MAX_BESIDE


def _kind_faults(item: object) -> Iterator[Fault]:
    """What is another thing than it should be; nothing else can be said of it."""
    if not isinstance(item, Append):
        yield _no(item, Append, "")
        return
    expected, row = cast("tuple[object, object]", (item.expected, item.row))
    if not isinstance(expected, Head):
        yield _no(expected, Head, "expected")
    if row is not None and not isinstance(row, CaseRow):
        yield _no(row, CaseRow, "row")
    for name, kind in _ENTRIES.items():
        part: object = getattr(item, name)
        # What can be gone through only once would be empty when it is written.
        if not isinstance(part, Sequence) or isinstance(part, str | bytes | bytearray):
            yield _no(part, list, name)
        elif kind is not str:
            for number, each in enumerate(part):
                if not isinstance(each, kind):
                    yield _no(each, kind, f"{name}[{number}]")


def _no(value: object, kind: type, at: str) -> Fault:
    return Fault(
        "storage.wrong_kind", f"{type(value).__name__} is no {kind.__name__}", at, f"give {kind.__name__}"
    )


def _faults(item: Append) -> Iterator[Fault]:
    if kinds := tuple(_kind_faults(item)):
        yield from kinds
        return
    yield from _text(item.case_id, "case_id", MAX_TEXT, empty=False)
    yield from _text(item.command_id, "command_id", MAX_TEXT, empty=False)
    yield from _hash(item.digest, "digest")
    yield from _hash(item.expected[1], "expected.hash")
    yield from _number(item.expected[0], "expected.version", 0)
    if not item.events:
        yield Fault("storage.no_events", "an append has at least one event", "events")
    if len(item.events) > MAX_EVENTS:
        yield Fault(
            "storage.too_many_events", f"{len(item.events)} events, at most {MAX_EVENTS} at once", "events"
        )
    broken = False
    version, previous = item.expected[0], item.expected[1]
    for number, event in enumerate(item.events):
        at = f"events[{number}]"
        faults = [
            *_text(event.type, f"{at}.type", MAX_TEXT, empty=False),
            *_number(event.schema, f"{at}.schema", 1, _MAX_SCHEMA),
            *_number(event.at_us, f"{at}.at_us"),
            *_bytes(event.data, f"{at}.data", MAX_EVENT_BYTES),
            *_hash(event.hash, f"{at}.hash"),
        ]
        yield from faults
        broken = broken or bool(faults)
        if broken or not isinstance(version, int):
            continue
        try:
            version += 1
            previous = link(previous, item.case_id, version, event[:4])
        except UNHASHABLE:
            broken = True  # the head or the id is at fault, and has been named above
            continue
        if previous != event.hash:
            broken = True
            yield Fault(
                "storage.broken_chain",
                "the hash does not continue the chain from the expected head",
                f"{at}.hash",
                "make envelopes with gov_core.storage.chain.chained",
                (str(item.case_id),),
            )
    yield from _row_faults(item)
    for number, personal in enumerate(item.personal):
        at = f"personal[{number}]"
        yield from _hash(personal.commitment, f"{at}.commitment")
        yield from _text(personal.subject, f"{at}.subject", MAX_TEXT, empty=False)
        yield from _bytes(personal.sealed, f"{at}.sealed", MAX_SEALED)
    for number, subject in enumerate(item.subjects):
        yield from _text(subject, f"subjects[{number}]", MAX_TEXT, empty=False)
    yield from _outbox_faults(item)
    for name in ("personal", "subjects", "outbox"):
        if (count := len(getattr(item, name))) > MAX_BESIDE:
            yield Fault("storage.too_many", f"{count} at once, at most {MAX_BESIDE}", name)


def _message_faults(message: Message, at: str) -> Iterator[Fault]:
    yield from _text(message.id, f"{at}.id", MAX_TEXT, empty=False)
    yield from _text(message.endpoint, f"{at}.endpoint", MAX_TEXT, empty=False)
    yield from _bytes(message.body, f"{at}.body", MAX_BODY)
    yield from _number(message.delay_us, f"{at}.delay_us", 0, MAX_WAIT_US)


def _outbox_faults(item: Append) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, message in enumerate(item.outbox):
        at = f"outbox[{number}]"
        yield from _message_faults(message, at)
        if _again(message.id, seen):
            yield Fault("storage.message_twice", f"message {message.id!r} stands there twice", f"{at}.id")


def _row_faults(item: Append) -> Iterator[Fault]:
    row = item.row
    if row is None:
        if item.clocks:
            yield Fault(
                "storage.clocks_without_row",
                "clocks are replaced together with the row",
                "clocks",
                "give both",
            )
    else:
        if row.case_id != item.case_id:
            yield Fault("storage.row_of_another_case", f"the row is of {row.case_id!r}", "row.case_id")
        for name in ("state", "procedure", "matter", "grade", "place", "unit"):
            yield from _text(getattr(row, name), f"row.{name}", MAX_TEXT)
        yield from _text(row.path, "row.path", MAX_PATH)
        yield from _number(row.opened_us, "row.opened_us")
        for name in ("yellow_us", "due_us"):
            if getattr(row, name) is not None:
                yield from _number(getattr(row, name), f"row.{name}")
        for name in ("open", "sensitive"):
            if not isinstance(getattr(row, name), bool):
                yield Fault(
                    "storage.not_a_bool", f"{getattr(row, name)!r} is neither True nor False", f"row.{name}"
                )
    seen: set[str] = set()
    for number, clock in enumerate(item.clocks):
        at = f"clocks[{number}]"
        yield from _text(clock.clock, f"{at}.clock", MAX_TEXT, empty=False)
        yield from _number(clock.fires_us, f"{at}.fires_us")
        yield from _number(clock.due_us, f"{at}.due_us")
        if _again(clock.clock, seen):
            yield Fault("storage.clock_twice", f"clock {clock.clock!r} stands there twice", f"{at}.clock")


def _again(name: object, seen: set[str]) -> bool:
    """Whether a name was seen before; what is no text is told as such, and cannot always be looked up."""
    if not isinstance(name, str):
        return False
    known = name in seen
    seen.add(name)
    return known


def _text(value: object, at: str, most: int, *, empty: bool = True) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault("storage.not_a_text", f"{type(value).__name__} is no text", at)
        return
    if not value and not empty:
        yield Fault("storage.empty_text", "may not be empty", at)
    if len(value) > most:
        yield Fault("storage.text_too_long", f"{len(value)} characters, at most {most}", at)
    if "\0" in value:
        yield Fault("storage.nul", f"character {value.index(chr(0)) + 1} is NUL", at, "take it out")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        yield Fault(
            "storage.surrogate",
            f"character {error.start + 1} is half of a surrogate pair, which is no text in UTF-8",
            at,
            "decode the source with the encoding it was written in",
        )


def _number(value: object, at: str, least: int = -_HIGHEST, most: int = _HIGHEST) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield Fault("storage.not_a_number", f"{value!r} is no whole number", at)
    elif not least <= value <= most:
        yield Fault("storage.number_out_of_range", f"{value} is not within {least} to {most}", at)


def _bytes(value: object, at: str, most: int) -> Iterator[Fault]:
    if not isinstance(value, bytes):
        yield Fault("storage.not_bytes", f"{type(value).__name__} is not bytes", at)
    elif len(value) > most:
        yield Fault(
            "storage.too_large", f"{len(value)} bytes, at most {most}", at, "keep large things as files"
        )


def _hash(value: object, at: str) -> Iterator[Fault]:
    if not isinstance(value, bytes) or len(value) != HASH_BYTES:
        yield Fault("storage.not_a_hash", f"{value!r} is not {HASH_BYTES} bytes", at)
