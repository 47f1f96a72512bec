"""Where recorded events came from: the channel of a case, and the role in which it was reported."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.cases.actor import Actor
from gov_core.cases.decide import is_code

if TYPE_CHECKING:
    from gov_core.cases.machine import Role

RECORDED: Final = "recorded"
"""Channel of events that name none."""


class Channel(NamedTuple):
    """A channel of cases.

    Attributes:
        code: As cases name it; part of their ids.
        role: In which reports come in by it; people and accounts behind it are not recorded.
    """

    code: str
    role: Role

    @property
    def actor(self) -> Actor:
        """Who reports by it."""
        return Actor(self.role)


_KNOWN: Final = {
    "网格员": Channel("grid", "grid_worker"),
    "12345 热线": Channel("hotline", "hotline"),
    "小程序": Channel("app", "reporter"),
    "巡查车": Channel("patrol", "importer"),
    "grid": Channel("grid", "grid_worker"),
    "hotline": Channel("hotline", "hotline"),
    "app": Channel("app", "reporter"),
    "window": Channel("window", "window_clerk"),
}


@cache
def channel_of(word: str | None) -> Channel:
    """The channel that an events file means; an unknown word is a channel of its own.

    A case names channels by codes: one of another script goes by what it hashes to.
    """
    word = word or RECORDED
    code = word if is_code(word) else f"{RECORDED}-{sha256(word.encode()).hexdigest()[:8]}"
    return _KNOWN.get(word) or Channel(code, "importer")
