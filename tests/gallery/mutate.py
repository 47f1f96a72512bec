"""Slips of one hand: a folder of a city with one thing changed, drawn at random."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Files = dict[str, str]
"""Name of a file to its text."""


@dataclass(frozen=True)
class Mutation:
    """One slip.

    Attributes:
        kind: What was done.
        file: Where.
        column: Column, property or key that it hit; empty for a whole row or vertex.
        text: The file after it.
    """

    kind: str
    file: str
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.file} {self.column}"


def mutation(files: Files, rng: random.Random) -> Mutation:
    """Draws a slip that changes the text of a file."""
    while True:
        file = rng.choice(sorted(files))
        found = _KINDS[file.rpartition(".")[2]](file, files[file], rng)
        if found.text != files[file]:
            return found


def _table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _typo(word: str, rng: random.Random) -> str:
    """A letter more, less, changed, or two swapped; an empty word gets one."""
    at = rng.randrange(len(word)) if word else 0
    letter = rng.choice("aeGS19-;@ ，０")
    return rng.choice(
        [
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
        ]
    )


def _of_table(file: str, text: str, rng: random.Random) -> Mutation:
    rows = _table(text)
    kind = rng.choice(
        ["typo", "typo", "typo", "empty", "swap", "copy cell", "drop row", "repeat row", "header"]
    )
    row, column = rng.randrange(1, len(rows)), rng.randrange(len(rows[0]))
    name = rows[0][column]
    if kind == "typo":
        rows[row][column] = _typo(rows[row][column], rng)
    elif kind == "empty":
        rows[row][column] = ""
    elif kind == "swap":
        other = rng.randrange(1, len(rows))
        rows[row][column], rows[other][column] = rows[other][column], rows[row][column]
    elif kind == "copy cell":
        other = rng.randrange(len(rows[0]))
        rows[row][column] = rows[row][other]
    elif kind == "drop row":
        del rows[row]
        name = ""
    elif kind == "repeat row":
        rows.insert(rng.randrange(1, len(rows) + 1), list(rows[row]))
        name = ""
    else:
        rows[0][column] = _typo(name, rng)
    return Mutation(kind, file, name, _written(rows))


def _of_map(file: str, text: str, rng: random.Random) -> Mutation:
    document = json.loads(text)
    features = document["features"]
    feature, other = rng.choice(features), rng.choice(features)
    kinds: dict[str, Callable[[], str]] = {
        "typo": lambda: _property(feature, rng, lambda word: _typo(word, rng)),
        "swap property": lambda: _property(feature, rng, None, other),
        "drop feature": lambda: features.remove(feature) or "",
        "repeat feature": lambda: features.append(feature) or "",
        "nudge vertex": lambda: _vertex(feature, rng, lambda ring, at: _nudge(ring, at, rng)),
        "drop vertex": lambda: _vertex(feature, rng, lambda ring, at: ring.pop(at)),
        "swap vertices": lambda: _vertex(feature, rng, lambda ring, at: ring.insert(at, ring.pop())),
        "swap coordinates": lambda: _vertex(feature, rng, lambda ring, at: ring[at].reverse()),
        "turn ring": lambda: _vertex(feature, rng, lambda ring, _: ring.reverse()),
        "swap outlines": lambda: _swap_outlines(feature, other),
        "no outline": lambda: feature.update(geometry=None) or "",
    }
    kind = rng.choice(sorted(kinds))
    return Mutation(kind, file, kinds[kind](), json.dumps(document, ensure_ascii=False))


def _property(
    feature: Any, rng: random.Random, change: Callable[[str], str] | None, other: Any = None
) -> str:
    own = feature["properties"]
    key = str(rng.choice(sorted(own)))
    if change is None:
        own[key], other["properties"][key] = other["properties"].get(key), own[key]
    elif isinstance(own[key], str):
        own[key] = change(own[key])
    elif isinstance(own[key], int):
        own[key] += rng.choice([-1, 1, 1000])
    return key


def _vertex(feature: Any, rng: random.Random, change: Callable[[list[Any], int], object]) -> str:
    if feature["geometry"]:
        ring = feature["geometry"]["coordinates"][0]
        change(ring, rng.randrange(len(ring)))
    return ""


def _nudge(ring: list[Any], at: int, rng: random.Random) -> None:
    step = rng.choice([1e-12, 1e-9, 1e-7, 1e-5, 1e-3])
    moved = [ring[at][0] + step, ring[at][1] - step]
    if at in {0, len(ring) - 1}:
        ring[0] = ring[-1] = moved
    else:
        ring[at] = moved


def _swap_outlines(feature: Any, other: Any) -> str:
    feature["geometry"], other["geometry"] = other["geometry"], feature["geometry"]
    return ""


def _of_settings(file: str, text: str, rng: random.Random) -> Mutation:
    lines = text.splitlines(keepends=True)
    at = rng.choice([at for at, line in enumerate(lines) if line.strip()])
    kind = rng.choice(["typo", "typo", "drop line", "repeat line"])
    key = re.match(r"\w*", lines[at])
    name = key[0] if key else ""
    if kind == "typo":
        lines[at] = _typo(lines[at].rstrip("\n"), rng) + "\n"
    elif kind == "drop line":
        del lines[at]
    else:
        lines.insert(at, lines[at])
    return Mutation(kind, file, name, "".join(lines))


_KINDS: dict[str, Callable[[str, str, random.Random], Mutation]] = {
    "csv": _of_table,
    "geojson": _of_map,
    "toml": _of_settings,
}
