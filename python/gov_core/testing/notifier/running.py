"""Puts one promise to a notifier: a harness of its own, random numbers, and the rules of skipping."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from gov_core.testing.notifier.claims import WITHOUT, claims_of
from gov_core.testing.notifier.harness import harness_of
from gov_core.testing.notifier.promises import Trial

if TYPE_CHECKING:
    from gov_core.testing.notifier.harness import Harness
    from gov_core.testing.notifier.promises import Promise


class Skip(Exception):  # noqa: N818  # nothing is wrong
    """A promise is not tried; the text says why."""


def keep(promise: Promise, spec: str, *, seed: int = 0, scale: float = 1.0) -> dict[str, float]:
    """Put a promise to a new notifier of a harness; what was counted on the way.

    Args:
        promise: Which.
        spec: Name of the harness.
        seed: Of all random numbers.
        scale: How many more messages than usual.

    Raises:
        Skip: It does not concern this notifier, or the harness cannot try it.
        AssertionError: It is not kept.
        HarnessError: There is no such harness.
    """
    make = harness_of(spec)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="gov-core-")))
        (folder / "own").mkdir()
        harness = make(folder / "own")
        opened.callback(harness.close)
        _concerns(promise, harness)
        trial = Trial(spec, harness, folder, Random(f"{seed}/{promise.number}"), opened, scale)
        promise.check(trial)
    return trial.figures


def _concerns(promise: Promise, harness: Harness) -> None:
    """Raise `Skip` if the promise cannot be put to this notifier."""
    claims = claims_of(harness)
    for claim in promise.needs:
        if claim not in claims:
            raise Skip(WITHOUT[claim])
    if promise.hook is not None and not isinstance(harness, promise.hook):
        raise Skip(f"needs a harness with {promise.hook.__name__}")
