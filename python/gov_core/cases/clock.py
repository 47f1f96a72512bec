"""Clocks of a case (计时): each runs towards its own deadline and is a value that steps make anew.

A pure state machine; the present is an argument:

    armed -start-> running <-pause / resume-> paused
    running -fire-> breached
    running, paused, breached -meet-> met (on or before the deadline) | late_met
    anything open -waive-> waived

How it reckons:

- A limit counts in its own time: office hours, or round the clock (`gov_core.cases.deadlines`).
- A pause keeps what is left; after it, exactly that much is left again.
- An extension gives the whole limit once more, onto the deadline there is.
- Another policy (`rebase`) counts what has run as if it had always been in force, and never makes anybody
late
  before the moment it came into force.
- Green turns yellow when 80 % has run, and red after the deadline.

A step that needs a calendar and meets another version of it than the clock was reckoned by rebases first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from gov_core.cases._derivation import Derivation, derive
from gov_core.cases._instants import MICROSECOND, from_us, to_us
from gov_core.cases._limits import add, between, is_provisional, limit_faults, limit_us
from gov_core.cases._record import Record
from gov_core.checklists import LimitUnit
from gov_core.errors import CalendarError, Fault, StepError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gov_core.cases.calendar import Calendar

ClockState = Literal["armed", "running", "paused", "met", "breached", "late_met", "waived"]
"""待启动, 计时中, 暂停, 按时, 超时, 逾期完成, 免除."""

Light = Literal["green", "yellow", "red"]
"""绿灯, 黄灯, 红灯."""

STEPS: Mapping[str, frozenset[ClockState]] = {
    "start": frozenset({"armed"}),
    "pause": frozenset({"running"}),
    "resume": frozenset({"paused"}),
    "extend": frozenset({"running", "paused"}),
    "rebase": frozenset({"armed", "running", "paused"}),
    "meet": frozenset({"running", "paused", "breached"}),
    "waive": frozenset({"armed", "running", "paused", "breached"}),
}
"""Step to the states it may be taken in; `fire` is always allowed and does nothing where nothing is due."""

OPEN = STEPS["waive"]
"""States in which a clock may still be met."""

_AT_ANY_TIME = frozenset({"meet", "waive"})
"""Steps that may be told late: a pause or a rebase since does not stand in their way."""

_IN_TIME = frozenset({"pause", "extend", "rebase"})
"""Steps that nothing overdue takes."""

YELLOW_PERCENT = 80
"""The light turns yellow when this share of the limit has run, as digital urban management has it."""


@dataclass(frozen=True)
class Clock(Record):
    """One clock of a case. All times are in UTC; steps take any time zone.

    Attributes:
        kind: What it times, a code such as ``report_in``, ``response``, ``handling``, ``verification``.
        amount: How many units the limit has.
        unit: Of what.
        scope: Id of the unit it holds for; empty for the whole case.
        state: Where it stands.
        started_at: When the limit began to run.
        since: When it last began to run: the start, the end of the last pause, or the last rebase.
        left_us: What was left of the limit then, or is left while paused, in microseconds of its own time.
        total_us: The whole limit, extensions included.
        due_by: The deadline; None while there is none, that is armed or paused.
        yellow_at: When the light turns yellow; while paused, only if it has.
        paused_at: When the pause began that lasts.
        pauses: From when to when it rested before.
        extensions: How often it was extended.
        fired: The last light that was told: "", "yellow" or "red".
        ended_at: When it was met or waived.
        calendar: Version of the calendar it was last reckoned by.
        provisional: Whether the deadline rests on days that no notice has settled yet.
    """

    kind: str
    amount: int | float
    unit: LimitUnit
    scope: str = ""
    state: ClockState = "armed"
    started_at: datetime | None = None
    since: datetime | None = None
    left_us: int = 0
    total_us: int = 0
    due_by: datetime | None = None
    yellow_at: datetime | None = None
    paused_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    extensions: int = 0
    fired: Literal["", "yellow", "red"] = ""
    ended_at: datetime | None = None
    calendar: str = ""
    provisional: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still be met."""
        return self.state in OPEN

    @property
    def fires_at(self) -> datetime | None:
        """The next instant at which something is to be told, None if nothing will be by itself.

        First `yellow_at`, then the first microsecond after `due_by`: on the deadline, the limit is still
        kept.
        """
        if self.state != "running" or self.due_by is None:
            return None
        return self.yellow_at if not self.fired else self.due_by + MICROSECOND

    def light(self, now: datetime) -> Light:
        """Return how it stands: yellow from 80 % of the limit on, red after the deadline.

        A clock that rests keeps its light; one that has ended is red if it was met late, else green.

        Args:
            now: With a time zone.

        Raises:
            StepError: ``clock.naive_time``.
        """
        _check_zone(self, now)
        if self.state in {"breached", "late_met"}:
            return "red"
        if self.state == "paused":
            return "green" if self.yellow_at is None else "yellow"
        if self.state != "running" or self.due_by is None or self.yellow_at is None:
            return "green"
        return "red" if now > self.due_by else "yellow" if now >= self.yellow_at else "green"

    # Steps. Each returns a new clock and may raise
    #   StepError: every reason against it at once: clock.illegal_step, clock.naive_time, clock.time_before,
    #       clock.overdue;
    #   CalendarError: calendar.unknown_year or calendar.out_of_range, where it reckons with a calendar.

    def start(self, now: datetime, calendar: Calendar) -> Clock:
        """Let it run.

        Args:
            now: When the limit begins, with a time zone.
            calendar: Whose office hours and holidays.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``.
            CalendarError: It has no answer, or the limit is none; every fault at once.
        """
        _check(self, "start", now)
        begin = now.astimezone(UTC)
        total = limit_us(to_us(begin), self.amount, self.unit, calendar)
        return _running(self, begin, calendar, started_at=begin, total_us=total, left_us=total)

    def pause(self, now: datetime, calendar: Calendar) -> Clock:
        """Let it rest; there is no deadline until it is resumed.

        Args:
            now: When the pause begins, with a time zone; on or before the deadline.
            calendar: As for `start`.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``, ``clock.time_before``, ``clock.overdue``.
            CalendarError: It has no answer.
        """
        _check(self, "pause", now)
        clock = _reckoned_by(self, calendar, now)
        rests = now.astimezone(UTC)
        reached = clock.yellow_at is not None and clock.yellow_at <= now
        return clock.with_changes(
            state="paused",
            left_us=clock.left_us - between(to_us(_known(clock.since)), to_us(rests), clock.unit, calendar),
            paused_at=rests,
            due_by=None,
            yellow_at=clock.yellow_at if reached else None,
        )

    def resume(self, now: datetime, calendar: Calendar) -> Clock:
        """Let it run on; exactly what was left is left.

        Args:
            now: When the pause ends, with a time zone.
            calendar: As for `start`.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``, ``clock.time_before``.
            CalendarError: It has no answer.
        """
        _check(self, "resume", now)
        clock = _reckoned_by(self, calendar, now)
        runs = now.astimezone(UTC)
        rest = (_known(clock.paused_at), runs)
        pauses = (*clock.pauses, rest)
        left, total = clock.left_us, clock.total_us
        return _running(clock, runs, calendar, total_us=total, left_us=left, paused_at=None, pauses=pauses)

    def extend(self, now: datetime, calendar: Calendar) -> Clock:
        """Grant the whole limit once more, onto the deadline there is (延期).

        How often that may be done, and who has to agree, is the procedure's business. A warning that was told
        is told again when it is due again.

        Args:
            now: When it is granted, with a time zone; on or before the deadline.
            calendar: As for `start`.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``, ``clock.time_before``, ``clock.overdue``.
            CalendarError: It has no answer.
        """
        _check(self, "extend", now)
        clock = _reckoned_by(self, calendar, now)
        count = clock.extensions + 1
        total = limit_us(to_us(_known(clock.started_at)), clock.amount * (1 + count), clock.unit, calendar)
        left = clock.left_us + total - clock.total_us
        if clock.state == "running":
            longer = _running(
                clock, _known(clock.since), calendar, extensions=count, total_us=total, left_us=left
            )
        else:
            yellow = clock.yellow_at if left <= _left_at_yellow(total) else None
            longer = clock.with_changes(extensions=count, total_us=total, left_us=left, yellow_at=yellow)
        return _warned_as_lit(longer, now)

    def rebase(
        self, now: datetime, calendar: Calendar, *, amount: float | None = None, unit: LimitUnit | None = None
    ) -> Clock:
        """Put it under another policy: another calendar, another limit, or both.

        What has run since the start, pauses apart, is counted again by the new policy, and the new limit (as
        often as extensions were granted, and once) less that is what is left. Where nothing is left, it is
        due `now`: nobody is late before the policy came into force. A clock that is overdue stays under the
        policy it was overdue by.

        Args:
            now: When the policy comes into force, with a time zone.
            calendar: The calendar from now on.
            amount: The limit from now on; as it was by default.
            unit: Its unit; as it was by default.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``, ``clock.time_before``, ``clock.overdue``.
            CalendarError: It has no answer, or the limit is none; every fault at once.
        """
        _check(self, "rebase", now)
        amount = self.amount if amount is None else amount
        unit = unit or self.unit
        faults = limit_faults(amount, unit)
        if faults:
            raise CalendarError(faults)
        if self.state == "armed":
            return self.with_changes(amount=amount, unit=unit)
        begin, at = to_us(_known(self.started_at)), now.astimezone(UTC)
        total = limit_us(begin, amount * (1 + self.extensions), unit, calendar)
        left = max(0, total - sum(between(start, end, unit, calendar) for start, end in _legs(self, at)))
        policy = self.with_changes(
            amount=amount, unit=unit, total_us=total, left_us=left, calendar=calendar.version
        )
        if self.state == "running":
            return _warned_as_lit(_running(policy, at, calendar, total_us=total, left_us=left), now)
        yellow = (self.yellow_at or self.paused_at) if left <= _left_at_yellow(total) else None
        return _warned_as_lit(policy.with_changes(yellow_at=yellow), now)

    def meet(self, at: datetime) -> Clock:
        """What it waits for was done: met on or before the deadline, late_met after it.

        Args:
            at: When it was done, with a time zone; a late report of something done in time is in time, also
                where the clock has fired already.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``, ``clock.time_before`` if that is before the start.
        """
        _check(self, "meet", at)
        late = self.due_by is not None and at > self.due_by
        return _ended(self, "late_met" if late else "met", at)

    def fire(self, now: datetime) -> Clock:
        """Tell what has become due by `now`: first the yellow light, then the breach.

        Returns the very same clock where nothing is due, so it may be called as often as one likes.

        Args:
            now: With a time zone.

        Raises:
            StepError: ``clock.naive_time``.
        """
        _check_zone(self, now)
        if self.fires_at is None or now < self.fires_at:
            return self
        if self.light(now) == "red":
            return self.with_changes(state="breached", fired="red")
        return self.with_changes(fired="yellow")

    def waive(self, now: datetime) -> Clock:
        """Nobody waits for it any more (免除); what it has told stays in `fired`.

        Args:
            now: With a time zone.

        Raises:
            StepError: See `STEPS`; ``clock.naive_time``.
        """
        _check(self, "waive", now)
        return _ended(self, "waived", now)


