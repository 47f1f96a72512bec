"""Split: one case becomes several, each with its own body, and closes by the rule of its procedure.

The case and its children are stored in one transaction. Each child tells the case when it ends, in the
transaction in which it ends.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.cases import commands as c
from gov_core.cases.actor import IMPORTER
from gov_core.casework.checking import check
from gov_core.casework.handling import (
    Outcome,
    Planned,
    carry_out,
    digest_of,
    handled,
    load,
    planned,
    tell_nobody,
)
from gov_core.casework.report import opening, planned_opening
from gov_core.casework.sealing import subjects_of, without_point
from gov_core.errors import CaseRefusedError, Fault
from gov_core.storage.protocol import NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.case import Case
    from gov_core.casework.governance import Governance
    from gov_core.casework.handling import Announce, Contexts
    from gov_core.casework.intake import Intake
    from gov_core.storage.protocol import CaseStore


def split(
    store: CaseStore,
    governance: Governance,
    case_id: str,
    parts: Sequence[Intake],
    *,
    actor: Actor,
    contexts: Contexts,
    now: Callable[[], datetime],
    command_id: str,
    reason: str = "",
    announce: Announce = tell_nobody,
) -> Outcome:
    """Part a case into several.

    A part is at the place of the case unless it says another, complains of whom the case complains of, and is
    called after the case: ``C-1.1``, ``C-1.2``. Who has handled the case verifies no part of it, and who
    handles a part does not verify the whole. A program opens it, for the case was reported once only; who
    split it stands in the case.

    Args:
        store: Where cases are kept.
        governance: What the city says.
        case_id: Which case.
        parts: What each part is about.
        actor: Who says so.
        contexts: By which rules.
        now: What time it is.
        command_id: Unique for ever.
        reason: Why, as a code.
        announce: Whom to tell of the case and of each part.

    Raises:
        UnknownCaseError: There is no such case.
        CaseRefusedError: It cannot be split; every reason.
    """
    for part in parts:
        check(part)
    said = (replace(without_point(part), sealed=(), personal=()) for part in parts)
    digest = digest_of(case_id, c.Split(children=(), reason=reason), actor, *said)

    def plan() -> list[Planned]:
        loaded = load(store, case_id)
        case = loaded[0]
        children = [_child(case, part, number) for number, part in enumerate(parts, len(case.children) + 1)]
        _check_free(store, case_id, children)
        command = c.Split(children=tuple(child.case_id for child in children), reason=reason)
        own = planned(loaded, command, actor, contexts, command_id=command_id, digest=digest)
        # Who reported the case is told of its parts, too: each keeps what they said as long as it needs it.
        known = subjects_of(store, case_id)
        opened = (_opened(governance, case, child, now(), command_id, known) for child in children)
        return [own, *opened]

    return carry_out(
        store, case_id, plan, actor, "split", command_id=command_id, digest=digest, announce=announce
    )


def _check_free(store: CaseStore, case_id: str, children: Sequence[Intake]) -> None:
    taken = tuple(child.case_id for child in children if store.head(child.case_id) != NEW)
    if taken:
        message = f"there are cases of these ids already: {', '.join(taken)}"
        raise CaseRefusedError([Fault("case.id_taken", message, case_id, "give the parts other ids", taken)])


def _opened(  # noqa: PLR0917
    governance: Governance, case: Case, child: Intake, now: datetime, command_id: str, known: tuple[str, ...]
) -> Planned:
    command = replace(opening(governance, child, child.case_id, now), handled=handled(case))
    digest = digest_of(child.case_id, command, IMPORTER)
    own_id = f"{command_id}/{child.case_id}"
    return planned_opening(
        governance, command, IMPORTER, now, child, command_id=own_id, digest=digest, subjects=known
    )


def _child(case: Case, part: Intake, number: int) -> Intake:
    located = part.place or part.address or part.lon is not None or part.lat is not None
    return replace(
        part,
        case_id=part.case_id or f"{case.id}.{number}",
        place=part.place if located else case.location.place,
        parent=case.id,
        complained_of=tuple(dict.fromkeys((*case.complained_of, *part.complained_of))),
    )
