"""What there is to say about how one event was routed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.routing.route import Route


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the answer for one event came about.

    `str` gives the whole text.

    Attributes:
        route: The answer.
        location: How the place was found, or why there is none.
        rules: A sentence for every rule that came into question, most specific first, then the nearest of
            those that do not apply.
        notes: What looks wrong about the event, with what was probably meant.
    """

    route: Route
    location: str
    rules: tuple[str, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        route = self.route
        lines = [self.location]
        if route.status == "routed":
            lines.append(f'routed to "{route.unit}" by rule "{route.rule}"')
            if route.assist:
                lines.append(f"assisted by {quoted(route.assist)}")
            if route.respond_within:
                lines.append(f"respond within {route.respond_within}")
            if route.resolve_within:
                lines.append(f"resolve within {route.resolve_within}")
        else:
            lines.append(f"{route.status}: {route.reason}")
        lines += self.notes
        if self.rules:
            lines += ["rules:", *(f"  {rule}" for rule in self.rules)]
        return "\n".join(lines)


def quoted(words: Iterable[str]) -> str:
    """Words as a list: each in quotes, joined by commas."""
    return ", ".join(f'"{word}"' for word in words)
