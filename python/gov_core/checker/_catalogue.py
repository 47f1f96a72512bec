"""The catalogue of diagnostics: for each code what it means, why it matters, and how to mend it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY = "*."
"""How a code starts that stands for one of each table: ``*.unknown_unit`` for ``post.unknown_unit`` ..."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One kind of finding.

    Attributes:
        code: Stable, dotted, lower case. In the catalogue ``*.`` stands for every table.
        severity: What it counts as unless the city says otherwise under severities.
        title: What is wrong, in a few words.
        why: Why it matters.
        mend: How to mend it.
        source: Row of the acceptance table, law or ``practice`` behind it; empty for what is plain.
        family: Name of the file of the catalogue it is from.
    """

    code: str
    severity: Literal["error", "warning"]
    title: str
    why: str
    mend: str
    source: str = ""
    family: str = ""


@cache
def catalogue() -> Mapping[str, Diagnostic]:
    """All diagnostics by code, sorted by code; read once, at the first question."""
    found: dict[str, Diagnostic] = {}
    folder = files("gov_core.checker") / "catalogue"
    for file in folder.iterdir():
        family, _, suffix = file.name.rpartition(".")
        if suffix == "toml":
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {code: Diagnostic(code, family=family, **entry) for code, entry in entries.items()}
    return {code: found[code] for code in sorted(found)}


def diagnostic(code: str) -> Diagnostic:
    """The diagnostic of a code.

    Raises:
        KeyError: There is none.
    """
    entries = catalogue()
    if code in entries:
        return entries[code]
    shared = entries.get(ANY + code.partition(".")[2])
    if shared is None:
        raise KeyError(code)
    return replace(shared, code=code)


PAPERS = {
    "Q": "Hangzhou Qingbo, 2017",
    "Y": "Shenzhen Yantian, in the paper on Qingbo, 2017",
    "J": "Nanjing Jianye, in the paper on Qingbo, 2017",
    "L": "Shenzhen Luohu, in the paper on Qingbo, 2017",
    "G": "Guiyang, 2017",
    "N": "Nanjing Qinhuai, 2021",
    "H": "Huai'an Qinghe, figures of 2011",
    "S": "Shandong, about 2015",
}
"""First letter of a row of the acceptance table to the paper it is from."""


def source_in_words(source: str) -> str:
    """Sources with their papers: ``N-RULE-1 (Nanjing Qinhuai, 2021)``; laws as they stand.

    Args:
        source: Rows and laws joined by ``;``.
    """
    words = []
    for row in filter(None, (part.strip() for part in source.split(";"))):
        paper = PAPERS.get(row[0]) if row[1:2] == "-" else None
        words.append(f"{row} ({paper})" if paper else row)
    return "; ".join(words)
