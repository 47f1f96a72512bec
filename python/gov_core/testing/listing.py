"""The page of all promises: docs/plugins/promises.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.testing.notifier.promises import promises as of_notifiers
from gov_core.testing.store.harness import PLACES
from gov_core.testing.store.promises import LEVELS
from gov_core.testing.store.promises import promises as of_stores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.testing.notifier.promises import Promise as PromiseOfNotifiers
    from gov_core.testing.store.promises import Promise

_HEAD: Final = """# Promises

What `gov-core certify` puts to a store, level by level; [Certify a store](certify-a-store.md) tells how.
A number in bold cannot be left out. The others are left out for stores that do not claim the capability, or
are of another kind; a harness without the hook leaves the level open.
This page is made by `gov-core certify --list --markdown`.
"""
_NOTIFIERS: Final = """\
What it puts to a notifier; [Write a notifier](write-a-notifier.md) tells how. What is left out is about
something that the notifier does not claim; a harness without the hook leaves the certificate open.
"""
_PLACES: Final = {"memory": "stores in memory", "file": "stores in files", "server": "stores behind a server"}


def promises_page() -> str:
    """All promises as Markdown: a table for each level, and one for notifiers."""
    levels = {level: [each for each in of_stores() if each.level == level] for level in LEVELS}
    parts = [_HEAD]
    parts += [_table(level.capitalize(), map(_line, found)) for level, found in levels.items()]
    parts += [_table("Notifiers", map(_line_of_notifiers, of_notifiers()), _NOTIFIERS)]
    return "\n".join(parts)


def _table(heading: str, lines: Iterable[str], said: str = "") -> str:
    told = (said,) if said else ()
    head = (f"## {heading}", "", *told, "| | promise | for | hook |", "| --- | --- | --- | --- |")
    return "\n".join((*head, *lines)) + "\n"


def _line(promise: Promise) -> str:
    number = f"**{promise.number}**" if promise.base else promise.number
    return f"| {number} | {promise.sentence} | {_whom(promise)} | {_hook(promise.hook)} |"


def _line_of_notifiers(promise: PromiseOfNotifiers) -> str:
    number = promise.number if promise.needs else f"**{promise.number}**"
    needs = ", ".join(f"`{claim}`" for claim in promise.needs)
    return f"| {number} | {promise.sentence} | {needs} | {_hook(promise.hook)} |"


def _hook(hook: type | None) -> str:
    return f"`{hook.__name__}`" if hook is not None else ""


def _whom(promise: Promise) -> str:
    """Which stores a promise concerns; empty for all."""
    told = [f"`{promise.capability}`"] if promise.capability else []
    if promise.survives != "memory":
        told.append(f"durability `{promise.survives}`")
    if promise.places != PLACES:
        told.append(" and ".join(_PLACES[place] for place in promise.places))
    return "; ".join(told)
