"""A city as it was read, before anyone has looked whether its parts fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.city._entities import AssetClass, Matter, Place, Rule, Unit, Void
    from gov_core.city._text import Flaw

T = TypeVar("T")


@dataclass(slots=True)
class Rows(Generic[T]):
    """Entities of one kind and where each was found.

    Attributes:
        items: In the order of the file.
        where: The place of each in words of a fault: ``units.csv:7``.
        known: False if the file could not be read: then nothing refers to what is missing in vain.
    """

    items: list[T] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    known: bool = True

    def __iter__(self) -> Iterator[tuple[T, str]]:
        return zip(self.items, self.where, strict=True)

    def add(self, item: T, where: str) -> None:
        """Appends one entity."""
        self.items.append(item)
        self.where.append(where)


@dataclass(slots=True)
class Draft:
    """All parts of a city with all faults and warnings found on the way.

    Attributes:
        levels: Empty if they could not be read.
        levels_where: Place of the levels in words of a fault.
        outlines: Place id to WKB.
        broken_outlines: Ids of places whose geometry was refused; it is not missing, too.
        doubted: Ids of places whose level or parent was refused; they are not held against others.
        grades_known: False if city.toml could not be read so far.
    """

    name: str = ""
    crs: str = "EPSG:4326"
    levels: tuple[str, ...] = ()
    levels_where: str = "levels"
    grades: tuple[str, ...] | None = None
    grades_known: bool = True
    voids: Rows[Void] = field(default_factory=Rows)
    places: Rows[Place] = field(default_factory=Rows)
    outlines: dict[str, bytes] = field(default_factory=dict)
    broken_outlines: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    units: Rows[Unit] = field(default_factory=Rows)
    matters: Rows[Matter] = field(default_factory=Rows)
    asset_classes: Rows[AssetClass] = field(default_factory=Rows)
    rules: Rows[Rule] = field(default_factory=Rows)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        """Notes a fault."""
        self.faults.append(Fault(code, message, where, hint))

    def flaw(self, flaw: Flaw | None, where: str) -> bool:
        """Notes a flaw of a text, if there is one, and says whether there was."""
        if flaw is None:
            return False
        self.fault(flaw.code, flaw.message, where, flaw.hint)
        return True
