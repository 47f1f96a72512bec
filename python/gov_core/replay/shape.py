"""The shape of a report: all that many reports have in common, decided and written down once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
from pydantic_core import to_json

from gov_core.cases import commands as c
from gov_core.cases.case import Location, Source
from gov_core.cases.codec import encode
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve
from gov_core.cases.starting import start_many
from gov_core.casework.handling import said
from gov_core.casework.rows import case_row, clock_name
from gov_core.errors import CalendarError, CaseRefusedError
from gov_core.replay.mould import Mould, mark, mark_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from gov_core.cases.calendar import Calendar
    from gov_core.cases.procedure import Procedure
    from gov_core.casework import Governance
    from gov_core.checklists import LimitUnit
    from gov_core.replay.channels import Channel
    from gov_core.storage.protocol import CaseRow

Spec = tuple[int | float, "LimitUnit"]
"""Amount and unit of a limit."""

_TEXTS: Final = ("case", "reference", "matter", "asset", "place", "path", "owner", "unit", "rule")
"""The values of a report, in the order they are cast in; then its time, `repr` of the case, its clocks."""
_AT: Final = mark_time(0)
_EPOCH: Final = date(1970, 1, 1)
_DAY_US: Final = 86_400_000_000


class StartedClock(NamedTuple):
    """A clock of one report."""

    total_us: int
    yellow_us: int
    due_us: int
    provisional: bool
    yellow_text: str
    due_text: str


class Facts:
    """What the city says about reports, asked once for each thing it can be asked about.

    Args:
        governance: Of the city.
    """

    def __init__(self, governance: Governance) -> None:
        self.governance = governance
        self.calendar = governance.calendar
        self._firsts = governance.city.versions
        self._matters: dict[tuple[int, str, str], tuple[Procedure, bool]] = {}
        self._owners: dict[tuple[int, str, str], str] = {}

    def versions(self, times: Sequence[int | None]) -> list[int]:
        """Number of the version of the city in force at each time."""
        if len(self._firsts) == 1:
            return [0] * len(times)
        at = np.array([time or 0 for time in times], np.int64)
        days = self.calendar.offsets.to_local(at) // _DAY_US
        firsts = np.array([(first - _EPOCH).days for first in self._firsts])
        return np.maximum(np.searchsorted(firsts, days, side="right") - 1, 0).tolist()  # type: ignore[no-any-return]

    def first_day(self, version: int) -> date:
        """When a version came into force."""
        return self._firsts[version]

    def of_matter(self, version: int, matter: str, grade: str) -> tuple[Procedure, bool]:
        """The procedure of a matter as it is reported, and whether it is sensitive."""
        key = (version, matter, grade)
        if key not in self._matters:
            day = self._firsts[version]
            procedure = self.governance.procedure_of(matter, grade, day=day)
            self._matters[key] = procedure, self.governance.on(day).sensitive(matter)
        return self._matters[key]

    def owner(self, version: int, path: str, procedure: Procedure) -> str:
        """The body in charge of a place."""
        key = (version, path, procedure.name)
        owner = self._owners.get(key)
        if owner is None:
            city = self.governance.on(self._firsts[version])
            owner = self._owners[key] = city.owner(path, procedure.owners)
        return owner


class Texts:
    """Values as JSON."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def known(self, value: str) -> str:
        """Of a value that comes again: it is kept."""
        text = self._known.get(value)
        if text is None:
            text = self._known[value] = to_json(value).decode()
        return text

    @staticmethod
    def fresh(value: str) -> str:
        """Of a value that comes once."""
        plain = value.isascii() and value.isprintable() and '"' not in value and "\\" not in value
        return f'"{value}"' if plain else to_json(value).decode()

    @staticmethod
    def times(times_us: NDArray[np.int64]) -> list[str]:
        """Of times, microseconds since 1970 UTC."""
        texts = np.datetime_as_string(times_us.astype("datetime64[us]")).tolist()
        return [f'"{text.removesuffix(".000000")}Z"' for text in texts]


