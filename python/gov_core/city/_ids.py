"""Whether every id of a city is one of a kind, also to the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.city._draft import outline_key
from gov_core.city._sheets import SHEETS
from gov_core.city._text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.city._draft import Draft


def check_ids(draft: Draft) -> None:
    """Refuses ids that stand twice, or look as if they did."""
    _check_places(draft)
    for sheet in SHEETS:
        keys = ((sheet.key_of(row), where) for row, where in draft.table(sheet.part))
        _check_unique(sheet.noun, keys, draft)


def _check_places(draft: Draft) -> None:
    """Refuses ids of places and voids that stand twice; two parents say more than a mere repetition."""
    parents: dict[str, str | None] = {}
    single = []
    for place, where in draft.places:
        first = parents.setdefault(place.id, place.parent)
        if first == place.parent:
            single.append((place.id, where))
        else:
            message = f'place "{place.id}" lies in "{first}" and in "{place.parent}"'
            draft.fault("hierarchy.two_parents", message, where, "a place has one parent")
    _check_unique("place", [*single, *((void.name, where) for void, where in draft.voids)], draft)


def check_outline_keys(draft: Draft) -> None:
    """Refuses places of different ids whose outlines would be filed under one key."""
    filed: dict[str, str] = {}
    for place, where in draft.places:
        key = outline_key(place)
        if filed.setdefault(key, place.id) != place.id:
            message = f'the outline of "{place.id}" and that of "{filed[key]}" are both named "{key}"'
            draft.fault("id.duplicate", message, where, "give one of the places another id")


def _check_unique(kind: str, ids: Iterable[tuple[str, str]], draft: Draft) -> None:
    """Refuses ids that are equal, or look equal once full-width forms are folded away."""
    seen: dict[str, tuple[str, str]] = {}
    for identifier, where in ids:
        if not identifier:
            continue  # reported as empty already
        look = normal(identifier)
        if look not in seen:
            seen[look] = (identifier, where)
            continue
        first, first_where = seen[look]
        if first == identifier:
            message = f'{kind} "{identifier}" is there twice: also at {first_where}'
            draft.fault("id.duplicate", message, where, "give each its own id")
        else:
            message = f"{kind} {_spelt(identifier)} looks like {_spelt(first)} at {first_where}"
            draft.fault("id.look_alike", message, where, "write both the same way, or give each its own id")


def _spelt(word: str) -> str:
    return f'"{word}"' if word.isascii() else f'"{word}" ({ascii(word)[1:-1]})'
