"""The page of all promises: docs/plugins/promises.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.testing.store.harness import PLACES
from gov_core.testing.store.promises import LEVELS, promises

if TYPE_CHECKING:
    from gov_core.testing.store.promises import Promise

_HEAD: Final = """# Promises of a store

What `gov-core certify` puts to a store, level by level; [Certify a store](certify-a-store.md) tells how.
A number in bold cannot be left out. The others are left out for stores that do not claim the capability, or
are of another kind; a harness without the hook leaves the level open.
This page is made by `gov-core certify --list --markdown`.
"""
_PLACES: Final = {"memory": "stores in memory", "file": "stores in files", "server": "stores behind a server"}


def promises_page() -> str:
    """All promises as Markdown, a table for each level."""
    parts = [_HEAD]
    for level in LEVELS:
        lines = [f"## {level.capitalize()}", "", "| | promise | for | hook |", "| --- | --- | --- | --- |"]
        lines += [_line(each) for each in promises() if each.level == level]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(promise: Promise) -> str:
    number = f"**{promise.number}**" if promise.base else promise.number
    hook = f"`{promise.hook.__name__}`" if promise.hook is not None else ""
    return f"| {number} | {promise.sentence} | {_whom(promise)} | {hook} |"


def _whom(promise: Promise) -> str:
    """Which stores a promise concerns; empty for all."""
    told = [f"`{promise.capability}`"] if promise.capability else []
    if promise.survives != "memory":
        told.append(f"durability `{promise.survives}`")
    if promise.places != PLACES:
        told.append(" and ".join(_PLACES[place] for place in promise.places))
    return "; ".join(told)
