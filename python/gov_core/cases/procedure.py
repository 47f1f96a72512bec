"""Procedures: what a city makes of the machine, as data.

A procedure names its stages over the states, narrows who may do what, says which clocks run from when until
when, what evidence and which tasks a step asks for, and which duties it keeps apart. It adds to the machine's
rules and never loosens them. Shipped procedures are the files of ``procedures/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias, cast

from gov_core.cases._record import STRICT
from gov_core.cases.case import JoinPolicy, Part
from gov_core.cases.machine import MACHINE, PROGRAMS, RELATIONS, Act, Relation, Role, TaskKind, Trigger
from gov_core.checklists import LimitUnit
from gov_core.fields import Standing

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.errors import Fault

ClockAction = Literal["supervise", "level"]
Scope = Literal["case", "unit"]
ChildRule = Literal["all", "none"]
Whose = Literal["body", "person"]

Cells: TypeAlias = Mapping[str, tuple[Relation, ...]]
"""Role to the relations to a case, any of which will do, in the order of `RELATIONS`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage as the field counts them, over states of the machine.

    Attributes:
        name: In the procedure, in English: ``report_in``.
        chinese: As the source names it.
        states: States of the machine that belong to it.
    """

    __pydantic_config__: ClassVar = STRICT

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
        by: Roles whose step begins it; empty for all. A grid worker has seen what a caller only tells.
    """

    __pydantic_config__: ClassVar = STRICT

    kind: TaskKind
    to: Role
    required: bool = True
    by: tuple[Role, ...] = ()


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

    __pydantic_config__: ClassVar = STRICT

    roles: tuple[Role, ...] = ()
    evidence: tuple[str, ...] = ()
    needs: tuple[TaskKind, ...] = ()
    begins: tuple[TaskRule, ...] = ()
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A clock: from which step it runs, which step meets it, and how long it has.

    What starts and meets it is a trigger (``whistle``), a task that begins or is done
    (``check_result.begun``, ``check_result.done``), or a state that is entered (``returned.entered``).

    Attributes:
        name: ``sign_in``, ``handling`` …; several rules of one name differ in `kinds` or `grades`.
        starts: What starts it. One that has ended begins anew; one that runs on for the case just runs on.
        meets: What meets it; a step that would start and meet it starts nothing.
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
        outlives: Whether the end of the case leaves it running.
    """

    __pydantic_config__: ClassVar = STRICT

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
    outlives: bool = False


@dataclass(frozen=True, slots=True)
class Apart:
    """Two duties that must not be in one hand, in whichever order they come.

    Attributes:
        first: One.
        second: The other.
        by: ``body``: neither of one body nor of one account; ``person``: not of one account.
    """

    __pydantic_config__: ClassVar = STRICT

    first: Act
    second: Act
    by: Whose = "body"


ALWAYS_APART: tuple[Apart, ...] = (
    Apart("resolve", "execute"),
    Apart("execute", "verify"),
    Apart("execute", "evaluate"),
    Apart("execute", "review"),
    Apart("appeal", "review"),
    Apart("ask_extension", "grant_extension", "person"),
)
"""What every procedure keeps apart (议行分离; no handler verifies, evaluates or reviews its own work)."""


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

    __pydantic_config__: ClassVar = STRICT

    name: str
    starters: tuple[Role, ...]
    summons: Role
    hard: tuple[Role, ...] = ()
    catalogue: bool = False


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A grade of cases, and whose business they are.

    Attributes:
        name: As cases carry it: ``major``.
        chinese: As the source names it.
        decides: Roles that may say which body does it: whoever dispatches, whistles, or resolves a joint
            meeting; empty for all that the step allows.
        handles: Roles that may do it; empty for all that the step allows.
    """

    __pydantic_config__: ClassVar = STRICT

    name: str
    chinese: str
    decides: tuple[Role, ...] = ()
    handles: tuple[Role, ...] = ()


class Turn(NamedTuple):
    """What something that happens does to clocks.

    Attributes:
        starts: Rules of the clocks it starts.
        meets: Names of the clocks it meets.
    """

    starts: tuple[ClockRule, ...] = ()
    meets: frozenset[str] = frozenset()


NO_TURN = Turn()


