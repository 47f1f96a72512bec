"""Reads a city folder, format 1 or 2, into a draft with all its faults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gov_core.city import _features, _tables
from gov_core.city._cells import decode, read_csv
from gov_core.city._draft import Draft, Rows
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import Settings, read_settings
from gov_core.city._sheets import FIRST, SHEETS

if TYPE_CHECKING:
    from gov_core.city._sheets import Sheet

MAX_BYTES = 4 << 30
"""Largest file read, unless told otherwise: 100,000 grids with 9 million vertices take 0.4 GB."""


def read_folder(folder: str | Path, max_bytes: int = MAX_BYTES) -> Draft:
    """Reads every file of the folder."""
    folder = Path(folder)
    draft = Draft()
    if not folder.is_dir():
        draft.fault("folder.missing", f"{folder} is no folder", str(folder))
        return draft
    files = Files(folder, max_bytes, draft)
    data = files.read(SETTINGS_FILE)
    settings = Settings() if data is None else read_settings(data, draft)
    draft.grades_known &= data is not None
    _features.read_places(folder, settings, files.read, draft)
    for sheet in SHEETS:
        if sheet.drawn:
            draft.tables[sheet.part] = _features.read_areas(sheet, folder, settings, files.read, draft)
        elif (folder / f"{sheet.part}.csv").exists() or _must_be(sheet, settings):
            draft.tables[sheet.part] = _read_table(sheet, files, settings, draft)
    return draft


def _must_be(sheet: Sheet, settings: Settings) -> bool:
    return settings.format == 1 and sheet.part in FIRST


def _read_table(sheet: Sheet, files: Files, settings: Settings, draft: Draft) -> Rows[Any]:
    file = f"{sheet.part}.csv"
    data = files.read(file)
    text = None if data is None else decode(data, file, settings.encoding, draft)
    cells = None if text is None else read_csv(file, text, sheet.columns, draft)
    return Rows(known=False) if cells is None else _tables.records_of(sheet, cells, draft)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a folder, each read whole.

    Attributes:
        folder: Where they are.
        max_bytes: No file may be larger.
        draft: Takes the faults.
    """

    folder: Path
    max_bytes: int
    draft: Draft

    def read(self, name: str) -> bytes | None:
        """Bytes of a file, or None after a fault."""
        path = self.folder / name
        try:
            size = path.stat().st_size
            if size > self.max_bytes:
                message = f"the file has {size} bytes, {self.max_bytes} are allowed"
                self.draft.fault("file.too_large", message, name, "raise max_bytes if it is meant")
                return None
            return path.read_bytes()
        except FileNotFoundError:
            self.draft.fault("file.missing", "the file is missing", name, f"a city folder holds {name}")
        except OSError as error:
            self.draft.fault("file.unreadable", f"the file cannot be read: {error.strerror}", name)
        return None
