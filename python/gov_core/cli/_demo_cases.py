"""The living half of the demo: some of its events as cases in a store, with a generated office over them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from arro3.core import RecordBatch

    from gov_core.city import City
    from gov_core.cli._steps import Steps
    from gov_core.replay import CaseBulletin
    from gov_core.report import Speed
    from gov_core.routing import Router

_OPEN = "open the cases"
_WORK = "let the office work"


class Lived(NamedTuple):
    """What came of the cases, and how fast."""

    bulletin: CaseBulletin
    speeds: tuple[Speed, ...]


class Thinned:
    """Keeps some rows of all, spread evenly.

    Args:
        wanted: How many.
        total: Of how many.
    """

    def __init__(self, wanted: int, total: int) -> None:
        self._wanted, self._total = min(wanted, total), total
        self._seen = 0
        self.batches: list[RecordBatch] = []

    def over(self, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """Yield the batches."""
        import numpy as np
        from arro3.core import Array

        for batch in batches:
            numbers = np.arange(self._seen, self._seen + batch.num_rows, dtype=np.int64) * self._wanted
            taken = np.flatnonzero(numbers // self._total < (numbers + self._wanted) // self._total)
            self.batches.append(batch.take(Array.from_numpy(taken)))
            self._seen += batch.num_rows
            yield batch


def run_cases(
    out: Path, made_of: str, city: City, router: Router, *, thinned: Thinned, steps: Steps
) -> Lived:
    """Open the cases, let the office work, and say what came of it.

    Args:
        out: Folder of the demo.
        made_of: What the cases depend on; a store that was made of the same is gone on with.
        city: Of the events.
        router: Of the city.
        thinned: The events.
        steps: Told when a part is done.
    """
    from gov_core.casework import Governance
    from gov_core.cli._replaying import progress
    from gov_core.replay import Replay
    from gov_core.report import Speed
    from gov_core.storage.opening import open_store

    _clear(out, made_of)
    store = open_store(_url(out))
    wanted = sum(batch.num_rows for batch in thinned.batches)
    run = Replay(store, Governance.of(city, router=router), cases=wanted)
    with steps(_OPEN), progress("events", wanted) as tell:
        for opened in run.open(thinned.batches):
            tell(opened.rows)
    with steps(_WORK), progress("cases", wanted) as tell:
        for ran in run.work():
            tell(ran.cases)
    bulletin = run.bulletin().published()
    store.close()
    speeds = (
        Speed(f"{_OPEN}, durably", run.opened.rows, steps.seconds[_OPEN]),
        Speed(f"{_WORK} (steps)", run.ran.steps, steps.seconds[_WORK]),
    )
    return Lived(bulletin, speeds)


def next_commands(out: Path, bulletin: CaseBulletin) -> Iterator[str]:
    """What to try with the cases."""
    store, city = shlex.quote(_url(out)), shlex.quote(str(out / "city"))
    yield f"gov-core case list --store {store} --light red --now {bulletin.until[:16]}{bulletin.until[-6:]}"
    yield f"gov-core case list --store {store} --state evaluated --limit 5"
    yield f"gov-core case show {bulletin.example} --store {store} --city {city}"
    yield f"gov-core store verify --store {store}"


def _url(out: Path) -> str:
    return f"sqlite:///{quote(str(out / 'cases.db'))}"


def _clear(out: Path, made_of: str) -> None:
    """Remove a store that was made of something else, and note what this one is made of."""
    note = out / "cases.toml"
    if not note.is_file() or note.read_text("utf-8") != made_of:
        for name in ("cases.db", "cases.db-wal", "cases.db-shm"):
            (out / name).unlink(missing_ok=True)
        note.write_text(made_of, "utf-8")
