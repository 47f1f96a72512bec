"""From a report to a phone: what was said of a person reaches the gateway, and no other place."""

from __future__ import annotations

import json
import logging
import threading
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from gov_core.cases.subscription import Subscription
from gov_core.casework import Casework, Governance, Intake
from gov_core.city import City
from gov_core.cli import outbox  # noqa: F401 - adds its commands
from gov_core.cli._app import app
from gov_core.errors import NotificationError
from gov_core.notifications import Announcer
from gov_core.notifications.adapters.addresses import Guard, networks
from gov_core.notifications.adapters.http import HttpClient
from gov_core.notifications.adapters.signing import Signer, new_secret
from gov_core.notifications.adapters.sms import JsonGateway, SmsNotifier
from gov_core.notifications.adapters.webhook import WebhookNotifier
from gov_core.notifications.channels import Channels, Endpoint
from gov_core.notifications.contacts import VaultContacts
from gov_core.notifications.delivering import Desk
from gov_core.notifications.filling import Speech
from gov_core.notifications.schedule import Schedule
from gov_core.notifications.templates import Templates
from gov_core.notifications.worker import Pace, Worker
from gov_core.privacy import PersonalInput, Vault
from gov_core.privacy.keys import KeyRing
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.notifier.faults import Fault, FaultServer
from town import COMMUNITY, DISPATCHER, HOTLINE, city

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore
    from gov_core.testing.notifier.faults import Request

PHONE, NAME, ROOM = "13912345678", "欧阳测试", "7幢-1404"
CANARIES = (PHONE, NAME, ROOM)
LOOPBACK = Guard(networks(("127.0.0.0/8",)), http=True)
TOKEN = {"SMS_TOKEN": "t"}
ROWS = (
    Subscription(None, None, "reporter", "sms"),
    Subscription(None, None, "@street_office", "hook", "en"),
    Subscription("case_merged", None, "DG", "hook"),
)


def told_city() -> City:
    town = city()
    parts: dict[str, Any] = {
        name: town.rows(name) for name in ("places", "units", "matters", "asset_classes", "rules")
    }
    return City.from_parts(
        name="东城",
        levels=town.levels,
        partition=town.partition,
        grades=town.grades,
        geometries=town.outlines_ever(),
        subscriptions=ROWS,
        **parts,
    )


def casework(store: CaseStore) -> Casework:
    town = told_city()
    vault = Vault(store, KeyRing([b"k" * 32], place="a test"))
    return Casework(Governance.of(town), store, vault=vault, announce=Announcer(town))


def deliver(store: CaseStore, server: FaultServer, key: str, vault: Vault) -> None:
    client = HttpClient(LOOPBACK)
    hook = Endpoint("hook:SO1", WebhookNotifier([key], client), server.url)
    sms = Endpoint("sms:reporter", SmsNotifier(JsonGateway(server.url, "t", client)), "")
    channels = Channels({each.id: each for each in (hook, hook._replace(id="hook:DG"), sms)})
    desk = Desk(channels, Templates(), Speech.of(told_city()), VaultContacts(store, vault))
    pace = Pace(schedule=Schedule((0.0,) * 10), poll_s=0.01)
    for _ in range(4):
        Worker(store, desk, name="w", pace=pace, dice=Random(1)).run(threading.Event(), until_empty=True)
    client.close()


def test_what_was_said_of_a_person_reaches_the_gateway_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path, key = tmp_path / "cases.db", new_secret()
    store = SqliteCaseStore(path)
    work = casework(store)
    failures = iter([Fault("answer", 500), Fault("reset"), Fault("lose"), Fault("cut")])

    def decide(_: Request) -> Fault:
        return next(failures, Fault())

    said = PersonalInput(contact=PHONE, applicant=NAME, room=ROOM, text=f"{NAME} {ROOM}")
    intake = Intake(channel="hotline", matter="dirt.rubbish", place="G1", case_id="C-1")
    work.report(intake, HOTLINE, said=said)
    other = Intake(channel="hotline", matter="dirt.rubbish", place="G1", case_id="C-2")
    work.report(other, HOTLINE, said=PersonalInput(contact="13800000002"))
    work.report(Intake(channel="hotline", matter="leak", place="G1", case_id="C-3"), HOTLINE)  # anonymous
    work.triage("C-1", COMMUNITY)
    work.merge("C-2", "C-1", DISPATCHER, reason="same")
    with FaultServer(decide) as server:
        assert work.vault is not None
        deliver(store, server, key, work.vault)
        requests, effects = list(server.requests), dict(server.effects)
    stats = {one.endpoint: one for one in store.outbox_stats()}
    assert all(one.waiting == one.buried == 0 for one in stats.values())
    texts = [json.loads(request.body) for request in requests if "authorization" in request.headers]
    assert {text["phone"] for text in texts} == {PHONE, "13800000002"}
    assert any("已受理" in text["text"] for text in texts)
    # of the merging, its own reporter and that of the case that took it in
    assert sum(text["phone"] == "13800000002" for text in texts) >= 3
    hooks = [request for request in requests if "webhook-id" in request.headers]
    assert {Signer([key]).verify(hook.body, hook.headers)["data"]["case"] for hook in hooks} == {
        *("C-1", "C-2", "C-3")
    }
    bodies = b"".join(entry.message.body for entry in store.outbox_entries(limit=1000).entries)
    seen = [*(hook.body + str(hook.headers).encode() for hook in hooks), bodies, caplog.text.encode()]
    assert [canary for canary in CANARIES if any(canary.encode() in each for each in seen)] == []
    assert len(effects) == sum(one.sent for one in stats.values())
    accesses = [look for subject in ("C-1",) for look in _looks(store, subject)]
    assert {(look.reader, look.purpose) for look in accesses} == {("notifier", "notify")}
    store.close()
    files = b"".join(each.read_bytes() for each in tmp_path.iterdir() if each.is_file())
    assert [canary for canary in CANARIES if canary.encode() in files] == []


