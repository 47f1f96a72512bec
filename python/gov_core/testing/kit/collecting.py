"""How pytest runs a kit: each promise is an item of the module that makes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast

import pytest

from gov_core.testing.kit.outcome import Outcome, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gov_core.testing.kit.certificate import Certificate
    from gov_core.testing.kit.numbered import Numbered

_OUTCOME: Final = "gov_core.outcome"
"""Name under which an item tells what became of it; lists of pairs travel between the workers of a run."""


class Trying(Protocol):
    """What a run was asked for: promises, and an adapter they are put to.

    Attributes:
        title: Over what is said at the end.
        judgement: What a run of some promises does not come to: ``level``.
        folder: Where the modules are that make promises.
    """

    title: ClassVar[str]
    judgement: ClassVar[str]
    folder: ClassVar[Path]

    @property
    def promises(self) -> Sequence[Numbered]:
        """The promises, simple ones first: what builds on a broken one says less."""
        ...

    def keep(self, promise: Any) -> dict[str, float]:  # noqa: ANN401 - of the kind that `promises` gives
        """Put a promise to the adapter; what was counted on the way.

        Raises:
            Skip: It does not concern this adapter, or cannot be tried.
            AssertionError: It is not kept.
        """
        ...

    def certificate(self, outcomes: Mapping[str, Outcome]) -> Certificate:
        """What outcomes have shown."""
        ...


def add_options(parser: pytest.Parser) -> None:
    """Add the options that every kit has."""
    group = parser.getgroup("gov_core", "certifying an adapter")
    group.addoption(
        "--seed", dest="gov_core_seed", type=int, default=0, help="of all random numbers (default: 0)"
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
    """The part of a run of pytest that is about a kit.

    Args:
        trying: What the run was asked for.
        file: Where to write the certificate.
    """

    def __init__(self, trying: Trying, file: Path | None) -> None:
        self.trying = trying
        self.outcomes: dict[str, Outcome] = {}
        self._file = file

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The modules that make promises."""
        if file_path.parent != self.trying.folder:
            return None
        found = [each for each in self.trying.promises if each.subject == file_path.stem]
        return Subject.of(parent, file_path, found, self.trying) if found else None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Promises in the order in which they are tried."""
        order = {each.name: place for place, each in enumerate(self.trying.promises)}
        items.sort(key=lambda item: order.get(item.name, -1) if isinstance(item, Item) else -1)

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
    def _narrowed(self) -> bool:
        """Whether only some promises were tried; such a run is not judged."""
        return any(each.name not in self.outcomes for each in self.trying.promises)

    @property
    def certificate(self) -> Certificate:
        """What the run has shown so far."""
        return self.trying.certificate(self.outcomes)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the certificate; a run that did not reach what it was asked for has failed."""
        if hasattr(session.config, "workerinput") or not self.outcomes:
            return
        certificate = self.certificate
        if self._file is not None:
            self._file.write_text(certificate.to_json(), encoding="utf-8")
        if exitstatus == pytest.ExitCode.OK and not self._narrowed and not certificate.granted:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was skipped and why, what is broken, and what that comes to."""
        if not self.outcomes:
            return
        write = terminalreporter.write_line
        terminalreporter.section(self.trying.title)
        for each in self.trying.promises:
            outcome = self.outcomes.get(each.name)
            if outcome is not None and outcome.outcome == "skipped":
                write(f"skipped {each.name}: {outcome.reason}")
            elif outcome is not None and outcome.outcome == "failed":
                write(f"broken {each.name}: {each.sentence} {each.hint}".rstrip())
        if self._narrowed:
            write(f"only some promises were tried: no {self.trying.judgement}")
            return
        write(self.certificate.verdict)


class Subject(pytest.File):
    """A module that makes promises."""

    found: Sequence[Numbered]
    trying: Trying

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, found: Sequence[Numbered], trying: Trying) -> Subject:
        """The module of a file, with the promises that are asked for."""
        made: Subject = cls.from_parent(parent, path=path)
        made.found, made.trying = found, trying
        return made

    def collect(self) -> Iterator[pytest.Item]:
        """Its promises."""
        for each in self.found:
            yield Item.of(self, each, self.trying)


class Item(pytest.Item):
    """One promise."""

    promise: Numbered
    trying: Trying

    @classmethod
    def of(cls, parent: Subject, promise: Numbered, trying: Trying) -> Item:
        """The item of a promise."""
        made: Item = cls.from_parent(parent, name=promise.name)
        made.promise, made.trying = promise, trying
        for mark in promise.marks:
            made.add_marker(mark)
        return made

    def runtest(self) -> None:
        """Put the promise to a new adapter."""
        told = Outcome(self.promise.name, "passed", "", None, 0.0, {})
        try:
            told = told._replace(figures=self.trying.keep(self.promise))
        except Skip as skip:
            told = told._replace(outcome="skipped", reason=skip.reason, excuse=skip.excuse)
            pytest.skip(skip.reason)
        finally:
            self.user_properties.append((_OUTCOME, json.dumps(told._asdict())))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """The failure from where the promise begins; how it was put to the adapter says nothing."""
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
