"""All faulty stores of the gallery, module by module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gallery.stores import commands, life, messages, order, reading, servers, subjects, texts

if TYPE_CHECKING:
    from gallery.stores.faulty import Faulty

MODULES: Final = (order, commands, texts, reading, messages, subjects, life, servers)

FAULTY: Final[tuple[Faulty, ...]] = tuple(
    vars(kind)["faulty"]
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and "faulty" in vars(kind) and kind.__module__ == module.__name__
)