@dataclass(frozen=True, slots=True)
class Plan:
    """A trigger as machine and procedure together have it: what a step looks up, once.

    Attributes:
        trigger: What the machine says of it.
        rule: What the procedure asks beyond that; None if it does not know the step.
        who: Grade to who may pull it; the empty grade is for all that the procedure does not name.
        opposed: Acts that whoever pulls it must have no hand in, each with whose hand is looked at.
    """

    trigger: Trigger
    rule: StepRule | None
    who: Mapping[str, Cells]
    opposed: Mapping[str, Whose]

    def cells(self, grade: str) -> Cells:
        """Who may pull it in a case of a grade; roles that may not are not among them."""
        return self.who[grade if grade in self.who else ""]


@dataclass(frozen=True)
class Procedure:
    """A closed loop as a city runs it.

    Attributes:
        name: Unique: ``whistle_loop``.
        chinese: Its name in the field.
        english: The same in English.
        source: Where it is from: rows of the acceptance table, a standard, or ``practice``.
        standing: What the source claims of it; None for practice beyond the papers, and for a city's own.
        extends: Name of the procedure that it took over what it does not say itself; empty for none.
        version: Grows with each change.
        stages: In order.
        steps: Triggers it knows, each with what it asks for; any other is refused.
        clocks: Its clocks.
        apart: Duties it keeps apart beyond `ALWAYS_APART`.
        whistles: Its levels of whistle.
        grades: Its grades, each with whose business it is; with none, any grade goes and binds nobody.
        owners: Kinds of the bodies in charge of its cases; the first that serves the place is.
        policy: Who has to report in before work begins, where a whistle does not say.
        max_returns: Returns after which only a named body or a joint meeting helps.
        return_days: Days after its call within which a body may return a case; 0 for as long as it has it.
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

    __pydantic_config__: ClassVar = STRICT

    name: str
    chinese: str
    english: str
    source: str
    stages: tuple[Stage, ...]
    steps: Mapping[str, StepRule]
    standing: Standing | None = None
    extends: str = ""
    version: int = 1
    clocks: tuple[ClockRule, ...] = ()
    apart: tuple[Apart, ...] = ()
    whistles: tuple[WhistleLevel, ...] = ()
    grades: tuple[GradeRule, ...] = ()
    owners: tuple[str, ...] = ("street_office",)
    policy: JoinPolicy = "all"
    max_returns: int = 2
    return_days: int = 0
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

    @cached_property
    def turns(self) -> Mapping[str, Turn]:
        """What happens (a trigger, a task or a state as in `ClockRule`) to the clocks it starts and meets."""
        found: dict[str, Turn] = {}
        for rule in self.clocks:
            for what in rule.starts:
                known = found.get(what, NO_TURN)
                found[what] = known._replace(starts=(*known.starts, rule))
            for what in rule.meets:
                known = found.get(what, NO_TURN)
                found[what] = known._replace(meets=known.meets | {rule.name})
        return found

    @cached_property
    def plans(self) -> Mapping[str, Plan]:
        """Every trigger of the machine to what the procedure makes of it."""
        return {name: self._plan(trigger) for name, trigger in MACHINE.triggers.items()}

    def _plan(self, trigger: Trigger) -> Plan:
        grades = ("", *(rule.name for rule in self.grades))
        return Plan(
            trigger,
            self.steps.get(trigger.name),
            {
                grade: {role: _in_order(trigger.who[role]) for role in self.roles(trigger, grade)}
                for grade in grades
            },
            {} if trigger.act is None else self.opposed.get(trigger.act, {}),
        )

    def roles(self, trigger: Trigger, grade: str = "") -> tuple[str, ...]:
        """Roles that may pull a trigger: of those of the machine, the ones that step and grade leave.

        Args:
            trigger: What is to be done.
            grade: Of the case; empty if it has none.
        """
        return tuple(role for role in trigger.who if self._leaves(trigger, grade, role))

    @cached_property
    def opposed(self) -> Mapping[str, Mapping[str, Whose]]:
        """Act to the acts that no hand may do beside it, each with whose hand is looked at."""
        found: dict[str, dict[str, Whose]] = {}
        for rule in (*ALWAYS_APART, *self.apart):
            for act, other in ((rule.first, rule.second), (rule.second, rule.first)):
                known = found.setdefault(act, {})
                # Apart by body is apart by account, too.
                known[other] = "body" if known.get(other) == "body" else rule.by
        return found

    def _leaves(self, trigger: Trigger, grade: str, role: str) -> bool:
        step = self.steps.get(trigger.name)
        if step is not None and step.roles and role not in step.roles and role not in PROGRAMS:
            return False
        rule = next((rule for rule in self.grades if rule.name == grade), None)
        if rule is None:
            return True
        if trigger.act in ("dispatch", "resolve"):
            return not rule.decides or role in rule.decides
        if trigger.act == "execute":
            return not rule.handles or role in rule.handles
        return True

    def stage_of(self, state: str) -> Stage | None:
        """The stage a state belongs to; None if to none (a draft, the archive)."""
        return next((stage for stage in self.stages if state in stage.states), None)

    @cached_property
    def restless(self) -> frozenset[str]:
        """Names of the clocks that run on while a case rests."""
        return frozenset(rule.name for rule in self.clocks if not rule.pauses)

    @cached_property
    def outliving(self) -> frozenset[str]:
        """Names of the clocks that the end of a case leaves running."""
        return frozenset(rule.name for rule in self.clocks if rule.outlives)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of whistle that its clocks are for."""
        return tuple(dict.fromkeys(kind for rule in self.clocks for kind in rule.kinds))

    @cached_property
    def judged(self) -> tuple[str, ...]:
        """Names of the clocks that a case is judged by."""
        return tuple(dict.fromkeys(rule.name for rule in self.clocks if rule.judged))


