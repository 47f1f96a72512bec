"""The picture of a procedure: stages from top to bottom, ways between them, clocks beside them.

The layout is our own and the same each time: ways to the next stage run down the middle, ways back (amber)
and past stages (grey) on the left, clocks on the right, each from the stage that starts it to the one that
meets it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gov_core.report.procedure_flow import START, flow_of
from gov_core.report.procedure_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gov_core.cases.procedure import Procedure
    from gov_core.casework.wording import Language
    from gov_core.report.procedure_flow import Flow, Span

_BOX_X, _BOX_W = 270, 420
_BAR_STEP = 20
_LINE, _TRACK = 20, 16
_TOP = 112
_STYLE: Final = """
text{font-family:"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;fill:#1f2937}
.title{font-size:24px;font-weight:700}
.sub{font-size:13px;fill:#6b7280}
.box{fill:#fff;stroke:#c7d2e5;stroke-width:1.2}
.number{fill:#2456a6}
.digit{font-size:14px;font-weight:700;fill:#fff}
.name{font-size:17px;font-weight:700}
.chip{fill:#eef3fb}
.state{font-size:11.5px;fill:#3b5584}
.task{font-size:12px;fill:#0f766e}
.next{stroke:#2456a6;stroke-width:2;fill:none}
.trigger{font-size:13px;font-weight:600}
.roles{font-size:12px;fill:#6b7280}
.back{stroke:#c2790a;stroke-width:1.3;fill:none}
.jump{stroke:#94a3b8;stroke-width:1.3;fill:none;stroke-dasharray:4 3}
.onback{font-size:11.5px;fill:#96600a}
.onjump{font-size:11.5px;fill:#64748b}
.clock{font-size:12.5px;font-weight:600}
.limit{font-size:11.5px;fill:#6b7280}
.lead{stroke:#d7dce4;stroke-width:1;fill:none}
.foot{font-size:12.5px}
.key{font-weight:700;fill:#2456a6}
"""
_COLOURS: Final = ("#2f7d5b", "#7a5cc0", "#2b7fb8", "#b4552d", "#56708f", "#a33d72", "#6f7f2a", "#8a6d1f")


def draw_svg(procedure: Procedure, language: Language = "zh") -> str:
    """Draw a procedure as SVG.

    Args:
        procedure: Which.
        language: Of the words in it: ``zh`` or ``en``.

    Returns:
        The text of an SVG file, the same for the same procedure.
    """
    return _Drawing(flow_of(procedure), Words(language)).svg()


@dataclass(frozen=True, slots=True)
class _Row:
    """Where a stage is drawn."""

    top: int
    height: int

    @property
    def middle(self) -> int:
        return self.top + self.height // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height


class _Drawing:
    """One picture in the making."""

    def __init__(self, flow: Flow, words: Words) -> None:
        self.flow, self.words = flow, words
        self.nexts = {way.source: way for way in flow.ways if way.kind == "next"}
        self.arcs = [way for way in flow.ways if way.kind != "next"]
        self.arcs.sort(key=lambda way: (abs(way.target - way.source), way.source, way.target))
        self.rows = self._placed()
        self.tracks = _tracks([_reach(way.source, way.target) for way in self.arcs])
        self.bars = _tracks([(span.source, span.target + 1) for span in flow.spans])
        self.left = 84 + _TRACK * (max(self.tracks, default=-1) + 1)
        self.shift = max(0, self.left - 84 - 100)

    def svg(self) -> str:
        """All of it."""
        body = [*self._head(), *self._arcs(), *self._nexts(), *self._boxes(), *self._clocks()]
        foot, bottom = self._foot()
        width = round(self._width())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom}" width="{width}" '
            f'height="{bottom}" role="img">\n<title>{escape(self.words.name(self.flow.procedure))}</title>\n'
            f"<style>{_STYLE}</style>\n<defs>{_heads()}</defs>\n"
            f'<rect width="{width}" height="{bottom}" fill="#f8fafc"/>\n'
            + "\n".join([*body, *foot])
            + "\n</svg>\n"
        )

    def _placed(self) -> list[_Row]:
        rows, y = [], _TOP
        for at in range(len(self.flow.stages)):
            way = self.nexts.get(at - 1)
            y += 18 + _LINE * max(len(way.triggers) if way else 0, 1)
            ports = sum(at in (way.source, way.target) for way in self.arcs)
            needed = max(66 + 18 * len(self.flow.tasks[at]), 26 + 17 * ports)
            rows.append(_Row(y, needed))
            y += needed
        return rows

    def _width(self) -> float:
        """As wide as its longest line wants it."""
        rules = [span.rule for span in self.flow.spans]
        widest = max((_width(self.words.limit(rule), 11.5) for rule in rules), default=0)
        names = max((_width(self.words.clock(rule), 12.5) for rule in rules), default=0)
        head = _width(self.words.about(self.flow.procedure), 13) + 40
        return max(self._labels + max(widest, names) + 30, head + 40, self.x + _BOX_W + 60)

    @property
    def _labels(self) -> int:
        """Left edge of the names of the clocks."""
        return self.x + _BOX_W + 30 + _BAR_STEP * (max(self.bars, default=0) + 1)

    @property
    def x(self) -> int:
        """Left edge of the boxes."""
        return _BOX_X + self.shift

    def _head(self) -> Iterator[str]:
        procedure = self.flow.procedure
        yield _text(40, 48, self.words.name(procedure), "title")
        yield _text(40, 72, self.words.about(procedure), "sub")

    def _boxes(self) -> Iterator[str]:
        x = self.x
        for at, (stage, row) in enumerate(zip(self.flow.stages, self.rows, strict=True)):
            yield f'<rect class="box" x="{x}" y="{row.top}" width="{_BOX_W}" height="{row.height}" rx="10"/>'
            tasks = self.flow.tasks[at]
            y = row.middle - 9 * len(tasks)
            yield f'<circle class="number" cx="{x + 28}" cy="{y - 11}" r="13"/>'
            yield _text(x + 28, y - 6, str(at + 1), "digit", anchor="middle")
            yield _text(x + 52, y - 5, self.words.stage(stage), "name")
            left = x + 52.0
            for state in self.flow.states[at]:
                name = self.words.state(state)
                width = _width(name, 11.5) + 14
                yield f'<rect class="chip" x="{left:g}" y="{y + 6}" width="{width:g}" height="20" rx="10"/>'
                yield _text(left + 7, y + 20, name, "state")
                left += width + 6
            for number, (kind, to) in enumerate(tasks):
                yield _text(x + 52, y + 44 + 18 * number, self.words.task(kind, to), "task")

    def _nexts(self) -> Iterator[str]:
        x = self.x + 28
        for at, row in enumerate(self.rows):
            top = self.rows[at - 1].bottom if at else row.top - 18 - _LINE * self._lines(at)
            way = self.nexts.get(at - 1)
            if way is None:
                continue
            yield f'<path class="next" marker-end="url(#next)" d="M{x} {top}V{row.top - 3}"/>'
            for number, (trigger, roles) in enumerate(way.triggers):
                y = top + 22 + _LINE * number
                name = self.words.trigger(trigger)
                yield _text(x + 24, y, name, "trigger")
                left = x + 34 + _width(name, 13)
                told = _cut(self.words.roles(roles), 12, self.x + _BOX_W - left)
                yield _text(left, y, told, "roles")

    def _lines(self, at: int) -> int:
        way = self.nexts.get(at - 1)
        return max(len(way.triggers) if way else 0, 1)

    def _arcs(self) -> Iterator[str]:
        ports = self._ports()
        for number, (way, track) in enumerate(zip(self.arcs, self.tracks, strict=True)):
            target, edge, kind = ports[number, way.target], self.x, way.kind
            names = self.words.joined([self.words.trigger(trigger) for trigger, _ in way.triggers], 3)
            if way.source == START:
                x = edge - 30 - round(_width(names, 11.5))
                yield f'<path class="next" marker-end="url(#next)" d="M{x} {target}H{edge - 3}"/>'
                yield _text(edge - 16, target - 5, names, "onjump", anchor="end")
                continue
            x, source = edge - 148 - _TRACK * track, ports[number, way.source]
            turn = 6 if target > source else -6
            yield (
                f'<path class="{kind}" marker-end="url(#{kind})" d="M{edge} {source}H{x + 6}'
                f"Q{x} {source} {x} {source + turn}V{target - turn}"
                f'Q{x} {target} {x + 6} {target}H{edge - 3}"/>'
            )
            yield _text(edge - 10, source - 4, _cut(names, 11.5, 128), f"on{kind}", anchor="end")

    def _ports(self) -> dict[tuple[int, int], int]:
        """Where each way on the left touches its stages, by its number and that of the stage."""
        ports: dict[tuple[int, int], int] = {}
        for at, row in enumerate(self.rows):
            others = {
                number: way.source + way.target - at
                for number, way in enumerate(self.arcs)
                if at in (way.source, way.target)
            }
            # Of those going up the nearest is highest, of those going down the farthest: few lines cross.
            order = sorted(others, key=lambda number: (others[number] > at, -others[number]))
            for place, number in enumerate(order, 1):
                ports[number, at] = row.top + round(row.height * place / (len(order) + 1)) + 3
        return ports

    def _clocks(self) -> Iterator[str]:
        lowest = 0
        x_text = self._labels
        order = sorted(range(len(self.bars)), key=lambda at: (self._from(self.flow.spans[at]), at))
        for at in order:
            span, colour = self.flow.spans[at], _COLOURS[at % len(_COLOURS)]
            x = self.x + _BOX_W + 22 + _BAR_STEP * self.bars[at]
            top, bottom = self._from(span), self._until(span)
            yield f'<rect x="{x}" y="{top}" width="6" height="{bottom - top}" rx="3" fill="{colour}"/>'
            yield f'<path d="M{x - 3} {bottom}h12" stroke="{colour}" stroke-width="2"/>'
            y = max(top + 14, lowest + 40)
            lowest = y
            yield f'<path class="lead" d="M{x + 7} {min(y - 4, bottom - 4)}L{x_text - 6} {y - 4}"/>'
            yield _text(x_text, y, self.words.clock(span.rule), "clock", fill=colour)
            yield _text(x_text, y + 16, self.words.limit(span.rule), "limit")

    def _from(self, span: Span) -> int:
        return self.rows[span.source].top + 8

    def _until(self, span: Span) -> int:
        row = self.rows[span.target]
        return row.bottom - 8 if span.target <= span.source else row.top + 16

    def _foot(self) -> tuple[list[str], int]:
        y = max(self.rows[-1].bottom if self.rows else _TOP, 0) + 44
        drawn: list[str] = []
        for key, told in self.words.notes(self.flow):
            lines = _wrapped(told, 12.5, 760)
            drawn.append(_text(40, y, key, "foot key"))
            for line in lines:
                drawn.append(_text(150, y, line, "foot"))
                y += 22
        return drawn, y + 12


def _reach(source: int, target: int) -> tuple[int, int]:
    low, high = sorted((source, target))
    return (max(low, 0) if low != START else target, high + 1)


def _tracks(spans: Sequence[tuple[int, int]]) -> list[int]:
    """A track for each span, the nearest that is free over all of it."""
    taken: list[list[tuple[int, int]]] = []
    found = []
    for low, high in spans:
        free = next(
            (at for at, used in enumerate(taken) if all(high <= a or b <= low for a, b in used)), len(taken)
        )
        if free == len(taken):
            taken.append([])
        taken[free].append((low, high))
        found.append(free)
    return found


def _heads() -> str:
    return "".join(
        f'<marker id="{name}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="{size}" markerHeight="{size}" '
        f'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        for name, colour, size in (("next", "#2456a6", 6), ("back", "#c2790a", 7), ("jump", "#94a3b8", 7))
    )


def _text(x: float, y: float, text: str, kind: str, *, anchor: str = "", fill: str = "") -> str:
    at = f' text-anchor="{anchor}"' if anchor else ""
    colour = f' style="fill:{fill}"' if fill else ""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}"{at}{colour}>{escape(text)}</text>'


def _width(text: str, size: float) -> float:
    """How wide a text is in pixels, roughly: a Chinese sign is as wide as it is high, others about half."""
    return round(sum(size if unicodedata.east_asian_width(sign) in "WF" else 0.53 * size for sign in text), 1)


def _cut(text: str, size: float, width: float) -> str:
    while text and _width(text, size) > width:
        text = text.removesuffix("…")[:-1] + "…"
    return text


def _wrapped(text: str, size: float, width: float) -> list[str]:
    lines, line = [], ""
    for piece in text.replace("；", "；\0").replace("; ", "; \0").split("\0"):
        if line and _width(line + piece, size) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line] if line else lines
