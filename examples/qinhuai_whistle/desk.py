"""The work of one morning: two sources, one case through six stages. Done again, nothing happens twice."""

from __future__ import annotations

import heapq
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import shapely

from gov_core import City, Router, presets
from gov_core.cases import Actor, Evidence
from gov_core.cases import commands as c
from gov_core.casework import Casework, Governance, Intake
from gov_core.storage.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.storage.protocol import CaseStore

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
AFTER = Evidence("bb" * 32, "photo", "after", 1024)
CASE = "hotline-H-1"
BLANK = "whistle.1.1,whistle,吹哨情形 1-1（论文未列名）,,,,第 1 类（论文未列名）,true,practised,N-NUM-1"
FILLED = (
    "whistle.1.1,whistle,设施抢修（本例自拟）,department.1,hardware,department.2;department.3,"
    "第 1 类（论文未列名）,,,"
)


class Report(NamedTuple):
    """What a source tells, by when it tells it: minutes after nine, reference, metres east, matter."""

    minute: int
    channel: str
    reference: str
    metres: float
    matter: str


def hotline() -> Iterator[Report]:
    """Residents call about a broken lamp, twice, and about rubbish; the line sends one call again."""
    yield Report(0, "hotline", "H-1", 0, "hardware")
    yield Report(7, "hotline", "H-2", 12, "hardware")
    yield Report(9, "hotline", "H-1", 0, "hardware")
    yield Report(12, "hotline", "H-3", 5, "environment")


def grid() -> Iterator[Report]:
    """A grid worker comes by the same lamp, and by another one."""
    yield Report(4, "grid", "G-1", 20, "hardware")
    yield Report(15, "grid", "G-2", 90, "hardware")


def qinhuai() -> City:
    """Two streets after the paper, with one item of the catalogue filled in."""
    with TemporaryDirectory() as folder:
        presets.qinhuai(streets=2, communities=4, grids=8, buildings=0).save(folder)
        items = Path(folder, "items.csv")
        items.write_text(items.read_text("utf-8").replace(BLANK, FILLED), "utf-8")
        return City.load(folder)


class Desk:
    """Casework at a time that the script says, so that a second run writes the same bytes."""

    def __init__(self, store: CaseStore) -> None:
        city = qinhuai()
        self.now = MONDAY
        self.store = store
        self.governance = Governance(city, Router.compile(city))
        self.casework = Casework(self.governance, store, now=lambda: self.now)
        self.bodies = self.governance.on(None)
        self.path = "/".join(city.path(city.grids[0]))
        self.here = shapely.from_wkb(city.geometries[0]).representative_point()
        self.points: dict[str, tuple[float, float]] = {}
        self.steps = 0

    def actor(self, role: str, kind: str) -> Actor:
        """An account of a body: of its id, or of the body of a kind that serves the place."""
        body = kind if "." in kind else self.bodies.owner(self.path, (kind,))
        return Actor(role, body, f"{body}:{role}", self.bodies.areas(body))

    def listen(self) -> None:
        """Take what both sources tell, as it comes, and merge what is one matter."""
        for told in heapq.merge(hotline(), grid()):
            self.now = MONDAY + timedelta(minutes=told.minute)
            point = (self.here.x + told.metres / 94_000, self.here.y)
            intake = Intake(
                matter=told.matter, channel=told.channel, reference=told.reference, lon=point[0], lat=point[1]
            )
            role = "hotline" if told.channel == "hotline" else "grid_worker"
            case = self.casework.report(intake, self.actor(role, "residents_committee")).case
            self.points[case.id] = point
            self.done()
            if case.state != "collected":
                continue
            for found in self.casework.candidates(case.id, point_of=self.points.get):
                if found.case_id in self.points and found.opened_at < case.opened_at:
                    street = self.actor("street", "street_office")
                    command_id = f"merge/{case.id}"
                    self.casework.merge(
                        case.id, found.case_id, street, reason="same_matter", command_id=command_id
                    )
                    self.done()
                    break

    def work(self) -> None:
        """The six stages, with two returns and a body that is named for good."""
        street, committee = ("street", "street_office"), ("community", "residents_committee")
        first, second, third = (("unit", f"department.{number}") for number in (1, 2, 3))
        for number, ((role, body), command) in enumerate(
            (
                (committee, c.Triage()),
                (street, whistle("department.1")),
                (first, c.ReturnCase(reason="not_our_duty", suggest="department.2")),
                (street, whistle("department.2")),
                (second, c.ReportIn()),
                (second, c.ReturnCase(reason="beyond_our_powers")),
                (street, c.ForceAssign(unit="department.3", reason="returned_too_often")),
                (third, c.Claim()),
                (third, c.Start()),
                (third, c.GiveFeedback(evidence=(AFTER,))),
                (committee, c.VerifyClose()),
                (street, c.Evaluate(score=90)),
            )
        ):
            self.now = MONDAY + timedelta(hours=1, minutes=20 * number)
            self.casework.handle(CASE, command, self.actor(role, body), command_id=f"{CASE}/{number}")
            self.done()

    def done(self) -> None:
        """Say that a step is stored."""
        self.steps += 1
        print(f"stored {self.steps}", flush=True)

    def digest(self) -> str:
        """Over all cases: equal for equal histories."""
        heads = sorted(
            (row.case_id, self.store.head(row.case_id).hash) for row in self.store.query_cases().rows
        )
        return sha256(b"".join(case.encode() + head for case, head in heads)).hexdigest()


def whistle(unit: str) -> c.BlowWhistle:
    """The street calls one department."""
    return c.BlowWhistle(level="street", item="whistle.1.1", units=(unit,))


def day(store: CaseStore) -> Desk:
    """All of it."""
    desk = Desk(store)
    desk.listen()
    desk.work()
    return desk


if __name__ == "__main__":
    day(open_store(sys.argv[1]))
