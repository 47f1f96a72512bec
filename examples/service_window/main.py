"""A service is asked for at a window: registered once, worked on by three offices at once, looked after."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from gov_core import City, Router, presets
from gov_core.cases import Actor, Command, Evidence, Service
from gov_core.cases import commands as c
from gov_core.casework import Casework, Governance, Intake
from gov_core.casework.actors import CityActors, Seat
from gov_core.errors import CaseRefusedError
from gov_core.storage.memory import MemoryCaseStore

# Qingbo's service list has 150 items, and the paper names none: a street fills in its own. This one is made
# up: the station where it is asked for leads, the street's centre and a department of it work beside it.
presets.qingbo(options=["service_flow"]).save("qingbo")
items = Path("qingbo/items.csv")
blank = "service.1,service,服务事项 1（论文未列名）,,,,true,practised,Q-LIST-2"
ours = "service.1,service,助餐补贴（本例自拟）,@community_station,,centre;department.livelihood,,,"
items.write_text(items.read_text("utf-8").replace(blank, ours), "utf-8")

minutes = count(0, 10)
morning = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
governance = Governance(City.load("qingbo"), Router.compile(City.load("qingbo")), default="service")
casework = Casework(governance, MemoryCaseStore(), now=lambda: morning + timedelta(minutes=next(minutes)))
seats = CityActors(governance)


def seat(at: str, **more: str) -> Actor:
    """Who sits in a seat, or acts for a body; the account is an opaque id."""
    return seats.actor(Seat(at=at, person=f"u-{at}-{more}", **more), morning)


def do(actor: Actor, *commands: Command) -> None:
    """One thing after the other."""
    for command in commands:
        casework.handle(case_id, command, actor)


# One window, one registration. No point on a map: the item and the serving station say who works on it.
window = seat("window", body="station.1")
wanted = Service("service.1", "station.1", materials=("form", "proof_of_age"))
intake = Intake(matter="routine.service", channel="window", reference="2026-0001", service=wanted)
case_id = casework.report(intake, window).case.id
assert casework.report(intake, window).duplicate, "the same slip twice is one case"

case = casework.case(case_id)
print("offices:", ", ".join(case.service.offices))
assert (case.location.path, case.owner) == ("", "station.1")
assert case.service.offices == ("station.1", "centre", "department.livelihood")

# Sorted inside: all three have it at the same time, each claims its part and does it, in whatever order.
do(window, c.Triage(), c.Dispatch())
station = seat("station.1")
centre, livelihood = seat("centre", role="unit"), seat("department.livelihood")
do(livelihood, c.Claim())
do(station, c.Claim(), c.Start())
do(centre, c.Claim(), c.FinishPart())
try:
    do(station, c.GiveFeedback(evidence=(Evidence("0" * 64, "document", "after", 2048),)))
except CaseRefusedError as error:
    print("refused:", error.faults[0].message)
do(livelihood, c.FinishPart())
do(station, c.GiveFeedback(evidence=(Evidence("0" * 64, "document", "after", 2048),)))

# Follow-up and return visit are real tasks: the case waits for them.
street, supervisor = seat("office"), seat("office", role="supervisor")
try:
    do(street, c.VerifyClose())
except CaseRefusedError as error:
    print("refused:", error.faults[0].message)
do(station, c.FinishTask(id="follow_up-1", passed=True))
do(street, c.VerifyClose())
do(supervisor, c.FinishTask(id="return_visit-1", passed=True))
do(street, c.Evaluate(score=95))

for entry in casework.timeline(case_id):
    print(entry)

# The same item at the other station is that station's, with the same street offices beside it.
other = Intake(matter="routine.service", channel="window", service=Service("service.1", "station.2"))
elsewhere = casework.report(other, seat("window", body="station.2")).case
assert elsewhere.service.offices == ("station.2", "centre", "department.livelihood")
assert casework.case(case_id).state == "evaluated"
