"""One button: in hand at once, two hours round the clock, and discretion is reviewed afterwards."""

from datetime import datetime, timedelta

from gov_core import Router, presets
from gov_core.cases import Actor, Evidence
from gov_core.cases import commands as c
from gov_core.casework import Casework, Governance, Intake
from gov_core.casework.actors import CityActors, Seat
from gov_core.errors import CaseRefusedError
from gov_core.storage.memory import MemoryCaseStore

city = presets.qinhuai(streets=2, communities=4, grids=8, buildings=0)
now = datetime.fromisoformat("2026-02-16T23:30:00+08:00")  # the night before the Spring Festival
governance = Governance(city, Router.compile(city), uses={"urban": "emergency"})
casework = Casework(governance, MemoryCaseStore(), now=lambda: now)
seats = CityActors(governance)


def seat(at: str, **more: str) -> Actor:
    """Who sits in a seat, or acts for a body; the account is an opaque id."""
    return seats.actor(Seat(at=at, person=f"u-{at}", **more), now)


# A grid worker presses the button. Whoever does so in office uses discretion and gives a reason, as a code.
worker = seat("worker", body="D1-S1-C1.committee", place="D1-S1-C1-G1")
alarmed = ("D1-S1.squadron", "D1-S1.safety")
button = {"matter": "urban", "channel": "button", "place": "D1-S1-C1-G1", "alarm": alarmed}
try:
    casework.report(Intake(**button), worker)
except CaseRefusedError as error:
    print("refused:", error.faults[0].message)
case_id = casework.report(Intake(**button, reason="gas_smell"), worker).case.id
print(casework.explain_deadline(case_id))
assert casework.case(case_id).state == "in_progress"

# Two hours later nobody has said anything: the case goes up and under supervision by itself.
now += timedelta(hours=2, minutes=1)
told = [event for tick in casework.tick() for event in tick.outcome.events]
case = casework.case(case_id)
print(f"{len(told)} clock told: level {case.level}, supervised {case.supervised}")
assert (case.level, case.supervised) == (1, True)

# They come, and another body looks at what they did.
photo = Evidence("0" * 64, "photo", "after", 2048)
squadron, safety = seat("D1-S1.squadron"), seat("D1-S1.safety")
casework.handle(case_id, c.FinishPart(), safety)
casework.give_feedback(case_id, squadron, evidence=(photo,))
street = seat("D1-S1.office")
casework.verify(case_id, street)

# The review comes before any praise or blame, and is nobody's who was there.
try:
    casework.evaluate(case_id, street, 90)
except CaseRefusedError as error:
    print("refused:", error.faults[0].message)
supervisor = seat("command", role="supervisor")
casework.finish_task(case_id, supervisor, "review-1", passed=True)
casework.evaluate(case_id, street, 90)
for entry in casework.timeline(case_id):
    print(entry)
assert casework.case(case_id).state == "evaluated"

# Residents press it too, without a reason and without a name.
case = casework.report(Intake(**button), Actor("reporter")).case
assert (case.by.role, case.by.person, case.state) == ("reporter", "", "in_progress")
