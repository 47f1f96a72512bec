"""The tables of docs/reference/papers.md are made from tests/acceptance.csv.

``python tests/docs/test_papers_page.py`` writes them anew.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/papers.md"
PAPERS = {
    "000: Hangzhou Qingbo, and Yantian, Jianye, Luohu, Zhabei": "QYJLD",
    "001: Guiyang": "G",
    "002: Nanjing Qinhuai": "N",
    "003: Huai'an Qinghe": "H",
    "004: Shandong": "S",
}
HEAD = (
    "| row | phrase | meaning | where it is in the code | later | what we left out and why |\n"
    + "| --- " * 6
    + "|"
)


def rows() -> list[dict[str, str]]:
    with (ROOT / "tests/acceptance.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def meaning(row: dict[str, str]) -> str:
    """The meaning, marked where the paper does not tell of practice."""
    mark = "" if row["standing"] == "practised" else f" ({row['standing']})"
    return f"{row['meaning']}{mark}"


def where(row: dict[str, str]) -> str:
    """The carriers without the tests; a section of this page as a link."""
    found = [one for one in row["carriers"].split("; ") if one and not one.startswith("tests/")]
    links = [
        f"[{one.partition('#')[2]}](#{one.partition('#')[2]})" if "#" in one else f"`{one}`" for one in found
    ]
    return ", ".join(links)


def line(row: dict[str, str]) -> str:
    cells = (row["id"], row["phrase"], meaning(row), where(row), row["later"], row["left_out"])
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def papers() -> str:
    return "\n\n".join(
        "\n".join([f"## {title}", "", HEAD, *(line(row) for row in rows() if row["id"][0] in letters)])
        for title, letters in PAPERS.items()
    )


def background() -> str:
    return "\n".join(
        f"- {row['id']} {row['phrase']}: {row['meaning']}."
        for row in rows()
        if "#background" in row["carriers"]
    )


def with_tables(page: str) -> str:
    for name, made in (("background", background()), ("papers", papers())):
        begin, end = re.escape(f"<!-- {name}: "), re.escape(f"<!-- end of {name} -->")
        page, times = re.subn(
            rf"({begin}[^\n]+ -->\n).*?({end})",
            lambda found, made=made: f"{found[1]}\n{made}\n\n{found[2]}",
            page,
            flags=re.DOTALL,
        )
        assert times == 1, name
    return page


def test_the_tables_are_made_from_the_acceptance_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_tables(page)


def test_every_row_is_on_the_page_once_in_its_paper() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(rows()) == 357
    for row in rows():
        assert page.count(f"\n| {row['id']} |") == 1


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
