"""What a promise of the kit is, and the list of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gov_core.notifications.protocol import Notification
from gov_core.testing.kit.numbered import Numbered
from gov_core.testing.notifier.faults import TAKE, Fault, FaultServer, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path
    from random import Random

    from gov_core.notifications.protocol import Notifier
    from gov_core.testing.notifier.claims import Claim
    from gov_core.testing.notifier.harness import Harness

SUBJECTS: Final = ("attempts", "deliveries", "security")
"""Modules of this package that make promises, in the order they are run."""

BODY: Final = (
    '{"type":"case_closed","timestamp":"2026-03-02T01:00:00.000000Z",'
    '"data":{"case":"C-1","version":7,"state":"closed","matter":"市容","event":{}}}'
).encode()
"""What is sent unless a promise says otherwise: an event that is also a text."""

Hook = TypeVar("Hook")


@dataclass
class Trial:
    """One promise put to one notifier.

    Attributes:
        spec: Name of the harness, for processes that make another one.
        harness: The notifier under test.
        folder: Empty, for what the promise needs.
        rng: Seeded by the seed of the run and the number of the promise.
        scale: How much longer than usual to go on where a promise is tried again and again.
        opened: What is closed at the end.
        figures: What was counted.
    """

    spec: str
    harness: Harness
    folder: Path
    rng: Random
    opened: ExitStack
    scale: float = 1.0
    figures: dict[str, float] = field(default_factory=dict)

    def server(self, decide: Callable[[Request], Fault] = lambda _: TAKE, **more: Any) -> FaultServer:  # noqa: ANN401
        """A receiver that does with each request what a rule says."""
        return self.opened.enter_context(FaultServer(decide, **more))

    def to(self, url: str) -> str:
        """The address for an URL."""
        return self.harness.address(url) or ""

    def hook(self, kind: type[Hook]) -> Hook:
        """The harness, as one that has a hook."""
        if not isinstance(self.harness, kind):
            raise TypeError(f"{self.harness!r} is no {kind.__name__}")
        return self.harness

    def message(self, url: str = "", number: int = 1, **changes: Any) -> Notification:  # noqa: ANN401
        """A message to an URL."""
        values: dict[str, Any] = {
            "id": f"msg_{number:08}",
            "case_id": "C-1",
            "seq": number,
            "attempt": 1,
            "to": self.to(url) if url else "",
            "title": "",
            "body": BODY,
            "deadline_s": 5.0,
        }
        return Notification(**values | changes)

    def notifier(self) -> Notifier:
        """The notifier."""
        return self.harness.notifier()


@dataclass(frozen=True)
class Promise(Numbered):
    """One numbered promise: ``N01`` to ``N28``.

    Attributes:
        needs: What a notifier has to claim for it to hold; what needs nothing concerns every notifier.
        hook: What the harness has to be able to do for it to be tried.
    """

    needs: tuple[Claim, ...]
    hook: type | None


_ALL: list[Promise] = []


def promise(
    number: str, *needs: Claim, hook: type | None = None
) -> Callable[[Callable[[Trial], None]], Callable[[Trial], None]]:
    """Enter a promise into the list."""

    def enter(check: Callable[[Trial], None]) -> Callable[[Trial], None]:
        _ALL.append(Promise(number, check, needs, hook))
        return check

    return enter


def promises() -> list[Promise]:
    """All promises, by number."""
    for subject in SUBJECTS:
        import_module(f"gov_core.testing.notifier.{subject}")
    return sorted(_ALL, key=lambda each: each.number)
