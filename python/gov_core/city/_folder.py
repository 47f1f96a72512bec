"""Reads a city folder, format 1 or 2, into a draft with all its faults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gov_core.city import _crs, _features, _tables
from gov_core.city._cells import decode, read_csv
from gov_core.city._closest import Closest
from gov_core.city._draft import Draft, Rows
from gov_core.city._files import MAPS, NEVER_READ, TABLES, Files
from gov_core.city._maps import Maps
from gov_core.city._parquet_table import read_parquet_table
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import Settings, read_settings
from gov_core.city._sheets import FIRST, PLACES, SHEETS
from gov_core.city._workbook import read_workbook

if TYPE_CHECKING:
    from gov_core.city._cells import Cells
    from gov_core.city._sheets import Sheet

PROCEDURES = "procedures"
"""Folder of a city's own procedures, one a file."""

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
    _refuse_misspelt(folder, draft)
    crs = _crs.reference(settings.crs, f"{SETTINGS_FILE}#city.crs", draft) if settings.crs else None
    maps = Maps(files, crs, settings.encoding, draft)
    _features.read_places(maps, settings, draft)
    draft.procedure_files = _read_procedures(folder, max_bytes, draft)
    for sheet in SHEETS:
        draft.tables[sheet.part] = (
            _features.read_areas(sheet, maps, draft)
            if sheet.drawn
            else _read_table(sheet, files, settings, draft)
        )
    return draft


def _read_procedures(folder: Path, max_bytes: int, draft: Draft) -> tuple[tuple[str, str], ...]:
    """The city's own procedures, as they are written; what they say is the business of the check."""
    own = folder / PROCEDURES
    files = Files(folder, max_bytes, draft)
    texts: list[tuple[str, str]] = []
    for path in sorted(own.glob("*.toml")):
        place = f"{PROCEDURES}/{path.name}"
        data = files.read(place)
        text = None if data is None else decode(data, place, "UTF-8", draft)
        if text is not None:
            texts.append((path.name, text))
    return tuple(texts)


def _read_table(sheet: Sheet, files: Files, settings: Settings, draft: Draft) -> Rows[Any]:
    there = files.of(sheet.part, TABLES)
    if not there:
        needed = settings.format == 1 and sheet.part in FIRST
        return Rows(known=files.fits(f"{sheet.part}.csv")) if needed else Rows()
    cells = _read_cells(sheet, there[0], files, settings.encoding) if len(there) == 1 else None
    return Rows(known=False) if cells is None else _tables.records_of(sheet, cells, draft)


def _read_cells(sheet: Sheet, file: str, files: Files, encoding: str) -> Cells | None:
    draft = files.draft
    if file.endswith(".parquet"):
        fits = files.fits(file)
        return read_parquet_table(files.folder / file, sheet.columns, draft) if fits else None
    data = files.read(file)
    if data is None:
        return None
    if file.endswith(".xlsx"):
        return read_workbook(data, file, sheet.columns, draft, max_bytes=files.max_bytes)
    text = decode(data, file, encoding, draft)
    return None if text is None else read_csv(file, text, sheet.columns, draft)


def _refuse_misspelt(folder: Path, draft: Draft) -> None:
    """Refuses a file that is nearly called as a part: it would be passed over in silence."""
    forms = {sheet.part: MAPS if sheet.drawn else TABLES for sheet in (PLACES, *SHEETS)}
    closest = Closest(forms)
    for file in sorted(folder.iterdir()):
        form = file.suffix.lower()
        if form not in {*TABLES, *MAPS, *NEVER_READ} or form in forms.get(file.stem, ()):
            continue
        if file.stem in forms:
            message, hint = f"{file.stem} are not read from {form}", f"one of {', '.join(forms[file.stem])}"
        else:
            message, hint = "no part of a city is called so", closest(file.stem)
        if hint:
            draft.fault("file.unknown", message, file.name, hint)
