"""The piece of a file that a fault is about: its line, and which letters of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gov_core.errors import Fault

WINDOW = 100
"""Letters shown of a longer line: those around what is meant."""

_QUOTED = re.compile(r""""([^"]+)"|'([^']+)'""")
_PLACE = re.compile(r"(?P<file>[^#:]+)(?::(?P<line>\d+)|#(?P<key>.+))?")

Span = tuple[int, int]
"""First letter, and the one behind the last."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of a file with the letters that are meant.

    Attributes:
        number: Of the line, from 1.
        text: The line, or a window of it.
        start: First letter of `text` that is meant.
        length: How many letters are meant.
    """

    number: int
    text: str
    start: int
    length: int


class Excerpts:
    """Finds excerpts in the text files of a city folder; each file is read once, at the first question."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str | None] = {}

    def of(self, fault: Fault) -> Excerpt | None:
        """The excerpt of a fault; None if its place is in no text file, or nowhere in particular."""
        found = _PLACE.fullmatch(fault.place)
        if found is None or (text := self._text(found["file"])) is None:
            return None
        meant = [one or other for one, other in _QUOTED.findall(fault.message)]
        if found["line"]:
            return _in_line(text, int(found["line"]), found["file"], fault, meant)
        if found["file"].endswith(".toml"):
            key = found["key"] or next(iter(meant), "")
            return _at(text, _key_span(text, key.rpartition(".")[2], meant))
        if found["file"].endswith(".geojson") and found["key"]:
            return _at(text, _feature_span(text, found["key"], meant))
        return None

    def _text(self, file: str) -> str | None:
        if file not in self._texts:
            self._texts[file] = None
            path = self._folder / file
            if path.suffix in {".csv", ".toml", ".geojson"} and path.is_file():
                data = path.read_bytes()
                try:
                    self._texts[file] = data.decode("utf-8-sig")
                except UnicodeDecodeError:
                    self._texts[file] = data.decode("gb18030", errors="replace")
        return self._texts[file]


def _in_line(text: str, number: int, file: str, fault: Fault, meant: list[str]) -> Excerpt | None:
    lines = text.splitlines()
    if not 1 <= number <= len(lines):
        return None
    line = lines[number - 1]
    span = (len(line) - len(line.lstrip()), len(line.rstrip()))
    if file.endswith(".csv"):
        span = _cell_span(line, lines[0], fault, meant) or span
    return _window(line, number, span)


def _cell_span(line: str, header: str, fault: Fault, meant: list[str]) -> Span | None:
    """The name the message quotes, or the cell of the column it begins with, or the id it is about."""
    cells = list(_cells(line))
    for name in (*meant, *fault.ids):
        for start, end in cells:
            at = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line[start:end])
            if at:
                return start + at.start(), start + at.end()
    columns = [header[start:end] for start, end in _cells(header)]
    first = re.match(r"\w+", fault.message)
    if first and first[0] in columns and columns.index(first[0]) < len(cells):
        start, end = cells[columns.index(first[0])]
        # An empty cell is shown by the comma behind it.
        return start, max(end, start + 1)
    return None


def _cells(line: str) -> Iterator[Span]:
    """The cells of a line, quotes included."""
    start, quoted = 0, False
    for at, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            yield start, at
            start = at + 1
    yield start, len(line)


def _key_span(text: str, key: str, meant: list[str]) -> Span | None:
    """The value that is meant in the line of a key, or the key."""
    found = re.search(rf"^[ \t]*\"?({re.escape(key)})\"?[ \t]*=.*$", text, re.MULTILINE)
    if found is None:
        # The key may be a table of its own: then a name that is meant stands below it.
        spots = ((text.find(f'"{name}"'), len(name) + 2) for name in meant)
        return next(((at, at + length) for at, length in spots if at >= 0), None)
    for name in meant:
        at = found[0].find(f'"{name}"')
        if at >= 0:
            return found.start() + at, found.start() + at + len(name) + 2
    return found.span(1)


def _feature_span(text: str, key: str, meant: list[str]) -> Span | None:
    """A name that is meant among the properties of a feature, or its id."""
    position = re.fullmatch(r"features\[(\d+)\]", key)
    if position:
        starts = [found.start() for found in re.finditer(r'"Feature"', text)]
        if int(position[1]) >= len(starts):
            return None
        start = starts[int(position[1])]
        return start, start + len('"Feature"')
    for spelt in (json.dumps(key), json.dumps(key, ensure_ascii=False)):
        found = re.search(rf'"id"\s*:\s*({re.escape(spelt)})', text)
        if found:
            line_end = text.find("\n", found.end())
            rest = text[found.end() : len(text) if line_end < 0 else line_end].partition('"geometry"')[0]
            for name in meant:
                at = rest.find(f'"{name}"')
                if name != key and at >= 0:
                    return found.end() + at, found.end() + at + len(name) + 2
            return found.span(1)
    return None


def _at(text: str, span: Span | None) -> Excerpt | None:
    if span is None:
        return None
    start = text.rfind("\n", 0, span[0]) + 1
    end = text.find("\n", start)
    line = text[start : len(text) if end < 0 else end].rstrip("\r")
    return _window(line, text.count("\n", 0, span[0]) + 1, (span[0] - start, span[1] - start))


def _window(line: str, number: int, span: Span) -> Excerpt:
    """Cuts a long line to what is around the span."""
    start, end = span[0], min(span[1], len(line) + 1)
    if len(line) <= WINDOW:
        return Excerpt(number, line, start, max(1, end - start))
    first = max(0, min(start - WINDOW // 3, len(line) - WINDOW))
    last = min(len(line), first + WINDOW)
    before, after = "… " if first else "", " …" if last < len(line) else ""
    text = f"{before}{line[first:last]}{after}"
    at = start - first + len(before)
    return Excerpt(number, text, at, max(1, min(end, last) - start))
