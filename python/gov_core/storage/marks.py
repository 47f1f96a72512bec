"""Checksums that stand beside rows which no hash of a chain vouches for, the same in every adapter.

They show what was changed by accident or by hand. Who knows how can make them fit again: against that only
seals and heads help that were kept outside of the store.
"""

from __future__ import annotations

import json
from hashlib import sha256
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final

from gov_core.storage.protocol import ClockRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.storage.protocol import CaseRow

MARK_BYTES: Final = 8


def clocks_of(text: str) -> tuple[ClockRow, ...]:
    """The clocks of a case as they stand in its row."""
    return () if text == "[]" else tuple(ClockRow(*clock) for clock in json.loads(text))


def clocks_text(clocks: Sequence[ClockRow]) -> str:
    """Clocks as they are put into the row of a case: JSON, ``[[clock, fires_us, due_us], …]``."""
    # As json has it, in some 60 % of the time: it makes an encoder anew for each case.
    return f"[{','.join([f'[{encode_basestring(name)},{fires:d},{due:d}]' for name, fires, due in clocks])}]"


def case_mark(row: CaseRow | None, clocks: str) -> bytes:
    """Checksum of what the index has of a case; the same for a text that is a member of an enum."""
    texts: tuple[str, ...] = (clocks,)
    if row is not None:
        case_id, state, open_, procedure, matter, grade, place, path, unit, opened, yellow, due, sensitive = (
            row
        )
        numbers = f"{open_:d} {opened:d} {yellow} {due} {sensitive:d}"
        texts = (clocks, case_id, state, procedure, matter, grade, place, path, unit, numbers)
    return sha256("\0".join(texts).encode()).digest()[:MARK_BYTES]


def row_mark(*values: str | int | bytes) -> bytes:
    """Checksum of a row that nothing else vouches for."""
    checksum = sha256()
    for value in values:
        part = (
            value.encode() if isinstance(value, str) else b"%d" % value if isinstance(value, int) else value
        )
        checksum.update(b"%d " % len(part) + part)
    return checksum.digest()[:MARK_BYTES]
