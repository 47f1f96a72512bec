"""What is wrong with a procedure: all that would keep a case from its end, or a rule from ever counting.

A procedure is data, so it can be looked at before a case runs into it. Every fault is told at once, with its
place in the file and how to mend it. What cannot be read at all is told by
`gov_core.cases.procedure.read_procedure`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final, get_args

from gov_core.cases.machine import MACHINE, PREVIOUS, PROGRAMS, ROLES, SAME, TaskKind
from gov_core.cases.procedure import ALWAYS_APART, load_procedures, read_procedure
from gov_core.errors import Fault, ProcedureError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from gov_core.cases.machine import Machine, Trigger
    from gov_core.cases.procedure import ClockRule, Procedure

GIVES_UP: Final = frozenset(
    {
        *("withdraw", "cancel", "reject", "merge", "force_close"),
        *("recall", "reroute", "return_case", "release_unit"),
    }
)
"""Triggers that give a matter up, or back, or a body: a procedure that knows no other way on is no loop."""

CALLS: Final = frozenset({"whistle", "dispatch", "force_assign", "alarm", "join_unit", "resolve_conference"})
"""Triggers that call bodies, each of which may get a clock of its own."""

ONE_BODY: Final = frozenset(
    {"hotline", "window_clerk", "community", "station", "dispatcher", "shift_leader", "street", "district"}
)
"""Roles of which a place has one body: who did the one duty in it would have to do the other."""

TOGETHER: Final = (
    ("merge", "absorb"),
    ("unmerge", "let_go"),
    ("split", "end_child"),
    ("end_child", "reopen_child"),
    ("request_extension", "approve_extension"),
    ("appeal", "review_appeal"),
)
"""Steps of which one is nothing without the other, which nobody would miss otherwise."""

BESIDE: Final = frozenset(
    {"draft", "rejected", "merged", "withdrawn", "cancelled", "reopen_requested", "archived"}
)
"""States beside the line, which need no stage."""


def lint(procedure: Procedure) -> tuple[Fault, ...]:
    """Every fault of a procedure, in the order of its fields; none if it can be run to its end.

    Args:
        procedure: Which.

    Returns:
        Faults with codes ``procedure.*``; their place is the name of the procedure, ``#`` and the field.
    """
    known = _Known(procedure)
    told = [*_itself(known), *_words(known)]
    if any("" in trigger.sources for grade in known.grades for trigger in known.pulled(grade)):
        told += (fault for look in _LOOKS for fault in look(known))
    else:
        told.append(known.fault("no_opening", "no step opens a case", "steps", "add [steps.report]"))
    return tuple(dict.fromkeys(told))


def check_procedure(procedure: Procedure) -> None:
    """Refuse a procedure that `lint` finds fault with.

    Raises:
        ProcedureError: With every fault.
    """
    faults = lint(procedure)
    if faults:
        raise ProcedureError(faults)


def lint_text(text: str, place: str = "", bases: Mapping[str, Procedure] | None = None) -> tuple[Fault, ...]:
    """Every fault of a procedure as it is written: of what cannot be read, else of what could not run.

    Args:
        text: TOML.
        place: File, for faults.
        bases: Procedures that it may extend, by name; None for the shipped ones.
    """
    try:
        return lint(read_procedure(text, place, bases))
    except ProcedureError as error:
        return tuple(error.faults)


def lint_folder(folder: Path, bases: Mapping[str, Procedure] | None = None) -> tuple[Fault, ...]:
    """Every fault of the procedures of a folder: of what cannot be read, else of what could not run.

    Args:
        folder: Holds ``*.toml``.
        bases: Procedures that they may extend, by name; None for the shipped ones.
    """
    try:
        read = load_procedures(folder, bases)
    except ProcedureError as error:
        return tuple(error.faults)
    return tuple(fault for procedure in read.values() for fault in lint(procedure))


@dataclass(frozen=True)
class _Known:
    """A procedure over the machine, and what can happen in it."""

    procedure: Procedure
    machine: Machine = MACHINE

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers it knows that there are."""
        return tuple(t for name, t in self.machine.triggers.items() if name in self.procedure.steps)

    @cached_property
    def grades(self) -> tuple[str, ...]:
        """The grades that make a difference; the empty one is any other, if there may be any other."""
        named = [rule.name for rule in self.procedure.grades]
        steps = [grade for step in self.procedure.steps.values() for grade in step.grades]
        return tuple(dict.fromkeys(named or ["", *steps]))

    def roles(self, name: str) -> frozenset[str]:
        """Roles that may pull a trigger in a case of some grade; none if it is unknown."""
        if name not in self.procedure.steps or name not in self.machine.triggers:
            return frozenset()
        trigger = self.machine.triggers[name]
        return frozenset(role for grade in self.grades for role in self.procedure.roles(trigger, grade))

    def pulled(self, grade: str) -> Iterator[Trigger]:
        """Triggers that somebody may pull in a case of a grade."""
        for trigger in self.triggers:
            step = self.procedure.steps[trigger.name]
            fits = not step.grades or grade in step.grades or "" in trigger.sources
            if fits and self.procedure.roles(trigger, grade):
                yield trigger

    def reached(self, grade: str, without: frozenset[str] = frozenset()) -> set[str]:
        """States that a case of a grade may come to, the empty one before the first event among them."""
        triggers = tuple(trigger for trigger in self.pulled(grade) if trigger.name not in without)
        seen = {""}
        while more := _ahead("", _direct(triggers, seen)) - seen:
            seen |= more
        return seen

    @cached_property
    def reachable(self) -> frozenset[str]:
        """States that some case may come to."""
        return frozenset(state for grade in self.grades for state in self.reached(grade))

    @cached_property
    def happening(self) -> frozenset[str]:
        """What may start and meet clocks: triggers pulled, tasks that begin and end, states entered."""
        pulled = {
            t.name for grade in self.grades for t in self.pulled(grade) if t.sources & self.reached(grade)
        }
        tasks = set(get_args(TaskKind)) if "assign_task" in pulled else self.begun(pulled)
        ends = {f"{task}.done" for task in tasks} if "finish_task" in pulled else set()
        entered = {f"{state}.entered" for state in self.reachable}
        return frozenset({*pulled, *(f"{task}.begun" for task in tasks), *ends, *entered})

    def begun(self, triggers: Iterable[str]) -> set[str]:
        """Kinds of the tasks that some triggers begin."""
        begun: set[str] = {rule.kind for name in triggers for rule in self.procedure.steps[name].begins}
        return {*begun, "review"} if "alarm" in triggers else begun

    def fault(self, code: str, message: str, where: str, hint: str = "", ids: Iterable[str] = ()) -> Fault:
        return Fault(f"procedure.{code}", message, f"{self.procedure.name}#{where}", hint, tuple(ids))


