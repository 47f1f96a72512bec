"""Draws the pictures on the pages of the presets."""

from pathlib import Path

from PIL import Image

from gov_core import presets
from gov_core.report import draw_city_png

FOLDER = Path(__file__).parent / "assets" / "presets"

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in presets.NAMES:
        path = FOLDER / f"{name.lower()}.png"
        draw_city_png(path, presets.load(name), dpi=90)
        # Few colours are enough, and keep the repository small.
        Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
        print(path.name, path.stat().st_size // 1000, "kB")
