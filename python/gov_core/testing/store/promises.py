"""What a promise is, and the list of all of them.

A promise is a function over a `Trial` that raises AssertionError if the store does not keep it. The first
line of its docstring says what is promised; what follows is a hint for who has to mend it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar, get_args

from gov_core.storage.protocol import Durability
from gov_core.testing.kit.numbered import Numbered
from gov_core.testing.store.harness import PLACES, Connects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from gov_core.storage.protocol import Capability, CaseStore
    from gov_core.testing.store.harness import Clock, Harness, Place

Level: TypeAlias = Literal["bronze", "silver", "gold"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
DURABILITIES: Final[tuple[Durability, ...]] = get_args(Durability)
"""From the least to the most."""

SUBJECTS: Final = (
    "append",
    "bulk",
    "values",
    "idempotency",
    "reading",
    "snapshots",
    "lifecycle",
    "index",
    "clocks",
    "model",
    "concurrency",
    "feed",
    "outbox",
    "erasure",
    "faults",
    "durability",
    "integrity",
    "soak",
)
"""Modules of this package that make promises, in the order they are run."""

_Hook = TypeVar("_Hook")


@dataclass
class Trial:
    """One promise put to one store.

    Attributes:
        harness: The store under test.
        rng: Seeded by the seed of the run and the number of the promise.
        scale: How much longer than usual to go on where a promise is tried again and again.
        figures: What the trial has counted, for the certificate.
    """

    harness: Harness
    rng: Random
    scale: float = 1.0
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """The clock of the store."""
        return self.harness.clock

    def store(self) -> CaseStore:
        """The store, new and empty at first."""
        return self.harness.store()

    def reopen(self) -> CaseStore:
        """Close the store and open it again."""
        return self.harness.reopen()

    def twice(self) -> Iterator[CaseStore]:
        """The store as it is, then closed and opened again: for what has to hold both times."""
        yield self.store()
        yield self.reopen()

    def another(self) -> CaseStore:
        """Another store of this kind, new and empty."""
        return self.harness.another()

    def handles(self, count: int) -> list[CaseStore]:
        """The store as several writers have it: opened by each if the harness can, or else one for all."""
        if isinstance(self.harness, Connects):
            return [self.store(), *(self.harness.beside() for _ in range(count - 1))]
        return [self.store()] * count

    def times(self, usual: int) -> int:
        """How often to do what is usually done so often."""
        return max(1, round(usual * self.scale))

    def claims(self, capability: Capability) -> bool:
        """Whether the store says that it can do this."""
        return capability in self.store().describe().capabilities

    def hook(self, kind: type[_Hook]) -> _Hook:
        """The harness, as one that has a hook."""
        if not isinstance(self.harness, kind):
            raise TypeError(f"{self.harness!r} is no {kind.__name__}")
        return self.harness


Check: TypeAlias = "Callable[[Trial], None]"


@dataclass(frozen=True)
class Promise(Numbered):
    """One numbered promise of the contract: ``S01`` to ``S96``, and ``X01`` … for what it says beside these.

    Attributes:
        level: From which level on it has to be kept.
        capability: What a store has to claim for it to hold; None concerns every store.
        survives: What an acknowledged write has to survive for it to hold.
        hook: What the harness has to be able to do for it to be tried.
        places: Stores of which kind it concerns.
        base: Whether it cannot be skipped, whatever the store or the harness lack.
        limit_s: How long it may take before it counts as broken, at the usual scale.
    """

    level: Level
    capability: Capability | None
    survives: Durability
    hook: type | None
    places: tuple[Place, ...]
    base: bool
    limit_s: float

    @property
    def marks(self) -> tuple[str, ...]:
        """Its level."""
        return (self.level,)


_MADE: Final[dict[str, Promise]] = {}


def promise(
    number: str,
    level: Level,
    *,
    capability: Capability | None = None,
    survives: Durability = "memory",
    hook: type | None = None,
    places: tuple[Place, ...] = PLACES,
    base: bool | None = None,
    limit_s: float = 120.0,
) -> Callable[[Check], Check]:
    """Make a function part of the contract.

    A promise that needs neither a capability nor a hook and concerns every store is a base one, unless
    `base` says otherwise.
    """

    def made(check: Check) -> Check:
        known = _MADE.get(number)
        if known is not None and known.check.__qualname__ != check.__qualname__:
            raise ValueError(f"{number} is promised twice: {known.check.__name__}, {check.__name__}")
        plain = capability is None and survives == "memory" and hook is None and places == PLACES
        _MADE[number] = Promise(
            number, check, level, capability, survives, hook, places, plain if base is None else base, limit_s
        )
        return check

    return made


def promises(level: Level = "gold") -> tuple[Promise, ...]:
    """All promises up to a level, in the order of levels, then of their numbers."""
    for subject in SUBJECTS:
        import_module(f"gov_core.testing.store.{subject}")
    wanted = LEVELS[: LEVELS.index(level) + 1]
    found = (each for each in _MADE.values() if each.level in wanted)
    return tuple(sorted(found, key=lambda each: (LEVELS.index(each.level), each.number)))
