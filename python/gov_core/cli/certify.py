"""``gov-core certify``: put a store adapter to its contract, and write a certificate of what it keeps."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from gov_core.testing.store.certificate import Certificate
    from gov_core.testing.store.promises import Promise

_MARKS = {"passed": "kept", "failed": "broken", "skipped": "skipped", "not_run": "not tried"}


@app.command()
def certify(
    *,
    store: Annotated[
        str | None,
        typer.Option(metavar="HARNESS", help="memory, sqlite, postgres, or package.module:Harness."),
    ] = None,
    level: Annotated[
        Literal["bronze", "silver", "gold"], typer.Option(help="Promises up to this level.")
    ] = "gold",
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
    """Put a store to the promises of its contract; exits with 1 if it does not reach the level."""
    _needs_pytest()
    if listed:
        sys.stdout.write(_list(markdown=markdown))
        return
    if store is None:
        raise typer.BadParameter("name the harness of the store", param_hint="--store")
    certificate = _run(store, level, seed, scale, out)
    _tell(certificate, seed)
    if certificate.reached != level:
        raise typer.Exit(1)


def _needs_pytest() -> None:
    from gov_core.errors import Fault, HarnessError

    try:
        import pytest  # noqa: F401 - that it is there is all
    except ImportError as error:
        fault = Fault("testing.missing", "the kit runs on pytest", "", "pip install 'gov-core[testing]'")
        raise HarnessError((fault,)) from error


def _list(*, markdown: bool) -> str:
    from gov_core.testing.store.listing import promises_page
    from gov_core.testing.store.promises import promises

    if markdown:
        return promises_page()
    return "".join(f"{each.number}  {each.level:6}  {each.sentence}\n" for each in promises())


def _run(store: str, level: str, seed: int, scale: float, out: Path | None) -> Certificate:
    """Run the kit in this process, as pytest alone shows what an assertion compared."""
    import pytest

    from gov_core.cli._progress import counting
    from gov_core.errors import Fault, HarnessError
    from gov_core.testing.store.running import described, harness_of

    described(harness_of(store))  # what cannot be tested at all is told as an error of the command line
    said = io.StringIO()
    with counting("promises") as report:
        watch = _Watch(report)
        arguments = ["-c", os.devnull, "-p", "no:cacheprovider", "-p", "gov_core.testing.plugin", "--pyargs"]
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning", "gov_core.testing.store"]
        arguments += [f"--store={store}", f"--level={level}", f"--seed={seed}", f"--scale={scale}"]
        arguments += [f"--certificate={out.absolute()}"] if out is not None else []
        with redirect_stdout(said):
            status = pytest.main(arguments, plugins=[watch])
    if watch.certificate is None:
        message = f"the kit could not be run (pytest says {int(status)})"
        raise HarnessError((Fault("testing.run", message, store, said.getvalue()[-2_000:]),))
    return watch.certificate


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
        kit: Any = config.pluginmanager.get_plugin("gov_core.testing.store")
        if kit is not None and kit.outcomes:
            self.certificate = kit.certificate


def _tell(certificate: Certificate, seed: int) -> None:
    """Print a line a subject, then what was left out and what was broken, then the level."""
    from gov_core.testing.store.promises import promises

    known = promises(certificate.asked)
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
            again = f"pytest --pyargs gov_core.testing.store --store={certificate.harness} --seed={seed}"
            lines = (each.sentence, each.hint, outcome.reason, f"{again} -k {each.number}")
            told = "".join(f"    {line}\n" for line in lines if line)
            sys.stdout.write(f"\nbroken {each.name}\n{told}")
    name = certificate.described.store.name
    sys.stdout.write(f"\n{name}: asked {certificate.asked}, reached {certificate.reached or 'none'}\n")


def _counts(certificate: Certificate, group: Sequence[Promise]) -> str:
    outcomes = [certificate.outcomes.get(each.name) for each in group]
    found = [outcome.outcome if outcome else "not_run" for outcome in outcomes]
    seconds = sum(outcome.seconds for outcome in outcomes if outcome)
    told = ", ".join(f"{found.count(key)} {mark}" for key, mark in _MARKS.items() if key in found)
    return f"{told} in {seconds:.1f} s"
