"""One case driven through its machine, for tests of what a decision looks at: no city, no store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from gov_core.cases import commands as c
from gov_core.cases.actor import Actor
from gov_core.cases.calendar import china
from gov_core.cases.case import Case, Evidence, Location, Source
from gov_core.cases.codec import decode, encode
from gov_core.cases.context import Context
from gov_core.cases.decide import decide
from gov_core.cases.evolve import evolve
from gov_core.cases.procedure import Procedure, shipped_procedures

if TYPE_CHECKING:
    from gov_core.cases.events import CaseEvent

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai, on a working day."""

PLACE = "d/s1/c1/g1"
AFTER = Evidence("ab" * 32, "photo", "after", 1024)

HOTLINE = Actor("hotline", "centre", "p-hotline", ("",))
DISPATCHER = Actor("dispatcher", "centre", "p-dispatcher", ("",))
STREET = Actor("street", "s1-office", "p-street", ("d/s1",))
COMMUNITY = Actor("community", "c1-committee", "p-community", ("d/s1/c1",))
GRID_WORKER = Actor("grid_worker", "c1-committee", "p-grid", (PLACE,))
WATER = Actor("unit", "water", "p-water", ("",))
ROADS = Actor("unit", "roads", "p-roads", ("",))
PARKS = Actor("unit", "parks", "p-parks", ("",))
VERIFIER = Actor("verifier", "inspection", "p-verifier", ("",))
SUPERVISOR = Actor("supervisor", "oversight", "p-supervisor", ("",))
REVIEWER = Actor("reviewer", "oversight", "p-reviewer", ("",))
REPORTER = Actor("reporter", "", "p-reporter")


@dataclass
class Bodies:
    """An authority that allows all but what a test names."""

    unlisted: set[tuple[str, str]] = field(default_factory=set)
    unserved: set[str] = field(default_factory=set)
    mute: set[tuple[str, str]] = field(default_factory=set)
    powerless: set[tuple[str, str]] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=lambda: {"item-1"})

    def serves(self, unit: str, path: str) -> bool:  # noqa: ARG002  # a body serves everything or nothing
        return unit not in self.unserved

    def lists(self, unit: str, matter: str) -> bool:
        return (unit, matter) not in self.unlisted

    def holds(self, body: str, power: str, over: str = "") -> bool:
        if (body, power) in self.powerless:
            return False
        return power != "whistle" or (body, over) not in self.mute

    def may_handle(self, body: str, matter: str) -> bool:  # noqa: ARG002  # barred from one, barred from all
        return body not in self.barred

    def in_catalogue(self, item: str, matter: str) -> bool:  # noqa: ARG002  # every item covers every matter
        return item in self.items


class Run:
    """A case in the making.

    Args:
        procedure: By name or itself.
        start: When it begins.
    """

    def __init__(self, procedure: str | Procedure = "whistle_loop", start: datetime = MONDAY) -> None:
        self.procedure = shipped_procedures()[procedure] if isinstance(procedure, str) else procedure
        self.now = start
        self.calendar = china()
        self.bodies = Bodies()
        self.case: Case | None = None
        self.events: list[CaseEvent] = []

    @property
    def state(self) -> str:
        return self.there.state

    @property
    def there(self) -> Case:
        assert self.case is not None
        return self.case

    def context(self, actor: Actor) -> Context:
        return Context(self.now, actor, self.procedure, self.calendar, self.bodies)

    def do(self, actor: Actor, command: c.Command, *, after: timedelta = timedelta(minutes=10)) -> Run:
        """Decide a command some time after the last; what is stored is what is read back."""
        self.now += after
        for event in decide(self.case, command, self.context(actor)):
            read = decode(event.type, event.schema, encode(event))
            assert read == event
            self.case = evolve(self.case, read)
            self.events.append(event)
        return self

    def report(self, actor: Actor = HOTLINE, **more: Any) -> Run:
        """Report a matter at `PLACE`."""
        values: dict[str, Any] = {
            "case_id": "case-1",
            "source": Source("hotline", "1"),
            "matter": "rubbish",
            "location": Location("g1", PLACE),
            "owner": STREET.body,
            "unit": WATER.body,
            "rule": "rule-1",
            "limits": (("resolve", 2, "working_day"),),
        }
        return self.do(actor, c.Report(**(values | more)))

    def triaged(self, **more: Any) -> Run:
        """Report and triage."""
        return self.report(**more).do(COMMUNITY, c.Triage())

    def whistled(self, *units: str, **more: Any) -> Run:
        """Up to the whistle; water and roads are called, unless others are named."""
        whistle = c.BlowWhistle(level="street", item="item-1", units=units or ("water", "roads"), **more)
        return self.triaged().do(STREET, whistle)

    def working(self) -> Run:
        """Up to the work of water, alone."""
        return self.whistled("water").do(WATER, c.ReportIn()).do(WATER, c.Start())

    def handled(self) -> Run:
        """Up to the feedback of water, alone."""
        return self.working().do(WATER, c.GiveFeedback(evidence=(AFTER,)))

    def closed(self) -> Run:
        """Up to its closing."""
        return self.handled().do(VERIFIER, c.VerifyClose())