def _in_order(relations: frozenset[str]) -> tuple[Relation, ...]:
    return tuple(relation for relation in RELATIONS if relation in relations)


@cache
def _adapter() -> Any:  # noqa: ANN401  # a TypeAdapter, loaded when it is needed
    from pydantic import TypeAdapter

    return TypeAdapter(Procedure)


def read_procedure(text: str, place: str = "", bases: Mapping[str, Procedure] | None = None) -> Procedure:
    """Read a procedure; whether it can be run to its end is looked at by `gov_core.cases.lint`.

    One that ``extends`` another takes over what it does not say itself: its steps come beside those of the
    other, or in the place of one of the same name, and so do its clocks, all those of one name at once; what
    it lists in ``without`` (names of steps and clocks) it leaves out. Who it is (`name`, `chinese`,
    `english`, `source`, `standing`, `version`) each says of itself.

    Args:
        text: TOML: the attributes of `Procedure`, and ``[steps.NAME]`` for each trigger it knows.
        place: File, for errors.
        bases: Procedures that it may extend, by name; None for the shipped ones.

    Raises:
        ProcedureError: The text is no TOML, or a field is missing, unknown or of another type, or what it
            extends or leaves out is not there; all at once.
    """
    from gov_core.errors import Fault, ProcedureError

    data = parse_procedure(text, place)
    faults: list[Fault] = []
    if name := data.get("extends"):
        known = shipped_procedures() if bases is None else bases
        if name not in known:
            told, hint = f'there is no procedure "{name}" to extend', f"there are: {', '.join(known)}"
            raise ProcedureError([Fault("procedure.unknown_base", told, place, hint)])
        data = _extended(data, known[name], place, faults)
    elif "without" in data:
        faults.append(Fault("procedure.unknown_field", "without is for what extends another", place))
    data.pop("without", None)
    faults += _misread(data, place)
    if faults:
        raise ProcedureError(faults)
    return cast("Procedure", _adapter().validate_python(data))


def parse_procedure(text: str, place: str = "") -> dict[str, Any]:
    """What a procedure says as it is written, read as TOML and no further.

    Raises:
        ProcedureError: The text is no TOML (``procedure.no_toml``).
    """
    import tomllib

    from gov_core.errors import Fault, ProcedureError

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProcedureError([Fault("procedure.no_toml", str(error), place, "mend the file")]) from None


_OWN = ("name", "chinese", "english", "source", "standing", "version", "extends")


def _extended(data: Mapping[str, Any], base: Procedure, place: str, faults: list[Fault]) -> dict[str, Any]:
    """What a file says, over what the procedure it extends says."""
    from gov_core.errors import Fault

    merged = {item.name: getattr(base, item.name) for item in fields(base) if item.init}
    merged = {name: value for name, value in merged.items() if name not in _OWN} | dict(data)
    steps, clocks, without = data.get("steps", {}), data.get("clocks", []), data.get("without", [])
    if not (isinstance(steps, dict) and isinstance(clocks, list) and isinstance(without, list)):
        return merged
    faults += [
        Fault("procedure.unknown_without", f'"{base.name}" has no step or clock "{name}"', f"{place}#without")
        for name in without
        if name not in base.steps and all(rule.name != name for rule in base.clocks)
    ]
    merged["steps"] = {name: rule for name, rule in base.steps.items() if name not in without} | steps
    replaced = {*without, *(rule.get("name") for rule in clocks if isinstance(rule, dict))}
    merged["clocks"] = [*(rule for rule in base.clocks if rule.name not in replaced), *clocks]
    return merged


