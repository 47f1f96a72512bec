"""Cuts a text file of any size into blocks of whole records, so that it is read in constant memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of a block.
BLOCK = 4 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines of a file.

    Attributes:
        data: The bytes, as they stand in the file.
        line: Number of the first line, from 1.
        offset: Bytes before the block.
        whole: False if no place was found at which a record surely ends (a record longer than a block, a
            quote that is never closed). Such a block has to be read line by line.
        cut_short: The block is one line that is longer than a block; the rest of that line was skipped.
    """

    data: bytes
    line: int
    offset: int
    whole: bool = True
    cut_short: bool = False


def read_blocks(
    file: IO[bytes], *, quoted: bool, line: int = 1, offset: int = 0, size: int = BLOCK
) -> Iterator[Block]:
    """Cut a file into blocks of at most `size` bytes that end where a record ends.

    Args:
        file: Opened for reading bytes.
        quoted: Whether a line feed between double quotes belongs to a cell (CSV) or always ends a record.
        line: Number of the line at which the file stands.
        offset: Bytes before it.
        size: Bytes of a block; also the longest record that is read as one.

    Yields:
        Blocks in file order; together they are the file, less what a line longer than `size` has beyond its
        first `size` bytes.
    """
    rest = b""
    while True:
        data = rest + file.read(size - len(rest))
        if len(data) < size:
            if data:
                yield Block(data, line, offset, whole=not (quoted and data.count(b'"') % 2))
            return
        cut = _last_record_end(data, quoted=quoted)
        whole = cut > 0
        skipped = 0
        if not whole:
            cut = data.rfind(b"\n") + 1
            if not cut:
                cut, skipped = len(data), _skip_line(file)
        yield Block(data[:cut], line, offset, whole, cut_short=skipped > 0)
        line += data.count(b"\n", 0, cut) + (1 if skipped else 0)
        offset += cut + skipped
        rest = data[cut:]


def _last_record_end(data: bytes, *, quoted: bool) -> int:
    """Return the bytes up to the last line feed that has an even number of quotes before it."""
    cut = data.rfind(b"\n") + 1
    if not quoted:
        return cut
    quotes = data.count(b'"', 0, cut)
    while cut and quotes % 2:
        before = data.rfind(b"\n", 0, cut - 1) + 1
        quotes -= data.count(b'"', before, cut)
        cut = before
    return cut


def _skip_line(file: IO[bytes]) -> int:
    """Read on to the end of the line and return how many bytes that was."""
    skipped = 0
    while part := file.readline(BLOCK):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped
