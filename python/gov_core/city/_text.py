"""What an id, a code or a name may look like."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

MAX_LETTERS = 1000
"""Longest id or name: far above any real one, far below what makes a message unreadable."""
MAX_PROSE = 20_000
"""Longest text of several lines; a spreadsheet cell holds 32,767 letters."""

PLACE_SIGNS = "/;"
"""Not in place ids: paths are joined by one, lists by the other."""
UNIT_SIGNS = ">;"
"""Not in unit ids and kinds: chains are joined by one, lists by the other."""

_LINE_BREAKS = {ord(sign): " " for sign in "\n\t"}
_PLAIN = re.compile(r"[0-9A-Za-z_.-]+", re.ASCII)
"""Most words; nothing can be wrong with them."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Flaw(NamedTuple):
    """What is wrong with a piece of text, before it is known where it stands."""

    code: str
    message: str
    hint: str = ""


def word_flaw(value: str, what: str, signs: str = "") -> Flaw | None:
    """The first thing that is wrong with an id, code, kind, level or grade, or None.

    Args:
        value: As written.
        what: Column or key it stands in, for the message.
        signs: Characters that have another meaning where this word is used.
    """
    if _PLAIN.fullmatch(value) and len(value) <= MAX_LETTERS:
        return None
    if not value:
        return Flaw("value.empty", f"{what} is empty")
    if flaw := name_flaw(value, what):
        return flaw
    if value != value.strip():
        return Flaw("value.space", f"{what} {value!r} has a space at its start or end", "remove it")
    # Whatever cannot be seen cannot be printed either; most words can.
    if not value.isprintable() and any(unicodedata.category(letter) in _INVISIBLE for letter in value):
        return Flaw("value.invisible", f"{what} {value!a} holds a character that cannot be seen", "remove it")
    normal = unicodedata.normalize("NFKC", value)
    if normal != value:
        return Flaw(
            "value.width", f'{what} "{value}" holds full-width or other look-alike forms', f'write "{normal}"'
        )
    if value == "*" or value.startswith("@"):
        return Flaw("value.reserved", f'{what} "{value}" has another meaning in rules', "choose another id")
    for sign in signs:
        if sign in value:
            return Flaw(
                "value.reserved", f'{what} "{value}" holds "{sign}", which joins ids', "choose another id"
            )
    return None


def normal(word: str) -> str:
    """A word as it was probably meant: full-width forms folded, nothing invisible, no spaces around."""
    if word.isascii() and word.isprintable():
        return word.strip()
    folded = unicodedata.normalize("NFKC", word)
    return "".join(letter for letter in folded if unicodedata.category(letter) not in _INVISIBLE).strip()


def name_flaw(value: str, what: str) -> Flaw | None:
    """The first thing that is wrong with a name for people, or None."""
    if len(value) > MAX_LETTERS:
        return Flaw("value.long", f"{what} has {len(value)} letters", f"at most {MAX_LETTERS}")
    return None if value.isprintable() else _control_flaw(value, what)


def prose_flaw(value: str, what: str) -> Flaw | None:
    """The first thing that is wrong with a text of several lines, or None."""
    flat = value.translate(_LINE_BREAKS)
    if len(flat) > MAX_PROSE:
        return Flaw("value.long", f"{what} has {len(flat)} letters", f"at most {MAX_PROSE}")
    return None if flat.isprintable() else _control_flaw(flat, what)


def _control_flaw(value: str, what: str) -> Flaw | None:
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value):
        return Flaw("value.invisible", f"{what} {value!a} holds a control character", "remove it")
    return None
