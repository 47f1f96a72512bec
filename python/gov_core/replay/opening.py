"""Routed events become opened cases, a batch of columns at a time.

What comes out is what `gov_core.casework.report` would have appended for each event, one by one, at the time
it was reported: the same bytes, hashes, rows and clocks. Events that cannot be routed become cases too, with
the reason in their location; what is no event at all (no id, no time, no matter) is counted and listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gov_core.casework.report import reference_id
from gov_core.errors import CommandReusedError, PayloadRejectedError
from gov_core.events import Problems
from gov_core.replay.channels import channel_of
from gov_core.replay.shape import Facts, Shape, Starts, Texts
from gov_core.replay.uncollected import uncollected
from gov_core.storage.chain import link
from gov_core.storage.protocol import NEW, Append, AppendResult, CaseRow, ClockRow, Envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from arro3.core import RecordBatch

    from gov_core.casework import Governance
    from gov_core.errors import StorageError
    from gov_core.storage.protocol import CaseStore

BATCH_ROWS = 8_192
"""Rows of a transaction. Half as many or twice as many are as fast; memory grows with it."""

_COLUMNS = (
    "id", "channel", "matter", "grade", "asset", "place", "path", "unit", "rule", "respond_within",
    "resolve_within", "status",
)  # fmt: skip


@dataclass(slots=True)
class Opened:
    """What became of the events.

    Attributes:
        rows: Events that were looked at.
        cases: Cases that were opened by them.
        known: Events whose channel and reference were known already: the case is there, and stays as it is.
        latest_us: When the latest was reported, microseconds since 1970 UTC.
        digest: Sum of the chain hashes of their first events, modulo 2^256: equal for equal events, and not
            moved by telling them again to a store that knows them.
        problems: Events that are no report, by what they lack; the first of each kind with its row.
    """

    rows: int = 0
    cases: int = 0
    known: int = 0
    latest_us: int = 0
    digest: int = 0
    problems: Problems = field(default_factory=Problems)


def open_cases(store: CaseStore, governance: Governance, batches: Iterable[RecordBatch]) -> Iterator[Opened]:
    """Open a case for each routed event, durably, in as many transactions as there are `BATCH_ROWS`.

    Run again over the same events, it opens what is not open yet and nothing twice: the id of the case and
    of its command come from channel and reference.

    Args:
        store: Where the cases are to be.
        governance: Of the city that the events were routed by.
        batches: What `Router.route_stream` yields; needs the columns ``id``, ``matter`` and ``reported_at``.

    Yields:
        The same counts after each transaction, as they have grown.

    Raises:
        StorageError: The store took none of a batch.
    """
    opening, opened = Opening(governance), Opened()
    opening.problems = opened.problems
    for whole in batches:
        for first in range(0, max(whole.num_rows, 1), BATCH_ROWS):
            batch = whole.slice(first, min(BATCH_ROWS, whole.num_rows - first))
            with uncollected():
                items = opening.appends(batch)
                results = store.append_many(items)
                for item, row, result in zip(items, opening.made_of, results, strict=True):
                    _count(opened, item, row, result)
            opened.rows += batch.num_rows
            yield opened


def _count(opened: Opened, item: Append, row: int, result: AppendResult | StorageError) -> None:
    if isinstance(result, PayloadRejectedError):
        opened.problems.add(row, result.faults[0].code, f"{item.case_id}: {result.faults[0].message}")
        return
    (envelope,) = item.events
    opened.latest_us = max(opened.latest_us, envelope.at_us)
    opened.digest = (opened.digest + int.from_bytes(envelope.hash)) % 2**256
    if isinstance(result, AppendResult):
        opened.known += result.duplicate
        opened.cases += not result.duplicate
    elif isinstance(result, CommandReusedError):
        opened.known += 1  # the same event again, otherwise told or routed: the first telling stands
    else:
        raise result


class _Fault(NamedTuple):
    """Why an event is no report."""

    code: str
    message: str


class _Row(NamedTuple):
    """An event that is a report, before its clocks are started."""

    shape: Shape
    case_id: str
    reference: str
    matter: str
    asset: str
    place: str
    path: str
    owner: str
    unit: str
    rule: str
    at_us: int
    number: int


class Opening:
    """Makes the appends that open cases.

    Args:
        governance: Of the city that the events were routed by.

    Attributes:
        rows: Events it has seen.
        made_of: Number of the event, from 1, that each of the last appends was made of.
        problems: Events that are no report.
    """

    def __init__(self, governance: Governance) -> None:
        self._facts = Facts(governance)
        self._texts = Texts()
        self._shapes: dict[tuple[Any, ...], Shape] = {}
        self.rows = 0
        self.made_of: list[int] = []
        self.problems = Problems()

    def appends(self, batch: RecordBatch) -> list[Append]:
        """The appends for a batch of routed events, in its order.

        Args:
            batch: See `open_cases`.
        """
        rows, starts = [], Starts(self._facts.calendar)
        for row in self._rows(batch):
            rows.append(row)
            for spec in row.shape.specs:
                starts.want(spec, row.at_us)
        starts.start()
        at_texts = self._texts.times(np.array([row.at_us for row in rows], np.int64))
        made = []
        self.made_of = []
        for row, at_text in zip(rows, at_texts, strict=True):
            clocks = [next(starts.of(spec)) for spec in row.shape.specs]
            if None in clocks:
                self.problems.add(
                    row.number, "calendar.no_answer", f"{row.case_id}: no calendar has its days"
                )
                continue
            made.append(self._append(row, at_text, clocks))
            self.made_of.append(row.number)
        return made

    def _rows(self, batch: RecordBatch) -> Iterator[_Row]:
        names = set(batch.schema.names)
        columns = [batch[name].to_pylist() if name in names else [None] * batch.num_rows for name in _COLUMNS]
        times = self._times(batch)
        versions = self._facts.versions(times)
        for values, at_us, version in zip(zip(*columns, strict=True), times, versions, strict=True):
            self.rows += 1
            row = self._row(values, at_us, version)
            if isinstance(row, _Fault):
                self.problems.add(self.rows, *row)
            else:
                yield row

    def _times(self, batch: RecordBatch) -> list[int | None]:
        from arro3.core import DataType

        if "reported_at" not in batch.schema.names:
            return [None] * batch.num_rows
        moments = batch["reported_at"].cast(DataType.timestamp("us", tz="UTC"))
        return list(moments.cast(DataType.int64()).to_pylist())

    def _row(self, values: tuple[Any, ...], at_us: int | None, version: int) -> _Row | _Fault:
        reference, word, matter, grade, asset, place, path, unit, rule, respond, resolve, status = values
        if not reference:
            return _Fault("replay.no_id", "the event has no id: a second telling could not be known")
        if at_us is None:
            return _Fault("replay.no_time", "the event has no reported_at: no clock could start")
        if not matter:
            return _Fault("replay.no_matter", "the event has no matter: a case is about some matter")
        channel = channel_of(word)
        procedure, sensitive = self._facts.of_matter(version, matter, grade or "")
        owner = self._facts.owner(version, path or "", procedure)
        reason = "" if path else status
        key = (
            version, channel, procedure.name, sensitive, grade, not asset, reason, not owner, not unit,
            not rule, respond, resolve,
        )  # fmt: skip
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = Shape(
                self._facts,
                version=version,
                channel=channel,
                procedure=procedure,
                sensitive=sensitive,
                grade=grade or "",
                reason=reason,
                limits=(("respond", respond), ("resolve", resolve)),
                filled={
                    "asset": bool(asset),
                    "place": bool(path),
                    "path": bool(path),
                    "owner": bool(owner),
                    "unit": bool(unit),
                    "rule": bool(rule),
                },
            )
        if shape.refused:
            return _Fault(*shape.refused)
        return _Row(
            shape,
            reference_id(channel.code, reference),
            reference,
            matter,
            asset or "",
            place or "" if path else "",
            path or "",
            owner,
            unit or "",
            rule or "",
            at_us,
            self.rows,
        )

    def _append(self, row: _Row, at_text: str, clocks: list[Any]) -> Append:
        shape, case_id, *texts, at_us, _ = row
        json = self._texts
        values = [json.fresh(case_id), json.fresh(row.reference), *map(json.known, texts[1:]), at_text]
        values += [repr(case_id)]
        for clock in clocks:
            values += (clock.due_text, clock.yellow_text)
        told = tuple((clock.total_us, clock.provisional) for clock in clocks)
        data = shape.event_mould(told).cast(values)
        like = shape.row
        yellow, due = shape.judged(clocks)
        return Append(
            case_id,
            NEW,
            (
                Envelope(
                    *shape.envelope, at_us, data, link(NEW.hash, case_id, 1, (*shape.envelope, at_us, data))
                ),
            ),
            f"report/{case_id}",
            sha256(shape.command_mould.cast(values)).digest(),
            CaseRow(
                case_id,
                like.state,
                like.open,
                like.procedure,
                row.matter,
                like.grade,
                row.place,
                row.path,
                row.unit,
                at_us,
                yellow,
                due,
                like.sensitive,
            ),
            [
                ClockRow(name, clock.yellow_us, clock.due_us)
                for name, clock in zip(shape.clock_names, clocks, strict=True)
            ],
        )
