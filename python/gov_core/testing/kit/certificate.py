"""What a run of a kit has shown, as a file: what every certificate holds, whatever was certified."""

from __future__ import annotations

import json
import platform
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.testing.kit.numbered import Numbered
    from gov_core.testing.kit.outcome import Outcome

FORMAT: Final = 1
"""Of the file."""


class Certificate(Protocol):
    """The outcome of a run."""

    @property
    def promises(self) -> Sequence[Numbered]:
        """What was asked for."""
        ...

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Of the promises that were put to the adapter, by name."""
        ...

    @property
    def granted(self) -> bool:
        """Whether the adapter has reached what was asked for."""
        ...

    @property
    def verdict(self) -> str:
        """What it comes to, as one line."""
        ...

    @property
    def command(self) -> str:
        """Runs the kit again, with the same random numbers."""
        ...

    def to_json(self) -> str:
        """The certificate as the text of a file."""
        ...


def results(tests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How the tests of a certificate went: how many of each outcome, how long, and each."""
    return {
        "counts": Counter(each["outcome"] for each in tests),
        "seconds": round(sum(each["seconds"] for each in tests), 3),
        "tests": tests,
    }


def test_of(promise: Numbered, outcome: Outcome | None, **about: Any) -> dict[str, Any]:  # noqa: ANN401
    """What a certificate says of one promise.

    Args:
        promise: The promise.
        outcome: What became of it; None if it was not tried.
        **about: What else there is to say of such a promise.
    """
    return {
        "number": promise.number,
        "name": promise.check.__name__,
        "subject": promise.subject,
        **about,
        "outcome": outcome.outcome if outcome else "not_run",
        "excuse": outcome.excuse if outcome else None,
        "reason": outcome.reason if outcome else "",
        "seconds": round(outcome.seconds, 3) if outcome else 0.0,
        "figures": outcome.figures if outcome else {},
    }


def as_json(values: Mapping[str, Any]) -> str:
    """Values as the text of a file."""
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def versions(harness: str) -> dict[str, str]:
    """Versions of what takes part: this library, the distribution of the harness, Python and the system."""
    found = {
        "gov_core": _version("gov-core"),
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "system": platform.platform(),
    }
    package = harness.partition(":")[0].partition(".")[0]
    for distribution in _distributions(package):
        found.setdefault(distribution, _version(distribution))
    return found


def _distributions(package: str) -> Sequence[str]:
    known = packages_distributions().get(package, [])
    return sorted({each for each in known if each != "gov-core"})


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
