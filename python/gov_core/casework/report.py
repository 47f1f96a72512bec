"""Report: a matter comes in, is located, gets its body and its limits, and is a case (问题收集)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gov_core.cases import commands as c
from gov_core.cases.case import Evidence, Location, Sealed, Service, Source
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.casework.handling import Outcome, appended, digest_of, load
from gov_core.storage.protocol import NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from gov_core.cases.actor import Actor
    from gov_core.casework.governance import Governance
    from gov_core.routing import Route
    from gov_core.storage.protocol import CaseStore, Personal

_ID_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is said when something is reported.

    Attributes:
        matter: Code of the matter.
        channel: Where it comes from: ``hotline``, ``grid``, ``open311``, ``window`` …
        reference: Its id there; the same again is the same case.
        case_id: Id for the case; made from channel and reference, or anew, if empty.
        grade: Its grade; empty if it has none.
        lon: Degrees, in the CRS of the city; None if not known.
        lat: As `lon`.
        place: Id of a place; empty if not known.
        address: Standard address; empty if not known.
        asset: Class of the component it is about; empty if about none.
        occurred_at: When it happened, with a time zone; None for now.
        sealed: Commitments to what it says about persons and homes.
        personal: The same, encrypted, to be kept beside the case.
        complained_of: Ids of the bodies it complains of.
        service: What is asked of a window.
        evidence: What comes with it.
        parent: Id of the case it is split from.
        draft: Whether it is not handed in yet.
        alarm: Ids of the bodies to alarm at once; empty for none.
        reason: Why an alarm is raised, as a code.
    """

    matter: str
    channel: str
    reference: str = ""
    case_id: str = ""
    grade: str = ""
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    address: str = ""
    asset: str = ""
    occurred_at: datetime | None = None
    sealed: tuple[Sealed, ...] = ()
    personal: tuple[Personal, ...] = ()
    complained_of: tuple[str, ...] = ()
    service: Service | None = None
    evidence: tuple[Evidence, ...] = ()
    parent: str = ""
    draft: bool = False
    alarm: tuple[str, ...] = ()
    reason: str = ""


def open_case(  # noqa: PLR0917  # what, for whom, when: the facade alone calls it
    store: CaseStore,
    governance: Governance,
    intake: Intake,
    actor: Actor,
    now: datetime,
    new_id: Callable[[], str],
    command_id: str = "",
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

    Raises:
        CaseRefusedError: It cannot be taken; every reason.
        CommandReusedError: The reference came before with another report.
    """
    case_id = intake.case_id or (
        reference_id(intake.channel, intake.reference) if intake.reference else new_id()
    )
    command_id = command_id or (f"report/{case_id}" if intake.reference or intake.case_id else new_id())
    command = opening(governance, intake, case_id, now)
    procedure = governance.procedure_of(intake.matter)
    day = now.astimezone(governance.calendar.tz).date() if now.tzinfo else None
    context = Context(now, actor, procedure, governance.calendar, governance.on(day))
    events = decide(None, command, context)
    item, case = appended(
        case_id,
        None,
        NEW,
        events,
        procedure,
        command_id=command_id,
        digest=digest_of(case_id, command, actor),
        personal=intake.personal,
    )
    result = store.append(item)
    if result.duplicate:
        return Outcome(load(store, case_id)[0], (), duplicate=True)
    return Outcome(case, events)


def opening(governance: Governance, intake: Intake, case_id: str, now: datetime) -> c.Opening:
    """The command for a report: located, and with what the router found.

    Args:
        governance: What the city says.
        intake: What was said.
        case_id: Id of the new case.
        now: When.
    """
    route = governance.router.route(_event(intake, now))
    day = now.astimezone(governance.calendar.tz).date() if now.tzinfo else None
    city = governance.on(day)
    path = route.path or ""
    procedure = governance.procedure_of(intake.matter)
    values: dict[str, Any] = {
        "case_id": case_id,
        "source": Source(intake.channel, intake.reference),
        "matter": intake.matter,
        "grade": intake.grade,
        "sensitive": city.sensitive(intake.matter),
        "location": location_of(route, intake.asset, governance.boundaries(day) if day else ""),
        "sealed": intake.sealed,
        "complained_of": intake.complained_of,
        "service": intake.service,
        "parent": intake.parent,
        "owner": _not_complained_of(city.owner(path, procedure.owners), intake),
        "unit": _not_complained_of(route.unit or "", intake),
        "rule": route.rule or "",
        "limits": limits_of(route),
        "occurred_at": intake.occurred_at,
        "evidence": intake.evidence,
        "reason": intake.reason,
    }
    if intake.alarm:
        return c.Alarm(units=intake.alarm, **values)
    return c.Draft(**values) if intake.draft else c.Report(**values)


def location_of(route: Route, asset: str, boundaries: str) -> Location:
    """Where the router says that a case is; without a place, why not."""
    reason = "" if route.path else route.status
    return Location(route.place or "", route.path or "", asset, boundaries, reason)


def limits_of(route: Route) -> tuple[tuple[str, int, str], ...]:
    """The limits of the rule that routed it, as cases keep them."""
    limits = (("respond", route.respond_within), ("resolve", route.resolve_within))
    return tuple((what, limit.amount, limit.unit) for what, limit in limits if limit is not None)


def reference_id(channel: str, reference: str) -> str:
    """Id of the case for a reference of a channel: readable where that is safe, else a digest."""
    text = f"{channel}-{reference}"
    if len(text) <= _ID_LENGTH and text.isascii() and text.isprintable() and " " not in text:
        return text
    return f"{channel[:16]}-{sha256(text.encode()).hexdigest()[:32]}"


def _event(intake: Intake, now: datetime) -> Mapping[str, object]:
    fields: dict[str, object] = {
        "matter": intake.matter,
        "grade": intake.grade or None,
        "lon": intake.lon,
        "lat": intake.lat,
        "place": intake.place or None,
        "asset": intake.asset or None,
        "reported_at": now,
    }
    if intake.address:
        fields["address"] = intake.address
    return fields


def _not_complained_of(unit: str, intake: Intake) -> str:
    """A body, unless the report complains of it: then people have to choose."""
    return "" if unit in intake.complained_of else unit