def explain(clock: Clock, calendar: Calendar) -> Derivation:
    """Return how the deadline of a clock came about, pauses and extensions included.

    Args:
        clock: One that was started.
        calendar: The version it was reckoned by.

    Raises:
        StepError: ``clock.illegal_step``: it never started. ``clock.other_calendar``: rebase it first.
    """
    if clock.started_at is None:
        message = "a clock that never started has no deadline"
        raise StepError([Fault("clock.illegal_step", message, clock.kind, "start it", (clock.state,))])
    if clock.calendar != calendar.version:
        message = f"it was reckoned by calendar {clock.calendar}, not by {calendar.version}"
        raise StepError(
            [Fault("clock.other_calendar", message, clock.kind, "rebase it, or find that calendar")]
        )
    end = clock.paused_at or clock.due_by or clock.ended_at
    rests = [(to_us(first), to_us(last)) for first, last in clock.pauses]
    return derive(
        list(_legs(clock, _known(end))),
        amount=clock.amount,
        unit=clock.unit,
        due_by=None if clock.due_by is None else to_us(clock.due_by),
        calendar=calendar,
        pauses=[*rests, (to_us(clock.paused_at), None)] if clock.paused_at else rests,
        extensions=clock.extensions,
        provisional=clock.provisional,
    )


