"""A city as it was read, before anyone has looked whether its parts fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.checklists import Matter
    from gov_core.city._rule import Rule
    from gov_core.city._text import Flaw
    from gov_core.organisation import Unit
    from gov_core.places import AssetClass, Place, Void

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

    def those(self, wanted: Callable[[T], bool]) -> Rows[T]:
        """The entities that are wanted, in their order."""
        kept = Rows[T](known=self.known)
        for item, where in self:
            if wanted(item):
                kept.add(item, where)
        return kept


@dataclass(slots=True)
class Draft:
    """All parts of a city with all faults and warnings found on the way.

    Attributes:
        levels: Empty if they could not be read.
        levels_where: Place of the levels in words of a fault.
        partition: The level whose places tile the city; empty for the last.
        partition_known: False if it was said and could not be read.
        outlines: Key of a place (`outline_key`) to WKB.
        broken_outlines: Keys of places whose geometry was refused; it is not missing, too.
        doubted: Ids of places whose level or parent was refused; they are not held against others.
        grades_known: False if city.toml could not be read so far.
        tables: Rows of every other part of `gov_core.city._sheets.SHEETS`.
        hard_rules: Names of the hard rules that the checker holds the city to.
        severities: Code of a diagnostic to what it counts as here.
        preset: Name of the preset the city was made from; empty if none.
        procedure_files: Procedures of its own: (name of the file, what it says).
    """

    name: str = ""
    crs: str = "EPSG:4326"
    levels: tuple[str, ...] = ()
    levels_where: str = "levels"
    partition: str = ""
    partition_known: bool = True
    grades: tuple[str, ...] | None = None
    grades_known: bool = True
    voids: Rows[Void] = field(default_factory=Rows)
    places: Rows[Place] = field(default_factory=Rows)
    outlines: dict[str, bytes] = field(default_factory=dict)
    broken_outlines: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    tables: dict[str, Rows[Any]] = field(default_factory=dict)
    hard_rules: tuple[str, ...] = ()
    severities: tuple[tuple[str, str], ...] = ()
    preset: str = ""
    procedure_files: tuple[tuple[str, str], ...] = ()
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def table(self, part: str) -> Rows[Any]:
        """Rows of a part, none at first."""
        return self.tables.setdefault(part, Rows())

    @property
    def units(self) -> Rows[Unit]:
        """Rows of units.csv."""
        return cast("Rows[Unit]", self.table("units"))

    @property
    def matters(self) -> Rows[Matter]:
        """Rows of matters.csv."""
        return cast("Rows[Matter]", self.table("matters"))

    @property
    def asset_classes(self) -> Rows[AssetClass]:
        """Rows of asset_classes.csv."""
        return cast("Rows[AssetClass]", self.table("asset_classes"))

    @property
    def rules(self) -> Rows[Rule]:
        """Rows of rules.csv."""
        return cast("Rows[Rule]", self.table("rules"))

    @property
    def tiling(self) -> str:
        """The level whose places tile the city; empty if that could not be read."""
        if not self.partition_known:
            return ""
        return self.partition or (self.levels[-1] if self.levels else "")

    def fault(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        """Notes a fault."""
        self.faults.append(Fault(code, message, where, hint))

    def flaw(self, flaw: Flaw | None, where: str) -> bool:
        """Notes a flaw of a text, if there is one, and says whether there was."""
        if flaw is None:
            return False
        self.fault(flaw.code, flaw.message, where, flaw.hint)
        return True


def outline_key(place: Place) -> str:
    """What the outline of a place is filed under: its id, and its first day if it has one.

    A place that was redrawn has one row for each outline, all with its id.
    """
    return place.id if place.valid_from is None else f"{place.id}@{place.valid_from}"
