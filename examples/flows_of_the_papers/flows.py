"""The flows of the papers, one function each: who does what, from the first word to the last."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from office import MONDAY, Office

from gov_core import City, presets
from gov_core.cases import Evidence, Service
from gov_core.cases import commands as c
from gov_core.checklists import funds
from gov_core.checklists.burden import reduction

if TYPE_CHECKING:
    from collections.abc import Callable

    from gov_core.checklists.burden import Reduction

AFTER = Evidence("bb" * 32, "photo", "after", 1024)
MINUTES = Evidence("cc" * 32, "document", "minutes", 2048)
ANSWERS = Evidence("dd" * 32, "document", "minutes", 2048)
RESOLUTION = Evidence("ee" * 32, "document", "resolution", 2048)
COMMITTEE, REVIEW = "@residents_committee", "2026-01-01"
BLANK = "whistle.1.1,whistle,吹哨情形 1-1（论文未列名）,,,,第 1 类（论文未列名）,true,practised,N-NUM-1"
FILLED = (
    "whistle.1.1,whistle,设施抢修（本例自拟）,department.1,hardware,department.2;department.3,"
    "第 1 类（论文未列名）,,,"
)


@cache
def qinhuai(*options: str) -> City:
    """Qinhuai; the paper names none of the 22 items of its catalogue, so the example fills one in."""
    city = presets.qinhuai(streets=2, communities=4, grids=8, buildings=0, options=options)
    with TemporaryDirectory() as folder:
        city.save(folder)
        items = Path(folder, "items.csv")
        items.write_text(items.read_text("utf-8").replace(BLANK, FILLED), "utf-8")
        return City.load(folder)


@cache
def qinghe(*options: str) -> City:
    """Qinghe, with a street of two communities."""
    return presets.qinghe(streets=1, communities=2, grids=10, buildings=0, options=options)


@cache
def qingbo(*options: str) -> City:
    """Qingbo, a street of five communities."""
    return presets.qingbo(options=options)


def words(city: City, catalogue: str) -> list[str]:
    """The words of a paper, in its order."""
    placed = [term for term in city.terms if term.catalogue == catalogue and term.position]
    return [term.name for term in sorted(placed, key=lambda term: term.position or 0)]


def whistle_loop(office: Office) -> None:
    """Collect, whistle, report in, handle and feed back, verify and close, evaluate."""
    both = ("department.1", "department.2")
    office.report("grid_worker", "residents_committee", "hardware")
    office.do("community", "residents_committee", c.Triage())
    office.do("street", "street_office", c.BlowWhistle(level="street", item="whistle.1.1", units=both))
    for unit in both:
        office.do("unit", unit, c.SignIn(), c.MakeContact(), c.ReportIn())
    office.do("unit", "department.1", c.Start())
    office.do("unit", "department.2", c.FinishPart())
    office.do("unit", "department.1", c.GiveFeedback(evidence=(AFTER,)))
    office.do("community", "residents_committee", c.VerifyClose())
    office.do("street", "street_office", c.Evaluate(score=95))


def both_whistles(office: Office) -> None:
    """The community whistles and the street comes; it whistles on, and a department comes."""
    street = office.body("street_office")
    office.report("grid_worker", "residents_committee", "hardware")
    office.do(
        "community", "residents_committee", c.Triage(), c.BlowWhistle(level="community", units=(street,))
    )
    whistle = c.BlowWhistle(level="street", item="whistle.1.1", units=("department.1",))
    office.do("street", "street_office", c.ReportIn(), c.Start(), whistle)
    office.do("unit", "department.1", c.ReportIn(), c.Start())
    office.do("street", "street_office", c.FinishPart())
    office.do("unit", "department.1", c.GiveFeedback(evidence=(AFTER,)))
    office.do("community", "residents_committee", c.VerifyClose())
    office.do("supervisor", "command", c.Evaluate(score=90))


def linkage(office: Office) -> None:
    """The community reports, the street acts as its agent, the district handles."""
    office.report("community", "residents_committee", "approval")
    office.do("street", "street_office", c.Triage(), c.Dispatch(unit="citizens"))
    office.do("unit", "citizens", c.Claim(), c.Start(), c.GiveFeedback(evidence=(AFTER,)))
    office.do("street", "street_office", c.VerifyClose())


def front_and_back(office: Office) -> None:
    """The front desk accepts and registers once; it is sorted inside, and two offices work behind."""
    wanted = Service("approval.1", "citizens", offices=("citizens.1", "citizens.2"))
    office.report("window_clerk", "citizens", "approval", "window", service=wanted)
    office.do("window_clerk", "citizens", c.Triage(), c.Dispatch(unit="citizens.1", assist=("citizens.2",)))
    office.do("unit", "citizens.1", c.Claim())
    office.do("unit", "citizens.2", c.Claim())
    office.do("unit", "citizens.1", c.Start())
    office.do("unit", "citizens.2", c.FinishPart())
    office.do("unit", "citizens.1", c.GiveFeedback(evidence=(AFTER,)))
    office.do("window_clerk", "citizens", c.VerifyClose())


def escalation(office: Office) -> None:
    """The grid reports at once, a leader hands over, the office follows up, a body is called to a talk."""
    office.report("grid_worker", "residents_committee", "safety.hazard", grade="major")
    office.do("street", "street_office", c.Triage())
    office.do("district", "leaders", c.Dispatch(unit="work-safety"))
    office.do("unit", "work-safety", c.Claim(), c.Start())
    talk = c.AssignTask(id="talk-1", kind="admonition_talk", to="work-safety", reason="handled_badly")
    held = c.FinishTask(id="talk-1", passed=True)
    office.do("supervisor", "office", c.Supervise(reason="major_matter"), talk, held)
    office.do("unit", "work-safety", c.GiveFeedback(evidence=(AFTER,)))
    office.do("supervisor", "office", c.FinishTask(id="check_result-1", passed=True))
    office.do("street", "street_office", c.VerifyClose())


def resident_feedback(office: Office) -> None:
    """A resident tells the hotline of a body; the committee passes it on, and what follows is recorded."""
    office.report("hotline", "office", "problems", "hotline", complained_of=("S1.urban",))
    office.do("community", "residents_committee", c.Triage(), c.Dispatch(unit=office.body("street_office")))
    office.do("street", "street_office", c.Claim(), c.Start(), c.GiveFeedback(evidence=(AFTER,)))
    office.do(
        "community", "residents_committee", c.FinishTask(id="follow_up-1", passed=True), c.VerifyClose()
    )


def service(office: Office) -> None:
    """A window accepts, station and centre handle, the station follows up, supervisors visit again."""
    station = office.body("community_station")
    wanted = Service("service.1", station, ("form",), offices=(station, "centre"))
    office.report("window_clerk", station, "routine.service", "window", service=wanted)
    office.do("window_clerk", station, c.Triage(), c.Dispatch(unit=station, assist=("centre",)))
    office.do("station", station, c.Claim())
    office.do("station", "centre", c.Claim())
    office.do("station", station, c.Start())
    office.do("station", "centre", c.FinishPart())
    followed = c.FinishTask(id="follow_up-1", passed=True)
    office.do("station", station, c.GiveFeedback(evidence=(AFTER,)), followed)
    office.do("street", "office", c.VerifyClose())
    office.do("supervisor", "supervision_committee", c.FinishTask(id="return_visit-1", passed=True))
    office.do("street", "office", c.Evaluate(score=90))


def four_asks(office: Office) -> None:
    """A need is raised, ideas are asked for, whoever has it answers in an assembly, its effect is seen.

    On a project for residents the assembly also resolves; it carries nothing out itself.
    """
    committee, consulted = office.body("residents_committee"), office.body("deliberation_council")
    office.report("community", committee, "residents.projects")
    office.do("community", committee, c.Triage())
    plans = c.FinishTask(id="consultation-1", passed=True, evidence=(MINUTES,))
    office.do("community", consulted, plans)
    office.do("community", committee, c.Dispatch(unit=committee))
    asked = c.AssignTask(id="resolution-1", kind="resolution", to="assembly")
    office.do("unit", committee, c.Claim()).do("community", committee, asked)
    office.do("unit", committee, c.FinishTask(id="answer-1", passed=True, evidence=(ANSWERS,)))
    resolved = c.FinishTask(id="resolution-1", passed=True, evidence=(RESOLUTION,))
    office.do("community", "assembly", resolved)
    office.do("unit", committee, c.Start(), c.GiveFeedback(evidence=(AFTER,)))
    office.do("supervisor", "supervision_committee", c.VerifyClose())
    visited = c.FinishTask(id="return_visit-1", passed=True)
    office.do("supervisor", "supervision_committee", visited)
    office.do("community", consulted, c.Rate(satisfied=5))
    office.do("supervisor", "supervision_committee", c.Evaluate(score=90))


def six_visits(office: Office) -> None:
    """Residents consult, the assembly resolves, the street names who carries it out, a committee looks on."""
    committee, consulted = office.body("residents_committee"), office.body("deliberation_council")
    office.report("community", committee, "residents.projects")
    office.do("community", committee, c.Triage())
    consultation = c.FinishTask(id="consultation-1", passed=True, evidence=(MINUTES,))
    office.do("community", consulted, consultation)
    office.do("community", committee, c.Confer(reason="opinions_heard"))
    resolved = c.FinishTask(id="resolution-1", passed=True, evidence=(RESOLUTION,))
    office.do("community", "assembly", resolved)
    named = c.ForceAssign(unit="department.livelihood", reason="as_resolved")
    office.do("street", "office", named)
    office.do("unit", "department.livelihood", c.Claim(), c.Start(), c.GiveFeedback(evidence=(AFTER,)))
    checked = c.FinishTask(id="check_result-1", passed=True)
    office.do("supervisor", "supervision_committee", checked, c.VerifyClose(), c.Evaluate(score=90))


def fund_transfer() -> list[funds.Fund]:
    """Money follows a duty: paid, decided on together, put into its account, spent for it alone."""
    rules = funds.FundRules(("committee",), "station")
    steps = (
        funds.Pay("department", MONDAY, 500_000, "committee"),
        funds.Agree("community", MONDAY, ("community", "committee"), "new_lamps"),
        funds.Deposit("department", MONDAY, "station"),
        funds.Spend("station", MONDAY, 480_000, "lamps"),
    )
    states = [funds.Fund("lamps")]
    for step in steps:
        for taken in funds.decide(states[-1], step, rules):
            states.append(funds.evolve(states[-1], taken))
    return states


def list_review() -> Reduction:
    """All that a committee assists in is looked through: two lists are left, and thirty items to assist in.

    The paper counts more than a hundred and names none: here 101 stand for them, by numbers.
    """
    with TemporaryDirectory() as folder:
        presets.shandong().save(folder)
        tables = {name: _read(Path(folder, f"{name}.csv")) for name in ("checklists", "items")}
        lists, items = tables.values()
        kept = [item["code"] for item in items if item["checklist"] == "assistance"]
        codes = kept + [f"returned.{number}" for number in range(len(kept) + 1, 102)]
        for one in (*lists, *items):
            if {"self", "assistance"} & {one.get("id"), one.get("checklist")}:
                one["valid_from"] = REVIEW
        lists += [
            {"id": "all", "kind": "work", "title": "清理前", "holder": COMMITTEE, "valid_to": REVIEW},
            {
                "id": "street",
                "kind": "duty",
                "title": "收回",
                "holder": "@street_office",
                "valid_from": REVIEW,
            },
        ]
        items += [_unnamed(code, "all", valid_to=REVIEW) for code in codes]
        items += [_unnamed(code, "street", valid_from=REVIEW) for code in codes[len(kept) :]]
        for name, table in tables.items():
            _write(Path(folder, f"{name}.csv"), table)
        city = City.load(folder)
    day = date.fromisoformat(REVIEW)
    return reduction(city.as_of(day - timedelta(days=1)), city.as_of(day), COMMITTEE)


def _unnamed(code: str, of: str, **valid: str) -> dict[str, str]:
    """An item that the paper counts."""
    row = {"code": code, "checklist": of, "title": code, "placeholder": "true", **valid}
    return row | {"source": "S-NUM-1", "standing": "practised"}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Flow:
    """A flow of a paper.

    Attributes:
        row: Of the acceptance table.
        procedure: What it runs through.
        city: Of its preset, with the options that the paper only advises.
        names: The catalogue of terms of the preset that names its stages.
        run: What an office does.
    """

    row: str
    procedure: str
    city: Callable[[], City]
    names: str
    run: Callable[[Office], None]

    def stages(self) -> list[str]:
        """The stages as the paper names them."""
        return words(self.city(), self.names)

    def office(self, **governance: object) -> Office:
        """A new office for it."""
        return Office(self.city(), self.procedure, **governance)


FLOWS = (
    Flow("N-PROC-1", "whistle_loop", qinhuai, "whistle_loop", whistle_loop),
    Flow("N-PROC-2", "whistle_loop", qinhuai, "whistle_loop", both_whistles),
    Flow("H-PROC-1", "three_level", qinghe, "linkage", linkage),
    Flow("H-PROC-2", "front_back", qinghe, "intake", front_and_back),
    Flow("H-PROC-5", "escalation", qinghe, "escalation", escalation),
    Flow(
        "H-RULE-19",
        "resident_feedback",
        lambda: qinghe("resident_feedback"),
        "resident_feedback",
        resident_feedback,
    ),
    Flow("Q-PROC-1", "four_asks", qingbo, "four_asks", four_asks),
    Flow("Q-PROC-3", "six_visits", qingbo, "six_visits", six_visits),
    Flow("Q-PROC-4", "service", lambda: qingbo("service_flow"), "service_flow", service),
)
