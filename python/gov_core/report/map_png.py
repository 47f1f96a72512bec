"""A picture of a city: its grids coloured by how many events they had. Needs matplotlib (`pictures`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gov_core.privacy.small_cells import is_small, shown
from gov_core.report.load import HIDDEN, NO_EVENTS, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.path import Path as Outline
    from shapely import Geometry

    from gov_core.report.bulletin import Bulletin
    from gov_core.report.outlines import Areas, Outlines

# Debian's fonts-noto-cjk is known to matplotlib by its first face, "JP"; it has the Chinese glyphs.
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "SimHei",
)
_INK, _QUIET = "#2b2622", "#857d75"
_MOST_STREETS = 14
_MOST_NAMES = 40


def chinese_font() -> str | None:
    """Return the name of an installed font with Chinese glyphs, or None."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _CHINESE_FONTS if name in installed), None)


def draw_png(
    path: Path,
    outlines: Outlines,
    statuses: Mapping[str, Mapping[str, int]],
    bulletin: Bulletin,
) -> None:
    """Draw the map and write it as PNG, 2080 x 1480 pixels.

    Without a font that has Chinese glyphs (`chinese_font`), ids stand in place of names.

    Args:
        path: File to write.
        outlines: What to colour.
        statuses: Events of each area by status.
        bulletin: Title, streets and counts.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    font = chinese_font()
    loads = {area: sum(statuses.get(area, {}).values()) for area in outlines.areas.ids}
    scale = Scale.fit(list(loads.values()))
    few = [is_small(n, bulletin.smallest) for n in loads.values()]
    colours = [HIDDEN if small else scale.colour(n) for small, n in zip(few, loads.values(), strict=True)]
    with rc_context({"font.family": [*([font] if font else []), "DejaVu Sans"], "text.color": _INK}):
        figure = Figure(figsize=(13, 9.25), dpi=160, facecolor="white")
        draw_map(figure.add_axes((0.015, 0.03, 0.665, 0.86)), outlines, colours)
        _draw_legend(figure.add_axes((0.70, 0.03, 0.285, 0.86)), scale)
        _draw_streets(figure.add_axes((0.815, 0.06, 0.13, 0.44)), bulletin, named=font is not None)
        title = bulletin.city if font else f"{len(outlines.areas):,} areas"
        routed = next((row.events for row in bulletin.statuses if row.id == "routed"), 0)
        told = f"{bulletin.events:,} events, {routed:,} routed, by {outlines.areas.level}"
        if len(outlines.areas) < outlines.grids:
            told += f" instead of {outlines.grids:,} grids"
        if outlines.tolerance_m:
            told += f"; outlines simplified to about {outlines.tolerance_m} m"
        figure.text(0.02, 0.95, title, fontsize=22, fontweight="bold", va="center")
        figure.text(0.02, 0.913, told, fontsize=12, color=_QUIET, va="center")
        figure.savefig(path, format="png")


def draw_map(
    axes: Axes, outlines: Outlines, colours: list[str], labels: tuple[Areas, Mapping[str, str]] | None = None
) -> None:
    """Draw areas in their colours, borders of the wider ones, names and a scale bar.

    Args:
        axes: Where to draw.
        outlines: What to draw.
        colours: One an area.
        labels: Areas to name, and their names by id; if None, the widest ones by their ids.
    """
    import shapely
    from matplotlib.collections import LineCollection, PathCollection

    paths = [_outline(shape) for shape in outlines.areas.shapes]
    thin = 0.5 if len(paths) < 1_000 else 0.08
    axes.add_collection(PathCollection(paths, facecolors=colours, edgecolors="#ffffff", linewidths=thin))
    if labels is None and outlines.wider:
        labels = outlines.wider[0], {name: name for name in outlines.wider[0].ids}
    for depth, level in enumerate(outlines.wider):
        lines = [shapely.get_coordinates(ring) for ring in level.rings]
        width = (0.7 if depth else 1.5) * min(1, (_MOST_NAMES / len(outlines.wider[0])) ** 0.5)
        axes.add_collection(
            LineCollection(lines, colors=_INK, linewidths=width, alpha=0.55 if depth else 0.9)
        )
    if labels is not None and len(labels[0]) <= _MOST_NAMES:
        _draw_names(axes, *labels)
    west, south, east, north = shapely.total_bounds(outlines.areas.shapes)
    stretch = 1 / float(np.cos(np.radians((south + north) / 2)))
    rim = (east - west) / 200  # the outermost line is half outside
    axes.set(xlim=(west - rim, east + rim), ylim=(south - rim, north + rim), aspect=stretch)
    axes.set_axis_off()
    _draw_scale_bar(axes, west, south, east, (east - west) * 111_000 / stretch)


def _draw_names(axes: Axes, areas: Areas, names: Mapping[str, str]) -> None:
    import shapely
    from matplotlib.patheffects import withStroke

    for place, (x, y) in zip(
        areas.ids, shapely.get_coordinates(shapely.point_on_surface(areas.shapes)), strict=True
    ):
        text = axes.text(x, y, names[place], ha="center", va="center", fontsize=11, fontweight="bold")
        text.set_path_effects([withStroke(linewidth=3, foreground="white", alpha=0.85)])


def _draw_scale_bar(axes: Axes, west: float, south: float, east: float, width_m: float) -> None:
    """Draw a bar of a round length, up to a sixth of the map."""
    power = 10.0 ** np.floor(np.log10(width_m / 6))
    length_m = max(step * power for step in (1, 2, 5) if step * power <= width_m / 6)
    end = west + (east - west) * length_m / width_m
    axes.plot([west, end], [south, south], color=_INK, linewidth=3, solid_capstyle="butt", clip_on=False)
    label = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    middle = ((west + end) / 2, south)
    axes.annotate(label, middle, (0, 5), textcoords="offset points", ha="center", fontsize=10)


def _draw_legend(axes: Axes, scale: Scale) -> None:
    from matplotlib.patches import Rectangle

    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_axis_off()
    axes.text(0.08, 0.985, "events", fontsize=13, fontweight="bold", va="top")
    rows = [*zip(scale.colours[::-1], scale.labels[::-1], strict=True), (NO_EVENTS, "none")]
    for at, (colour, label) in enumerate(rows):
        y = 0.92 - at * 0.04
        axes.add_patch(
            Rectangle((0.08, y), 0.11, 0.032, facecolor=colour, edgecolor="#cfc8c0", linewidth=0.6)
        )
        axes.text(0.225, y + 0.016, label, fontsize=11, va="center")


def _draw_streets(axes: Axes, bulletin: Bulletin, *, named: bool) -> None:
    rows = bulletin.streets[:_MOST_STREETS][::-1]
    axes.barh(range(len(rows)), [row.events or 0 for row in rows], color="#c9bfb3", height=0.62)
    labels = [f"{row.id} {row.name}" if named else row.id for row in rows]
    axes.set_yticks(range(len(rows)), labels, fontsize=10, color=_INK)
    for at, row in enumerate(rows):
        end = (row.events or 0, at)
        axes.annotate(shown(row.events), end, (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    more = f" (first {len(rows)} of {len(bulletin.streets)})" if len(bulletin.streets) > len(rows) else ""
    axes.set_title(f"by street{more}", fontsize=13, fontweight="bold", loc="left", x=-0.7, color=_INK)


def _outline(shape: Geometry) -> Outline:
    """Return a polygon, holes and parts and all, as one matplotlib path."""
    import shapely
    from matplotlib.path import Path as Outline

    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    kinds = [[Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY] for ring in rings]
    return Outline(np.concatenate(rings), np.concatenate(kinds))
