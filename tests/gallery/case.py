"""One broken city of the gallery: what is broken, and exactly what is to be told about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery.good import good
from gov_core.checker import check
from gov_core.city import City
from gov_core.errors import CityError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gallery.parts import Parts

Told = list[tuple[str, str]]
"""(code, place), in any order."""


@dataclass(frozen=True)
class Case:
    """A good city with one thing broken.

    Attributes:
        code: The diagnostic that it shows.
        break_parts: Breaks the parts of the good city; or
        break_folder: breaks the folder that the good city was saved to.
        expected: All that is told: (code, place).
        about: Tells apart cases of one code; empty if there is but one.
    """

    code: str
    expected: Told
    break_parts: Callable[[Parts], object] | None = None
    break_folder: Callable[[Path], object] | None = None
    about: str = ""

    def told(self, folder: Path) -> Told:
        """Everything that loading, or else checking, the broken city tells, sorted."""
        parts = good()
        try:
            if self.break_folder is None:
                assert self.break_parts is not None
                self.break_parts(parts)
                city = parts.city()
            else:
                parts.city().save(folder)
                self.break_folder(folder)
                city = City.load(folder)
        except CityError as error:
            return sorted((fault.code, fault.place) for fault in error.faults)
        return sorted((found.fault.code, found.fault.place) for found in check(city))


def in_parts(code: str, break_: Callable[[Parts], object], expected: Told, about: str = "") -> Case:
    """A city broken in code.

    Args:
        code: The diagnostic that it shows.
        break_: Changes the parts of the good city.
        expected: All that is told: (code, place). Places are ``part#key`` here.
        about: Tells apart cases of one code.
    """
    return Case(code, expected, break_parts=break_, about=about)


def in_folder(code: str, break_: Callable[[Path], object], expected: Told, about: str = "") -> Case:
    """A city broken in its files.

    Args:
        code: The diagnostic that it shows.
        break_: Changes files of the folder.
        expected: All that is told: (code, place), such as ``units.csv:3``.
        about: Tells apart cases of one code.
    """
    return Case(code, expected, break_folder=break_, about=about)


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replaces the first text of a file that is equal to `old`; there has to be one."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
