"""The parts of a city before it is built, as lists that can be broken one at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import shapely

from gov_core.city import City
from gov_core.city._sheets import BY_PART


@dataclass
class Parts:
    """What `City.from_parts` takes.

    Attributes:
        named: Argument to value; tables, places and voids are lists.
    """

    named: dict[str, Any]

    def add(self, part: str, *rows: Any) -> None:
        """Appends rows to a table, places or voids."""
        self.named[part].extend(rows)

    def drop(self, part: str, key: str) -> None:
        """Removes the rows with a key; there has to be one."""
        kept = [row for row in self.named[part] if self._key(part, row) != key]
        assert len(kept) < len(self.named[part]), f"{part} has no {key}"
        self.named[part] = kept

    def change(self, part: str, key: str, **fields: Any) -> None:
        """Changes fields of the rows with a key; there has to be one."""
        rows = self.named[part]
        found = [at for at, row in enumerate(rows) if self._key(part, row) == key]
        assert found, f"{part} has no {key}"
        for at in found:
            rows[at] = replace(rows[at], **fields)

    def set(self, **named: Any) -> None:
        """Replaces whole arguments: ``grades``, ``hard_rules``, ``severities`` ..."""
        self.named.update(named)

    def draw(self, place: str, *corners: tuple[float, float]) -> None:
        """Draws the outline of a place anew, in degrees."""
        self.named["geometries"][place] = shapely.Polygon(corners).wkb

    def city(self) -> City:
        """Builds the city.

        Raises:
            CityError: With every fault of the parts.
        """
        return City.from_parts(**self.named)

    @staticmethod
    def _key(part: str, row: Any) -> str:
        if part == "voids":
            return str(row.name)
        return str(row.id) if part == "places" else BY_PART[part].key_of(row)
