"""The picture is drawn, coloured and readable, with or without a Chinese font."""

from __future__ import annotations

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from gov_core.report import Outlines, draw_png, map_png, roll_up
from gov_core.report.load import COLOURS, NO_EVENTS


def shares(path):
    """Share of the pixels of each colour of the scale."""
    pixels = matplotlib.image.imread(path)[..., :3]
    return {
        colour: float((np.abs(pixels - to_rgb(colour)).max(axis=2) < 0.01).mean())
        for colour in (*COLOURS, NO_EVENTS)
    }


def test_every_class_shows(tmp_path, outlines, statuses, bulletin):
    draw_png(tmp_path / "map.png", outlines, statuses, bulletin)
    found = shares(tmp_path / "map.png")
    assert matplotlib.image.imread(tmp_path / "map.png").shape == (1480, 2080, 4)
    assert min(found.values()) > 0.001
    assert sum(found.values()) > 0.25


def test_without_a_chinese_font_ids_stand_for_names(tmp_path, outlines, statuses, bulletin, monkeypatch):
    monkeypatch.setattr(map_png, "chinese_font", lambda: None)
    draw_png(tmp_path / "map.png", outlines, statuses, bulletin)  # a missing glyph would warn: an error here
    assert (tmp_path / "map.png").stat().st_size > 50_000


@pytest.mark.parametrize("most", [10, 50])
def test_aggregated(tmp_path, city, tally, bulletin, most):
    outlines = Outlines.of(city, most=most)
    draw_png(tmp_path / "map.png", outlines, roll_up(city, tally.places, outlines.areas.level), bulletin)
    assert sum(shares(tmp_path / "map.png").values()) > 0.25
