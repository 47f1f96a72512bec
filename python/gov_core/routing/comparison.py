"""Which events change hands between two versions of a city."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch

    from gov_core.routing.live import AnyRouter

Move = tuple[str | None, str | None]
"""The unit before and the unit after; None where nobody leads."""

SAMPLE = 5
"""How many ids of events are kept for each move."""

_COLUMNS = ("place", "unit", "rule", "status")


@dataclass(slots=True)
class Comparison:
    """Events that one unit leads under the old version and another under the new one.

    Counts them while they stream past.

    Attributes:
        old: Routes by the old version.
        new: Routes by the new one.
        events: How many were compared.
        moves: Old and new unit to how many events go from the one to the other.
        places: Place under the new version (under the old one, if it is in none) to how many change hands.
        samples: Old and new unit to ids of the first events that go.
    """

    old: AnyRouter
    new: AnyRouter
    events: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    places: Counter[str | None] = field(default_factory=Counter)
    samples: defaultdict[Move, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def changed(self) -> int:
        """How many events change hands."""
        return self.moves.total()

    def over(self, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """Yields of each batch the events that change hands.

        Args:
            batches: Events with a column ``id``.

        Yields:
            Their columns, and after them ``old_place``, ``new_place``, ``old_unit``, ``new_unit``,
            ``old_rule``, ``new_rule``, ``old_status`` and ``new_status``: text.

        Raises:
            EventError: As `Router.route_batch`; or the events have a column of one of these names.
        """
        for batch in batches:
            yield self._compare(batch)

    def _compare(self, batch: RecordBatch) -> RecordBatch:
        from arro3.core import Array, DataType, Field, Table

        answers: dict[str, list[str | None]] = {
            f"{when}_{name}": list(routed.column(name).to_pylist())
            for when, router in (("old", self.old), ("new", self.new))
            for routed in [Table(router.route_batch(batch))]
            for name in _COLUMNS
        }
        _refuse_taken(batch.schema.names, answers)
        pairs = list(zip(answers["old_unit"], answers["new_unit"], strict=True))
        rows = [row for row, (old, new) in enumerate(pairs) if old != new]
        self._count(batch, pairs, rows, answers)
        changed = batch.take(Array(rows, DataType.uint32()))
        text = DataType.utf8()
        for column in _COLUMNS:
            for when in ("old", "new"):
                name = f"{when}_{column}"
                values = Array([answers[name][row] for row in rows], text)
                changed = changed.append_column(Field(name, text, nullable=True), values)
        return changed

    def _count(
        self, batch: RecordBatch, pairs: list[Move], rows: list[int], answers: dict[str, list[str | None]]
    ) -> None:
        self.events += len(pairs)
        self.moves.update(pairs[row] for row in rows)
        self.places.update(answers["new_place"][row] or answers["old_place"][row] for row in rows)
        ids: list[Any] = list(batch.column("id").to_pylist()) if rows else []
        for row in rows:
            sample = self.samples[pairs[row]]
            if len(sample) < SAMPLE:
                sample.append(str(ids[row]))


def _refuse_taken(names: Iterable[str], answers: Iterable[str]) -> None:
    from gov_core.errors import EventError, Fault

    taken = sorted(set(names) & set(answers))
    if taken:
        raise EventError(
            [
                Fault(
                    "event.column_taken", f'a column "{name}" is among the answers', name, "rename or drop it"
                )
                for name in taken
            ]
        )
