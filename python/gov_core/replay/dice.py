"""Chances that depend on their name alone: no state, so that an office can be resumed anywhere."""

from __future__ import annotations

from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Item = TypeVar("Item")

_NORMAL: Final = NormalDist()


class Dice:
    """Sixteen throws.

    Args:
        name: The same name gives the same throws.
    """

    __slots__ = ("_bytes",)

    def __init__(self, name: str) -> None:
        self._bytes = blake2b(name.encode()).digest()

    def throw(self, number: int) -> float:
        """A number between 0 and 1, neither of them.

        Args:
            number: Which throw, 0 to 15.
        """
        four = self._bytes[4 * number : 4 * number + 4]
        return (int.from_bytes(four) + 0.5) / 2**32

    def around(self, median: float, spread: float, number: int) -> float:
        """A positive number of a lognormal distribution."""
        return median * exp(spread * _NORMAL.inv_cdf(self.throw(number)))

    def one_of(self, items: Sequence[Item], number: int) -> Item:
        """One of some items, each as likely."""
        return items[int(self.throw(number) * len(items))]

    def order(self, weighted: Iterable[tuple[float, Item]], first: int) -> list[Item]:
        """Items in an order of chance, where each comes first as often as its weight says.

        Args:
            weighted: Weight above 0, and item.
            first: Number of the first throw; each item takes one, and they go round.
        """
        keyed = [
            (-log(self.throw((first + at) % 16)) / weight, at, item)
            for at, (weight, item) in enumerate(weighted)
        ]
        return [item for *_, item in sorted(keyed, key=lambda entry: entry[:2])]