# What the steps are made of.


def _running(
    clock: Clock,
    since: datetime,
    calendar: Calendar,
    *,
    total_us: int,
    left_us: int,
    **changes: Any,  # noqa: ANN401  # other fields of Clock
) -> Clock:
    """The clock with some changes, running from an instant on with what is left."""
    at, unit = to_us(since), clock.unit
    until_yellow = left_us - _left_at_yellow(total_us)
    if until_yellow > 0:
        yellow: datetime | None = from_us(add(at, until_yellow, unit, calendar))
    else:
        yellow = clock.yellow_at if clock.yellow_at and clock.yellow_at <= since else since
    due = add(at, left_us, unit, calendar)
    begin = at if clock.started_at is None else to_us(clock.started_at)
    return clock.with_changes(
        state="running",
        since=since,
        total_us=total_us,
        left_us=left_us,
        due_by=from_us(due),
        yellow_at=yellow,
        calendar=calendar.version,
        provisional=is_provisional(begin, due, unit, calendar),
        **changes,
    )


def _ended(clock: Clock, state: ClockState, at: datetime) -> Clock:
    """The clock at its end, which ends its pause, too."""
    end = at.astimezone(UTC)
    pauses = clock.pauses
    if clock.paused_at is not None and clock.paused_at < end:
        pauses = (*pauses, (clock.paused_at, end))
    return clock.with_changes(state=state, paused_at=None, pauses=pauses, ended_at=end)


