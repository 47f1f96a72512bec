"""How pytest runs the kit for stores: its options, and what a run is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import pytest

from gov_core.testing.kit.collecting import Kit
from gov_core.testing.store.certificate import Certificate
from gov_core.testing.store.promises import LEVELS, SUBJECTS, promises
from gov_core.testing.store.running import described, harness_of, keep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gov_core.testing.kit.outcome import Outcome
    from gov_core.testing.store.harness import Make
    from gov_core.testing.store.promises import Level, Promise
    from gov_core.testing.store.running import Described

_HERE: Final = Path(__file__).parent


def add_options(parser: pytest.Parser) -> None:
    """Add the options of this kit."""
    group = parser.getgroup("gov_core.store", "certifying a store of cases")
    group.addoption(
        "--store",
        dest="gov_core_store",
        metavar="HARNESS",
        help="memory, sqlite, postgres, or package.module:Name of a harness",
    )
    group.addoption(
        "--level",
        dest="gov_core_level",
        choices=LEVELS,
        default="gold",
        help="promises up to this level (default: gold)",
    )


def kit_of(config: pytest.Config) -> Kit:
    """The kit for a run.

    Raises:
        UsageError: No harness is named, or it is of no use.
    """
    pytest.register_assert_rewrite(*(f"{__package__}.{subject}" for subject in SUBJECTS))
    for level in LEVELS:
        config.addinivalue_line("markers", f"{level}: a promise that a {level} store keeps")
    option = config.option
    if option.gov_core_store is None:
        raise pytest.UsageError("--store=HARNESS says which store is put to the kit")
    try:
        make = harness_of(option.gov_core_store)
        told = described(make)
    except Exception as error:
        raise pytest.UsageError(str(error)) from error
    trying = TryingStore(
        option.gov_core_store,
        make,
        told,
        option.gov_core_level,
        option.gov_core_seed,
        option.gov_core_scale,
    )
    return Kit(trying, option.gov_core_certificate)


@dataclass(frozen=True)
class TryingStore:
    """What a run was asked for.

    Attributes:
        spec: Name of the harness.
        make: Makes it.
        described: The store as it speaks of itself.
        level: Promises up to this one.
        seed: Of all random numbers.
        scale: How much longer than usual to try what is tried again and again.
    """

    title: ClassVar = "certificate of a store"
    judgement: ClassVar = "level"
    folder: ClassVar = _HERE

    spec: str
    make: Make
    described: Described
    level: Level
    seed: int
    scale: float

    @property
    def promises(self) -> Sequence[Promise]:
        """Those up to the level."""
        return promises(self.level)

    def keep(self, promise: Promise) -> dict[str, float]:
        """Put a promise to a new store."""
        return keep(promise, self.make, seed=self.seed, scale=self.scale)

    def certificate(self, outcomes: Mapping[str, Outcome]) -> Certificate:
        """What outcomes have shown."""
        return Certificate(self.spec, self.described, self.seed, self.scale, self.level, outcomes)
