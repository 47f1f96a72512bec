"""Writes the package of a new plugin: one that works, with the kit wired in, to be made into another."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from gov_core.errors import Fault, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from os import PathLike

Kind: TypeAlias = Literal["store", "notifier"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_NAME: Final = re.compile(r"[a-z][a-z0-9]{1,39}")


def write_plugin(kind: Kind, name: str, folder: str | PathLike[str]) -> list[Path]:
    """Write the package of a new plugin; the files, in order.

    Args:
        kind: ``store`` or ``notifier``.
        name: Of what it works with: ``redis``. Small letters and digits, a letter first, 2 to 40.
        folder: Where to; made if it is not there, and empty if it is.

    Raises:
        PluginError: The name is none, or the folder is not empty; all that is wrong.
    """
    folder = Path(folder)
    faults = []
    if not _NAME.fullmatch(name):
        hint = "small letters and digits, a letter first: redis"
        faults.append(Fault("plugin.name", f"{name!r} cannot be part of the name of a package", "", hint))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "name another with -o, or move it away"
        faults.append(Fault("plugin.folder", "the folder is not empty", str(folder), hint))
    if faults:
        raise PluginError(faults)
    written = []
    for path, text in sorted(_templates(files("gov_core.testing").joinpath("templates", kind))):
        target = folder / _named(path, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_named(text, name), "utf-8")
        written.append(target)
    return written


def _templates(root: Traversable, path: str = "") -> Iterator[tuple[str, str]]:
    for entry in root.iterdir():
        name = f"{path}{entry.name}"
        if entry.is_file() and not entry.name.endswith(".pyc"):
            yield name, entry.read_text("utf-8")
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _templates(entry, f"{name}/")


def _named(text: str, name: str) -> str:
    return text.replace("plugname", name).replace("Plugname", name.capitalize())