def _left_at_yellow(total: int) -> int:
    """What is left of a limit when its light turns yellow."""
    return total - total * YELLOW_PERCENT // 100


def _warned_as_lit(clock: Clock, now: datetime) -> Clock:
    """Forget the warning if the light has gone back to green."""
    return clock.with_changes(fired="") if clock.fired and clock.light(now) == "green" else clock


def _reckoned_by(clock: Clock, calendar: Calendar, now: datetime) -> Clock:
    return clock if clock.calendar == calendar.version else clock.rebase(now, calendar)


def _legs(clock: Clock, now: datetime) -> Iterator[tuple[int, int]]:
    """When it ran, up to now or to the pause that lasts."""
    edges = [_known(clock.started_at), *chain.from_iterable(clock.pauses), clock.paused_at or now]
    instants = list(map(to_us, edges))
    return zip(instants[::2], instants[1::2], strict=True)


def _check(clock: Clock, step: str, at: datetime) -> None:
    """Raise every reason against a step at once."""
    faults: list[Fault] = []
    state = clock.state
    if state not in STEPS[step]:
        legal = ", ".join(name for name, states in STEPS.items() if state in states) or "none any more"
        message = f"a clock that is {state} takes no step {step!r}"
        faults.append(Fault("clock.illegal_step", message, clock.kind, f"its steps: {legal}", (state,)))
    if at.utcoffset() is None:
        faults.append(_naive(clock))
    else:
        earliest = clock.started_at if step in _AT_ANY_TIME else (clock.paused_at or clock.since)
        if earliest is not None and at < earliest:
            message = f"{at.isoformat()} is before {earliest.isoformat()}, when it began to run or to rest"
            faults.append(Fault("clock.time_before", message, clock.kind))
        due = clock.due_by
        if step in _IN_TIME and state == "running" and due is not None and at > due:
            message = f"it was due by {due.isoformat()}"
            hint = "fire it; what is overdue can be met or waived"
            faults.append(Fault("clock.overdue", message, clock.kind, hint))
    if step == "start":
        faults += limit_faults(clock.amount, clock.unit)
    if faults:
        raise StepError(faults)


def _check_zone(clock: Clock, at: datetime) -> None:
    if at.utcoffset() is None:
        raise StepError([_naive(clock)])


def _naive(clock: Clock) -> Fault:
    message = "a time without a zone names no instant"
    return Fault("clock.naive_time", message, clock.kind, "say tzinfo=...")


def _known(at: datetime | None) -> datetime:
    """A time that the state of a clock says it has."""
    if at is None:
        raise StepError(
            [Fault("clock.damaged", "a time is missing that its state asks for", hint="load it again")]
        )
    return at
