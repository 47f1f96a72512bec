"""Puts one promise to a notifier: a harness of its own, random numbers, and the rules of skipping."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from gov_core.testing.kit.naming import asserting, no_harness
from gov_core.testing.kit.outcome import Skip
from gov_core.testing.notifier.claims import WITHOUT
from gov_core.testing.notifier.claims import described as described_by
from gov_core.testing.notifier.harness import harness_of
from gov_core.testing.notifier.promises import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.testing.notifier.claims import Described
    from gov_core.testing.notifier.harness import Harness
    from gov_core.testing.notifier.promises import Promise


def described(spec: str) -> Described:
    """What a notifier says of itself.

    Raises:
        HarnessError: There is no such harness, or it or its notifier cannot be made or say nothing of use.
    """
    make = harness_of(spec)
    hint = "let the harness take an empty folder, and notifier() give a notifier"
    with _folder() as folder:
        try:
            harness = make(folder)
            try:
                return described_by(harness)
            finally:
                harness.close()
        except Exception as error:
            raise no_harness(spec, f"no notifier can be had of it: {error!r}", hint) from error


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
        HarnessError: There is no such harness, or Python was told to leave assertions out.
    """
    asserting(promise.number)
    make = harness_of(spec)
    with ExitStack() as opened:
        folder = opened.enter_context(_folder())
        (folder / "own").mkdir()
        harness = make(folder / "own")
        opened.callback(harness.close)
        _concerns(promise, harness)
        trial = Trial(spec, harness, folder, Random(f"{seed}/{promise.number}"), opened, scale)
        promise.check(trial)
    return trial.figures


def _concerns(promise: Promise, harness: Harness) -> None:
    """Raise `Skip` if the promise cannot be put to this notifier."""
    claims = described_by(harness).claims
    for claim in promise.needs:
        if claim not in claims:
            raise Skip(WITHOUT[claim], "capability")
    if promise.hook is not None and not isinstance(harness, promise.hook):
        raise Skip(f"needs a harness with {promise.hook.__name__}", "hook")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gov-core-") as folder:
        yield Path(folder)
