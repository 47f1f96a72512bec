"""The small language of time limits."""

from __future__ import annotations

import re
import unicodedata

from gov_core.checklists import LIMIT_UNITS, Limit
from gov_core.city._closest import Closest
from gov_core.city._text import Flaw

_LIMIT = re.compile(r"([1-9][0-9]{0,5}) (" + "|".join(LIMIT_UNITS) + ")", re.ASCII)
_closest_unit = Closest(LIMIT_UNITS)


def parse_limit(text: str, code: str = "rule.limit") -> Limit | Flaw | None:
    """Reads ``2 urgent_hour``; None for an empty text or ``*`` (no limit)."""
    if text in {"", "*"}:
        return None
    if found := _LIMIT.fullmatch(text):
        return Limit(int(found[1]), found[2])  # type: ignore[arg-type]  # the pattern allows no other
    normal = " ".join(unicodedata.normalize("NFKC", text).split())
    if _LIMIT.fullmatch(normal):
        return Flaw(code, f'"{text}" is no time limit', f'write "{normal}"')
    hint = (
        _closest_unit(normal.partition(" ")[2])
        or f"write a number from 1, a space and one of {', '.join(LIMIT_UNITS)}"
    )
    return Flaw(code, f'"{text}" is no time limit', hint)
