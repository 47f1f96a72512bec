"""Who may do what to a case: denied unless role, relation, area and the duties kept apart all allow it.

One function decides, `permit`; the transition asks it, `who_may` asks it, and the matrix in the docs is drawn
from the same table. It gives every reason, not only the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gov_core.cases.machine import MACHINE, PROGRAMS, RELATIONS, ROLE_NAMES, Relation
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case, Hand, Participation
    from gov_core.cases.machine import Trigger
    from gov_core.cases.procedure import Cells, Procedure, Whose


_OF_NO_BODY: Final = frozenset(("reporter", *PROGRAMS))
_OF_BODIES: Final = frozenset(("owner", "called", "participant", "lead"))
"""Relations that say nothing of where the body answers for."""


_ROLES: Final = f"roles are: {', '.join(ROLE_NAMES)}"


class Permission(NamedTuple):
    """Whether something is allowed.

    Attributes:
        relation: The relation to the case that allows it; None if nothing does.
        faults: Why not, all reasons; empty if it is.
    """

    relation: Relation | None
    faults: tuple[Fault, ...]


def relations_of(case: Case | None, actor: Actor) -> frozenset[Relation]:
    """How an actor stands to a case; a body that the case complains of stands to it in no way.

    Neither does one that acts for such a body, or lets such a body act for it.

    Args:
        case: None before the first event.
        actor: Who.
    """
    return frozenset(relation for relation in RELATIONS if _closest(case, actor, (relation,)))


def _closest(case: Case | None, actor: Actor, among: tuple[Relation, ...]) -> Relation | None:
    """The first of some relations in which an actor stands to a case; None if in none of them."""
    if case is not None and complained_of(case, actor):
        return None
    if case is None or actor.role in PROGRAMS:
        return "all" if "all" in among else None
    for relation in among:
        if _STANDS[relation](case, actor):
            return relation
    return None


def _part(case: Case, actor: Actor) -> Participation | None:
    """The part of the body that acts; None if it has none, or none any more."""
    body = actor.acting
    part = case.part_of(body) if body else None
    return part if part is not None and part.active else None


def _is_reporter(case: Case, actor: Actor) -> bool:
    return actor.person != "" and actor.person == case.by.person


def _is_owner(case: Case, actor: Actor) -> bool:
    return case.owner != "" and actor.acting == case.owner


def _is_called(case: Case, actor: Actor) -> bool:
    part = _part(case, actor)
    return part is not None and part.state == "called"


def _participates(case: Case, actor: Actor) -> bool:
    part = _part(case, actor)
    return part is not None and part.state != "called"


def _leads(case: Case, actor: Actor) -> bool:
    part = _part(case, actor)
    return part is not None and part.state != "called" and part.part == "lead"


_STANDS: Final[dict[Relation, Callable[[Case, Actor], bool]]] = {
    "reporter": _is_reporter,
    "owner": _is_owner,
    "called": _is_called,
    "participant": _participates,
    "lead": _leads,
    "area": lambda case, actor: actor.covers(case.location.path),
    "all": lambda *_: True,
}


def complained_of(case: Case, actor: Actor) -> tuple[str, ...]:
    """The bodies of an actor that a case complains of; none for most."""
    complained = case.complained_of
    return tuple(body for body in actor.bodies if body in complained) if complained else ()


def permit(
    case: Case | None, trigger: Trigger, actor: Actor, procedure: Procedure, at: datetime
) -> Permission:
    """Decide whether an actor may pull a trigger; the state of the case is not looked at here.

    Args:
        case: None before the first event.
        trigger: What is to be done.
        actor: Who is to do it.
        procedure: Of the case.
        at: When.
    """
    if not _is_somebody(actor):
        return Permission(
            None, (Fault("case.no_actor", f"{actor.role!r} is no role, or an id is no text", hint=_ROLES),)
        )
    plan = procedure.plans[trigger.name]
    cells = plan.cells("" if case is None else case.grade)
    cell = cells.get(actor.role, ())
    relation = _closest(case, actor, cell)
    faults = []
    if relation is None:
        faults.append(_not_theirs(case, trigger, actor, cells))
    if relation in _OF_BODIES and not in_area(case, actor):
        faults.append(
            Fault(
                "case.wrong_area",
                f'"{actor.acting}" does not answer for "{case.location.path if case else ""}"',
                hint="reroute the case, or let the body of that place act",
            )
        )
    if case is not None and not actor.acting and actor.role not in _OF_NO_BODY:
        hint = "act for a body, or as a reporter"
        faults.append(Fault("case.no_body", f"a {actor.role} acts for a body, and none is named", hint=hint))
    if actor.behalf:
        faults += delegation_faults(actor, at)
    if case is not None and plan.opposed:
        hands = [hand for hand in case.hands if hand.act in plan.opposed]
        for act, whose in done_apart(plan.opposed, hands, actor.bodies, actor.person) if hands else ():
            faults.append(
                Fault(
                    "case.duties_apart",
                    f"{trigger.act} and {act} of one case must not be in one hand,"
                    f" and this {whose} did {act}",
                    hint=f"let another {whose} do it",
                )
            )
    if not faults:
        return Permission(relation, ())
    where = "" if case is None else case.id
    return Permission(None, tuple(replace(fault, place=where) for fault in faults))


def who_may(case: Case, procedure: Procedure) -> Iterator[tuple[Trigger, dict[str, frozenset[str]]]]:
    """What may be done to a case as it stands, and by whom: role to relations, any of which will do."""
    for trigger in MACHINE.from_state(case.state):
        if trigger.name in procedure.steps:
            cells = procedure.plans[trigger.name].cells(case.grade)
            yield trigger, {role: frozenset(cell) for role, cell in cells.items()}


def delegation_faults(actor: Actor, at: datetime) -> Iterator[Fault]:
    """What speaks against a delegation: it ends at a time, or it is none.

    Args:
        actor: Who acts in place of another body.
        at: When, with a time zone.
    """
    if actor.until is None or actor.until.utcoffset() is None:
        yield Fault(
            "case.delegation_open",
            f'the delegation of "{actor.behalf}" has no end in time',
            hint="give an end with a time zone",
        )
    elif at >= actor.until:
        yield Fault("case.delegation_over", f'the delegation of "{actor.behalf}" has ended', hint="renew it")


def in_area(case: Case | None, actor: Actor) -> bool:
    """Whether a case lies in what an actor answers for; one that nobody has located lies everywhere."""
    return case is None or not case.location.path or actor.covers(case.location.path)


def _is_somebody(actor: Any) -> bool:  # noqa: ANN401  # of whatever types it is
    """Whether an actor is of the types it claims: an app may hand over what it found in a database."""
    return (
        isinstance(actor.role, str)
        and actor.role in ROLE_NAMES
        and isinstance(actor.body, str)
        and isinstance(actor.person, str)
        and isinstance(actor.behalf, str)
    )


def _not_theirs(case: Case | None, trigger: Trigger, actor: Actor, cells: Cells) -> Fault:
    """Why it is not for an actor: not for the role, or not for how the body stands to the case."""
    cell, hint = cells.get(actor.role), _who(trigger, cells)
    if not cell:
        role = f"{actor.role} ({ROLE_NAMES[actor.role]})"
        return Fault("case.wrong_role", f"a {role} may not {trigger.name}", hint=hint)
    if case is not None and (named := complained_of(case, actor)):
        return Fault(
            "case.complained_of",
            f'the case complains of "{named[0]}", which neither handles nor verifies it',
            hint="leave it to another body",
            ids=named,
        )
    told = f'"{actor.acting or actor.role}" is none of these to the case: {", ".join(cell)}'
    return Fault("case.wrong_relation", told, hint=hint)


def _who(trigger: Trigger, roles: Iterable[str]) -> str:
    """Who may, for a hint."""
    return f"{trigger.name} is for: {', '.join(roles) or 'nobody'}"


def done_apart(
    opposed: Mapping[str, Whose], hands: Iterable[Hand], bodies: Collection[str], person: str = ""
) -> list[tuple[str, str]]:
    """The acts in which somebody has a hand and must not, each with whose it is: ``body`` or ``account``.

    Duties kept apart by body are so by account too: nobody checks the own work for another body.

    Args:
        opposed: Acts that are kept apart from what is to be done, as in `Procedure.opposed`.
        hands: Who did what.
        bodies: Ids of the bodies that are to do it.
        person: Account that is to do it; empty if none is known.
    """
    own = [hand for hand in hands if hand.body in bodies or (person and hand.person == person)]
    found = []
    for act, by in opposed.items() if own else ():
        did = [hand for hand in own if hand.act == act]
        if by == "body" and any(hand.body in bodies for hand in did):
            found.append((act, "body"))
        elif person and any(hand.person == person for hand in did):
            found.append((act, "account"))
    return found
