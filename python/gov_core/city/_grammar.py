"""The two small languages of rules.csv: time limits and chains of units."""

from __future__ import annotations

import re
import unicodedata

from gov_core.checklists import LIMIT_UNITS, Limit
from gov_core.city._closest import Closest
from gov_core.city._text import UNIT_SIGNS, Flaw, word_flaw

_LIMIT = re.compile(r"([1-9][0-9]{0,5}) (" + "|".join(LIMIT_UNITS) + ")", re.ASCII)
_closest_unit = Closest(LIMIT_UNITS)


def parse_limit(text: str) -> Limit | Flaw | None:
    """Reads ``2 urgent_hour``; None for an empty text or ``*`` (no limit)."""
    if text in {"", "*"}:
        return None
    if found := _LIMIT.fullmatch(text):
        return Limit(int(found[1]), found[2])  # type: ignore[arg-type]  # the pattern allows no other
    normal = " ".join(unicodedata.normalize("NFKC", text).split())
    if _LIMIT.fullmatch(normal):
        return Flaw("rule.limit", f'"{text}" is no time limit', f'write "{normal}"')
    hint = (
        _closest_unit(normal.partition(" ")[2])
        or f"write a number from 1, a space and one of {', '.join(LIMIT_UNITS)}"
    )
    return Flaw("rule.limit", f'"{text}" is no time limit', hint)


def parse_chain(text: str, joint: str) -> tuple[str, ...] | Flaw:
    """Reads unit ids and ``@kind`` joined by ``>`` (first choice first) or ``;`` (side by side)."""
    links = tuple(link.strip(" ") for link in text.split(joint))
    for link in links:
        if not link.removeprefix("@"):
            return Flaw(
                "rule.unit", f'"{text}" has an empty place in its chain', f'write "@kind {joint} UNIT"'
            )
        if flaw := word_flaw(link.removeprefix("@"), "unit", UNIT_SIGNS):
            return flaw
    if len(set(links)) < len(links):
        twice = next(link for at, link in enumerate(links) if link in links[:at])
        return Flaw("rule.unit", f'"{text}" names {twice} twice', "name it once")
    return links