def _direct(triggers: Collection[Trigger], seen: set[str]) -> dict[str, set[str]]:
    """From each state the states that one step leads to, but for going back to where one was.

    Where a trigger leads to one of several, all but the first count only if some trigger leads there first,
    from a state that was seen: what fails its check is forwarded again only if it was forwarded.
    """
    first = {trigger.targets[0] for trigger in triggers if trigger.sources & seen}
    ways: dict[str, set[str]] = defaultdict(set)
    for trigger in triggers:
        for state in trigger.sources:
            ways[state] |= first.intersection(trigger.targets) - {SAME, PREVIOUS}
    return ways


def _ahead(state: str, ways: Mapping[str, set[str]]) -> set[str]:
    seen, ahead = {state}, [state]
    while ahead:
        new = ways.get(ahead.pop(), set()) - seen
        seen |= new
        ahead += new
    return seen


def _itself(known: _Known) -> Iterator[Fault]:
    """Name, source, numbers."""
    procedure = known.procedure
    if not procedure.source:
        yield known.fault(
            "no_source", "it does not say where it is from", "source", "name paper, standard or practice"
        )
    if not procedure.owners:
        yield known.fault(
            "no_owner", "no kind of body is in charge of its cases", "owners", "such as street_office"
        )
    least = {
        "max_returns": 0,
        "max_extensions": 0,
        "max_suspension_days": 1,
        "max_account_days": 1,
        "reopen_days": 0,
        "appeal_days": 0,
        "reviewers": 1,
        "offline_hours": 0,
    }
    for name, bound in least.items():
        if getattr(procedure, name) < bound:
            yield known.fault(
                "bad_number", f"{getattr(procedure, name)} is less than {bound}", name, f"at least {bound}"
            )
    score = procedure.default_score
    if score is not None and not 0 <= score <= 100:
        yield known.fault("bad_number", f"{score} is no score", "default_score", "from 0 to 100")


