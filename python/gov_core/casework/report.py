"""Report: a matter comes in, is located, gets its body and its limits, and is a case (问题收集)."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gov_core.cases import commands as c
from gov_core.cases.case import Service, Source
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.casework.checking import check
from gov_core.casework.handling import (
    Outcome,
    Planned,
    appended,
    carry_out,
    digest_of,
    first_result,
    tell_nobody,
)
from gov_core.casework.locating import find, limits_of, location_of
from gov_core.casework.sealing import with_sealed, without_point
from gov_core.errors import CaseRefusedError, ConcurrencyConflictError, Fault
from gov_core.storage.protocol import NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.cases.procedure import Procedure
    from gov_core.casework.governance import CityAuthority, Governance
    from gov_core.casework.handling import Announce
    from gov_core.casework.intake import Intake
    from gov_core.casework.locating import Found
    from gov_core.privacy.vault import SealedInput
    from gov_core.storage.protocol import CaseStore

_ID_LENGTH = 64


def open_case(  # noqa: PLR0917  # what, for whom, when: the facade alone calls it
    store: CaseStore,
    governance: Governance,
    intake: Intake,
    actor: Actor,
    now: datetime,
    new_id: Callable[[], str],
    command_id: str = "",
    announce: Announce = tell_nobody,
    *,
    seal: Callable[[], SealedInput] | None = None,
    subjects: tuple[str, ...] = (),
) -> Outcome:
    """Open a case for a report.

    Args:
        store: Where it is kept.
        governance: What the city says.
        intake: What was said.
        actor: Who says it.
        now: When, with a time zone.
        new_id: Makes ids.
        command_id: Unique for ever; made from channel and reference, or anew, if empty.
        announce: Whom to tell.
        seal: Seals what else was said, once it is clear that the case is opened: what is refused, or was told
            before, leaves nothing behind.
        subjects: Whom the case knows of beyond that: those of sealed evidence.

    Raises:
        CaseRefusedError: It cannot be taken; every reason. ``case.id_taken``: there is such a case.
        CommandReusedError: The reference came before with another report.
        PayloadRejectedError: A field is of another type; every one of them.
    """
    check(intake)
    if intake.parent:
        fault = Fault(
            "case.parent_by_hand",
            "a part is opened by splitting its case, which knows its parts",
            intake.parent,
            "split the case",
        )
        raise CaseRefusedError([fault])
    case_id = case_id_of(intake, command_id) or new_id()
    # A reference that comes again is the same report, wherever it then says it is; an id that comes again has
    # to come with the same.
    where = (without_point(intake.where),) if command_id and not intake.reference else ()
    own_id = command_id or (f"report/{case_id}" if intake.reference or intake.case_id else new_id())
    command = opening(governance, intake, case_id, now)
    digest = digest_of(case_id, command, actor, *where)

    def decided(command: c.Opening, intake: Intake) -> Planned:
        return planned_opening(
            governance, command, actor, now, intake, command_id=own_id, digest=digest, subjects=subjects
        )

    def plan() -> list[Planned]:
        first = decided(command, intake)
        if seal is None or store.head(case_id) != NEW:
            return [first]
        whole = with_sealed(intake, seal())
        return [decided(replace(command, sealed=whole.sealed), whole)]

    try:
        return carry_out(
            store,
            case_id,
            plan,
            actor,
            "report",
            command_id=own_id,
            digest=digest,
            announce=announce,
            attempts=1,
        )
    except ConcurrencyConflictError:
        # Two deliveries at once: the other one opened it.
        if (first := first_result(store, case_id, own_id, digest)) is not None:
            return first
        hint = "report it under another id, or work on the case that is there"
        message = f'there is a case "{case_id}" already'
        raise CaseRefusedError([Fault("case.id_taken", message, case_id, hint, (case_id,))]) from None


def planned_opening(
    governance: Governance,
    command: c.Opening,
    actor: Actor,
    now: datetime,
    intake: Intake,
    *,
    command_id: str,
    digest: bytes,
    subjects: tuple[str, ...] = (),
) -> Planned:
    """Decide a report; nothing is stored yet.

    Args:
        governance: What the city says.
        command: What `opening` makes of the intake.
        actor: Who says it.
        now: When, with a time zone.
        intake: What was said.
        command_id: Unique for ever.
        digest: Of the command.
        subjects: Whom the case knows of beyond what is sealed of the intake.

    Raises:
        CaseRefusedError: It cannot be taken; every reason.
    """
    procedure = _procedure_of(governance, intake, now)
    context = Context(now, actor, procedure, governance.calendar, governance.on(governance.day_of(now)))
    nobody = tuple(_complaint_of_nobody(governance, intake, now))
    try:
        events = decide(None, command, context)
    except CaseRefusedError as error:
        raise CaseRefusedError((*error.faults, *nobody)) from None
    if nobody:
        raise CaseRefusedError(nobody)
    item, case = appended(
        command.case_id,
        None,
        NEW,
        events,
        procedure,
        command_id=command_id,
        digest=digest,
        personal=intake.personal,
        subjects=subjects,
    )
    return Planned(item, case, events)


def _complaint_of_nobody(governance: Governance, intake: Intake, now: datetime) -> Iterator[Fault]:
    """A complaint of a body that there is not would bar nobody from the case."""
    known = (governance.on(governance.day_of(now)), governance.on(None))
    unknown = tuple(body for body in intake.complained_of if not any(city.knows(body) for city in known))
    if unknown:
        message = f"it complains of {len(unknown)} bodies that the city does not have"
        hint = "give their ids, or those of the bodies that have taken over from them"
        yield Fault("case.unknown_body", message, "", hint)


def opening(governance: Governance, intake: Intake, case_id: str, now: datetime) -> c.Opening:
    """The command for a report: located, and with what the router found.

    Args:
        governance: What the city says.
        intake: What was said.
        case_id: Id of the new case.
        now: When.
    """
    found = find(
        governance,
        intake.where,
        now,
        matter=intake.matter,
        grade=intake.grade,
        owners=_procedure_of(governance, intake, now).owners,
        complained_of=intake.complained_of,
    )
    service = intake.service
    if service is not None:
        service, found = _at_its_station(governance.on(governance.day_of(now)), service, intake, found)
    values: dict[str, Any] = {
        "case_id": case_id,
        "source": Source(intake.channel, intake.reference),
        "matter": intake.matter,
        "grade": intake.grade,
        "sensitive": governance.on(governance.day_of(now)).sensitive(intake.matter),
        "sealed": intake.sealed,
        "complained_of": intake.complained_of,
        "service": service,
        "parent": intake.parent,
        "occurred_at": intake.occurred_at,
        "evidence": intake.evidence,
        "reason": intake.reason,
        **found._asdict(),
    }
    if intake.alarm:
        return c.Alarm(units=intake.alarm, **values)
    return c.Draft(**values) if intake.draft else c.Report(**values)


def _procedure_of(governance: Governance, intake: Intake, now: datetime) -> Procedure:
    """What a report runs through: a service by its item, anything by its matter and grade."""
    item = "" if intake.service is None else intake.service.item
    return governance.procedure_of(intake.matter, intake.grade, item=item, day=governance.day_of(now))


def _at_its_station(
    city: CityAuthority, service: Service, intake: Intake, found: Found
) -> tuple[Service, Found]:
    """A service goes by its item and its serving station, wherever on the map it is, or on none.

    Who asks may name offices only for an item that the lists of the city give to nobody. The limits are those
    of the item, where it has any.
    """
    item = city.item(service.item)
    limits = found.limits if item is None else limits_of(item) or found.limits
    offices = city.offices(service) or service.offices
    free = tuple(office for office in offices if office not in intake.complained_of)
    owner = service.station if service.station not in intake.complained_of else ""
    return replace(service, offices=free), found._replace(
        owner=owner, unit=free[0] if free else found.unit, limits=limits
    )


def case_id_of(intake: Intake, command_id: str = "") -> str:
    """Id of the case for a report: its own, of its reference, or of its command; empty if it has none.

    A report that comes again opens the same case again, which is how it is known.
    """
    if intake.case_id:
        return intake.case_id
    if intake.reference:
        return reference_id(intake.channel, intake.reference)
    return f"{intake.channel[:16]}-{sha256(command_id.encode()).hexdigest()[:32]}" if command_id else ""


def reference_id(channel: str, reference: str) -> str:
    """Id of the case for a reference of a channel: readable where that is safe, else a digest."""
    text = f"{channel}-{reference}"
    if len(text) <= _ID_LENGTH and text.isascii() and text.isprintable() and " " not in text:
        return text
    return f"{channel[:16]}-{sha256(text.encode()).hexdigest()[:32]}"


__all__ = [
    "case_id_of",
    "limits_of",
    "location_of",
    "open_case",
    "opening",
    "planned_opening",
    "reference_id",
]
