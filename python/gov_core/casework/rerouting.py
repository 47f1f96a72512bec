"""The router asked again: a case is about something else than was thought, or lies elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.cases import commands as c
from gov_core.casework.checking import check
from gov_core.casework.handling import Outcome, Planned, carry_out, digest_of, load, planned, tell_nobody
from gov_core.casework.locating import Where, find
from gov_core.casework.sealing import without_point

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.casework.governance import Governance
    from gov_core.casework.handling import Announce, Contexts
    from gov_core.storage.protocol import CaseStore


def route_again(
    store: CaseStore,
    governance: Governance,
    case_id: str,
    command: c.Triage | c.Reroute,
    *,
    where: Where | None,
    actor: Actor,
    contexts: Contexts,
    now: Callable[[], datetime],
    command_id: str,
    subjects: tuple[str, ...] = (),
    announce: Announce = tell_nobody,
) -> Outcome:
    """Triage or reroute a case with what the router finds by the boundaries of the day.

    The router decides on the case as it is when it is written: with the place or matter that another step
    gave it in between.

    Args:
        store: Where it is kept.
        governance: Whose router.
        case_id: Which case.
        command: What is asked; place, bodies, rule and limits in it are filled in.
        where: Where the case is; None where it was.
        actor: Who says so.
        contexts: By which rules.
        now: What time it is.
        command_id: Unique for ever.
        subjects: Whom the case knows of from then on: those of sealed evidence.
        announce: Whom to tell.

    Raises:
        UnknownCaseError: There is no such case.
        CaseRefusedError: The case does not take it; every reason.
    """
    if where is not None:
        check(where)
    digest = digest_of(case_id, command, actor, where and without_point(where))

    def plan() -> list[Planned]:
        loaded = load(store, case_id)
        asked = command
        if isinstance(command, c.Reroute) or where is not None or _other_matter(loaded[0], command):
            asked = _filled_in(governance, loaded[0], command, where, now())
        own = planned(loaded, asked, actor, contexts, command_id=command_id, digest=digest, subjects=subjects)
        return [own]

    return carry_out(
        store,
        case_id,
        plan,
        actor,
        command.trigger,
        command_id=command_id,
        digest=digest,
        announce=announce,
    )


def _other_matter(case: Case, command: c.Triage | c.Reroute) -> bool:
    return (command.matter or case.matter, command.grade or case.grade) != (case.matter, case.grade)


def _filled_in(
    governance: Governance, case: Case, command: c.Triage | c.Reroute, where: Where | None, now: datetime
) -> c.Triage | c.Reroute:
    found = find(
        governance,
        where or Where(place=case.location.place, asset=case.location.asset),
        now,
        matter=command.matter or case.matter,
        grade=command.grade or case.grade,
        owners=governance.procedure(case.procedure).owners,
        complained_of=case.complained_of,
    )
    if isinstance(command, c.Reroute):
        return replace(command, **found._asdict())
    # Without a word on the place it stays where it was, also if that was nowhere.
    location = None if where is None else found.location
    return replace(command, location=location, unit=found.unit, rule=found.rule, limits=found.limits)
