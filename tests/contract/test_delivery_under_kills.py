"""Messages through a receiver that fails every other time, by workers that are killed: none lost, none twice.

``GOV_CORE_DELIVERIES`` says how many messages (400 without it); CI sends 8,000.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gov_core.testing.notifier.deliveries import any_fault, torn
from gov_core.testing.notifier.promises import Trial
from gov_core.testing.notifier.shipped import WebhookHarness
from gov_core.testing.store._postgres_server import server
from gov_core.testing.store.harness import HookMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = int(os.environ.get("GOV_CORE_DELIVERIES", "400"))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new and empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cases.db'}"
        return
    try:
        running = server()
    except HookMissingError as error:
        pytest.skip(str(error))
    schema = f"notices_{uuid4().hex[:12]}"
    mark = "&" if "?" in running.url else "?"
    yield f"{running.url}{mark}schema={schema}"
    running.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def test_messages_survive_faults_and_kills(tmp_path: Path, url: str) -> None:
    with ExitStack() as opened:
        harness = WebhookHarness(tmp_path)
        opened.callback(harness.close)
        trial = Trial("webhook", harness, tmp_path, Random(8), opened)
        dice = Random(45)
        receiver = trial.server(lambda _: any_fault(dice))
        cases, kills = max(20, COUNT // 8), max(4, COUNT // 200)
        torn(trial, receiver, count=COUNT, cases=cases, workers=2, kills=kills, url=url)
    print({name: round(value, 4) for name, value in trial.figures.items()}, len(receiver.requests))
    assert trial.figures["failed attempts"] >= 0.45
