"""Closed cases as Parquet: for years of keeping, for analysts, and still to be verified.

Examples:
    >>> from gov_core.archive import archive_cases, verify_archive
    >>> from gov_core.storage.memory import MemoryCaseStore
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "2025"
    >>> archive_cases(MemoryCaseStore(), folder, recorded_before_us=1_767_225_600_000_000).cases
    0
    >>> verify_archive(folder).sound
    True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core._lazy import on_first_use

if TYPE_CHECKING:
    from gov_core.archive.reading import read_archive, verify_archive
    from gov_core.archive.writing import Archived, archive_cases

__all__ = ["Archived", "archive_cases", "read_archive", "verify_archive"]

_HOMES = {
    "Archived": "gov_core.archive.writing",
    "archive_cases": "gov_core.archive.writing",
    "read_archive": "gov_core.archive.reading",
    "verify_archive": "gov_core.archive.reading",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
