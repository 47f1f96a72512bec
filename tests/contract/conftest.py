"""Folders for tests that ask what is in a file, not what has reached a disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: flushing takes no time there."""
    memory = Path("/dev/shm")  # noqa: S108 - this very folder is meant
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
