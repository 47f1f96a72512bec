"""Two reporters of one matter are told of its end; the gateway fails at first, and nobody is told twice."""

import json
import threading
from datetime import datetime
from pathlib import Path

from gov_core import presets
from gov_core.cases import Evidence
from gov_core.cases import commands as c
from gov_core.casework import Casework, CityActors, Governance, Intake, Seat
from gov_core.city import City
from gov_core.notifications import (
    Announcer,
    Channels,
    Desk,
    Endpoint,
    Pace,
    Schedule,
    Speech,
    Templates,
    VaultContacts,
    Worker,
)
from gov_core.notifications.adapters.addresses import Guard, networks
from gov_core.notifications.adapters.http import HttpClient
from gov_core.notifications.adapters.sms import JsonGateway, SmsNotifier
from gov_core.privacy import PersonalInput, Vault
from gov_core.privacy.keys import KeyRing
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.notifier import Fault, FaultServer

# The city says who is told what.
presets.qinhuai(streets=2, communities=4, grids=8, buildings=0).save("city")
rows = "event,matter,to,channel,language\ncase_quickly_closed,*,reporter,sms,zh\n"
Path("city/subscriptions.csv").write_text(rows, encoding="utf-8")
city = City.load("city")

# Casework writes the messages with the events; how to reach a reporter goes into the vault.
now = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
store = SqliteCaseStore("cases.db")
vault = Vault(store, KeyRing([b"only for an example, 32 bytes..."]))
governance = Governance.of(city)
casework = Casework(governance, store, vault=vault, announce=Announcer(city), now=lambda: now)
seats = CityActors(governance)
hotline = seats.actor(Seat(at="command", person="u-1", role="hotline"), now)
dispatcher = seats.actor(Seat(at="command", person="u-2"), now)
for reference, phone in (("1", "13800000001"), ("2", "13800000002")):
    heard = Intake(channel="hotline", reference=reference, matter="hardware", place="D1-S1-C1-G1")
    casework.report(heard, hotline, said=PersonalInput(contact=phone))
casework.merge("hotline-2", "hotline-1", dispatcher, reason="same_matter")
photo = Evidence("0" * 64, "photo", "after", 2048)
casework.handle("hotline-1", c.QuickClose(evidence=(photo,)), hotline)
entries = store.outbox_entries().entries
print("waiting:", [(entry.message.endpoint, entry.case_id) for entry in entries])
assert len(entries) == 2
assert not any(b"1380000" in entry.message.body for entry in entries)

# A gateway that fails twice, and once takes a message whose answer gets lost.
faults = iter([Fault("answer", 503), Fault("lose"), Fault("reset")])
with FaultServer(lambda _: next(faults, Fault())) as gateway:
    client = HttpClient(Guard(networks(("127.0.0.0/8",)), http=True))  # loopback: only for an example
    sms = Endpoint("sms:reporter", SmsNotifier(JsonGateway(gateway.url, "token", client)), "")
    desk = Desk(Channels({sms.id: sms}), Templates(), Speech.of(city), VaultContacts(store, vault))
    pace = Pace(schedule=Schedule((0.0,) * 10))  # no waits: only for an example
    worker = Worker(store, desk, name="example", pace=pace)
    worker.run(threading.Event(), until_empty=True)
    client.close()

for body in gateway.effects.values():
    print(json.loads(body)["phone"], json.loads(body)["text"])
counts = (len(gateway.requests), len(gateway.effects), gateway.repeats)
print("attempts {}, effects {}, repeats known by their id {}".format(*counts))
assert counts == (5, 2, 1)
phones = sorted(json.loads(body)["phone"] for body in gateway.effects.values())
assert phones == ["13800000001", "13800000002"]
texts = " ".join(json.loads(body)["text"] for body in gateway.effects.values())
assert "hotline-1" in texts
assert "hotline-2" in texts  # each by the case they reported
assert worker.tally.sent == 2
store.close()
