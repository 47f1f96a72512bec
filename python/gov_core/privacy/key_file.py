"""Master keys in a file that only its owner can read: base64, one a line, the current one first."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gov_core.errors import Fault, MasterKeyError
from gov_core.privacy.keys import KeyRing, new_key, parsed
from gov_core.storage.syncing import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_FIRST: Final = (
    "# Master keys of gov_core, the current one first. Whoever has them reads all personal data.\n"
)


class FileKeys(KeyRing):
    """Master keys from a file.

    Args:
        path: The file; a regular one that belongs to who runs this (or to root) and that nobody else can
            read or write.

    Raises:
        MasterKeyError: ``keys.file``: it cannot be read. ``keys.open_to_others``: others can read it.
            ``keys.format``, ``keys.length``, ``keys.none``: it holds no keys.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(parsed(_lines(Path(path)), str(path)), name="file", place=str(path))


def create(path: str | Path) -> FileKeys:
    """Make a file with one new master key; never over one that is there.

    Args:
        path: Where. It comes into being whole and readable by its owner alone, or not at all.

    Raises:
        MasterKeyError: ``keys.exists``: there is such a file. ``keys.file``: it cannot be written.
    """
    path = Path(path)
    with _typed(path), _written(path, [new_key()]) as written:
        os.link(written, path)
    return FileKeys(path)


def rotate(path: str | Path) -> FileKeys:
    """Put a new master key in front; the older ones stay, for what they have wrapped.

    Args:
        path: The file.

    Raises:
        MasterKeyError: As for `FileKeys`.
    """
    path = Path(path).resolve()
    FileKeys(path)
    with _typed(path), _written(path, [new_key(), *_lines(path)]) as written:
        written.replace(path)
    return FileKeys(path)


def drop_old(path: str | Path) -> FileKeys:
    """Leave only the current master key: what older ones wrapped cannot be opened any more.

    Args:
        path: The file. Copies of it in backups keep the older keys.

    Raises:
        MasterKeyError: As for `FileKeys`.
    """
    path = Path(path).resolve()
    FileKeys(path)
    with _typed(path), _written(path, _lines(path)[:1]) as written:
        written.replace(path)
    return FileKeys(path)


def _lines(path: Path) -> list[str]:
    """The keys of a file, as they are written in it."""
    with _typed(path):
        # Checked on what was opened: a path could be exchanged in between.
        # A link is followed, for secrets are often mounted as one: what counts is whose the file is.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "r", encoding="ascii", errors="replace") as file:
            _check_closed_to_others(path, os.fstat(handle))
            lines = file.read().splitlines()
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]


def _check_closed_to_others(path: Path, seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise _fault("file", "it is no regular file", path, "give a file")
    if os.name == "posix" and (seen.st_mode & _OTHERS or seen.st_uid not in (0, os.geteuid())):
        message = f"others can get at it (mode {stat.S_IMODE(seen.st_mode):04o}, owner {seen.st_uid})"
        hint = "chmod 600 it, and rotate the keys: somebody may have read them"
        raise _fault("open_to_others", message, path, hint)


@contextmanager
def _written(path: Path, keys: list[str]) -> Iterator[Path]:
    """Keys in a synced file of mode 0600 beside a path; it is gone afterwards unless it was moved."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # mode 0600 from the first moment
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_FIRST + "".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        yield written
        sync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            written.unlink()


@contextmanager
def _typed(path: Path) -> Iterator[None]:
    """No error of the operating system gets out."""
    try:
        yield
    except FileExistsError:
        raise _fault("exists", "there is such a file already", path, "rotate it, or name another") from None
    except OSError as error:
        hint = "see that it is there, and readable by who runs this"
        raise _fault("file", error.strerror or str(error), path, hint) from error


def _fault(code: str, message: str, path: Path, hint: str) -> MasterKeyError:
    return MasterKeyError([Fault(f"keys.{code}", message, str(path), hint)])
