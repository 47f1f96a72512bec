"""The hash chain of a case: each event vouches for all before it.

Hashes are made by the core before an event is stored, from the head the writer has seen, so that no store
needs a lock over all cases for it. `link` is the only place that says what is hashed.
"""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from gov_core.storage.protocol import Envelope, Head

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIXED = struct.Struct(
    ">IHqIII"
)  # version, schema, at_us and the lengths that keep neighbours from running together


UNHASHABLE: Final = (struct.error, TypeError, ValueError, AttributeError, OverflowError)
"""What `link` raises for an event whose fields are of the wrong kind or size."""


def link(previous: bytes, case_id: str, version: int, event: tuple[str, int, int, bytes]) -> bytes:
    """The hash of one event, 32 bytes.

    Args:
        previous: Hash of the event before; 32 zeros before the first.
        case_id: Of which case.
        version: Its number in the case, from 1.
        event: Type, schema, time in microseconds since 1970 UTC, and data.
    """
    type_, schema, at_us, data = event
    case, kind = case_id.encode(), type_.encode()
    fixed = _FIXED.pack(version, schema, at_us, len(case), len(kind), len(data))
    return sha256(b"".join((previous, fixed, case, kind, data))).digest()


def chained(
    case_id: str, head: Head, events: Iterable[tuple[str, int, int, bytes]]
) -> tuple[tuple[Envelope, ...], Head]:
    """Events as envelopes that continue a case, and the head after them.

    Args:
        case_id: Of which case.
        head: Where it stands.
        events: Type, schema, time in microseconds and data of each, in order.
    """
    version, previous = head
    envelopes = []
    for event in events:
        version += 1
        previous = link(previous, case_id, version, event)
        envelopes.append(Envelope(*event, previous))
    return tuple(envelopes), Head(version, previous)
