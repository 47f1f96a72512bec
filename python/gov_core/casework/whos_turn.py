"""Who may do what to a case as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gov_core.cases import permission
from gov_core.cases.machine import RELATIONS

if TYPE_CHECKING:
    from gov_core.cases.case import Case
    from gov_core.cases.procedure import Procedure


class Turn(NamedTuple):
    """Something that may be done.

    Attributes:
        trigger: What: ``report_in``.
        chinese: The word of the field.
        who: Role to the relations to the case, any of which will do.
        bodies: Ids of the bodies that stand in one of these relations by name.
    """

    trigger: str
    chinese: str
    who: dict[str, tuple[str, ...]]
    bodies: tuple[str, ...]


def who_may(case: Case, procedure: Procedure) -> tuple[Turn, ...]:
    """What may be done to a case now, and by whom, in the order of the machine.

    Args:
        case: Which.
        procedure: Its procedure.
    """
    return tuple(
        Turn(
            trigger.name,
            trigger.chinese,
            {role: tuple(word for word in RELATIONS if word in cell) for role, cell in who.items()},
            _bodies(case, frozenset().union(*who.values())),
        )
        for trigger, who in permission.who_may(case, procedure)
        if who
    )


def _bodies(case: Case, relations: frozenset[str]) -> tuple[str, ...]:
    """The bodies that the case itself names for one of the relations."""
    found = dict.fromkeys((case.owner,) if case.owner and "owner" in relations else ())
    for part in case.active():
        relation = "called" if part.state == "called" else "participant"
        if relation in relations or (relation == "participant" and part.part in relations):
            found[part.unit] = None
    return tuple(body for body in found if body not in case.complained_of)
