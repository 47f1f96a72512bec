"""Reads a city folder, format 1, into a draft with all its faults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gov_core.city import _features, _tables
from gov_core.city._draft import Draft, Rows
from gov_core.city._rows import Columns, decode, read_rows
from gov_core.city._settings import FILE as SETTINGS_FILE
from gov_core.city._settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_BYTES = 4 << 30
"""Largest file read, unless told otherwise: 100,000 grids with 9 million vertices take 0.4 GB."""

T = TypeVar("T")


def read_folder(folder: str | Path, max_bytes: int = MAX_BYTES) -> Draft:
    """Reads every file of the folder."""
    folder = Path(folder)
    draft = Draft()
    if not folder.is_dir():
        draft.fault("folder.missing", f"{folder} is no folder", str(folder))
        return draft
    data = _bytes(folder / SETTINGS_FILE, max_bytes, draft)
    settings = Settings() if data is None else read_settings(data, draft)
    draft.grades_known &= data is not None
    _features.read_places(folder, settings, lambda path: _bytes(path, max_bytes, draft), draft)

    def table(
        file: str, columns: Columns, read: Callable[[str, Iterable[_tables.Cells], Draft], Rows[T]]
    ) -> Rows[T]:
        path = folder / file
        data = _bytes(path, max_bytes, draft)
        text = None if data is None else decode(data, file, settings.encoding, draft)
        rows = None if text is None else read_rows(path, text, columns, draft)
        if rows is None:
            return Rows(known=False)
        found = read(file, rows.rows, draft)
        found.known = rows.complete
        return found

    draft.tables["units"] = table("units.csv", _tables.UNIT_COLUMNS, _tables.read_units)
    draft.tables["matters"] = table("matters.csv", _tables.TREE_COLUMNS, _tables.read_matters)
    if (folder / "asset_classes.csv").exists():
        draft.tables["asset_classes"] = table(
            "asset_classes.csv", _tables.TREE_COLUMNS, _tables.read_asset_classes
        )
    draft.tables["rules"] = table("rules.csv", _tables.RULE_COLUMNS, _tables.read_rules)
    return draft


def _bytes(path: Path, max_bytes: int, draft: Draft) -> bytes | None:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            message = f"the file has {size} bytes, {max_bytes} are allowed"
            draft.fault("file.too_large", message, path.name, "raise max_bytes if it is meant")
            return None
        return path.read_bytes()
    except FileNotFoundError:
        draft.fault("file.missing", "the file is missing", path.name, f"a city folder holds {path.name}")
    except OSError as error:
        draft.fault("file.unreadable", f"the file cannot be read: {error.strerror}", path.name)
    return None
