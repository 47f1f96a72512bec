"""The kit for notifiers itself: what is left out, what is certified, and what a certificate says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from gov_core.cli import certify  # noqa: F401 - adds its command
from gov_core.cli._app import app
from gov_core.errors import HarnessError
from gov_core.testing.kit.outcome import Outcome, Skip
from gov_core.testing.notifier import Certificate, promises
from gov_core.testing.notifier.claims import WITHOUT
from gov_core.testing.notifier.promises import SUBJECTS
from gov_core.testing.notifier.running import described, keep
from gov_core.testing.notifier.shipped import FileHarness, WebhookHarness

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gov_core.notifications.protocol import Notification
    from gov_core.notifications.protocol import Outcome as Told

KIT = ("--pyargs", "gov_core.testing.notifier")


# Claims and harnesses


def test_promises_say_what_they_promise() -> None:
    for each in promises():
        assert each.sentence.endswith("."), each.name
        assert each.subject in SUBJECTS
        assert set(each.needs) <= set(WITHOUT)


def test_claims_follow_from_what_a_notifier_says_and_its_harness_has() -> None:
    assert described("webhook").claims == {"network", "idempotent", "deadlines", "urls", "signs"}
    assert described("sms").claims == {"network", "idempotent", "deadlines"}
    assert "network" not in described("file").claims


class Shy(WebhookHarness):
    """Goes to URLs, and gives none to the kit."""

    def address(self, url: str) -> Any:
        del url


class Bare:
    """A harness of webhooks without any hook."""

    def __init__(self, folder: Path) -> None:
        self._all = WebhookHarness(folder)
        self.notifier, self.address = self._all.notifier, self._all.address
        self.received, self.close = self._all.received, self._all.close


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name of this module by which its harnesses can be asked for."""
    monkeypatch.setitem(sys.modules, "harness_of_a_test", sys.modules[__name__])
    return "harness_of_a_test"


def test_a_notifier_that_hides_from_the_kit_is_refused(harness: str) -> None:
    with pytest.raises(HarnessError, match="its address is 'url'"):
        described(f"{harness}:Shy")


def test_what_a_harness_cannot_try_is_no_claim_that_is_missing(harness: str) -> None:
    found = {}
    for promise in promises():
        if promise.hook is not None:
            with pytest.raises(Skip) as caught:
                keep(promise, f"{harness}:Bare")
            found[promise.number] = caught.value.excuse
    assert {number for number, excuse in found.items() if excuse == "hook"} == {"N12", "N25", "N26"}
    assert {number for number, excuse in found.items() if excuse == "capability"} == {"N22", "N23", "N24"}


# Certificates


def outcomes(**changes: Outcome) -> Mapping[str, Outcome]:
    """All passed, but for what is given by number."""
    usual = Outcome("", "passed", "", None, 0.1, {})
    return {each.name: changes.get(each.number, usual)._replace(name=each.name) for each in promises()}


def granted(spec: str, **changes: Outcome) -> bool:
    return Certificate(spec, described(spec), 0, 1.0, outcomes(**changes)).granted


def skipped(excuse: Any) -> Outcome:
    return Outcome("", "skipped", "why", excuse, 0.0, {})


FAILED = Outcome("", "failed", "wrong", None, 0.0, {})


def test_a_certificate_is_granted_when_nothing_stands_in_its_way() -> None:
    assert granted("webhook")
    assert not granted("webhook", N17=FAILED)
    assert granted("sms", N22=skipped("capability"))
    assert not granted("sms", N12=skipped("hook"))


def test_an_excuse_has_to_fit_what_the_notifier_claims() -> None:
    assert not granted("webhook", N22=skipped("capability"))
    assert not granted("sms", N02=skipped("capability"))
    assert not granted("file", N01=skipped("capability"))
    assert granted("file", N02=skipped("capability"))


def test_what_was_not_tried_is_not_kept() -> None:
    some = {name: outcome for name, outcome in outcomes().items() if "N20" not in name}
    certificate = Certificate("webhook", described("webhook"), 0, 1.0, some)
    assert not certificate.granted
    assert certificate.verdict == "webhook: 1 in the way; keeps 27 of 28 promises, 0 do not concern it"
    assert certificate.values()["counts"] == {"passed": 27, "not_run": 1}


# The kit in pytest and on the command line


def pytest_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "gov_core.testing.plugin", *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(folder), *sys.path)), "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_kit_writes_a_certificate(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    done = pytest_run(tmp_path, *KIT, "--notifier=file", "--seed=7", f"--certificate={file}")
    assert done.returncode == 0, done.stdout
    assert "file: certified; keeps 2 of 28 promises, 26 do not concern it" in done.stdout
    certificate = json.loads(file.read_text("utf-8"))
    assert (certificate["seed"], certificate["harness"], certificate["granted"]) == (7, "file", True)
    assert certificate["notifier"]["name"] == "file"
    assert certificate["counts"] == {"passed": 2, "skipped": 26}
    assert {"gov_core", "python", "system"} <= certificate["versions"].keys()
    tests = {test["number"]: test for test in certificate["tests"]}
    assert list(tests) == [each.number for each in promises()]
    assert (tests["N17"]["excuse"], tests["N17"]["reason"]) == ("capability", WITHOUT["network"])


def test_a_run_of_some_promises_certifies_nothing(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    done = pytest_run(tmp_path, *KIT, "--notifier=webhook", "-k", "N08 or N10", f"--certificate={file}")
    assert done.returncode == 0, done.stdout
    assert "only some promises were tried: no verdict" in done.stdout
    certificate = json.loads(file.read_text("utf-8"))
    assert not certificate["granted"]
    assert certificate["counts"] == {"passed": 2, "not_run": 26}


def test_the_kit_asks_for_a_notifier(tmp_path: Path) -> None:
    done = pytest_run(tmp_path, *KIT)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--notifier=HARNESS" in done.stderr
    done = pytest_run(tmp_path, *KIT, "gov_core.testing.store", "--notifier=file", "--store=memory")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "one kit a run" in done.stderr
    done = pytest_run(tmp_path, *KIT, "--help")
    assert "certifying a notifier" in done.stdout


class Loses:
    """Says that it has delivered, and has not."""

    def __init__(self, folder: Path) -> None:
        self._good = FileHarness(folder)
        self.address, self.received, self.close = self._good.address, self._good.received, self._good.close

    def notifier(self) -> Any:
        from gov_core.notifications.protocol import Delivered

        made = self._good.notifier()

        def send(notification: Notification) -> Told:
            del notification
            return Delivered()

        made.send = send  # type: ignore[method-assign]
        return made


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["certify", *arguments])


def test_a_faulty_notifier_is_told_with_the_command_that_shows_it(harness: str) -> None:
    result = run("--notifier", f"{harness}:Loses", "--seed", "5")
    assert result.exit_code == 1
    assert "broken N01_success" in result.output
    assert f"--notifier={harness}:Loses --seed=5 -k N01" in result.output
    assert "file: 1 in the way; keeps 1 of 28 promises, 26 do not concern it" in result.output


def test_the_command_takes_a_store_or_a_notifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k N01")  # which is for other runs
    file = tmp_path / "c.json"
    result = run("--notifier", "file", "--out", str(file))
    assert result.exit_code == 0, result.output
    assert json.loads(file.read_text("utf-8"))["granted"]
    for wrong in ((), ("--store", "memory", "--notifier", "file"), ("--notifier", "file", "--level", "gold")):
        assert run(*wrong).exit_code == 2
    listed = run("--list").output.splitlines()
    assert {"S01", "X01", "N01", "N28"} <= {line.split()[0] for line in listed}
