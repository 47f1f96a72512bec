"""The bodies that a command names to handle a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.cases.case import Case
    from gov_core.cases.commands import Command


def _dispatched(command: Any, case: Case | None) -> tuple[str, ...]:  # noqa: ANN401  # a Dispatch
    """The bodies of a dispatch; without one, that of the router, or all offices of the service at once."""
    if command.unit or case is None:
        return (command.unit, *command.assist)
    if case.service is not None and case.service.offices and not command.assist:
        return case.service.offices
    return (case.unit, *command.assist)


NAMED: Final[dict[str, Callable[[Any, Case | None], tuple[str, ...]]]] = {
    "alarm": lambda command, _: command.units,
    "dispatch": _dispatched,
    "force_assign": lambda command, _: (command.unit,),
    "whistle": lambda command, _: command.units,
    "resolve_conference": lambda command, _: (command.unit, *command.assist),
    "join_unit": lambda command, _: (command.unit,),
}
"""Trigger to the bodies that its command calls; the others call none."""


def named_by(command: Command, case: Case | None) -> tuple[str, ...]:
    """The bodies that a command calls, the one that leads first; none for most commands."""
    named = NAMED.get(command.trigger)
    return () if named is None else named(command, case)
