"""Procedures: what a city makes of the machine, as data.

A procedure names its stages over the states, narrows who may do what, says which clocks run from when until
when, what evidence and which tasks a step asks for, and which duties it keeps apart. It adds to the machine's
rules and never loosens them. Shipped procedures are the files of ``procedures/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal

from gov_core.cases.case import JoinPolicy, Part, TaskKind
from gov_core.cases.machine import Act, Role
from gov_core.checklists import LimitUnit

ClockAction = Literal["supervise", "level"]
Scope = Literal["case", "unit"]
ChildRule = Literal["all", "none"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as the field counts them, over states of the machine.

    Attributes:
        name: In the procedure, in English: ``report_in``.
        chinese: As the source names it.
        states: States of the machine that belong to it.
    """

    name: str
    chinese: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskRule:
    """A task that a step begins.

    Attributes:
        kind: What is to be done.
        to: Role that is to do it.
        required: Whether the case may not go on without it.
    """

    kind: TaskKind
    to: Role
    required: bool = True


@dataclass(frozen=True, slots=True)
class StepRule:
    """What a procedure asks of one trigger, beyond the machine.

    Attributes:
        roles: Only these of the machine's roles; empty for all of them.
        evidence: What its evidence has to show, each at least once: ``after``.
        needs: Kinds of tasks that must be done, and have passed, before.
        begins: Tasks that begin with it.
        grades: Only cases of these grades; empty for all.
    """

    roles: tuple[Role, ...] = ()
    evidence: tuple[str, ...] = ()
    needs: tuple[TaskKind, ...] = ()
    begins: tuple[TaskRule, ...] = ()
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A clock: from which step it runs, which step meets it, and how long it has.

    Attributes:
        name: ``sign_in``, ``handling`` …; several rules of one name differ in `kinds` or `grades`.
        starts: Triggers that start it; started again it begins anew.
        meets: Triggers that meet it.
        amount: Of `unit`; 0 takes what the router gave, see `of`.
        unit: ``urgent_hour``, ``working_hour``, ``working_day`` or ``natural_day``.
        of: ``respond`` or ``resolve``: the limit of the rule that routed the case, where there is one;
            `amount` and `unit` hold where there is none.
        scope: Whether there is one for the case, or one for each body called.
        kinds: Kinds of whistle it is for; empty for all.
        grades: Grades of case it is for; empty for all.
        actions: What its end brings: ``supervise``, ``level`` (the case goes a level up).
        judged: Whether the case counts as late by it; lists show it.
        pauses: Whether it rests while the case does.
    """

    name: str
    starts: tuple[str, ...]
    meets: tuple[str, ...]
    amount: float
    unit: LimitUnit
    of: Literal["", "respond", "resolve"] = ""
    scope: Scope = "case"
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    actions: tuple[ClockAction, ...] = ()
    judged: bool = False
    pauses: bool = True


@dataclass(frozen=True, slots=True)
class Apart:
    """Two duties that must not be in one hand, in whichever order they come.

    Attributes:
        first: One.
        second: The other.
        by: Whether of one body, or of one account.
    """

    first: Act
    second: Act
    by: Literal["body", "person"] = "body"


ALWAYS_APART: tuple[Apart, ...] = (
    Apart("resolve", "execute"),
    Apart("execute", "verify"),
    Apart("execute", "evaluate"),
    Apart("ask_extension", "grant_extension", "person"),
)
"""What every procedure keeps apart (议行分离; no handler verifies or evaluates its own work)."""


@dataclass(frozen=True, slots=True)
class WhistleLevel:
    """A level of whistle.

    Attributes:
        name: ``street`` or ``community``.
        starters: Roles that may blow it.
        hard: Roles that may blow one of the kind ``hard``; empty for `starters`.
        summons: Role in which the called bodies report in.
        catalogue: Whether it has to name an item of the whistle catalogue.
    """

    name: str
    starters: tuple[Role, ...]
    summons: Role
    hard: tuple[Role, ...] = ()
    catalogue: bool = False


@dataclass(frozen=True)
class Procedure:
    """A closed loop as a city runs it.

    Attributes:
        name: Unique: ``whistle_loop``.
        chinese: Its name in the field.
        english: The same in English.
        source: Where it is from: rows of the acceptance table, a standard, or ``practice``.
        version: Grows with each change; cases keep the one they began with.
        stages: In order.
        steps: Triggers it knows, each with what it asks for; any other is refused.
        clocks: Its clocks.
        apart: Duties it keeps apart beyond `ALWAYS_APART`.
        whistles: Its levels of whistle.
        owners: Kinds of the bodies in charge of its cases; the first that serves the place is.
        policy: Who has to report in before work begins, where a whistle does not say.
        max_returns: Returns after which only a named body or a joint meeting helps.
        decider: Role that decides after a return.
        max_extensions: How many extensions a case may be given.
        approvals: Roles that have to approve an extension, one after the other.
        max_suspension_days: How long a case may rest at a time.
        max_account_days: How long it may be on account.
        reopen_days: Days after closing within which a reopening may be asked for.
        appeal_days: Days after closing within which a body may appeal.
        reviewers: How many review an appeal.
        children: Whether a case closes only when ``all`` its children have ended, or whenever.
        offline_hours: How far back what a device reports late counts for clocks; 0 counts from its arrival.
        default_score: Score of the evaluation when nobody gives one in time; None waits.
    """

    name: str
    chinese: str
    english: str
    source: str
    stages: tuple[Stage, ...]
    steps: Mapping[str, StepRule]
    version: int = 1
    clocks: tuple[ClockRule, ...] = ()
    apart: tuple[Apart, ...] = ()
    whistles: tuple[WhistleLevel, ...] = ()
    owners: tuple[str, ...] = ("street_office",)
    policy: JoinPolicy = "all"
    max_returns: int = 2
    decider: Role = "dispatcher"
    max_extensions: int = 2
    approvals: tuple[Role, ...] = ("unit", "dispatcher")
    max_suspension_days: int = 30
    max_account_days: int = 365
    reopen_days: int = 14
    appeal_days: int = 5
    reviewers: int = 2
    children: ChildRule = "all"
    offline_hours: int = 0
    default_score: int | None = None
    _starts: dict[str, tuple[ClockRule, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _meets: dict[str, frozenset[str]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.clocks:
            for trigger in rule.starts:
                self._starts[trigger] = (*self._starts.get(trigger, ()), rule)
            for trigger in rule.meets:
                self._meets[trigger] = self._meets.get(trigger, frozenset()) | {rule.name}

    def started_by(self, trigger: str) -> tuple[ClockRule, ...]:
        """Rules of the clocks that a trigger starts."""
        return self._starts.get(trigger, ())

    def met_by(self, trigger: str) -> frozenset[str]:
        """Names of the clocks that a trigger meets."""
        return self._meets.get(trigger, frozenset())

    def stage_of(self, state: str) -> Stage | None:
        """The stage a state belongs to; None if to none (a draft, the archive)."""
        return next((stage for stage in self.stages if state in stage.states), None)

    @cached_property
    def restless(self) -> frozenset[str]:
        """Names of the clocks that run on while a case rests."""
        return frozenset(rule.name for rule in self.clocks if not rule.pauses)

    @cached_property
    def judged(self) -> tuple[str, ...]:
        """Names of the clocks that a case is judged by."""
        return tuple(dict.fromkeys(rule.name for rule in self.clocks if rule.judged))


@cache
def _adapter() -> Any:  # noqa: ANN401  # a TypeAdapter, loaded when it is needed
    from pydantic import TypeAdapter

    return TypeAdapter(Procedure)


def read_procedure(text: str, place: str = "") -> Procedure:
    """Read a procedure; what it says is looked at by `gov_core.cases.lint`.

    Args:
        text: TOML: the attributes of `Procedure`, and ``[steps.NAME]`` for each trigger it knows.
        place: File, for errors.

    Raises:
        ProcedureError: The text is no TOML, or a field is missing, unknown or of another type; all at once.
    """
    import tomllib

    from pydantic import ValidationError

    from gov_core.errors import Fault, ProcedureError

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProcedureError([Fault("procedure.no_toml", str(error), place, "mend the file")]) from None
    procedure: Procedure | None = None
    unknown = set(data) - {name for name in Procedure.__dataclass_fields__ if not name.startswith("_")}
    faults = [
        Fault("procedure.unknown_field", f'"{name}" is no field of a procedure', f"{place}#{name}")
        for name in sorted(unknown)
    ]
    try:
        procedure = _adapter().validate_python(
            {name: value for name, value in data.items() if name not in unknown}
        )
    except ValidationError as error:
        faults += [
            Fault("procedure.bad_field", detail["msg"], f"{place}#{'.'.join(map(str, detail['loc']))}")
            for detail in error.errors()
        ]
    if faults or procedure is None:
        raise ProcedureError(faults)
    return procedure


@cache
def shipped_procedures() -> Mapping[str, Procedure]:
    """The procedures that come with gov_core, by name."""
    from importlib.resources import files

    folder = files(__package__) / "procedures"
    sources = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda it: it.name
    )
    read = (read_procedure(entry.read_text("utf-8"), entry.name) for entry in sources)
    return {procedure.name: procedure for procedure in read}


__all__ = [
    "ALWAYS_APART",
    "Apart",
    "ClockRule",
    "Part",
    "Procedure",
    "Stage",
    "StepRule",
    "TaskRule",
    "WhistleLevel",
    "read_procedure",
    "shipped_procedures",
]
