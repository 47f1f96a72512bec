"""What a run of ``gov-core route`` has to say at its end."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from gov_core._core import count_texts
from gov_core.routing.addresses import LocatedCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from arro3.core import RecordBatch

    from gov_core.events import EventReader
    from gov_core.routing import AnyRouter


class Summary:
    """Counts what became of the events while they stream past, and tells it."""

    def __init__(self, reader: EventReader, router: AnyRouter, city: Path, output: str) -> None:
        self._reader, self._router, self._city, self._output = reader, router, city, output
        self._statuses: Counter[str] = Counter()
        self._located = LocatedCounts()

    def over(self, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """Yield routed batches and count them."""
        for batch in batches:
            self._statuses.update(dict(count_texts(batch["status"])))
            self._located.add(batch)
            yield batch

    def print(self, seconds: float, *, as_json: bool) -> None:
        """Print the summary: JSON to stdout, or words to stderr.

        Args:
            seconds: From the start of the command to the finished output.
            as_json: Which of the two.
        """
        if as_json:
            json.dump(self._as_object(seconds), sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        else:
            self._tell(seconds)

    def _as_object(self, seconds: float) -> dict[str, Any]:
        problems = self._reader.problems
        return {
            "output": self._output,
            "city_digest": self._router.digest,
            "rows": self._reader.rows,
            "status": dict(self._statuses.most_common()),
            **self._located_as_object(),
            "seconds": round(seconds, 3),
            "events_per_second": round(self._reader.rows / seconds),
            "problems": dict(problems.counts),
            "problem_rows": [
                {"line": problem.line, "code": problem.code, "message": problem.message}
                for problem in problems
            ],
        }

    def _located_as_object(self) -> dict[str, Any]:
        """What addresses had to say; nothing where there are none."""
        if not self._located.by:
            return {}
        return {
            "located_by": dict(self._located.by.most_common()),
            "disagreements": self._located.disagreements,
        }

    def _tell(self, seconds: float) -> None:
        from gov_core.cli._report import GREEN, GREY, YELLOW, tell, tell_problems

        rows, problems = self._reader.rows, self._reader.problems
        tell(f"{rows:,} events in {seconds:.2f} s ({rows / seconds:,.0f}/s) -> {self._output}")
        for status, count in self._statuses.most_common():
            tell(f"  {status:<16}{count:>12,}  {count / rows:7.2%}", GREEN if status == "routed" else YELLOW)
        if self._located.by:
            ways = ", ".join(f"{count:,} by {way}" for way, count in self._located.by.most_common())
            tell(f"located {ways}")
        if self._located.disagreements:
            tell(f"{self._located.disagreements:,} points lie outside of the grid of their address", YELLOW)
        tell_problems(problems, self._reader.path.name, where=" (--json lists more)")
        tell(f"next: {self._next()}", GREY)

    def _next(self) -> str:
        """Return the command that most likely helps now."""
        others = [status for status, _ in self._statuses.most_common() if status != "routed"]
        if others:
            return f"gov-core check {self._city}"
        return f"gov-core route {self._city} {self._reader.path} --explain ID"
