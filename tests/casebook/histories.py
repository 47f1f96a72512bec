"""Random histories of cases: random bodies ask for random things at random times, and some of it is taken.

Most of what is asked is what the state of the case allows, by a role that may; the rest is anything by
anybody.
Times go on by minutes or weeks, now and then backwards; devices report late, early, or without a zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from casebook import AFTER, PLACE, Bodies
from gov_core.cases.actor import Actor
from gov_core.cases.calendar import china
from gov_core.cases.case import Location, Source
from gov_core.cases.codec import COMMAND_TYPES
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve
from gov_core.cases.machine import MACHINE, PROGRAMS, ROLES
from gov_core.cases.procedure import Procedure, shipped_procedures
from gov_core.errors import CalendarError, CaseRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.events import CaseEvent

BODIES = ("s1-office", "c1-committee", "water", "roads", "parks", "centre", "oversight")
HANDLERS = ("water", "roads", "s1-office", "parks")
AREAS = {"s1-office": ("d/s1",), "c1-committee": ("d/s1/c1",), "parks": ("d/s1", "d/s2")}
PERSONS = ("p-1", "p-2", "p-3", "p-4", "")
PLACES = (Location("g1", PLACE), Location("g2", "d/s2/c3/g2"), Location(reason="outside"), Location())
GRADES = ("", "general", "larger", "major")
KINDS = ("verify_report", "check_result", "follow_up", "return_visit", "review", "back_office")
CHANCE = {
    **dict.fromkeys(("cancel", "withdraw", "archive", "force_close", "reject", "draft", "quick_close"), 0.03),
    **dict.fromkeys(("attach", "urge", "assign_task", "merge", "supervise", "escalate", "split"), 0.08),
    **dict.fromkeys(
        ("absorb", "let_go", "end_child", "reopen_child", "reroute", "forward", "self_handle", "fire"), 0.12
    ),
    **dict.fromkeys(("recall", "release_unit", "confer", "defer", "suspend_on_account", "finish_task"), 0.3),
}
"""How likely what would end most histories early, or fill them, is thought of at all."""
FIRST_DAY = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@dataclass
class History:
    """What came of it.

    Attributes:
        procedure: What it ran through.
        events: What was accepted.
        cases: The case after each of them.
        contexts: What each was decided by.
        refusals: What was refused.
    """

    procedure: Procedure
    events: list[CaseEvent] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    contexts: list[tuple[Command, Context]] = field(default_factory=list)
    refusals: list[CaseRefusedError | CalendarError] = field(default_factory=list)


def histories(number: int, seed: int) -> Iterator[History]:
    """So many histories, over all shipped procedures in turn, the same for the same seed."""
    procedures = list(shipped_procedures().values())
    for index in range(number):
        yield _history(procedures[index % len(procedures)], Random(f"{seed}/{index}"))


def _history(procedure: Procedure, dice: Random) -> History:
    history, case, now = History(procedure), None, FIRST_DAY + timedelta(minutes=dice.randrange(400_000))
    bodies = Bodies(unlisted={("parks", "rubbish")} if dice.random() < 0.1 else set())
    calendar = china()
    for _ in range(dice.randrange(8, 60)):
        now += _passing(dice)
        command, actor = _asked(dice, case, procedure, now)
        context = Context(now, actor, procedure, calendar, bodies)
        try:
            events = decide(case, command, context)
        except (CaseRefusedError, CalendarError) as refused:
            history.refusals.append(refused)
            continue
        for event in events:
            case = evolve(case, event)
            history.events.append(event)
            history.cases.append(case)
            history.contexts.append((command, context))
    return history


def _passing(dice: Random) -> timedelta:
    step = dice.random()
    if step < 0.02:
        return -timedelta(hours=dice.randrange(48))
    if step < 0.85:
        return timedelta(minutes=dice.randrange(240))
    return timedelta(hours=dice.randrange(24 * (60 if step > 0.985 else 6)))


def _asked(dice: Random, case: Case | None, procedure: Procedure, now: datetime) -> tuple[Command, Actor]:
    state = "" if case is None else case.state
    likely = [trigger for trigger in MACHINE.from_state(state) if trigger.name in procedure.steps]
    likely = [trigger for trigger in likely if dice.random() < CHANCE.get(trigger.name, 1)]
    if likely and dice.random() < 0.9:
        trigger = dice.choice(likely)
        role = dice.choice(procedure.roles(trigger, case.grade if case else "") or ROLES)
        body = _close_to(dice, case, trigger.who.get(role, ()))
    else:
        trigger, role, body = MACHINE.triggers[dice.choice(_TRIGGERS)], dice.choice(ROLES), _one(dice)
    return command_for(dice, trigger.name, case, now), _actor(dice, role, body, case, now)


def _close_to(dice: Random, case: Case | None, relations: Iterable[str]) -> str:
    """A body that stands to the case as it has to, or any."""
    if case is None or dice.random() < 0.1:
        return _one(dice)
    near = [case.owner] if "owner" in relations else []
    for part in case.active():
        held = "called" if part.state == "called" else "participant"
        if held in relations or part.part in relations:
            near.append(part.unit)
    return dice.choice(near) if near else _one(dice)


def _actor(dice: Random, role: Any, body: str, case: Case | None, now: datetime) -> Actor:
    if role in PROGRAMS:
        return Actor(role, role, areas=("",))
    if role == "reporter":
        return Actor(role, "", case.by.person if case and dice.random() < 0.8 else dice.choice(PERSONS))
    behalf = dice.choice(BODIES) if dice.random() < 0.04 else ""
    until = dice.choice((None, now + timedelta(days=1), now - timedelta(days=1), now.replace(tzinfo=None)))
    areas = AREAS.get(behalf or body, ("",))
    person = f"p-{body}-{dice.choice(PERSONS)}" if dice.random() < 0.9 else dice.choice(PERSONS)
    return Actor(role, body, person, areas, behalf, until if behalf else None)


def command_for(dice: Random, trigger: str, case: Case | None, now: datetime) -> Command:
    """A command of a trigger, its fields more or less as they should be."""
    values: dict[str, Any] = {}
    if dice.random() < 0.9:
        values["reason"] = "not_our_duty"
    if dice.random() < 0.85:
        values["evidence"] = (AFTER,)
    late = dice.random()
    if late < 0.05:
        values["occurred_at"] = now - timedelta(hours=dice.randrange(72))
    elif late < 0.06:
        values["occurred_at"] = now + timedelta(minutes=dice.randrange(20))
    elif late < 0.065:
        values["occurred_at"] = now.replace(tzinfo=None)
    build = _OWN.get(trigger)
    own = build(dice, case, now) if build is not None else {}
    return COMMAND_TYPES[trigger](**values, **own)


def _opening(dice: Random, _: Case | None, __: datetime) -> dict[str, Any]:
    return {
        "case_id": dice.choice(("case-1",) * 9 + ("",)),
        "source": Source("hotline", "7"),
        "matter": "rubbish",
        "grade": dice.choice(GRADES),
        "location": PLACES[0] if dice.random() < 0.85 else dice.choice(PLACES),
        "complained_of": (dice.choice(BODIES),) if dice.random() < 0.15 else (),
        "owner": dice.choice(("s1-office", "c1-committee", "centre")),
        "unit": dice.choice(("water", "roads", "")),
        "limits": dice.choice(((), (("resolve", 2, "working_day"),), (("resolve", 4, "urgent_hour"),))),
    }


def _units(dice: Random) -> tuple[str, ...]:
    if dice.random() < 0.1:
        return tuple(dice.choice(BODIES) for _ in range(dice.randrange(4)))
    return tuple(dice.sample(HANDLERS, dice.choice((1, 1, 2, 3))))


def _lead_and_assist(dice: Random) -> dict[str, Any]:
    lead, *assist = _units(dice) or ("",)
    return {"unit": lead, "assist": tuple(assist)}


def _one(dice: Random) -> str:
    return dice.choice(BODIES)


def _known_unit(dice: Random, case: Case | None) -> str:
    units = [part.unit for part in case.participations] if case is not None else []
    return dice.choice(units) if units and dice.random() < 0.8 else _one(dice)


def _clock(dice: Random, case: Case | None, _: datetime) -> dict[str, Any]:
    clocks = case.clocks if case is not None else ()
    clock = dice.choice(clocks) if clocks else None
    return {"clock": "handling"} if clock is None else {"clock": clock.kind, "scope": clock.scope}


def _task(dice: Random, case: Case | None, _: datetime) -> dict[str, Any]:
    tasks = [task.id for task in case.tasks if not task.done or dice.random() < 0.1] if case else []
    return {"id": dice.choice(tasks or ["none"]), "passed": dice.random() < 0.9}


def _ends(dice: Random, days: int, now: datetime) -> datetime:
    until = now + timedelta(days=dice.randrange(-1, days))
    return until.replace(tzinfo=None) if dice.random() < 0.03 else until


_TRIGGERS = sorted(MACHINE.triggers)
_OWN: dict[str, Any] = {
    "draft": _opening,
    "report": _opening,
    "alarm": lambda dice, case, now: _opening(dice, case, now) | {"units": _units(dice)},
    "triage": lambda dice, *_: {
        "grade": dice.choice(GRADES),
        "location": None if dice.random() < 0.85 else dice.choice(PLACES),
        "matter": dice.choice(("", "", "noise")),
    },
    "dispatch": lambda dice, *_: _lead_and_assist(dice),
    "force_assign": lambda dice, *_: {"unit": dice.choice(HANDLERS)},
    "whistle": lambda dice, *_: {
        "level": dice.choice(("street", "street", "street", "community", "district")),
        "kind": dice.choice(("emergency", "ordinary", "hard")),
        "item": dice.choice(("item-1",) * 8 + ("",)),
        "units": _units(dice),
        "policy": dice.choice((None, "lead", "all", "any", "k_of_n")),
        "k": dice.randrange(3),
    },
    "return_case": lambda dice, *_: {"suggest": _one(dice)},
    "confer": lambda dice, *_: {"level": dice.randrange(6)},
    "resolve_conference": lambda dice, *_: _lead_and_assist(dice),
    "forward": lambda *_: {"recipient": "power_grid"},
    "join_unit": lambda dice, *_: {"unit": _one(dice)},
    "release_unit": lambda dice, case, _: {"unit": _known_unit(dice, case)},
    "assign_task": lambda dice, *_: {
        "id": f"t-{dice.randrange(5)}",
        "kind": dice.choice(KINDS),
        "to": dice.choice((*BODIES, "verifier", "supervisor")),
        "required": dice.random() < 0.5,
    },
    "finish_task": _task,
    "suspend": lambda dice, _, now: {"until": _ends(dice, 40, now)},
    "suspend_on_account": lambda dice, _, now: {"until": _ends(dice, 400, now)},
    "defer": lambda dice, _, now: {"until": _ends(dice, 100, now)},
    "request_extension": lambda dice, *_: {"clock": dice.choice(("handling", "handling", "report_in"))},
    "fire": _clock,
    "escalate": lambda dice, *_: {"level": dice.randrange(6), "owner": dice.choice(("", _one(dice)))},
    "evaluate": lambda dice, *_: {"score": dice.randrange(-5, 106)},
    "appraise": lambda dice, case, _: {"unit": _known_unit(dice, case), "score": dice.randrange(-5, 106)},
    "rate": lambda dice, *_: {"satisfied": dice.randrange(7)},
    "review_appeal": lambda dice, *_: {"upholds": dice.random() < 0.7},
    "merge": lambda dice, *_: {"into": dice.choice(("case-1", "case-2"))},
    "absorb": lambda dice, *_: {
        "case": dice.choice(("case-1", "case-3", "case-4")),
        "complained_of": (_one(dice),) if dice.random() < 0.2 else (),
    },
    "let_go": lambda dice, *_: {"case": dice.choice(("case-3", "case-4"))},
    "split": lambda dice, *_: {
        "children": tuple(f"child-{dice.randrange(4)}" for _ in range(dice.randrange(3)))
    },
    "end_child": lambda dice, *_: {"child": f"child-{dice.randrange(4)}"},
    "reopen_child": lambda dice, *_: {"child": f"child-{dice.randrange(4)}"},
    "reroute": lambda dice, *_: {
        "location": dice.choice(PLACES),
        "owner": dice.choice(("", "s1-office", "centre")),
        "unit": dice.choice(("water", "roads", "")),
    },
}
"""Trigger to what makes the own fields of its command; the others have none."""
