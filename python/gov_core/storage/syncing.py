"""Makes it last which names a folder holds: a file that is synced is lost all the same if its name is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder, of new files and renamed ones, outlast a loss of power.

    Args:
        folder: That holds the names.

    Raises:
        OSError: It cannot be opened, or the disk does not take it.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
