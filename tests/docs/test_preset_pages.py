"""The tables on the pages of docs/reference/presets are those of the package; each preset has a page.

``PYTHONPATH=python python tests/docs/test_preset_pages.py`` writes them anew.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gov_core import presets
from gov_core.checker import diagnostic
from gov_core.city._sheets import SHEETS
from gov_core.presets._tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGES = Path(__file__).parents[2] / "docs/reference/presets"


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    lines = [head.split("|"), ["---"] * (head.count("|") + 1), *rows]
    return "\n".join(f"| {' | '.join(cell.strip() for cell in line)} |" for line in lines)


def facts(name: str) -> str:
    own, city = presets.describe(name), presets.load(name)
    counts = Counter(place.level for place in city.places)
    levels = " > ".join(f"{level} ({counts[level]:,})" for level in own.levels)
    told = {
        "paper": f"{own.paper}, which proposes it and reports nothing of it" if own.proposal else own.paper,
        "levels": f"{levels}; `{own.partition}` tiles the city",
        "grades": ", ".join(f"`{grade}`" for grade in own.grades) or "none",
        "hard rules, and what breaks them": "<br>".join(
            f"`{rule}`: {diagnostic(f'hard_rule.{rule}').title}" for rule in own.hard_rules
        ),
        "norms": "<br>".join(norm_in_words(norm) for norm in city.norms) or "none",
        "rows": ", ".join(
            f"{len(rows):,} {sheet.part.replace('_', ' ')}"
            for sheet in SHEETS
            if (rows := city.rows(sheet.part))
        ),
        "parameters": ", ".join(
            f"`{parameter.name}={parameter.default!r}`"
            for parameter in inspect.signature(presets.builder(name)).parameters.values()
        ),
    }
    lists = [
        [
            f"`{row['id']}`",
            row["title"],
            row["kind"],
            f"`{row['holder']}`",
            row.get("expected_count", ""),
            row["source"],
        ]
        for row in rows_of(name.lower(), "checklists")
        if not row.get("option")
    ]
    parts = [table("what | this preset", ([key, value] for key, value in told.items()))]
    if lists:
        parts.append(table("list | title | kind | holder | items it is said to have | source", lists))
    if own.options:
        options = ([f"`{one.name}`", one.title, one.standing, ", ".join(one.sources)] for one in own.options)
        parts.append(table("option, off by default | what it adds | standing | sources", options))
    return "\n\n".join(parts)


def norm_in_words(norm) -> str:
    bounds = " to ".join(
        f"{bound:,.0f}" for bound in dict.fromkeys((norm.least, norm.most)) if bound is not None
    )
    return f"{norm.measure} of each {norm.per}: {bounds} ({norm.source}, {norm.severity})"


def page_of(name: str) -> Path:
    return PAGES / f"{name.lower()}.md"


def with_facts(name: str, page: str) -> str:
    page, times = re.subn(
        r"(<!-- facts: [^\n]+ -->\n).*?(<!-- end of facts -->)",
        lambda found: f"{found[1]}\n{facts(name)}\n\n{found[2]}",
        page,
        flags=re.DOTALL,
    )
    assert times == 1, name
    return page


@pytest.mark.parametrize("name", presets.NAMES)
def test_the_facts_are_those_of_the_package(name: str) -> None:
    page = page_of(name).read_text(encoding="utf-8")
    assert page == with_facts(name, page)


@pytest.mark.parametrize("name", presets.NAMES)
def test_every_page_shows_its_picture(name: str) -> None:
    shown = re.findall(r"^!\[.+?\]\((.+?)\)$", page_of(name).read_text(encoding="utf-8"), re.MULTILINE)
    assert shown == [f"../../assets/presets/{name.lower()}.png"]
    assert (PAGES / shown[0]).read_bytes().startswith(b"\x89PNG")


def test_the_index_lists_every_preset_and_no_other() -> None:
    index = (PAGES / "index.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[([A-Z_0-9]+)\]\((\w+)\.md\)", index, re.MULTILINE) == [
        (name, name.lower()) for name in presets.NAMES
    ]
    assert {page.stem for page in PAGES.glob("*.md")} == {"index", *(name.lower() for name in presets.NAMES)}


if __name__ == "__main__":
    for own in presets.NAMES:
        page_of(own).write_text(with_facts(own, page_of(own).read_text(encoding="utf-8")), encoding="utf-8")
