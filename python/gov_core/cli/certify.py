"""``gov-core certify``: put an adapter to its contract, and write a certificate of what it keeps."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pytest

    from gov_core.testing.kit.certificate import Certificate
    from gov_core.testing.kit.numbered import Numbered

_MARKS = {"passed": "kept", "failed": "broken", "skipped": "skipped", "not_run": "not tried"}


@app.command()
def certify(
    *,
    store: Annotated[
        str | None,
        typer.Option(metavar="HARNESS", help="memory, sqlite, postgres, or package.module:Harness."),
    ] = None,
    notifier: Annotated[
        str | None,
        typer.Option(metavar="HARNESS", help="webhook, sms, file, or package.module:Harness."),
    ] = None,
    level: Annotated[
        Literal["bronze", "silver", "gold"] | None,
        typer.Option(help="Promises of a store up to this level; gold if not given."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 0,
    scale: Annotated[
        float, typer.Option(min=0.01, help="How much longer than usual to try what is tried again and again.")
    ] = 1.0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the certificate to this file, as JSON.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Print what is promised, and stop.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="With --list: as the page of the documentation.")
    ] = False,
) -> None:
    """Put a store or a notifier to the promises of its contract; exits with 1 if it is not certified."""
    _needs_pytest()
    if listed:
        sys.stdout.write(_list(markdown=markdown))
        return
    if store is not None and notifier is not None:
        raise typer.BadParameter("one at a time", param_hint="--store, --notifier")
    options = [f"--seed={seed}", f"--scale={scale}"]
    options += [f"--certificate={out.absolute()}"] if out is not None else []
    if store is not None:
        certificate = _certified("store", store, [*options, f"--level={level or 'gold'}"])
    elif notifier is None:
        raise typer.BadParameter("name the harness of the adapter", param_hint="--store, --notifier")
    elif level is not None:
        raise typer.BadParameter("a notifier has no levels", param_hint="--level")
    else:
        certificate = _certified("notifier", notifier, options)
    _tell(certificate)
    if not certificate.granted:
        raise typer.Exit(1)


def _needs_pytest() -> None:
    from gov_core.errors import Fault, HarnessError

    try:
        import pytest  # noqa: F401 - that it is there is all
    except ImportError as error:
        fault = Fault("testing.missing", "the kit runs on pytest", "", "pip install 'gov-core[testing]'")
        raise HarnessError((fault,)) from error


def _list(*, markdown: bool) -> str:
    from gov_core.testing.listing import promises_page
    from gov_core.testing.notifier.promises import promises as of_notifiers
    from gov_core.testing.store.promises import promises as of_stores

    if markdown:
        return promises_page()
    lines = [f"{each.number}  {each.level:8}  {each.sentence}\n" for each in of_stores()]
    lines += [f"{each.number}  notifier  {each.sentence}\n" for each in of_notifiers()]
    return "".join(lines)


def _certified(kind: Literal["store", "notifier"], spec: str, options: Sequence[str]) -> Certificate:
    """Run a kit in this process, as pytest alone shows what an assertion compared."""
    import pytest

    from gov_core.cli._progress import counting
    from gov_core.errors import Fault, HarnessError

    _look(kind, spec)
    said = io.StringIO()
    with counting("promises") as report:
        watch = _Watch(report)
        arguments = ["-c", os.devnull, "-p", "no:cacheprovider", "-p", "gov_core.testing.plugin", "--pyargs"]
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning", f"gov_core.testing.{kind}"]
        arguments += [f"--{kind}={spec}", *options]
        with _without_settings(), redirect_stdout(said):
            status = pytest.main(arguments, plugins=[watch])
    if watch.certificate is None:
        message = f"the kit could not be run (pytest says {int(status)})"
        raise HarnessError((Fault("testing.run", message, spec, said.getvalue()[-2_000:]),))
    return watch.certificate


def _look(kind: Literal["store", "notifier"], spec: str) -> None:
    """Let what cannot be tested at all be told as an error of the command line."""
    if kind == "store":
        from gov_core.testing.store.running import described, harness_of

        described(harness_of(spec))
    else:
        from gov_core.testing.notifier.running import described as described_notifier

        described_notifier(spec)


@contextmanager
def _without_settings() -> Iterator[None]:
    """Let no options for other runs of pytest, which may be in the environment, be those of this one."""
    kept = os.environ.pop("PYTEST_ADDOPTS", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["PYTEST_ADDOPTS"] = kept


class _Watch:
    """Follows a run of pytest.

    Args:
        report: Told how many of how many promises were tried; None if nobody looks.
    """

    def __init__(self, report: Callable[[int, int], object] | None) -> None:
        self.certificate: Certificate | None = None
        self._report = report
        self._done = self._total = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How many there are."""
        self._total = len(session.items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One more is done."""
        if report.when == "call":
            self._done += 1
            if self._report is not None:
                self._report(self._done, self._total)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Take the certificate along."""
        kit: Any = config.pluginmanager.get_plugin("gov_core.testing.kit")
        if kit is not None and kit.outcomes:
            self.certificate = kit.certificate


def _tell(certificate: Certificate) -> None:
    """Print a line a subject, then what was left out and what was broken, then what it comes to."""
    known = certificate.promises
    for subject in dict.fromkeys(each.subject for each in known):
        group = [each for each in known if each.subject == subject]
        sys.stdout.write(f"{subject:12} {_counts(certificate, group)}\n")
    sys.stdout.write("\n")
    for each in known:
        outcome = certificate.outcomes.get(each.name)
        if outcome is None or outcome.outcome == "skipped":
            sys.stdout.write(f"skipped {each.number}: {outcome.reason if outcome else 'not tried'}\n")
    for each in known:
        outcome = certificate.outcomes.get(each.name)
        if outcome is not None and outcome.outcome == "failed":
            lines = (each.sentence, each.hint, outcome.reason, f"{certificate.command} -k {each.number}")
            told = "".join(f"    {line}\n" for line in lines if line)
            sys.stdout.write(f"\nbroken {each.name}\n{told}")
    sys.stdout.write(f"\n{certificate.verdict}\n")


def _counts(certificate: Certificate, group: Sequence[Numbered]) -> str:
    outcomes = [certificate.outcomes.get(each.name) for each in group]
    found = [outcome.outcome if outcome else "not_run" for outcome in outcomes]
    seconds = sum(outcome.seconds for outcome in outcomes if outcome)
    told = ", ".join(f"{found.count(key)} {mark}" for key, mark in _MARKS.items() if key in found)
    return f"{told} in {seconds:.1f} s"