def _words(known: _Known) -> Iterator[Fault]:
    """Triggers, states, roles and grades that there are not."""
    for kind, where, given, there in _vocabulary(known):
        for word in given:
            if word not in there:
                what = "trigger, end of a task or state entered" if kind == "trigger" else kind
                code = "unknown_word" if kind == "role" else f"unknown_{kind}"
                yield known.fault(code, f'there is no {what} "{word}"', where, _like(word, there))


def _vocabulary(known: _Known) -> Iterator[tuple[str, str, Iterable[str], Collection[str]]]:
    """What the words of a procedure are, where they stand, which they are, and which there are."""
    procedure, machine = known.procedure, known.machine
    tasks = (f"{kind}.{end}" for kind in get_args(TaskKind) for end in ("begun", "done"))
    happening = {*machine.triggers, *tasks, *(f"{state}.entered" for state in machine.states)}
    grades = {rule.name for rule in procedure.grades}
    for name, step in procedure.steps.items():
        yield "trigger", f"steps.{name}", (name,), machine.triggers
        if grades:
            yield "grade", f"steps.{name}.grades", step.grades, grades
    for stage in procedure.stages:
        yield "state", f"stages.{stage.name}", stage.states, machine.states
    for rule in procedure.clocks:
        yield "trigger", f"clocks.{rule.name}.starts", rule.starts, happening
        yield "trigger", f"clocks.{rule.name}.meets", rule.meets, happening
        if grades:
            yield "grade", f"clocks.{rule.name}.grades", rule.grades, grades
    for where, role in _roles_named(procedure):
        yield "role", where, (role,), ROLES


def _like(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(known), 1)
    return f'is "{near[0]}" meant?' if near else f"there are: {', '.join(sorted(known))}"


