"""How pytest runs the kit: each promise is an item of the module that makes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from gov_core.testing.notifier.harness import harness_of
from gov_core.testing.notifier.promises import SUBJECTS, promises
from gov_core.testing.notifier.running import Skip, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.testing.notifier.promises import Promise

_FILES: Final = {Path(__file__).parent / f"{subject}.py" for subject in SUBJECTS}


def add_options(parser: pytest.Parser) -> None:
    """Add the options of this kit."""
    group = parser.getgroup("gov_core", "certifying a notifier")
    group.addoption(
        "--notifier",
        dest="gov_core_notifier",
        metavar="HARNESS",
        help="webhook, sms, file, or package.module:Name of a harness",
    )
    group.addoption(
        "--notifier-seed",
        dest="gov_core_notifier_seed",
        type=int,
        default=0,
        help="of all random numbers (default: 0)",
    )
    group.addoption(
        "--notifier-scale",
        dest="gov_core_notifier_scale",
        type=float,
        default=1.0,
        help="how many more messages than usual (default: 1)",
    )


class Kit:
    """The part of a run of pytest that is about this kit.

    Args:
        config: Of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        pytest.register_assert_rewrite(*(f"{__package__}.{subject}" for subject in SUBJECTS))
        self.spec: str = config.option.gov_core_notifier
        self.seed: int = config.option.gov_core_notifier_seed
        self.scale: float = config.option.gov_core_notifier_scale
        try:
            harness_of(self.spec)
        except Exception as error:
            raise pytest.UsageError(str(error)) from error

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The modules of this package that make promises."""
        return Subject.of(parent, file_path, self) if file_path in _FILES else None


class Subject(pytest.File):
    """A module that makes promises."""

    kit: Kit

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, kit: Kit) -> Subject:
        """The module of a file."""
        made: Subject = cls.from_parent(parent, path=path)
        made.kit = kit
        return made

    def collect(self) -> Iterator[pytest.Item]:
        """Its promises."""
        for each in promises():
            if each.subject == self.path.stem:
                yield Item.of(self, each, self.kit)


class Item(pytest.Item):
    """One promise."""

    promise: Promise
    kit: Kit

    @classmethod
    def of(cls, parent: Subject, promise: Promise, kit: Kit) -> Item:
        """The item of a promise."""
        made: Item = cls.from_parent(parent, name=promise.name)
        made.promise, made.kit = promise, kit
        return made

    def runtest(self) -> None:
        """Put the promise to a new notifier."""
        try:
            keep(self.promise, self.kit.spec, seed=self.kit.seed, scale=self.kit.scale)
        except Skip as skip:
            pytest.skip(str(skip))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the promise stands."""
        return self.path, self.promise.check.__code__.co_firstlineno - 1, self.promise.name
