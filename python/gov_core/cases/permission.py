"""Who may do what to a case: denied unless role, relation, area and the duties kept apart all allow it.

One function decides, `permit`; the transition asks it, `who_may` asks it, and the matrix in the docs is drawn
from the same table. It gives every reason, not only the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.cases.machine import MACHINE, PROGRAMS, RELATIONS, ROLE_NAMES, Relation
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.cases.machine import Trigger
    from gov_core.cases.procedure import Procedure


_ALL: Final[frozenset[Relation]] = frozenset(("all",))
_OF_NO_BODY: Final = frozenset(("reporter", *PROGRAMS))


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
    if case is None or actor.role in PROGRAMS:
        return _ALL
    if complained_of(case, actor):
        return frozenset()
    body = actor.acting
    relations: set[Relation] = {"all"}
    if actor.person and actor.person == case.by.person:
        relations.add("reporter")
    if actor.covers(case.location.path):
        relations.add("area")
    if body:
        if body == case.owner:
            relations.add("owner")
        part = case.part_of(body)
        if part is not None and part.active:
            if part.state == "called":
                relations.add("called")
            else:
                relations.add("participant")
                if part.part == "lead":
                    relations.add("lead")
    return frozenset(relations)


def complained_of(case: Case, actor: Actor) -> tuple[str, ...]:
    """The bodies of an actor that a case complains of; none for most."""
    return tuple(body for body in actor.bodies if body in case.complained_of) if case.complained_of else ()


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
    faults = []
    roles = procedure.roles(trigger, "" if case is None else case.grade)
    cell = trigger.who[actor.role] if actor.role in roles else frozenset()
    held = relations_of(case, actor)
    both = held & cell
    relation: Relation | None = min(both, key=RELATIONS.index) if both else None
    if not cell:
        role = f"{actor.role} ({ROLE_NAMES[actor.role]})"
        faults.append(Fault("case.wrong_role", f"a {role} may not {trigger.name}", hint=_who(trigger, roles)))
    elif case is not None and (named := complained_of(case, actor)):
        faults.append(
            Fault(
                "case.complained_of",
                f'the case complains of "{named[0]}", which neither handles nor verifies it',
                hint="leave it to another body",
                ids=named,
            )
        )
    elif relation is None:
        wanted = ", ".join(word for word in RELATIONS if word in cell)
        faults.append(
            Fault(
                "case.wrong_relation",
                f'"{actor.acting or actor.role}" is none of these to the case: {wanted}',
                hint=_who(trigger, roles),
            )
        )
    if relation not in ("all", "reporter", None) and not in_area(case, actor):
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
    if case is not None and trigger.act is not None:
        faults += _not_apart(case, trigger.act, actor, procedure)
    if not faults:
        return Permission(relation, ())
    where = "" if case is None else case.id
    return Permission(None, tuple(replace(fault, place=where) for fault in faults))


def who_may(case: Case, procedure: Procedure) -> Iterator[tuple[Trigger, dict[str, frozenset[str]]]]:
    """What may be done to a case as it stands, and by whom: role to relations, any of which will do."""
    for trigger in MACHINE.from_state(case.state):
        if trigger.name in procedure.steps:
            yield trigger, {role: trigger.who[role] for role in procedure.roles(trigger, case.grade)}


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


def _is_somebody(actor: Actor) -> bool:
    """Whether an actor is of the types it claims: an app may hand over what it found in a database."""
    ids = (actor.body, actor.person, actor.behalf)
    return actor.role in ROLE_NAMES and all(isinstance(text, str) for text in ids)


def _who(trigger: Trigger, roles: Iterable[str]) -> str:
    """Who may, for a hint."""
    return f"{trigger.name} is for: {', '.join(roles) or 'nobody'}"


def _not_apart(case: Case, act: str, actor: Actor, procedure: Procedure) -> Iterator[Fault]:
    """Duties kept apart by body are so by account too: nobody checks the own work for another body."""
    for other, by in procedure.opposed.get(act, ()):
        did = [hand for hand in case.hands if hand.act == other]
        if by == "body" and any(hand.body in actor.bodies for hand in did):
            whose = "body"
        elif actor.person and any(hand.person == actor.person for hand in did):
            whose = "account"
        else:
            continue
        yield Fault(
            "case.duties_apart",
            f"{act} and {other} of one case must not be in one hand, and this {whose} did {other}",
            hint=f"let another {whose} do it",
        )
