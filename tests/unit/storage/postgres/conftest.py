"""Stores in a server that is started for these tests, or in that of GOV_POSTGRES_URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.postgres import PostgresHarness

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def harness() -> Iterator[PostgresHarness]:
    try:
        made = PostgresHarness(Path())
    except HookMissingError as error:
        pytest.skip(str(error))
    yield made
    made.close()
