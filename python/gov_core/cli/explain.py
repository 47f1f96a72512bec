"""``gov-core explain``: what a code of a diagnostic means, why it matters, and how to mend it."""

from __future__ import annotations

import sys
import textwrap
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker import Diagnostic

WIDTH = 88


@app.command()
def explain(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="Such as geometry.gap; without it all codes are listed.")
    ] = "",
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print all as a page of Markdown.")] = False,
) -> None:
    """Explain a code: what it means, why it matters, and how to mend it."""
    from gov_core.checker import catalogue
    from gov_core.cli._refusals import refusals

    of_cities, others = list(catalogue().values()), list(refusals().values())
    if markdown:
        sys.stdout.writelines((_HEAD, *_entries(of_cities), _OTHERS, *_entries(others)))
    elif not code:
        sys.stdout.writelines((*_listed(of_cities), "\n", *_listed(others)))
    elif (entry := _entry(code)) is None:
        raise typer.BadParameter(_unknown(code), param_hint="CODE")
    else:
        sys.stdout.write(_explained(entry))


def _entry(code: str) -> Diagnostic | None:
    from gov_core.checker import diagnostic
    from gov_core.cli._refusals import refusal

    for look in (diagnostic, refusal):
        with suppress(KeyError):
            return look(code)
    return None


def _listed(entries: list[Diagnostic]) -> Iterator[str]:
    width = max(len(entry.code) for entry in entries)
    family = ""
    for entry in sorted(entries, key=lambda entry: (entry.family, entry.code)):
        if entry.family != family:
            yield f"{'' if not family else chr(10)}{entry.family}\n"
            family = entry.family
        yield f"  {entry.code:<{width}}  {entry.severity:<7}  {entry.title}\n"


_HEAD = """# Diagnostics

What `gov-core check` may find, with the codes that it prints. `gov-core explain CODE` prints the same on a
terminal. A code does not change from release to release; the words of a message may. `*.` stands for the
noun of any table: `*.unknown_unit` is `post.unknown_unit` for a post. A city may count a code otherwise, or
switch it off (`City.severities`). Sources are rows of the acceptance table of the papers, laws, or the
practice of the field.
"""


_OTHERS = """
## Outside of a check

What is refused outside of a check: steps of cases, clocks, files of events, presets, reorganisations, stores,
personal data and plugins; what `gov-core store verify` finds; and why a message was not taken. `*` stands for
any ending.
"""


def _entries(entries: list[Diagnostic]) -> Iterator[str]:
    from gov_core.checker import source_in_words

    family = ""
    for entry in sorted(entries, key=lambda entry: (entry.family, entry.code)):
        if entry.family != family:
            family = entry.family
            yield f"\n## {family.replace('_', ' ').capitalize()}\n"
        yield f"\n### {entry.code}\n\n*{entry.severity}* · **{entry.title}.** {entry.why}\n\n"
        yield f"To mend it: {entry.mend}\n"
        if entry.source:
            yield f"\nSource: {source_in_words(entry.source)}\n"


def _explained(entry: Diagnostic) -> str:
    from gov_core.checker import source_in_words

    pieces = [f"{entry.severity}[{entry.code}]: {entry.title}", entry.why, f"To mend it: {entry.mend}"]
    if entry.source == "practice":
        pieces.append("Source: practice of the field, in no paper.")
    elif entry.source:
        pieces.append(f"Source: {source_in_words(entry.source)}")
    return "\n\n".join(textwrap.fill(piece, WIDTH, break_on_hyphens=False) for piece in pieces) + "\n"


def _unknown(code: str) -> str:
    from difflib import get_close_matches

    from gov_core.checker import catalogue
    from gov_core.city._closest import Closest
    from gov_core.cli._refusals import refusals

    codes = [*catalogue(), *refusals()]
    hint = Closest(codes)(code)
    if not hint:
        near = get_close_matches(code, codes, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "gov-core explain lists all codes"
    return f'there is no diagnostic "{code}"; {hint}'
