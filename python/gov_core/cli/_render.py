"""How findings look on a terminal: what, where, the piece of the file, how to mend it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from gov_core.cli._excerpt import Excerpts
from gov_core.cli._report import BLUE, BOLD, GREY, RED, YELLOW, painted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gov_core.checker import Finding

COLOURS = {"error": RED, "warning": YELLOW}


def rendered(findings: Sequence[Finding], folder: Path, shown: int) -> Iterator[str]:
    """Yield the lines that tell findings: all of one code together, errors before warnings.

    Args:
        findings: In any order.
        folder: Where the files are.
        shown: How many of one code are told in full; the rest is counted.
    """
    excerpts = Excerpts(folder)
    for severity, colour in COLOURS.items():
        groups: dict[str, list[Finding]] = {}
        for finding in findings:
            if finding.severity == severity:
                groups.setdefault(finding.fault.code, []).append(finding)
        for code, group in groups.items():
            for finding in group[:shown]:
                yield from _told(finding, excerpts)
                yield ""
            if len(group) > shown:
                more = f"… and {len(group) - shown:,} more of {code}; --json tells all"
                yield painted(more, colour)
                yield ""


def summary(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield one line a code with how often it was found, the most frequent first."""
    counts = Counter((finding.severity, finding.fault.code) for finding in findings)
    width = len(f"{max(counts.values(), default=0):,}")
    for (severity, code), count in sorted(
        counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
    ):
        yield f"  {count:>{width},} × {painted(code, COLOURS[severity])}"


def _told(finding: Finding, excerpts: Excerpts) -> Iterator[str]:
    fault, colour = finding.fault, COLOURS[finding.severity]
    yield painted(f"{finding.severity}[{fault.code}]", colour) + painted(f": {_plain(fault.message)}", BOLD)
    excerpt = excerpts.of(fault)
    margin = " " * (len(str(excerpt.number)) if excerpt else 1)
    if fault.place:
        yield f"{margin}{painted('-->', BLUE)} {_plain(fault.place)}"
    label = fault.hint if fault.hint.startswith("did you mean") else ""
    if excerpt:
        bar = painted("|", BLUE)
        start, end = excerpt.start, excerpt.start + excerpt.length
        marks = " " * _width(excerpt.text[:start]) + "^" * max(1, _width(excerpt.text[start:end]))
        yield f"{margin} {bar}"
        yield f"{painted(str(excerpt.number), BLUE)} {bar} {_plain(excerpt.text)}"
        yield f"{margin} {bar} {painted(f'{marks} {_plain(label)}'.rstrip(), colour)}"
    notes = [] if excerpt and label else [fault.hint]
    notes += [f"since {finding.since}"] if finding.since else []
    source = _source(finding)
    notes += [f"source: {source}"] if source else []
    for note in filter(None, notes):
        yield f"{margin} {painted('=', BLUE)} {painted(_plain(note), GREY)}"


def _source(finding: Finding) -> str:
    """The paper or law behind a finding, unless it is plain practice."""
    from gov_core.checker import source_in_words

    try:
        source = finding.diagnostic.source
    except KeyError:
        return ""
    return "" if source in {"", "practice"} else source_in_words(source)


def _plain(text: str) -> str:
    """A text in which nothing moves the cursor or changes colours, letter for letter."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in _plain(text))
