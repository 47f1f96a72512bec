"""city.toml: what the city is called, its CRS, its levels, and how the other files are written."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gov_core.city._cells import decode
from gov_core.city._closest import Closest
from gov_core.city._text import name_flaw, word_flaw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.city._draft import Draft

FILE = "city.toml"
FORMAT = 2
"""What is written; every format up to it is read."""
ENCODINGS = ("UTF-8", "GB18030")
VOID_LEVEL = "void"
"""Level of features that are holes; no level of the hierarchy may have this name."""

_TOP = ("format", "encoding", "city", "check")
_CITY = ("name", "crs", "levels", "partition", "grades", "voids", "preset")
_CHECK = ("hard_rules", "severities")


@dataclass(slots=True)
class Settings:
    """What the other files are read with.

    Attributes:
        encoding: Of the CSV files.
        crs: As stated; empty if it could not be read.
        voids: Listed ids of holes; None if the list could not be read.
        format: Of the folder.
    """

    encoding: str = "UTF-8"
    crs: str = ""
    voids: tuple[str, ...] | None = None
    format: int = FORMAT


def read_settings(data: bytes, draft: Draft) -> Settings:
    """Reads city.toml into the draft and returns what concerns the other files."""
    settings = Settings()
    draft.grades_known = False
    text = decode(data, FILE, "UTF-8", draft)
    if text is None:
        return settings
    try:
        document = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        line = re.search(r"at line (\d+)", str(error))
        draft.fault("toml.syntax", str(error), f"{FILE}:{line[1]}" if line else FILE)
        return settings
    _refuse_unknown(document, _TOP, "", draft)
    settings.format = _read_format(document.get("format", 1), draft)
    settings.encoding = _read_encoding(document.get("encoding", "UTF-8"), draft)
    city = document.get("city")
    if not isinstance(city, dict):
        draft.fault("toml.missing", "table [city] is missing", FILE, "write [city] with name, crs and levels")
        return settings
    _refuse_unknown(city, _CITY, "city.", draft)
    _read_city(city, settings, draft)
    _read_check(document.get("check", {}), draft)
    return settings


def _refuse_unknown(table: dict[str, Any], known: tuple[str, ...], path: str, draft: Draft) -> None:
    closest = Closest(known)
    for key in table:
        if key not in known:
            hint = closest(key) or f"known: {', '.join(known)}"
            draft.fault("toml.unknown_key", f'no key "{path}{key}" is known', FILE, hint)


def _read_format(value: Any, draft: Draft) -> int:  # noqa: ANN401  # whatever TOML holds
    if type(value) is int and 1 <= value <= FORMAT:
        return value
    hint = f"this release reads 1 to {FORMAT}"
    draft.fault("toml.format", f"format {value!r} is not read", f"{FILE}#format", hint)
    return FORMAT


def _read_encoding(value: Any, draft: Draft) -> str:  # noqa: ANN401
    if value not in ENCODINGS:
        draft.fault(
            "toml.encoding",
            f"encoding {value!r} is not read",
            f"{FILE}#encoding",
            f"known: {', '.join(ENCODINGS)}",
        )
        return "UTF-8"
    return str(value)


def _read_city(city: dict[str, Any], settings: Settings, draft: Draft) -> None:
    draft.name = _string(city, "name", draft) or ""
    draft.flaw(name_flaw(draft.name, "name"), f"{FILE}#city.name")
    settings.crs = _string(city, "crs", draft) or ""
    levels = _words(city, "levels", draft)
    if levels is not None:
        draft.levels, draft.levels_where = levels, f"{FILE}#city.levels"
        refuse_levels(levels, f"{FILE}#city.levels", draft)
        if "partition" in city:
            stated = _string(city, "partition", draft)
            draft.partition = known_partition(stated or "", levels, f"{FILE}#city.partition", draft)
            draft.partition_known = draft.partition == stated
    if "preset" in city:
        draft.preset = _string(city, "preset", draft) or ""
        draft.flaw(name_flaw(draft.preset, "preset"), f"{FILE}#city.preset")
    grades = _words(city, "grades", draft) if "grades" in city else None
    draft.grades_known = grades is not None or "grades" not in city
    if grades == ():
        draft.fault(
            "toml.value",
            "the list of grades is empty",
            f"{FILE}#city.grades",
            "leave it out if there are none",
        )
    draft.grades = grades
    settings.voids = _words(city, "voids", draft) if "voids" in city else ()


def _read_check(check: Any, draft: Draft) -> None:  # noqa: ANN401
    if not isinstance(check, dict):
        draft.fault("toml.value", "check is no table", f"{FILE}#check", "write [check]")
        return
    _refuse_unknown(check, _CHECK, "check.", draft)
    if "hard_rules" in check:
        draft.hard_rules = _words(check, "hard_rules", draft, "check") or ()
    severities = check.get("severities", {})
    if not isinstance(severities, dict):
        hint = 'severities = { "geometry.gap" = "off" }'
        draft.fault("toml.value", "severities is no table", f"{FILE}#check.severities", hint)
        return
    draft.severities = read_severities(severities, f"{FILE}#check.severities", draft)


def read_severities(stated: Mapping[str, Any], where: str, draft: Draft) -> tuple[tuple[str, str], ...]:
    """Codes with what they count as; whether there are such is the business of the check."""
    for code, severity in stated.items():
        if not isinstance(severity, str):
            hint = 'severities = { "geometry.gap" = "off" }'
            draft.fault("toml.value", f'"{code}" counts as {severity!r}, no text', where, hint)
    return tuple((code, severity) for code, severity in stated.items() if isinstance(severity, str))


def _string(city: dict[str, Any], key: str, draft: Draft) -> str | None:
    value = city.get(key)
    if value is None:
        draft.fault("toml.missing", f'key "{key}" is missing', f"{FILE}#city.{key}")
    elif not isinstance(value, str):
        draft.fault("toml.value", f"{key} is no text", f"{FILE}#city.{key}", "write it in quotes")
    else:
        return value
    return None


def _words(table: dict[str, Any], key: str, draft: Draft, path: str = "city") -> tuple[str, ...] | None:
    """A list of different words, or None after a fault."""
    where = f"{FILE}#{path}.{key}"
    value = table.get(key)
    if value is None:
        draft.fault("toml.missing", f'key "{key}" is missing', where)
        return None
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        draft.fault("toml.value", f"{key} is no list of texts", where, f'{key} = ["…", "…"]')
        return None
    return flawless_words(value, key, where, draft)


def flawless_words(words: list[str], key: str, where: str, draft: Draft) -> tuple[str, ...] | None:
    """Different words without a flaw, or None after the faults."""
    flaws = [draft.flaw(word_flaw(word, key), where) for word in words]
    twice = sorted({word for word in words if words.count(word) > 1})
    for word in twice:
        draft.fault("toml.value", f'{key} names "{word}" twice', where, "name it once")
    return None if any(flaws) or twice else tuple(words)


def known_partition(level: str, levels: tuple[str, ...], where: str, draft: Draft) -> str:
    """The level whose places tile the city, or an empty text for the last one."""
    if level and level not in levels:
        message = f'"{level}" is no level of the city'
        draft.fault("toml.value", message, where, Closest(levels)(level) or f"levels: {', '.join(levels)}")
        return ""
    return level


def refuse_levels(levels: tuple[str, ...], where: str, draft: Draft) -> None:
    """Refuses a list of levels that no hierarchy can have."""
    if not levels:
        draft.fault("toml.value", "a city has at least one level", where, 'levels = ["grid"]')
    if VOID_LEVEL in levels:
        draft.fault("toml.value", f'no level may be called "{VOID_LEVEL}"', where, "it marks holes")