def _roles_named(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Each place that names a role, and the role."""
    for name, step in procedure.steps.items():
        yield from ((f"steps.{name}.roles", role) for role in step.roles)
        for task in step.begins:
            yield f"steps.{name}.begins.{task.kind}.to", task.to
            yield from ((f"steps.{name}.begins.{task.kind}.by", role) for role in task.by)
    for level in procedure.whistles:
        yield from ((f"whistles.{level.name}.starters", role) for role in level.starters)
        yield from ((f"whistles.{level.name}.hard", role) for role in level.hard)
        yield f"whistles.{level.name}.summons", level.summons
    for grade in procedure.grades:
        yield from ((f"grades.{grade.name}.decides", role) for role in grade.decides)
        yield from ((f"grades.{grade.name}.handles", role) for role in grade.handles)
    yield "decider", procedure.decider
    yield from (("approvals", role) for role in procedure.approvals)


def _stages(known: _Known) -> Iterator[Fault]:
    """Each state on the line in one stage, each stage reached, none a trap."""
    procedure, machine = known.procedure, known.machine
    held: dict[str, list[str]] = defaultdict(list)
    for stage in procedure.stages:
        for state in stage.states:
            held[state].append(stage.name)
        if not known.reachable.intersection(stage.states):
            yield known.fault(
                "unreachable_stage",
                f'no case comes to the stage "{stage.name}" ({", ".join(stage.states)})',
                f"stages.{stage.name}",
                "add a step that leads there, or leave the stage out",
            )
    for state in machine.states:
        if len(held[state]) > 1:
            yield known.fault(
                "state_in_two_stages",
                f"{state} is in the stages {' and '.join(held[state])}",
                f"stages.{held[state][1]}",
                "leave it in one of them",
            )
        elif state in known.reachable and not held[state] and state not in BESIDE:
            yield known.fault(
                "state_in_no_stage",
                f"a case may come to {state}, which is in no stage",
                "stages",
                "put it into the stage in which people would say that such a case is",
            )
    for grade in known.grades:
        yield from _traps(known, grade)


def _traps(known: _Known, grade: str) -> Iterator[Fault]:
    """Where a case of a grade ends up for ever: states that lead to no end but by giving the matter up.

    A state that one leaves for where one was is as good as that one, and no way out of it.
    """
    procedure, ended = known.procedure, known.machine.ended
    onward = [trigger for trigger in known.pulled(grade) if trigger.name not in GIVES_UP]
    ways = _direct(onward, known.reached(grade))
    back = {state for trigger in onward if PREVIOUS in trigger.targets for state in trigger.sources}
    stuck = {
        state: ahead
        for state in known.machine.states
        if state in known.reached(grade) - back - ended - {"archived"}
        and not (ahead := _ahead(state, ways) - back) & ended
    }
    of = f' of the grade "{grade}"' if grade else ""
    for trap in sorted(
        {tuple(sorted(ahead)) for s, ahead in stuck.items() if all(stuck[t] == ahead for t in ahead)}
    ):
        stage = procedure.stage_of(trap[0])
        whole = stage is not None and not any(
            ways.get(state, set()) - set(stage.states) for state in stage.states
        )
        if stage is not None and whole:
            code, told, where = (
                "stage_nobody_leaves",
                f'nobody may leave the stage "{stage.name}" with a case{of}',
                f"stages.{stage.name}",
            )
        else:
            code, told, where = "no_end", f"a case{of} that is {' or '.join(trap)} never ends", "steps"
        out = [
            trigger.name
            for trigger in known.machine.triggers.values()
            if trigger.sources & set(trap)
            and trigger.name not in GIVES_UP
            and not {SAME, PREVIOUS, *trap}.issuperset(trigger.targets)
        ]
        yield known.fault(code, told, where, f"let somebody pull one of: {', '.join(out)}", trap)


def _steps(known: _Known) -> Iterator[Fault]:
    """Roles that the machine does not give, steps that nobody takes."""
    for trigger in known.triggers:
        step, left = known.procedure.steps[trigger.name], known.roles(trigger.name)
        for role in step.roles:
            if role in ROLES and role not in trigger.who:
                yield _may_not(known, role, trigger.name, f"steps.{trigger.name}.roles")
        if not left:
            yield known.fault(
                "nobody_may",
                f"nobody may {trigger.name}: the machine gives it to {', '.join(trigger.who)}",
                f"steps.{trigger.name}",
                "name one of these roles, or leave the step out",
            )
        elif step.evidence and left <= PROGRAMS:
            yield known.fault(
                "evidence_from_nobody",
                f"{trigger.name} asks for evidence, and only programs do it, which have none",
                f"steps.{trigger.name}.evidence",
                "let people do it, or ask for none",
            )


def _grades(known: _Known) -> Iterator[Fault]:
    """Grades that are the business of roles that could never see to it."""
    for grade in known.procedure.grades:
        for field, given, acts in (
            ("decides", grade.decides, ("dispatch", "resolve")),
            ("handles", grade.handles, ("execute",)),
        ):
            may = {role for trigger in known.triggers if trigger.act in acts for role in trigger.who}
            for role in given:
                if role in ROLES and role not in may:
                    yield _may_not(known, role, " or ".join(acts), f"grades.{grade.name}.{field}")


def _halves(known: _Known) -> Iterator[Fault]:
    """Steps of which one is nothing without the other."""
    steps = known.procedure.steps
    for one, other in TOGETHER:
        for has, lacks in ((one, other), (other, one)):
            if has in steps and lacks not in steps:
                hint = f"add [steps.{lacks}], or leave both out"
                yield known.fault("half_step", f"it has {has} without {lacks}", f"steps.{has}", hint)


def _decider(known: _Known) -> Iterator[Fault]:
    """Whoever decides after a return has to be able to."""
    decider, triggers = known.procedure.decider, known.triggers
    onward = [
        trigger.name for trigger in triggers if "returned" in trigger.sources and trigger.act == "dispatch"
    ]
    ways_on = ["triage", "confer", *onward]
    if not onward or "return_case" not in known.procedure.steps:
        return
    if not any(decider in known.roles(name) for name in ways_on):
        yield known.fault(
            "decider_may_not",
            f"after a return the {decider} decides, and may do none of {', '.join(ways_on)}",
            "decider",
            "name a role that may dispatch",
        )


def _may_not(known: _Known, role: str, what: str, where: str) -> Fault:
    return known.fault(
        "role_may_not",
        f"the machine does not let a {role} {what}",
        where,
        "procedures narrow, they add no powers",
    )


def _tasks(known: _Known) -> Iterator[Fault]:
    """Who is to do the tasks that begin."""
    doers = known.roles("finish_task")
    for name, step in known.procedure.steps.items():
        for task in step.begins:
            where = f"steps.{name}.begins.{task.kind}"
            if "finish_task" not in known.procedure.steps:
                yield _never_done(known, f"{task.kind} begins", where)
            elif task.to in ROLES and task.to not in doers:
                yield known.fault(
                    "task_role_may_not",
                    f"{task.kind} is for the {task.to}, who may not finish tasks",
                    where,
                    f"give it to one of: {', '.join(sorted(doers))}",
                )
            for role in task.by:
                if role in ROLES and role not in known.roles(name):
                    yield known.fault(
                        "task_never_begun",
                        f"{task.kind} begins when a {role} does {name}, which that role may not",
                        where,
                        "name roles that may",
                    )


def _needs(known: _Known) -> Iterator[Fault]:
    """Tasks that a step waits for have to begin before it, and to end."""
    for name, step in known.procedure.steps.items():
        where = f"steps.{name}.needs"
        for kind in step.needs:
            if not _begins_before(known, kind, name):
                yield known.fault(
                    "task_never_begun",
                    f"{name} waits for {kind}, and no step before it begins one",
                    where,
                    "let an earlier step begin it, or add [steps.assign_task]",
                )
            elif "finish_task" not in known.procedure.steps:
                yield _never_done(known, f"{name} waits for {kind}", where)


def _never_done(known: _Known, what: str, where: str) -> Fault:
    return known.fault("task_never_done", f"{what}, and no step ends it", where, "add [steps.finish_task]")


def _begins_before(known: _Known, kind: str, name: str) -> bool:
    """Whether a task of a kind may begin in a case before a step."""
    for grade in known.grades:
        reached = known.reached(grade, frozenset({name}))
        before = {t.name for t in known.pulled(grade) if t.name != name and t.sources & reached}
        if "assign_task" in before or kind in known.begun(before):
            return True
    return False


def _clocks(known: _Known) -> Iterator[Fault]:
    """Clocks that never start, that nothing meets, or that have no time."""
    procedure = known.procedure
    for rule in procedure.clocks:
        where = f"clocks.{rule.name}"
        starts = _starting(rule) & known.happening
        if not starts:
            yield known.fault(
                "clock_never_started",
                f"nothing that happens starts the clock {rule.name}{_narrowed(rule)}",
                f"{where}.starts",
                "name a step that the procedure has, or leave the clock out",
            )
        if not known.happening.intersection(rule.meets):
            yield known.fault(
                "clock_never_met",
                f"nothing that happens meets the clock {rule.name}: it would run out in every case",
                f"{where}.meets",
                "name a step that the procedure has",
            )
        elif starts and starts <= set(rule.meets):
            yield known.fault(
                "clock_never_started",
                f"whatever starts the clock {rule.name} meets it at once",
                f"{where}.starts",
                "let another step start or meet it",
            )
        if not (rule.amount > 0 or (rule.of and rule.amount == 0)):
            yield known.fault(
                "clock_no_limit",
                f"the clock {rule.name} has {rule.amount} {rule.unit}",
                f"{where}.amount",
                "give a limit above 0, or take that of the rule: of",
            )
    for one, other in combinations(procedure.clocks, 2):
        if one.name == other.name and _meet_in(one, other):
            yield known.fault(
                "clock_twice",
                f"two rules of the clock {one.name} hold for the same case",
                f"clocks.{one.name}",
                "let them differ in starts, kinds or grades",
            )


def _starting(rule: ClockRule) -> set[str]:
    """What can start a clock that is for kinds of whistles, or for bodies that are called."""
    starts = set(rule.starts)
    if rule.kinds:
        starts &= {"whistle"}
    return starts & CALLS if rule.scope == "unit" else starts


def _narrowed(rule: ClockRule) -> str:
    if rule.kinds:
        return ", which is for kinds of whistles"
    return ", which is for bodies that are called" if rule.scope == "unit" else ""


def _meet_in(one: ClockRule, other: ClockRule) -> bool:
    def both(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
        return not a or not b or bool(set(a) & set(b))

    return (
        bool(set(one.starts) & set(other.starts))
        and both(one.kinds, other.kinds)
        and both(one.grades, other.grades)
    )


def _whistles(known: _Known) -> Iterator[Fault]:
    """Levels of whistle that nobody may blow, or answer."""
    procedure = known.procedure
    if "whistle" not in procedure.steps:
        for level in procedure.whistles:
            yield known.fault(
                "whistle_without_step",
                f"it has the level {level.name}, and no step whistle",
                f"whistles.{level.name}",
                "add [steps.whistle]",
            )
        return
    if not procedure.whistles:
        yield known.fault(
            "whistle_no_level", "it has the step whistle, and no level of one", "whistles", "add a level"
        )
    for level in procedure.whistles:
        where = f"whistles.{level.name}"
        if not level.starters:
            yield known.fault(
                "whistle_no_starter", f"nobody may blow the {level.name} whistle", where, "name starters"
            )
        for field, given in (("starters", level.starters), ("hard", level.hard)):
            for role in given:
                if role in ROLES and role not in known.roles("whistle"):
                    yield known.fault(
                        "whistle_starter_may_not",
                        f"a {role} is to blow the {level.name} whistle, and may not whistle",
                        f"{where}.{field}",
                        f"the step leaves: {', '.join(sorted(known.roles('whistle'))) or 'nobody'}",
                    )
        if level.summons in ROLES and level.summons not in known.roles("report_in"):
            yield known.fault(
                "whistle_summons_may_not",
                f"a {level.summons} is called by the {level.name} whistle, and may not report in",
                f"{where}.summons",
                f"the step report_in leaves: {', '.join(sorted(known.roles('report_in'))) or 'nobody'}",
            )


def _apart(known: _Known) -> Iterator[Fault]:
    """Duties kept apart by body that one role alone could do: who did the one would have to do the other."""
    may: dict[str, set[str]] = defaultdict(set)
    hands = [(t, known.roles(t.name) - PROGRAMS) for t in known.triggers if t.name not in GIVES_UP]
    for trigger, roles in hands:
        may[trigger.act or ""] |= roles
    for number, rule in enumerate((*ALWAYS_APART, *known.procedure.apart)):
        first = may[rule.first]
        if rule.by != "body" or len(first) != 1 or not first <= ONE_BODY:
            continue
        stopped = [trigger.name for trigger, roles in hands if trigger.act == rule.second and roles == first]
        if stopped:
            role, where = next(iter(first)), "steps" if number < len(ALWAYS_APART) else "apart"
            yield known.fault(
                "apart_impossible",
                f"{rule.first} and {rule.second} must not be in one hand, and only the {role} may do either: "
                f"{', '.join(stopped)}",
                where,
                f"let another role {rule.first} or {rule.second}",
            )
    checks = {"check_result", "review", "return_visit"}
    for name, step in known.procedure.steps.items():
        for task in step.begins:
            if task.kind in checks and may["execute"] == {task.to} and task.to in ONE_BODY:
                yield known.fault(
                    "apart_impossible",
                    f"the {task.to} alone does the work, and is to do the {task.kind}, which no handler does",
                    f"steps.{name}.begins.{task.kind}",
                    "give it to another role",
                )


def _approvals(known: _Known) -> Iterator[Fault]:
    """Extensions that nobody could approve."""
    procedure = known.procedure
    if "request_extension" not in procedure.steps:
        return
    if not procedure.approvals:
        yield known.fault(
            "no_approvals", "an extension may be asked for, and nobody approves it", "approvals", "name roles"
        )
    for role in procedure.approvals:
        if (
            role in ROLES
            and "approve_extension" in procedure.steps
            and role not in known.roles("approve_extension")
        ):
            yield known.fault(
                "approver_may_not",
                f"an extension needs the {role}, who may not approve one",
                "approvals",
                f"the step leaves: {', '.join(sorted(known.roles('approve_extension')))}",
            )


_LOOKS: Final[tuple[Callable[[_Known], Iterator[Fault]], ...]] = (
    _stages,
    _steps,
    _grades,
    _halves,
    _decider,
    _tasks,
    _needs,
    _clocks,
    _whistles,
    _apart,
    _approvals,
)
