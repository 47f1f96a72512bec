"""Small counts are left out of what is published: one or two cases of a place point at somebody.

Hiding a small count alone does not do, for its total gives it away. So others are hidden with it, the
smallest first, until their sum leaves it open that each of them is large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from gov_core.places.small_counts import Sum, left_out, too_small

if TYPE_CHECKING:
    from collections.abc import Mapping

_Key = TypeVar("_Key")

SMALLEST: Final = 5
"""The smallest count that is shown unless a city says another."""


def without_small(counts: Mapping[_Key, int], smallest: int = SMALLEST) -> dict[_Key, int | None]:
    """Counts whose sum is known, without those that are small; None where one is hidden.

    Nothing is as good as nothing: zeros are shown. Where there are no others to hide, all small ones are
    hidden and their sum is what it is: a sum that is small has to be hidden by whoever publishes it.

    Args:
        counts: Parts of one total; each case counts in one of them.
        smallest: The smallest count that is shown.
    """
    parts: dict[tuple[_Key, ...], int] = {(key,): count for key, count in counts.items()}
    whole = {**parts, (): sum(counts.values())}
    hidden = left_out(whole, [Sum((), tuple(parts))], smallest=smallest)
    return {key: None if (key,) in hidden else count for key, count in counts.items()}


def is_small(count: int, smallest: int = SMALLEST) -> bool:
    """Whether a count is one that is not shown.

    Args:
        count: Of cases, or of events.
        smallest: The smallest count that is shown.
    """
    return too_small(count, smallest)


def shown(count: int | None) -> str:
    """A count as tables have it; ``–`` for one that is hidden, which need not be small itself.

    Args:
        count: None if it is hidden.
    """
    return "–" if count is None else f"{count:,}"
