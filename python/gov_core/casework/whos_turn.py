"""Who may do what to a case as it stands, and why others may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.cases import permission
from gov_core.cases.machine import MACHINE, RELATIONS
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.cases.machine import Trigger
    from gov_core.cases.procedure import Procedure


class Turn(NamedTuple):
    """Something that may be done.

    Attributes:
        trigger: What: ``report_in``.
        chinese: The word of the field.
        who: Role to the relations to the case, any of which will do.
        bodies: Ids of the bodies that stand in one of these relations by name.
        barred: Id of a body that may not, whatever its role, to the reason.
    """

    trigger: str
    chinese: str
    who: dict[str, tuple[str, ...]]
    bodies: tuple[str, ...]
    barred: dict[str, str]


class Answer(NamedTuple):
    """Whether somebody may do something now.

    Attributes:
        trigger: What.
        chinese: The word of the field.
        allowed: Whether they may. What a step asks for beyond that (evidence, a reason, a body that has the
            matter on its list, a power that the city grants) is seen when it is taken.
        relation: The relation to the case that allows it; empty if nothing does.
        reasons: Why not, all of them; empty if they may.
    """

    trigger: str
    chinese: str
    allowed: bool
    relation: str
    reasons: tuple[Fault, ...]


def who_may(case: Case, procedure: Procedure) -> tuple[Turn, ...]:
    """What may be done to a case now, and by whom, in the order of the machine.

    Args:
        case: Which.
        procedure: Its procedure.
    """
    return tuple(_turns(case, procedure))


def may(case: Case, procedure: Procedure, actor: Actor, at: datetime) -> tuple[Answer, ...]:
    """What somebody may do to a case, and why not the rest; every step of the procedure has an answer.

    It is the answer that the step itself would get: both ask `gov_core.cases.permission.permit`.

    Args:
        case: Which.
        procedure: Its procedure.
        actor: Who.
        at: When.
    """
    return tuple(
        _answer(case, procedure, actor, at, trigger)
        for trigger in MACHINE.triggers.values()
        if trigger.name in procedure.steps and "" not in trigger.sources
    )


def _answer(case: Case, procedure: Procedure, actor: Actor, at: datetime, trigger: Trigger) -> Answer:
    permitted = permission.permit(case, trigger, actor, procedure, at)
    reasons = permitted.faults
    if case.state not in trigger.sources:
        hint = f"it is for: {', '.join(sorted(trigger.sources))}"
        message = f"{trigger.name} is not for a case that is {case.state}"
        reasons = (Fault("case.wrong_state", message, case.id, hint), *reasons)
    return Answer(trigger.name, trigger.chinese, not reasons, permitted.relation or "", reasons)


def _turns(case: Case, procedure: Procedure) -> Iterator[Turn]:
    for trigger, who in permission.who_may(case, procedure):
        barred = dict(_barred(case, trigger, procedure))
        named = _bodies(case, frozenset().union(*who.values()))
        yield Turn(
            trigger.name,
            trigger.chinese,
            {role: tuple(word for word in RELATIONS if word in cell) for role, cell in who.items()},
            tuple(body for body in named if body not in barred),
            barred,
        )


def _barred(case: Case, trigger: Trigger, procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Bodies that the case complains of, and those that did what must not be in one hand with this."""
    for body in case.complained_of:
        yield body, "case.complained_of"
    opposed = procedure.plans[trigger.name].opposed
    for hand in case.hands:
        apart = opposed.get(hand.act) == "body"
        if apart and hand.body and hand.body not in case.complained_of:
            yield hand.body, f"case.duties_apart: it did {hand.act}"


def _bodies(case: Case, relations: frozenset[str]) -> tuple[str, ...]:
    """The bodies that the case itself names for one of the relations."""
    found = dict.fromkeys((case.owner,) if case.owner and "owner" in relations else ())
    for part in case.active():
        relation = "called" if part.state == "called" else "participant"
        if relation in relations or (relation == "participant" and part.part in relations):
            found[part.unit] = None
    return tuple(found)
