"""A picture of a city: its places by the wider ones they lie in, and its bodies. Needs matplotlib."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gov_core.organisation import KINDS
from gov_core.report.map_png import chinese_font, draw_map
from gov_core.report.outlines import Outlines

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city import City

COLOURS = ("#cfe0d2", "#e8dcc3", "#d5dcea", "#ead3cd", "#ddd6e8", "#d9e4c8", "#cfe3e6", "#ecdfd2")
"""One a wide place, over and over."""

_MOST_KINDS = 18
_INK, _QUIET = "#2b2622", "#857d75"


def draw_city_png(path: Path, city: City, *, dpi: int = 160) -> None:
    """Draw the city and write it as PNG: 13 by 9.25 inches, 2080 x 1480 pixels if nothing else is said.

    Without a font that has Chinese glyphs, ids and English names stand in place of Chinese ones.

    Args:
        path: File to write.
        city: Its coordinates should be in EPSG:4326 or EPSG:4490; others are shown as they are.
        dpi: Dots an inch.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    font = chinese_font()
    outlines = Outlines.of(city)
    # The widest areas that are more than one tell the city apart.
    wide = next((areas for areas in outlines.wider if len(areas) > 1), outlines.areas)
    depth = city.levels.index(wide.level)
    at = {name: number for number, name in enumerate(wide.ids)}
    colours = [COLOURS[at[city.path(area)[depth]] % len(COLOURS)] for area in outlines.areas.ids]
    names = {place.id: place.name if font and place.name else place.id for place in city.places}
    with rc_context({"font.family": [*([font] if font else []), "DejaVu Sans"], "text.color": _INK}):
        figure = Figure(figsize=(13, 9.25), dpi=dpi, facecolor="white")
        draw_map(figure.add_axes((0.015, 0.03, 0.665, 0.86)), outlines, colours, (wide, names))
        counts = Counter(place.level for place in city.places)
        levels = ", ".join(f"{counts[level]:,} {level}" for level in city.levels)
        figure.text(
            0.02,
            0.95,
            city.name if font else city.preset or "city",
            fontsize=22,
            fontweight="bold",
            va="center",
        )
        made = "; generated outlines" if any(place.source == "generated" for place in city.places) else ""
        figure.text(0.02, 0.913, f"{levels}{made}", fontsize=12, color=_QUIET, va="center")
        kinds = Counter(unit.kind for unit in city.units).most_common()
        figure.text(0.71, 0.87, f"{len(city.units):,} bodies", fontsize=13, fontweight="bold")
        for row, (kind, number) in enumerate(kinds[:_MOST_KINDS]):
            known = KINDS.find(kind)
            name = (known.chinese if font else known.english) if known else kind
            y = 0.835 - row * 0.029
            figure.text(0.745, y, f"{number:,}", fontsize=11, ha="right")
            figure.text(0.755, y, name, fontsize=11)
        if len(kinds) > _MOST_KINDS:
            figure.text(
                0.755, 0.835 - _MOST_KINDS * 0.029, f"and {len(kinds) - _MOST_KINDS} kinds more", color=_QUIET
            )
        items = Counter(item.checklist for item in city.items)
        top = 0.835 - (min(len(kinds), _MOST_KINDS) + 2) * 0.029
        if city.checklists and top > 0.1:
            figure.text(0.71, top, f"{len(city.checklists)} checklists", fontsize=13, fontweight="bold")
            for row, checklist in enumerate(city.checklists[: int((top - 0.06) / 0.029)]):
                figure.text(
                    0.745, top - (row + 1.2) * 0.029, f"{items[checklist.id]:,}", fontsize=11, ha="right"
                )
                title = checklist.title if font and checklist.title else checklist.id
                figure.text(0.755, top - (row + 1.2) * 0.029, title, fontsize=11)
        figure.savefig(path, format="png")
