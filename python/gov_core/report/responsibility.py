"""The responsibility matrix (责任矩阵) for people: a line a part, a CSV file, and a table for a web page."""

from __future__ import annotations

import io
from dataclasses import astuple, dataclass, fields
from html import escape
from typing import TYPE_CHECKING

from gov_core.checklists import CHECKLIST_NAMES
from gov_core.checklists.matrix import PART_NAMES
from gov_core.privacy.cells import write_csv
from gov_core.report.bulletin import frame
from gov_core.report.names import body_names, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from gov_core.checklists.matrix import ResponsibilityMatrix
    from gov_core.city import City


@dataclass(frozen=True, slots=True)
class Duty:
    """One part of one body in one matter.

    Attributes:
        matter: Code of the matter.
        matter_name: For people.
        body: Unit id or ``@kind``.
        body_name: For people.
        part: What the body does, in the word of the field.
        item: Code of the item that says so.
        title: Of the item.
        checklist: Kind of its list, in the word of the field.
        areas: Only there; ids joined by ``;``, as in tables of a city.
        except_areas: Not there.
        assets: Only for these asset classes.
        except_assets: Not for these.
        shared_with: Who holds the duty, too.
    """

    matter: str
    matter_name: str
    body: str
    body_name: str
    part: str
    item: str
    title: str
    checklist: str
    areas: str
    except_areas: str
    assets: str
    except_assets: str
    shared_with: str


def duties(matrix: ResponsibilityMatrix, city: City, *, sensitive: bool = False) -> Iterator[Duty]:
    """The filled cells of a matrix, by matter and then by body.

    Args:
        matrix: Of the city.
        city: For names, and for what items say beside.
        sensitive: Whether sensitive matters and items are told, which are left out otherwise.
    """
    names = body_names(city)
    items = {item.code: item for item in city.items}
    for matter in city.matters:
        if matter.sensitive and not sensitive:
            continue
        for body in matrix.bodies:
            for holding in matrix.at(body, matter.code):
                item = items[holding.item]
                if item.sensitive and not sensitive:
                    continue
                lists = (item.areas, item.except_areas, item.assets, item.except_assets, item.shared_with)
                yield Duty(
                    matter.code,
                    matter.name,
                    body,
                    named(body, names),
                    PART_NAMES[holding.part],
                    item.code,
                    item.title,
                    CHECKLIST_NAMES[holding.kind],
                    *(";".join(values) for values in lists),
                )


def matrix_csv(matrix: ResponsibilityMatrix, city: City, *, sensitive: bool = False) -> str:
    """The filled cells as CSV with a header; cells that a spreadsheet would run are quoted by ``'``.

    Encode it with ``utf-8-sig`` for a spreadsheet that does not ask.

    Args:
        matrix: Of the city.
        city: For names.
        sensitive: Whether sensitive matters and items are told.
    """
    text = io.StringIO(newline="")
    header = [field.name for field in fields(Duty)]
    write_csv(text, header, map(astuple, duties(matrix, city, sensitive=sensitive)))
    return text.getvalue()


def print_matrix(
    matrix: ResponsibilityMatrix, city: City, console: Console, *, sensitive: bool = False
) -> None:
    """Prints who does what, a line for each matter, and below it what is wrong with that."""
    table = frame("who does what", 0)
    for title in ("matter", "name", "who"):
        table.add_column(title)
    by_matter: dict[tuple[str, str], dict[str, None]] = {}
    for duty in duties(matrix, city, sensitive=sensitive):
        words = f"{duty.part} {duty.body_name}"
        by_matter.setdefault((duty.matter, duty.matter_name), {})[words] = None
    for (matter, name), who in by_matter.items():
        table.add_row(matter, name, "; ".join(who))
    console.print(table)
    for what, count in _problems(matrix):
        console.print(f"{what}: {count}", highlight=False)


def _problems(matrix: ResponsibilityMatrix) -> list[tuple[str, int]]:
    return [
        ("缺位 gaps", len(matrix.gaps)),
        ("越位 oversteps", len(matrix.oversteps)),
        ("错位 misplacements", len(matrix.misplacements)),
        ("多头管理 several holders", len(matrix.rivals)),
        ("未准入 not admitted", len(matrix.not_admitted)),
    ]


_MARKS = {"主办": "●", "共担": "◐", "协助": "○", "有权": "▲", "禁止": "✕", "待准入": "…"}


def matrix_html(matrix: ResponsibilityMatrix, city: City, *, sensitive: bool = False) -> str:
    """The matrix as a fragment of HTML: matters down, bodies across, a mark a part.

    The fragment is a ``section`` of class ``responsibility`` without style or script of its own. Bodies
    without a part and matters without a body have no column and no row; a gap has a row of its own.

    Args:
        matrix: Of the city.
        city: For names.
        sensitive: Whether sensitive matters and items are told.
    """
    names = body_names(city)
    cells: dict[tuple[str, str], list[Duty]] = {}
    for duty in duties(matrix, city, sensitive=sensitive):
        cells.setdefault((duty.matter, duty.body), []).append(duty)
    bodies = [body for body in matrix.bodies if any(cell == body for _, cell in cells)]
    gaps = {gap.matter: gap for gap in matrix.gaps}
    head = "".join(f'<th scope="col">{escape(named(body, names))}</th>' for body in bodies)
    rows = []
    for matter in city.matters:
        found = [cells.get((matter.code, body), []) for body in bodies]
        told = (sensitive or not matter.sensitive) and (any(found) or matter.code in gaps)
        if told:
            gap = ' class="gap"' if matter.code in gaps else ""
            title = escape(matter.name or matter.code)
            marks = "".join(_cell(duties_) for duties_ in found)
            rows.append(f'<tr{gap}><th scope="row">{title}</th>{marks}</tr>')
    legend = "　".join(f"{mark} {part}" for part, mark in _MARKS.items())
    problems = "".join(f"<li>{escape(what)}: {count}</li>" for what, count in _problems(matrix))
    return (
        f'<section class="responsibility"><table><caption>责任矩阵　{legend}</caption>'
        f"<thead><tr><th></th>{head}</tr></thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"
        f"<ul>{problems}</ul></section>\n"
    )


def _cell(found: list[Duty]) -> str:
    if not found:
        return "<td></td>"
    marks = "".join(dict.fromkeys(_MARKS[duty.part] for duty in found))
    title = "; ".join(f"{duty.part} {duty.item} {duty.title}{_limits(duty)}" for duty in found)
    return f'<td title="{escape(title)}">{marks}</td>'


def _limits(duty: Duty) -> str:
    """Where and for what a part is, if not everywhere and for all."""
    said = [
        ("", duty.areas),
        ("除 ", duty.except_areas),
        ("", duty.assets),
        ("除 ", duty.except_assets),
        ("与 ", duty.shared_with),
    ]
    words = ", ".join(f"{word}{value}" for word, value in said if value)
    return f" ({words})" if words else ""
