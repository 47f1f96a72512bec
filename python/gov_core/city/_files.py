"""The files of a city folder: which of a part's forms is there, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.city._draft import Draft

TABLES = (".csv", ".xlsx", ".parquet")
"""Forms of a table."""

MAPS = (".geojson", ".gpkg", ".parquet", ".shp")
"""Forms of a map."""

NEVER_READ = (".xls", ".xlsm", ".ods", ".et", ".tsv")
"""Forms that spreadsheets save and that are none of a table: such a file would be passed over in silence."""

BESIDE_SHAPES = (".shx", ".dbf", ".prj", ".cpg")
"""What lies beside a .shp and is part of it."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a folder.

    Attributes:
        folder: Where they are.
        max_bytes: No file may be larger.
        draft: Takes the faults.
    """

    folder: Path
    max_bytes: int
    draft: Draft

    def of(self, part: str, forms: tuple[str, ...]) -> list[str]:
        """The files of a part; more than one is a fault."""
        there = [f"{part}{form}" for form in forms if (self.folder / f"{part}{form}").exists()]
        if len(there) > 1:
            message = f"there are {' and '.join(there)}"
            self.draft.fault("file.ambiguous", message, there[0], "keep the one that is meant")
        return there

    def fits(self, name: str) -> bool:
        """Whether a file is there and not too large; if not, that is a fault."""
        try:
            size = (self.folder / name).stat().st_size
        except FileNotFoundError:
            self.draft.fault("file.missing", "the file is missing", name, f"a city folder holds {name}")
            return False
        if size > self.max_bytes:
            message = f"the file has {size} bytes, {self.max_bytes} are allowed"
            self.draft.fault("file.too_large", message, name, "raise max_bytes if it is meant")
            return False
        return True

    def read(self, name: str) -> bytes | None:
        """Bytes of a file, or None after a fault."""
        try:
            return (self.folder / name).read_bytes() if self.fits(name) else None
        except OSError as error:
            self.draft.fault("file.unreadable", f"the file cannot be read: {error.strerror}", name)
            return None
