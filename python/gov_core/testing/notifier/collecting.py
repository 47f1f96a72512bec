"""How pytest runs the kit for notifiers: its option, and what a run is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import pytest

from gov_core.testing.kit.collecting import Kit
from gov_core.testing.notifier.certificate import Certificate
from gov_core.testing.notifier.promises import SUBJECTS, promises
from gov_core.testing.notifier.running import described, keep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.testing.kit.outcome import Outcome
    from gov_core.testing.notifier.claims import Described
    from gov_core.testing.notifier.promises import Promise

_HERE: Final = Path(__file__).parent


def add_options(parser: pytest.Parser) -> None:
    """Add the option of this kit."""
    group = parser.getgroup("gov_core.notifier", "certifying a notifier")
    group.addoption(
        "--notifier",
        dest="gov_core_notifier",
        metavar="HARNESS",
        help="webhook, sms, file, or package.module:Name of a harness",
    )


def kit_of(config: pytest.Config) -> Kit:
    """The kit for a run.

    Raises:
        UsageError: No harness is named, or it is of no use.
    """
    pytest.register_assert_rewrite(*(f"{__package__}.{subject}" for subject in SUBJECTS))
    option = config.option
    if option.gov_core_notifier is None:
        raise pytest.UsageError("--notifier=HARNESS says which notifier is put to the kit")
    try:
        told = described(option.gov_core_notifier)
    except Exception as error:
        raise pytest.UsageError(str(error)) from error
    trying = TryingNotifier(option.gov_core_notifier, told, option.gov_core_seed, option.gov_core_scale)
    return Kit(trying, option.gov_core_certificate)


@dataclass(frozen=True)
class TryingNotifier:
    """What a run was asked for.

    Attributes:
        spec: Name of the harness.
        described: The notifier as it speaks of itself.
        seed: Of all random numbers.
        scale: How many more messages than usual.
    """

    title: ClassVar = "certificate of a notifier"
    judgement: ClassVar = "verdict"
    folder: ClassVar = _HERE

    spec: str
    described: Described
    seed: int
    scale: float

    @property
    def promises(self) -> Sequence[Promise]:
        """All of them."""
        return promises()

    def keep(self, promise: Promise) -> dict[str, float]:
        """Put a promise to a new notifier."""
        return keep(promise, self.spec, seed=self.seed, scale=self.scale)

    def certificate(self, outcomes: Mapping[str, Outcome]) -> Certificate:
        """What outcomes have shown."""
        return Certificate(self.spec, self.described, self.seed, self.scale, outcomes)
