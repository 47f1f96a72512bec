"""The tables of docs/reference/organisation.md are those of the package.

``PYTHONPATH=python python tests/docs/test_organisation_page.py`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.organisation import (
    KINDS,
    POWER_BRANCHES,
    POWER_NAMES,
    RELATION_NAMES,
    ROLES,
    matrix,
    matrix_presets,
    power_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.organisation import Kind, Role

PAGE = Path(__file__).parents[2] / "docs/reference/organisation.md"
ALL = ("practised", "recommended", "background")


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    lines = [head.split("|"), ["---"] * (head.count("|") + 1), *rows]
    return "\n".join(f"| {' | '.join(cell.strip() for cell in line)} |" for line in lines)


def words(term: Kind | Role) -> list[str]:
    others = f", also {'、'.join(term.aliases)}" if term.aliases else ""
    marked = "" if term.standing == "practised" else f", {term.standing}"
    return [f"`{term.code}`", term.chinese, f"{term.english}{others} ({', '.join(term.sources)}{marked})"]


def kinds() -> str:
    return table(
        "code | Chinese | English, other words, sources | layer | usual levels | within | each place",
        (
            [
                *words(kind),
                kind.layer or "",
                ", ".join(kind.levels),
                f"`{kind.within}`" if kind.within else "",
                "one" if kind.single else "",
            ]
            for kind in KINDS.values()
        ),
    )


def matrices() -> str:
    return "\n\n".join(
        f"**{preset}**\n\n{power_table(matrix(preset, standings=ALL))}" for preset in matrix_presets()
    )


TABLES = {
    "kinds": kinds,
    "roles": lambda: table("code | Chinese | English, other words, sources", map(words, ROLES.values())),
    "matrix": matrices,
}


def with_tables(page: str) -> str:
    for name, made in TABLES.items():
        begin, end = re.escape(f"<!-- {name}: "), re.escape(f"<!-- end of {name} -->")
        page, times = re.subn(
            rf"({begin}[^\n]+ -->\n).*?({end})",
            lambda found, made=made: f"{found[1]}\n{made()}\n\n{found[2]}",
            page,
            flags=re.DOTALL,
        )
        assert times == 1, name
    return page


def test_the_tables_are_those_of_the_package() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_tables(page)


def test_all_relations_and_powers_are_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for kind, chinese in RELATION_NAMES.items():
        assert f"| `{kind}` | {chinese} |" in page
    for power, chinese in POWER_NAMES.items():
        branch = f" {POWER_BRANCHES[power]}" if power in POWER_BRANCHES else ""
        assert f"| `{power}` | {chinese} |{branch} |" in page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
