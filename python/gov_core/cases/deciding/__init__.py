"""What each command comes to, one family of commands a file; `gov_core.cases.decide` asks them.

A decider looks at a step whose state allows it, notes what else speaks against it, and gives its event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.cases.deciding import assigning, closing, handling, joining, opening, resting, watching

if TYPE_CHECKING:
    from gov_core.cases.deciding.step import Decider

DECIDERS: Final[dict[str, Decider]] = {
    **opening.DECIDERS,
    **assigning.DECIDERS,
    **handling.DECIDERS,
    **resting.DECIDERS,
    **watching.DECIDERS,
    **closing.DECIDERS,
    **joining.DECIDERS,
}
"""Trigger to what decides it."""
