"""What speaks against bodies that a command names to handle a case.

The same for every command that names one: once each, none that the case complains of, none that has done what
is kept apart from handling, none that has given it back, and all with the matter on a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.cases.case import Hand
from gov_core.cases.deciding.naming import NAMED
from gov_core.cases.permission import done_apart

if TYPE_CHECKING:
    from gov_core.cases.case import Case
    from gov_core.cases.deciding.asked import Asked

_FOR_GOOD: Final = ("force_assign", "resolve_conference")
"""What names a body that may have returned the case before."""


def check_named(step: Asked) -> None:
    """Refuse bodies that must not handle the case."""
    if step.trigger.name not in NAMED:
        return
    units = step.named
    if not units or not all(units):
        step.refuse("no_unit", "no body is named to handle it", "name the bodies, or route the case first")
    if len(set(units)) != len(units):
        step.refuse("unit_twice", "a body is named twice", "name each once")
    hands = _opposed_hands(step)
    for unit in filter(None, dict.fromkeys(units)):
        _check_one(step, unit, hands)
    if step.started is not None and step.trigger.name != "join_unit":
        step.check_handler(next(iter(units), ""))


def _opposed_hands(step: Asked) -> list[Hand]:
    """Whose hand is in what is kept apart from handling, with this very step: whoever resolves has one."""
    opposed, act = step.context.procedure.opposed["execute"], step.trigger.act
    hands = [] if step.started is None else [hand for hand in step.started.hands if hand.act in opposed]
    if act is not None and act in opposed:
        hands += [Hand(act, body, "") for body in step.context.actor.bodies]
    return hands


def _check_one(step: Asked, unit: str, hands: list[Hand]) -> None:
    case, command = step.started, step.command
    complained_of = getattr(command, "complained_of", ()) if case is None else case.complained_of
    if unit in complained_of:
        step.refuse("complained_of", f'the case complains of "{unit}"', "name another body", (unit,))
    if case is None:
        return
    for act, _ in done_apart(step.context.procedure.opposed["execute"], hands, (unit,)) if hands else ():
        step.refuse(
            "duties_apart",
            f'"{unit}" has its hand in {act}, which is kept apart from handling',
            "name another body",
            (unit,),
        )
    if unit in case.returned_by and step.trigger.name not in _FOR_GOOD:
        step.refuse(
            "returned_it", f'"{unit}" has returned it already', "name another body, or one for good", (unit,)
        )
    if step.trigger.lists:
        _check_lists(step, case, unit)


def _check_lists(step: Asked, case: Case, unit: str) -> None:
    """It has the matter on a list and serves the place; the offices of a service are named by the service."""
    authority = step.context.authority
    if case.service is not None and unit in (case.service.station, *case.service.offices):
        return
    if not authority.lists(unit, case.matter):
        step.refuse(
            "not_on_list", f'"{unit}" has no "{case.matter}" on any list', "name another body", (unit,)
        )
    if case.location.path and not authority.serves(unit, case.location.path):
        step.refuse(
            "serves_not", f'"{unit}" does not serve "{case.location.path}"', "name another body", (unit,)
        )
