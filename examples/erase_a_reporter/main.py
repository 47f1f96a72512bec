"""A leak in a home: said under seal, opened for a purpose, erased for good; the chain never notices."""

from datetime import datetime
from pathlib import Path

import shapely

from gov_core import Casework, City, Governance, Intake, Place, Router, open_store
from gov_core.cases import Actor
from gov_core.checklists import Matter
from gov_core.city import Rule, Unit
from gov_core.errors import ErasedError, RevealRefusedError, UnknownCaseError
from gov_core.privacy import PersonalInput, Vault, open_keys
from gov_core.privacy.key_file import create
from gov_core.storage.evidence_files import FileEvidenceStore

city = City.from_parts(
    name="one street",
    levels=["street", "grid"],
    partition="grid",
    places=[Place("S1", "东街", "street"), Place("G1", "一网格", "grid", "S1")],
    geometries={"G1": shapely.to_wkb(shapely.box(118.0, 32.0, 118.1, 32.1))},
    units=[
        Unit("SO1", "东街办事处", "street_office", ("S1",)),
        Unit("HOUSING", "房产局", "housing_bureau", ("S1",)),
    ],
    matters=[Matter("leak", "房屋渗漏", home=True)],
    rules=[Rule("R-1", "leak", None, None, None, ("HOUSING",))],
)
create("keys.txt")
store = open_store("sqlite:///cases.db")
vault = Vault(store, open_keys("file:keys.txt"))
casework = Casework(
    Governance(city, Router.compile(city), uses={"leak": "plain"}),
    store,
    evidence=FileEvidenceStore("evidence"),
    vault=vault,
    now=lambda: datetime.fromisoformat("2026-03-02T09:00:00+08:00"),
)
hotline = Actor("hotline", "SO1", "acc-1", ("",))
dispatcher = Actor("dispatcher", "SO1", "acc-2", ("",))
housing = Actor("unit", "HOUSING", "acc-3", ("",))

# What is about a person or a home goes under seal; the point of the intake does, too, for this is a home.
subject = vault.new_subject()
photo = casework.keep(b"\xff\xd8\xff\xe0 a wet ceiling", shows="before", subject=subject)
case = casework.report(
    Intake(
        matter="leak",
        channel="hotline",
        reference="12345/1",
        lon=118.043217,
        lat=32.054321,
        evidence=(photo,),
    ),
    hotline,
    said=PersonalInput(subject=subject, contact="13800000001", text="楼上漏水，吊顶塌了", room="3-301"),
).case
print(case.location.place, [item.name for item in case.sealed])
assert case.location.place == "G1"

# Who has no part in it sees no case; who handles it sees what the purpose needs, and each look is noted.
try:
    casework.reveal(case.id, housing, "visit")
except UnknownCaseError as error:
    print("refused:", error.code)
casework.triage(case.id, hotline)
casework.dispatch(case.id, dispatcher)
print({one.name: one.value.text for one in casework.reveal(case.id, housing, "visit") if one.value})
try:
    casework.reveal(case.id, housing, "visit", names=["applicant"])
except RevealRefusedError as error:
    print("refused:", *(fault.code for fault in error.faults))
for look in vault.accesses(subject):
    print("noted:", look.reader, look.purpose)

# The subject asks to be erased. Key and values go, the case and its proof stay.
kept, head = store.seal(), store.head(case.id)
receipt = vault.erase(subject, command_id="erase-1", basis="request")
print(f"erased: {receipt.values} values, {receipt.keys} key, basis {receipt.basis}")
assert [one.value for one in casework.reveal(case.id, housing, "visit")] == [None]
try:
    casework.look(case.id, photo.digest, housing, "visit")
except ErasedError as error:
    print("refused:", error.code)
assert store.verify(kept=[kept], heads=[(case.id, head)]).sound
store.close()
found = [path for path in Path().rglob("*") if path.is_file() and b"13800000001" in path.read_bytes()]
print(f"files that still hold the number: {len(found)}")
assert found == []
