"""A burden before and after (减负): as tables in the terminal, and as a figure."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from gov_core.checklists import CHECKLIST_NAMES
from gov_core.checklists.burden import MOVE_NAMES
from gov_core.report.bulletin import frame
from gov_core.report.names import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import Console
    from rich.table import Table

    from gov_core.checklists.burden import Load, Move, Reduction

_SENSITIVE = "(sensitive)"
_MOVES: tuple[Move, ...] = ("kept", "merged", "moved", "barred", "ended")


def print_reduction(
    reduction: Reduction, console: Console, *, names: Mapping[str, str] | None = None, each: bool = True
) -> None:
    """Prints what a body carried, what it carries, and what became of each item.

    Titles of sensitive items are left out.

    Args:
        reduction: Of one body.
        console: Where to.
        names: Unit id and ``@kind`` to a name.
        each: Whether each item is told, or only how many became what.
    """
    names = names or {}
    before, after = reduction.before, reduction.after
    body = named(before.body, names)
    console.print(f"[bold]{body}[/]  {before.total} → {after.total} items", highlight=False)
    console.print(_load_table(before, after))
    if each:
        console.print(_fate_table(reduction, names))
    for move in _MOVES:
        console.print(f"{move} {MOVE_NAMES[move]}: {reduction.count(move)}", highlight=False)
    for what, codes in (
        ("added", reduction.added),
        ("matters nobody holds any more", reduction.unheld),
        ("moved without money", reduction.unfunded),
    ):
        console.print(f"{what}: {len(codes)}  {', '.join(codes)}".rstrip(), highlight=False)


def _load_table(before: Load, after: Load) -> Table:
    table = frame("what it carries", 0)
    table.add_column("")
    table.add_column("")
    for title in ("before", "after"):
        table.add_column(title, justify="right")
    rows: list[tuple[str, str, int, int]] = [
        (kind, CHECKLIST_NAMES[kind], before.by_kind.get(kind, 0), after.by_kind.get(kind, 0))
        for kind in dict.fromkeys((*before.by_kind, *after.by_kind))
    ]
    rows += [
        ("assisting in items of others", "协助", before.assisting, after.assisting),
        ("sharing items of others", "共担", before.shared, after.shared),
        ("all", "合计", before.total, after.total),
        ("of these sensitive", "敏感", before.sensitive, after.sensitive),
        ("of these with no name in their source", "未列名", before.placeholders, after.placeholders),
        ("transferred with money", "随转经费", before.funded, after.funded),
        ("transferred without money", "未随转经费", len(before.unfunded), len(after.unfunded)),
    ]
    for english, chinese, then, now in rows:
        table.add_row(english, chinese, str(then), str(now))
    return table


def _fate_table(reduction: Reduction, names: Mapping[str, str]) -> Table:
    table = frame("what became of each item", 0)
    for title in ("item", "title", "", "now", "with"):
        table.add_column(title)
    for fate in sorted(reduction.fates, key=lambda fate: _MOVES.index(fate.move)):
        title = _SENSITIVE if fate.sensitive else fate.title
        holders = ", ".join(named(holder, names) for holder in fate.holders)
        table.add_row(fate.item, title, MOVE_NAMES[fate.move], ", ".join(fate.now), holders)
    return table


_COLOURS: dict[Move, str] = {
    "kept": "#30363d",
    "merged": "#8a94a0",
    "moved": "#2f6f9f",
    "barred": "#b3261e",
    "ended": "#d0d5db",
}
_SHADES = ("#1b7f5a", "#4f9f80", "#86bfa8", "#b4d8c9", "#d5e9e0")
_NEW = "#c8892b"
_INK, _DIM = "#1f2328", "#656d76"
_WIDTH, _LEFT, _BAR, _LINE = 920, 120, 38, 26
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
_RECEIVERS, _CODES = 12, 7


def draw_reduction(reduction: Reduction, *, names: Mapping[str, str] | None = None, note: str = "") -> str:
    """Draws a reduction as one SVG: two bars of one scale, where items went, and what is left to mend.

    The figure has Chinese labels and needs no font file. It shows numbers and names of bodies, no titles.

    Args:
        reduction: Of one body.
        names: Unit id and ``@kind`` to a name.
        note: A line at the foot, such as where the data is from.

    Returns:
        The text of the file, in UTF-8 once encoded.
    """
    names = names or {}
    before, after = reduction.before, reduction.after
    scale = (_WIDTH - _LEFT - 40) / max(before.total, after.total, 1)
    body = escape(named(before.body, names))
    parts = [
        _text(24, 38, f"{body}：{before.total} 项 → {after.total} 项", size=20, weight="bold"),
        *_bar(76, "之前", before.total, _by_move(reduction), scale),
        *_bar(76 + 84, "之后", after.total, _by_kind(reduction), scale),
    ]
    y = 76 + 2 * 84 + 16
    receivers = _receivers(reduction, names)
    if receivers:
        parts.append(_text(24, y, "移交给", size=14, weight="bold"))
        for at, (name, count) in enumerate(receivers):
            parts += _receiver(y + (at + 1) * _LINE, name, count, scale)
        y += (len(receivers) + 1) * _LINE + 6
    for what, codes in (("无人承担的事项", reduction.unheld), ("移交而未随转经费", reduction.unfunded)):
        shown = "、".join(codes[:_CODES]) + (f" 等 {len(codes)} 项" if len(codes) > _CODES else "")
        colour = _COLOURS["barred"] if codes else _DIM
        parts.append(_text(24, y, f"{what}：{len(codes)}", size=14, colour=colour, weight="bold"))
        parts.append(_text(220, y, escape(shown), size=13, colour=colour))
        y += _LINE
    if note:
        parts.append(_text(24, y + 4, escape(note), size=12, colour=_DIM))
        y += _LINE
    label = f"{body}负担：之前 {before.total} 项，之后 {after.total} 项"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + 8}" width="{_WIDTH}" '
        f'height="{y + 8}" font-family="{_FONT}" role="img" aria-label="{label}">\n'
        f'<rect width="{_WIDTH}" height="{y + 8}" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


Segment = tuple[str, int, str]
"""Label, count and colour."""


def _by_move(reduction: Reduction) -> list[Segment]:
    return [(MOVE_NAMES[move], reduction.count(move), _COLOURS[move]) for move in _MOVES]


def _by_kind(reduction: Reduction) -> list[Segment]:
    """What is carried after by kind of list; what came new stands apart, as it was no part of the cut."""
    after = reduction.after
    found = [
        (CHECKLIST_NAMES[kind], count, _SHADES[at % len(_SHADES)])
        for at, (kind, count) in enumerate(after.by_kind.items())
    ]
    found.append(("协助或共担他方事项", after.assisting + after.shared, _SHADES[-1]))
    added = len(reduction.added)
    return [*found, ("其中新增", -added, _NEW)] if added else found


def _bar(y: int, title: str, total: int, segments: Iterable[Segment], scale: float) -> Iterator[str]:
    yield _text(24, y + 25, f"{title} {total} 项", size=15, weight="bold")
    x, legend = float(_LEFT), float(_LEFT)
    for label, count, colour in segments:
        if not count:
            continue
        width = max(count, 0) * scale
        if width:
            yield f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>'
        if width >= 26:
            ink = _INK if colour in {*_SHADES[2:], _COLOURS["ended"]} else "#ffffff"
            yield _text(x + width / 2, y + 25, str(count), size=14, colour=ink, anchor="middle")
        x += width
        shown = f"{label} {abs(count)}"
        yield f'<rect x="{legend:.1f}" y="{y + _BAR + 9}" width="11" height="11" fill="{colour}"/>'
        yield _text(legend + 17, y + _BAR + 19, shown, size=13, colour=_DIM)
        legend += 17 + sum(13 if sign > "\u2e7f" else 7.5 for sign in shown) + 18


def _receivers(reduction: Reduction, names: Mapping[str, str]) -> list[tuple[str, int]]:
    """Who took items over, most first; an item of several bodies counts for the first."""
    moved = Counter(
        named(fate.holders[0], names) for fate in reduction.fates if fate.move == "moved" and fate.holders
    )
    ordered = sorted(moved.items(), key=lambda pair: (-pair[1], pair[0]))
    rest = sum(count for _, count in ordered[_RECEIVERS:])
    return [*ordered[:_RECEIVERS], ("其他", rest)] if rest else ordered


def _receiver(y: int, name: str, count: int, scale: float) -> Iterator[str]:
    yield _text(_LEFT + 80, y, escape(name), size=13, anchor="end")
    width = count * scale
    yield (
        f'<rect x="{_LEFT + 92}" y="{y - 12}" width="{width:.1f}" height="15" fill="{_COLOURS["moved"]}"/>'
    )
    yield _text(_LEFT + 100 + width, y, str(count), size=13, colour=_DIM)


def _text(  # noqa: PLR0917 - where, what, then how
    x: float,
    y: float,
    text: str,
    size: int = 14,
    colour: str = _INK,
    weight: str = "normal",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{text}</text>'
    )