class Starts:
    """The clocks of a batch, started together: one call a limit, and handed out in the order of the rows.

    Args:
        calendar: Whose hours count.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._wanted: dict[Spec, list[int]] = {}
        self._started: dict[Spec, Iterator[StartedClock | None]] = {}

    def want(self, spec: Spec, at_us: int) -> None:
        """Ask for a clock."""
        self._wanted.setdefault(spec, []).append(at_us)

    def start(self) -> None:
        """Start all that were asked for."""
        for spec, times in self._wanted.items():
            self._started[spec] = iter(self._start(spec, np.array(times, np.int64)))

    def of(self, spec: Spec) -> Iterator[StartedClock | None]:
        """The clocks of a limit, in the order they were asked for; None where no calendar has an answer."""
        return self._started[spec]

    def _start(self, spec: Spec, times: NDArray[np.int64]) -> list[StartedClock | None]:
        try:
            total, yellow, due, provisional = start_many(times, *spec, self._calendar)
        except CalendarError:
            if len(times) == 1:
                return [None]
            middle = len(times) // 2
            return self._start(spec, times[:middle]) + self._start(spec, times[middle:])
        columns = (total.tolist(), yellow.tolist(), due.tolist(), provisional.tolist())
        return list(map(StartedClock, *columns, Texts.times(yellow), Texts.times(due)))


class Shape:
    """What reports have in common that differ only in their texts and times.

    Args:
        facts: What the city says.
        version: Of the city.
        channel: By which they came.
        procedure: They run through.
        sensitive: Whether their matters are.
        grade: Theirs.
        reason: Why they could not be located; empty if they were.
        limits: (``respond`` or ``resolve``, limit as a text or None).
        filled: Which of the texts they have.

    Attributes:
        refused: Code and message, if the procedure takes no such report; None if it does.
        envelope: Type and schema of the event.
        row: What lists know of one of them.
        specs: The limits of the clocks that start.
        clock_names: What these are called in the due index.
        command_mould: For what is hashed of the command.
    """

    def __init__(
        self,
        facts: Facts,
        *,
        version: int,
        channel: Channel,
        procedure: Procedure,
        sensitive: bool,
        grade: str,
        reason: str,
        limits: tuple[tuple[str, str | None], ...],
        filled: dict[str, bool],
    ) -> None:
        governance, day = facts.governance, facts.first_day(version)
        text = {name: mark(name) if has else "" for name, has in filled.items()}
        command = c.Report(
            case_id=mark("case"),
            source=Source(channel.code, mark("reference")),
            matter=mark("matter"),
            grade=grade,
            sensitive=sensitive,
            location=Location(text["place"], text["path"], text["asset"], governance.boundaries(day), reason),
            owner=text["owner"],
            unit=text["unit"],
            rule=text["rule"],
            limits=tuple((what, *_limit(limit)) for what, limit in limits if limit),
        )
        # Any time will do on which office hours are known; what comes of it is replaced by marks.
        now = facts.calendar.announced_from
        context = Context(now, channel.actor, procedure, facts.calendar, governance.on(day))
        self.refused: tuple[str, str] | None = None
        try:
            (event,) = decide(None, command, context)
        except CaseRefusedError as error:
            self.refused = error.faults[0].code, error.faults[0].message
            return
        self._event = event
        self._moulds: dict[tuple[Any, ...], Mould] = {}
        self.envelope = event.type, event.schema
        self.row: CaseRow = case_row(evolve(None, event), procedure)
        self.specs: tuple[Spec, ...] = tuple((clock.amount, clock.unit) for clock in event.clocks)
        self.clock_names = tuple(clock_name(clock.kind, clock.scope) for clock in event.clocks)
        self._judged = [at for at, clock in enumerate(event.clocks) if clock.kind in procedure.judged]
        self.command_mould = Mould(said(mark("case"), command, channel.actor), self._marks())

    def event_mould(self, told: tuple[tuple[int, bool], ...]) -> Mould:
        """For the event of a report.

        Args:
            told: Of each clock: how long it is, and whether it is provisional.
        """
        mould = self._moulds.get(told)
        if mould is None:
            clocks = tuple(
                replace(
                    clock,
                    started_at=_AT,
                    since=_AT,
                    total_us=total,
                    left_us=total,
                    due_by=mark_time(2 * number + 1),
                    yellow_at=mark_time(2 * number + 2),
                    provisional=provisional,
                )
                for number, (clock, (total, provisional)) in enumerate(
                    zip(self._event.clocks, told, strict=True)
                )
            )
            sample = replace(self._event, at=_AT, clocks=clocks)
            mould = self._moulds[told] = Mould(encode(sample), self._marks())
        return mould

    def judged(self, clocks: Sequence[StartedClock]) -> tuple[int | None, int | None]:
        """When a report turns yellow, and when it is due: by the judged clock that ends first."""
        if not self._judged:
            return None, None
        clock = min((clocks[at] for at in self._judged), key=lambda clock: clock.due_us)
        return clock.yellow_us, clock.due_us

    def _marks(self) -> dict[str, int]:
        marks = {f'"{mark(name)}"': at for at, name in enumerate(_TEXTS)}
        marks[_time(_AT)] = at = len(_TEXTS)
        marks[repr(mark("case"))] = at + 1
        for number in range(2 * len(self.specs)):
            marks[_time(mark_time(number + 1))] = at + 2 + number
        return marks


def _limit(text: str) -> tuple[int, LimitUnit]:
    """A limit as the router writes it."""
    amount, _, unit = text.partition(" ")
    return int(amount), cast("LimitUnit", unit)


def _time(at: datetime) -> str:
    return to_json(at).decode()
