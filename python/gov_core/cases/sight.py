"""What an actor may see of a case: nothing, unless ``[sight]`` of ``machine.toml`` allows it.

A case shows three things: the case itself, the home it is about (the exact point, the room, what was said,
the photographs), and its reporter. A body that the case complains of sees none of them, and neither does who
acts for it. What the cleared case holds of persons are commitments and opaque ids; the values are opened
elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.cases.machine import MACHINE
from gov_core.cases.permission import delegation_faults, in_area, relations_of

if TYPE_CHECKING:
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case, Hand
    from gov_core.cases.machine import Sight

OF_REPORTER: Final = frozenset(("contact", "applicant"))
"""Names of what is sealed that say who reported; all else that is sealed says something of a home."""


def sight_of(case: Case, actor: Actor, at: datetime) -> frozenset[Sight]:
    """What an actor may see: ``case``, ``home``, ``reporter``; nothing unless ``case`` is among it.

    Args:
        case: Which.
        actor: Who looks.
        at: When, with a time zone: a delegation that has ended shows nothing.
    """
    if actor.behalf and any(delegation_faults(actor, at)):
        return frozenset()
    held = relations_of(case, actor)
    seen = frozenset(
        sight
        for sight, who in MACHINE.sight.items()
        for relation in held & who.get(actor.role, frozenset())
        if relation in ("all", "reporter") or in_area(case, actor)
    )
    return seen if "case" in seen else frozenset()


def seen_by(case: Case, actor: Actor, at: datetime) -> Case | None:
    """The case as an actor may see it; None if not at all.

    Args:
        case: Which.
        actor: Who looks.
        at: When, with a time zone.
    """
    sight = sight_of(case, actor, at)
    if not sight:
        return None
    shown = case
    if "home" not in sight:
        sealed = tuple(item for item in shown.sealed if item.name in OF_REPORTER)
        shown = shown.with_changes(sealed=sealed, evidence=())
    return shown if "reporter" in sight else _without_reporter(shown)


def _without_reporter(case: Case) -> Case:
    """Neither who reported it, nor by which id it can be looked up where it came from."""
    person = case.by.person
    return case.with_changes(
        by=case.by.with_changes(person=""),
        source=case.source.with_changes(reference=""),
        sealed=tuple(item for item in case.sealed if item.name not in OF_REPORTER),
        hands=tuple(_nameless(hand, person) for hand in case.hands),
    )


def _nameless(hand: Hand, person: str) -> Hand:
    return hand.with_changes(person="") if person and hand.person == person else hand