def _misread(data: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Every field that is missing, unknown or of another type."""
    from pydantic import ValidationError

    from gov_core.errors import Fault

    try:
        _adapter().validate_python(data)
    except ValidationError as error:
        for detail in error.errors():
            where = f"{place}#{'.'.join(map(str, detail['loc']))}"
            code = {"unexpected_keyword_argument": "unknown_field", "literal_error": "unknown_word"}
            told = (
                f"{detail['msg']}, not {detail['input']!r}"
                if detail["type"] == "literal_error"
                else detail["msg"]
            )
            yield Fault(f"procedure.{code.get(detail['type'], 'bad_field')}", told, where)


def read_procedures(
    texts: Mapping[str, str], bases: Mapping[str, Procedure] | None = None
) -> dict[str, Procedure]:
    """Read several procedures that may extend each other, in whatever order.

    Args:
        texts: File to what it says.
        bases: Others they may extend, by name; None for the shipped ones.

    Returns:
        Them by name, each after the one it extends.

    Raises:
        ProcedureError: As `read_procedure`, for all of them at once; or two have one name, or extend each
            other.
    """
    from gov_core.errors import Fault, ProcedureError

    known = dict(shipped_procedures() if bases is None else bases)
    read: dict[str, Procedure] = {}
    faults: list[Fault] = []
    waiting: dict[str, dict[str, Any]] = {}
    for place, text in texts.items():
        try:
            waiting[place] = parse_procedure(text, place)
        except ProcedureError as error:
            faults += error.faults
    while waiting:
        # What extends nothing waits for nothing, also beside one that has no name.
        named = {data["name"] for data in waiting.values() if "name" in data}
        ready = [place for place, data in waiting.items() if data.get("extends") not in named]
        if not ready:
            hint = "let one of them say all of itself"
            faults += [Fault("procedure.circle", "it extends itself in the end", at, hint) for at in waiting]
            break
        for place in ready:
            del waiting[place]
            try:
                procedure = read_procedure(texts[place], place, known)
            except ProcedureError as error:
                faults += error.faults
                continue
            if procedure.name in known:
                told = f'there is another procedure "{procedure.name}"'
                faults.append(Fault("procedure.twice", told, place, "give it a name of its own"))
            read[procedure.name] = known[procedure.name] = procedure
    if faults:
        raise ProcedureError(faults)
    return read


def load_procedures(folder: Path, bases: Mapping[str, Procedure] | None = None) -> dict[str, Procedure]:
    """Read the procedures of a folder, ``*.toml``, in the order of their names.

    Args:
        folder: Where they are; one that is not there has none.
        bases: As in `read_procedures`.

    Raises:
        ProcedureError: As `read_procedures`; a file is no UTF-8 (``procedure.no_toml``).
    """
    from gov_core.errors import Fault, ProcedureError

    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            texts[path.name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            faults.append(Fault("procedure.no_toml", "the file is no UTF-8", path.name, "save it as UTF-8"))
    try:
        read = read_procedures(texts, bases)
    except ProcedureError as error:
        raise ProcedureError([*faults, *error.faults]) from None
    if faults:
        raise ProcedureError(faults)
    return read


@cache
def shipped_procedures() -> Mapping[str, Procedure]:
    """The procedures that come with gov_core, by name, in alphabetical order."""
    from importlib.resources import as_file, files

    with as_file(files(__package__) / "procedures") as folder:
        return dict(sorted(load_procedures(folder, {}).items()))


__all__ = [
    "ALWAYS_APART",
    "Apart",
    "ClockRule",
    "GradeRule",
    "Part",
    "Procedure",
    "Stage",
    "StepRule",
    "TaskRule",
    "WhistleLevel",
    "load_procedures",
    "parse_procedure",
    "read_procedure",
    "read_procedures",
    "shipped_procedures",
]
