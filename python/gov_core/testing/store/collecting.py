"""How pytest runs the kit: each promise is an item of the module that makes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from gov_core.testing.store.certificate import Certificate
from gov_core.testing.store.promises import LEVELS, SUBJECTS, promises
from gov_core.testing.store.running import Outcome, Skip, described, harness_of, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.testing.store.promises import Level, Promise

_HERE: Final = Path(__file__).parent
_FILES: Final = {_HERE / f"{subject}.py" for subject in SUBJECTS}
_OUTCOME: Final = "gov_core.outcome"
"""Name under which an item tells what became of it; lists of pairs travel between the workers of a run."""


def add_options(parser: pytest.Parser) -> None:
    """Add the options of this kit."""
    group = parser.getgroup("gov_core", "certifying a store of cases")
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
    group.addoption(
        "--seed",
        dest="gov_core_seed",
        type=int,
        default=0,
        help="of all random numbers (default: 0)",
    )
    group.addoption(
        "--scale",
        dest="gov_core_scale",
        type=float,
        default=1.0,
        help="how much longer than usual to try what is tried again and again (default: 1)",
    )
    group.addoption(
        "--certificate",
        dest="gov_core_certificate",
        metavar="FILE",
        type=Path,
        help="write the outcome to this file, as JSON",
    )


class Kit:
    """The part of a run of pytest that is about this kit.

    Args:
        config: Of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        pytest.register_assert_rewrite(*(f"{__package__}.{subject}" for subject in SUBJECTS))
        for level in LEVELS:
            config.addinivalue_line("markers", f"{level}: a promise that a {level} store keeps")
        option = config.option
        self.spec: str | None = option.gov_core_store
        self.level: Level = option.gov_core_level
        self.seed: int = option.gov_core_seed
        self.scale: float = option.gov_core_scale
        self.file: Path | None = option.gov_core_certificate
        if self.spec is None:
            raise pytest.UsageError("--store=HARNESS says which store is put to the kit")
        try:
            self.make = harness_of(self.spec)
            self.described = described(self.make)
        except Exception as error:
            raise pytest.UsageError(str(error)) from error
        self.outcomes: dict[str, Outcome] = {}
        self.narrowed = False

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The modules of this package that make promises."""
        return Subject.of(parent, file_path, self) if file_path in _FILES else None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Simple promises first: what builds on a broken one says less."""
        order = {each.name: place for place, each in enumerate(promises())}
        items.sort(key=lambda item: order.get(item.name, -1) if isinstance(item, Item) else -1)

    def pytest_deselected(self) -> None:
        """A run of some promises is not judged by a level."""
        self.narrowed = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take down what became of a promise."""
        for name, value in report.user_properties:
            if name == _OUTCOME and report.when == "call":
                told = Outcome(**json.loads(cast("str", value)))
                seconds = round(report.duration, 6)
                reason = told.reason if report.outcome != "failed" else _first_line(report)
                self.outcomes[told.name] = told._replace(
                    outcome=report.outcome, reason=reason, seconds=seconds
                )

    @property
    def certificate(self) -> Certificate:
        """What the run has shown so far."""
        return Certificate(str(self.spec), self.described, self.seed, self.scale, self.level, self.outcomes)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the certificate; a run that did not reach what it was asked for has failed."""
        if hasattr(session.config, "workerinput") or not self.outcomes:
            return
        certificate = self.certificate
        if self.file is not None:
            self.file.write_text(certificate.to_json(), encoding="utf-8")
        if exitstatus == pytest.ExitCode.OK and not self.narrowed and certificate.reached != self.level:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was skipped and why, and which level was reached."""
        if not self.outcomes:
            return
        write = terminalreporter.write_line
        terminalreporter.section("certificate of a store")
        certificate = self.certificate
        for each in promises(self.level):
            outcome = self.outcomes.get(each.name)
            if outcome is not None and outcome.outcome == "skipped":
                write(f"skipped {each.name}: {outcome.reason}")
            elif outcome is not None and outcome.outcome == "failed":
                write(f"broken {each.name}: {each.sentence} {each.hint}".rstrip())
        if self.narrowed:
            write("only some promises were tried: no level")
            return
        write(f"{self.described.store.name}: asked {self.level}, reached {certificate.reached or 'none'}")


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
        """Its promises up to the level that was asked for."""
        for each in promises(self.kit.level):
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
        made.add_marker(promise.level)
        return made

    def runtest(self) -> None:
        """Put the promise to a new store."""
        told = Outcome(self.promise.name, "passed", "", None, 0.0, {})
        try:
            figures = keep(self.promise, self.kit.make, seed=self.kit.seed, scale=self.kit.scale)
            told = told._replace(figures=figures)
        except Skip as skip:
            told = told._replace(outcome="skipped", reason=skip.reason, excuse=skip.excuse)
            pytest.skip(skip.reason)
        finally:
            self.user_properties.append((_OUTCOME, json.dumps(told._asdict())))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """The failure from where the promise begins; how it was put to the store says nothing."""
        excinfo.traceback = excinfo.traceback.cut(path=self.path)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the promise stands."""
        line = self.promise.check.__code__.co_firstlineno - 1
        return self.path, line, self.promise.name


def _first_line(report: pytest.TestReport) -> str:
    crash: Any = getattr(report.longrepr, "reprcrash", None)
    text = str(getattr(crash, "message", report.longrepr))
    return text.splitlines()[0][:500] if text else ""