def _looks(store: CaseStore, case_id: str) -> list[Any]:
    subjects = {item.subject for item in _sealed(store, case_id)}
    return [look for subject in subjects for look in store.accesses(subject).accesses]


def _sealed(store: CaseStore, case_id: str) -> Any:
    from gov_core.casework.handling import load

    return load(store, case_id)[0].sealed


def test_a_reporter_who_was_erased_is_told_nothing_and_nothing_waits(tmp_path: Path) -> None:
    store = SqliteCaseStore(tmp_path / "cases.db")
    work = casework(store)
    intake = Intake(channel="hotline", matter="dirt.rubbish", place="G1", case_id="C-1")
    work.report(intake, HOTLINE, said=PersonalInput(subject="s-1", contact=PHONE))
    store.erase("s-1", command_id="e-1", basis="request")
    with FaultServer() as server:
        assert work.vault is not None
        deliver(store, server, new_secret(), work.vault)
        assert not any("authorization" in request.headers for request in server.requests)
    assert {one.endpoint: (one.waiting, one.buried) for one in store.outbox_stats()} == {
        "hook:SO1": (0, 0),
        "sms:reporter": (0, 0),
    }
    store.close()


# The command.


def run(*arguments: object, code: int = 0, **environ: str) -> str:
    result = CliRunner().invoke(app, ["outbox", *map(str, arguments)], env=environ)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    told_city().save(tmp_path / "city")
    (tmp_path / "channels.toml").write_text(
        '[channels.hook]\nkind = "file"\npath = "notices.ndjson"\n'
        '[channels.sms]\nkind = "sms"\nurl = "https://sms.example/"\ntoken = "env:SMS_TOKEN"\n',
        "utf-8",
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "case_closed.zh.txt").write_text("{{ city }}\n{{ case }}办结", "utf-8")
    store = SqliteCaseStore(tmp_path / "cases.db")
    intake = Intake(channel="hotline", matter="dirt.rubbish", place="G1", case_id="C-1")
    casework(store).report(intake, HOTLINE)
    store.close()
    return tmp_path


def test_the_command_checks_runs_lists_and_redrives(folder: Path) -> None:
    url = f"sqlite:///{folder / 'cases.db'}"
    where = ("--city", folder / "city", "--channels", folder / "channels.toml")
    assert run("check", *where, **TOKEN).startswith("3 subscriptions, 1 endpoints")
    assert run("preview", *where, "--event", "case_closed") == "东城\nC-1办结\n"
    assert "case C-1" in run("preview", *where, "--event", "case_urged", "--language", "en")
    result = CliRunner().invoke(app, ["outbox", "preview", *map(str, where), "--event", "case_close"])
    assert (result.exit_code, "case_closed" in result.output) == (2, True)
    result = CliRunner().invoke(app, ["outbox", "preview", *map(str, where), "--event", "nonsense"])
    assert (result.exit_code, "case_reported" in result.output) == (2, True)
    assert "waiting 1 " in run("stats", "--store", url)
    assert run("run", "--store", url, *where, "--until-empty", **TOKEN).startswith("sent 1,")
    (line,) = map(json.loads, (folder / "notices.ndjson").read_text("utf-8").splitlines())
    assert line["event"]["type"] == "case_reported"
    (entry,) = map(json.loads, run("list", "--store", url, "--json", "--state", "sent").splitlines())
    assert (entry["endpoint"], entry["case_id"], entry["attempts"]) == ("hook:SO1", "C-1", 1)
    assert "body" not in entry
    assert "C-1" in run("list", "--store", url)
    assert run("redrive", "--store", url, "--all") == "0 will be tried again\n"
    run("redrive", "--store", url, code=2)
    assert run("prune", "--store", url, "--days", 0) == "1 forgotten\n"
    assert run("secret").startswith("whsec_")


def test_the_command_tells_all_faults_at_once(folder: Path) -> None:
    (folder / "templates" / "bad.zh.txt").write_text("x\n{{ nobody }}", "utf-8")
    with pytest.raises(NotificationError) as caught:
        run("check", "--city", folder / "city", "--channels", folder / "channels.toml")
    assert [fault.code for fault in caught.value.faults] == ["template.forbidden", "channel.no_secret"]
