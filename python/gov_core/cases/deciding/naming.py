"""The bodies that a command names to handle a case, and what speaks against them.

The same for every command that names one: once each, none that the case complains of, none that has done what
is kept apart from handling, none that has given it back, and all with the matter on a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command
    from gov_core.cases.deciding.step import Step


def _dispatched(command: Any, case: Case | None) -> tuple[str, ...]:  # noqa: ANN401  # a Dispatch
    """The bodies of a dispatch; without one, that of the router, or all offices of the service at once."""
    if command.unit or case is None:
        return (command.unit, *command.assist)
    if case.service is not None and case.service.offices and not command.assist:
        return case.service.offices
    return (case.unit, *command.assist)


_NAMED: Final[dict[str, Callable[[Any, Case | None], tuple[str, ...]]]] = {
    "alarm": lambda command, _: command.units,
    "dispatch": _dispatched,
    "force_assign": lambda command, _: (command.unit,),
    "whistle": lambda command, _: command.units,
    "resolve_conference": lambda command, _: (command.unit, *command.assist),
    "join_unit": lambda command, _: (command.unit,),
}
_FOR_GOOD: Final = ("force_assign", "resolve_conference")
"""What names a body that may have returned the case before."""


def named_by(command: Command, case: Case | None) -> tuple[str, ...]:
    """The bodies that a command calls, the one that leads first; none for most commands."""
    named = _NAMED.get(command.trigger)
    return () if named is None else named(command, case)


def check_named(step: Step) -> None:
    """Refuse bodies that must not handle the case."""
    if step.trigger.name not in _NAMED:
        return
    units = step.named
    if not units or not all(units):
        step.refuse("no_unit", "no body is named to handle it", "name the bodies, or route the case first")
    if len(set(units)) != len(units):
        step.refuse("unit_twice", "a body is named twice", "name each once")
    for unit in filter(None, dict.fromkeys(units)):
        _check_one(step, unit)
    if step.started is not None and step.trigger.name != "join_unit":
        step.check_handler(next(iter(units), ""))


def _check_one(step: Step, unit: str) -> None:
    case, command = step.started, step.command
    complained_of = getattr(command, "complained_of", ()) if case is None else case.complained_of
    if unit in complained_of:
        step.refuse("complained_of", f'the case complains of "{unit}"', "name another body", (unit,))
    if case is None:
        return
    for act in _did_apart(step, case, unit):
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


def _did_apart(step: Step, case: Case, unit: str) -> Iterator[str]:
    """What the body did, or does with this very step, that its handling is kept apart from."""
    for other, by in step.context.procedure.opposed.get("execute", ()):
        does = step.trigger.act == other and unit in step.context.actor.bodies
        if by == "body" and (does or any(hand.act == other and hand.body == unit for hand in case.hands)):
            yield other


def _check_lists(step: Step, case: Case, unit: str) -> None:
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
