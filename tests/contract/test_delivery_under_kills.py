"""Messages through a receiver that fails every other time, by workers that are killed: none lost, none twice.

``GOV_CORE_DELIVERIES`` says how many messages; a release runs 8,000.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING

from gov_core.testing.notifier.deliveries import any_fault, torn
from gov_core.testing.notifier.promises import Trial
from gov_core.testing.notifier.shipped import WebhookHarness

if TYPE_CHECKING:
    from pathlib import Path

COUNT = int(os.environ.get("GOV_CORE_DELIVERIES", "400"))


def test_messages_survive_faults_and_kills(tmp_path: Path) -> None:
    with ExitStack() as opened:
        harness = WebhookHarness(tmp_path)
        opened.callback(harness.close)
        trial = Trial("webhook", harness, tmp_path, Random(8), opened)
        dice = Random(45)
        server = trial.server(lambda _: any_fault(dice))
        torn(trial, server, count=COUNT, cases=max(20, COUNT // 8), workers=2, kills=max(4, COUNT // 200))
    print({name: round(value, 4) for name, value in trial.figures.items()}, len(server.requests))
    assert trial.figures["failed attempts"] >= 0.45
