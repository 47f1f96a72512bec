"""A worker as a process, to be killed.

``python -m gov_core.testing.notifier.working STORE HARNESS NAME URL…`` delivers by the notifier of a harness
to the URLs, which are the endpoints ``kit:0``, ``kit:1`` …, until its standard input is closed.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from gov_core.notifications.breaker import BreakerRule
from gov_core.notifications.channels import Channels, Endpoint
from gov_core.notifications.delivering import Desk
from gov_core.notifications.filling import Speech
from gov_core.notifications.schedule import Schedule
from gov_core.notifications.templates import Templates
from gov_core.notifications.worker import Pace, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.notifications.protocol import Notifier

IMPATIENT: Final = Pace(
    threads=8,
    batch=200,
    lease_s=2.0,
    poll_s=0.02,
    schedule=Schedule((0.02,) * 60, longest_s=0.2),
    breaker=BreakerRule(failures=1000, first_s=0.01, longest_s=0.05),
)
"""A worker for a test: waits of days take a moment, and there are more of them, since faults are more."""


def desk_of(notifier: Notifier, addresses: Sequence[str], deadline_s: float = 0.5) -> Desk:
    """A desk whose endpoints are ``kit:0``, ``kit:1`` …, by one notifier."""
    endpoints = {
        f"kit:{number}": Endpoint(f"kit:{number}", notifier, address, concurrency=8, deadline_s=deadline_s)
        for number, address in enumerate(addresses)
    }
    if not any(addresses):
        return Desk(Channels({}, {"kit": Endpoint("kit:", notifier, "")}), Templates(), Speech("kit", {}))
    return Desk(Channels(endpoints), Templates(), Speech("kit", {}))


def main(arguments: Sequence[str]) -> None:
    """Work until the standard input is closed."""
    from gov_core.storage.opening import open_store
    from gov_core.testing.notifier.harness import harness_of

    url, spec, name, *urls = arguments
    stop = threading.Event()

    def watch() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        harness = harness_of(spec)(Path(folder))
        addresses = [harness.address(each) or "" for each in urls]
        store = open_store(url)
        dice = Random(name)
        Worker(store, desk_of(harness.notifier(), addresses), name=name, pace=IMPATIENT, dice=dice).run(stop)
        store.close()
        harness.close()


if __name__ == "__main__":
    main(sys.argv[1:])
