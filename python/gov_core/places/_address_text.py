"""One way of writing an address: width, case, separators and numerals folded."""

from __future__ import annotations

import re
from unicodedata import is_normalized, normalize

from gov_core.places._address_words import DIGITS, LETTERS, MARKERS, ROAD_ENDS, TENS

_NUMERAL = "[" + "".join([*DIGITS, *TENS]) + "]"
_COUNTED = "|".join(sorted(MARKERS.keys() - {"F", "门"}, key=len, reverse=True))
_TO_DIGITS = re.compile(rf"(?<!{_NUMERAL}){_NUMERAL}++(?={_COUNTED}|门\d|期|区|组|附\d|-?\d)")
_TO_NUMERALS = re.compile(rf"(?<![0-9A-Z-])[1-9]\d?(?={'|'.join(ROAD_ENDS)}|村)")
_LONG = re.compile(
    r"(?:[一二三四五六七八九]千零?)?(?:[一二三四五六七八九两]百零?)?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?"
)
_SEPARATORS = re.compile("[ -]+")
_PLACES = frozenset(TENS)
_NUMERALS = "零一二三四五六七八九"


def normalise_address(text: str) -> str:
    """Folds what people write differently and mean alike; folding twice changes nothing.

    Full-width forms become half-width and letters capitals. Numerals before a component (三号楼, 二〇三室)
    and before 期, 区 and 组 become digits; digits before the end of a road's name (中山3路) become numerals.
    Spaces, commas and dashes stay only between two digits or letters, as one dash.

    Examples:
        >>> normalise_address(" 柳湾路 １２号，三号楼 二〇三室")
        '柳湾路12号3号楼203室'
        >>> normalise_address("Ａ座 12—501")
        'A座12-501'
    """
    while True:
        folded = normalize("NFKC", text).translate(LETTERS)
        if " " in folded or "-" in folded:
            folded = _SEPARATORS.sub(_separator, folded)
        folded = _TO_DIGITS.sub(_to_digits, folded)
        folded = _TO_NUMERALS.sub(_to_numerals, folded)
        # A letter and a mark that come together only now may make one letter.
        if folded == text or is_normalized("NFKC", folded):
            return folded
        text = folded


def _separator(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    between = start and end < len(text) and _joins(text[start - 1]) and _joins(text[end])
    return "-" if between else ""


def _joins(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _to_digits(found: re.Match[str]) -> str:
    """203 for 二〇三, 105 for 一百零五; what is no number stays."""
    numeral = found[0]
    if _PLACES.isdisjoint(numeral):
        return "".join(str(DIGITS[letter]) for letter in numeral)
    if not _LONG.fullmatch(numeral):
        return numeral
    value = digit = 0
    for letter in numeral:
        if letter in TENS:
            value += (digit or 1) * TENS[letter]
            digit = 0
        else:
            digit = DIGITS[letter]
    return str(value + digit)


def _to_numerals(found: re.Match[str]) -> str:
    """十二 for 12."""
    tens, ones = divmod(int(found[0]), 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return ten + (_NUMERALS[ones] if ones or not tens else "")
