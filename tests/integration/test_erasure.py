"""After an erasure nothing is left: no value in any encoding and no wrapped key, in any file of any kind."""

from __future__ import annotations

import base64
import io
import json
import logging
import random
import struct
import threading
import traceback
import zipfile
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from gov_core.archive import archive_cases, read_archive
from gov_core.cases.subscription import Subscription
from gov_core.casework import Governance, Intake
from gov_core.casework.locating import Where
from gov_core.city import City
from gov_core.cli._case_table import write_cases
from gov_core.errors import GovCoreError
from gov_core.notifications.adapters.file import FileNotifier
from gov_core.notifications.announcing import Announcer
from gov_core.notifications.channels import Channels, Endpoint
from gov_core.notifications.contacts import VaultContacts
from gov_core.notifications.delivering import Desk
from gov_core.notifications.filling import Speech
from gov_core.notifications.protocol import NOTIFIER_CONTRACT, Delivered, NotifierDescription
from gov_core.notifications.templates import Templates
from gov_core.notifications.worker import Worker
from gov_core.privacy import PersonalInput, Vault
from gov_core.privacy.cells import write_csv
from gov_core.privacy.keys import KeyRing
from gov_core.privacy.vault import looks
from gov_core.routing import RouterHistory
from gov_core.storage.evidence_files import FileEvidenceStore
from gov_core.storage.protocol import CaseFilter
from gov_core.storage.transfer import export_cases
from gov_core.testing.store import erasure
from gov_core.testing.store.harness import HookMissingError
from gov_core.testing.store.sqlite import SqliteHarness
from town import DISPATCHER, HOTLINE, PHOTO, STREET, VERIFIER, WATER, Town, city

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gov_core.storage.protocol import CaseStore

_FILES = {
    "dump.ndjson",
    "c.csv",
    "c.xlsx",
    "all.log",
    "errors.txt",
    "hook.ndjson",
    "out.txt",
    "events.parquet",
}
PEOPLE = {"sqlite": 250, "postgres": 60}
"""Each says four things that are looked for: 1,000 strings. A server takes a second for an erasure."""

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


class Person(NamedTuple):
    """Made up, and unlike any other: what is planted of somebody."""

    subject: str
    contact: str
    third: str
    point: tuple[float, float]
    room: str

    @property
    def planted(self) -> tuple[str, ...]:
        lon, lat = self.point
        return self.contact, self.third, f"{lon!r}", f"{lat!r}", self.room


def people(number: int) -> list[Person]:
    dice = random.Random(17)
    found = []
    for at in range(number):
        third = "".join((dice.choice(SURNAMES), *dice.sample(GIVEN, 3), f"（{at:04}号租客）"))
        lon = 118.01 + at * 1e-4 + dice.randrange(1, 90) * 1e-6
        lat = 32.01 + at * 1e-4 + dice.randrange(1, 90) * 1e-6
        phone = f"1{dice.choice('3578')}{dice.randrange(10**9):09}"
        room = f"{dice.randrange(1, 90)}幢{at + 1000}室"
        found.append(Person(f"subject-{at:04}", phone, third, (round(lon, 6), round(lat, 6)), room))
    return found


def encodings(text: str) -> set[bytes]:
    """A text as programs write it: Unicode, GB18030, escaped, hexadecimal and base64 of these."""
    plain = {text.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    forms: set[bytes] = set()
    for raw in plain:
        forms |= spelled(raw)
    forms.add(json.dumps(text).strip('"').encode())
    with suppress(ValueError):
        forms |= {struct.pack(form, float(text)) for form in ("<d", ">d")}
    return forms


def spelled(raw: bytes) -> set[bytes]:
    """Bytes as they are, in hexadecimal, and in base64 at each of the three places they can begin at."""
    forms = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw)
        # The first and the last letters also hold bits of what stands beside it.
        inner = whole[4 if before else 0 : len(whole) - (4 if (before + len(raw)) % 3 else 0)]
        forms |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return {form for form in forms if len(form) >= 6}


def hits(content: bytes, patterns: Iterable[bytes]) -> set[bytes]:
    """Which byte strings stand in a content; looked for by their first four bytes, all at once."""
    by_start: dict[int, list[bytes]] = {}
    for pattern in patterns:
        by_start.setdefault(int.from_bytes(pattern[:4], "little"), []).append(pattern)
    if len(content) < 4 or not by_start:
        return set()
    raw = np.frombuffer(content, np.uint8).astype(np.uint32)
    words = raw[:-3] | raw[1:-2] << 8 | raw[2:-1] << 16 | raw[3:] << 24
    spots = np.flatnonzero(np.isin(words, np.fromiter(by_start, np.uint32)))
    return {
        pattern
        for spot in spots.tolist()
        for pattern in by_start[int(words[spot])]
        if content.startswith(pattern, spot)
    }


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and what is packed in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data
            if zipfile.is_zipfile(io.BytesIO(data)):
                with zipfile.ZipFile(io.BytesIO(data)) as packed:
                    yield from ((f"{path.name}/{name}", packed.read(name)) for name in packed.namelist())


class Phones:
    """Stands for what sends messages to phones; in memory, where contacts may be."""

    def __init__(self) -> None:
        self.called: list[tuple[str, bytes]] = []

    def describe(self) -> NotifierDescription:
        return NotifierDescription(
            "phones", NOTIFIER_CONTRACT, "words", "phone", idempotent=True, deadlines=True, max_bytes=2_000
        )

    def send(self, notification: Any) -> Delivered:
        self.called.append((notification.to, notification.title.encode() + notification.body))
        return Delivered()

    def close(self) -> None:
        pass


@pytest.fixture
def log(tmp_path: Path) -> Iterator[None]:
    """All logs at their most talkative, without any redaction."""
    handler = logging.FileHandler(tmp_path / "all.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield
    root.setLevel(before)
    root.removeHandler(handler)
    handler.close()


def told_city() -> City:
    """The town, whose bodies are told of all, and whose reporters of the first step."""
    town = city()
    names = ("places", "units", "matters", "asset_classes", "rules", "posts", "assignments", "systems")
    return City.from_parts(
        name=town.name,
        levels=town.levels,
        partition=town.partition,
        grades=town.grades,
        geometries=town.outlines_ever(),
        subscriptions=(
            Subscription(None, None, "called", "hook"),
            Subscription(None, None, "owner", "hook"),
            Subscription("case_reported", None, "reporter", "phone"),
        ),
        **{name: town.rows(name) for name in names},
    )


def town_of(store: Any, folder: Path, keys: KeyRing) -> Town:
    town = told_city()
    more = {
        "vault": Vault(store, keys),
        "evidence": FileEvidenceStore(folder / "evidence"),
        "announce": Announcer(town),
    }
    return Town(store=store, rules=Governance(town, RouterHistory.compile(town)), more=more)


def live_through(town: Town, everybody: list[Person], folder: Path) -> None:
    """Each person reports a matter about a home; most of what can be done is done, and refused, with it."""
    casework = town.casework
    errors = io.StringIO()
    for at, one in enumerate(everybody):
        case_id = f"C-{at:04}"
        photo = casework.keep(PHOTO + "".join(one.planted).encode(), shows="before", subject=one.subject)
        said = PersonalInput(
            subject=one.subject,
            contact=one.contact,
            applicant=f"{one.third}的邻居",
            text=f"楼上{one.third}装修，{one.room}的吊顶塌了，回电{one.contact}",
            room=one.room,
        )
        lon, lat = one.point
        intake = Intake(
            matter="leak.home", channel="hotline", case_id=case_id, lon=lon, lat=lat, evidence=(photo,)
        )
        casework.report(intake, HOTLINE, said=said)
        casework.report(intake, HOTLINE, said=said)
        note = casework.note(case_id, f"已联系{one.third}，{one.room}")
        casework.triage(case_id, HOTLINE, note=note, where=Where(lon=lon, lat=lat))
        casework.whistle(case_id, STREET, ("WATER",))
        casework.report_in(case_id, WATER)
        if at % 10 == 0:
            casework.reveal(case_id, WATER, "visit", names=("contact", "text", "point", "room"))
            casework.look(case_id, photo.digest, WATER, "visit")
            _refused(casework, case_id, one, errors)
    casework.merge("C-0001", "C-0000", DISPATCHER, command_id="m-1")
    list(casework.tick())
    (folder / "errors.txt").write_text(errors.getvalue(), "utf-8")


def _refused(casework: Any, case_id: str, one: Person, errors: io.StringIO) -> None:
    """Calls that go wrong with values in hand; what is raised, with its traceback, is kept."""
    bad = Intake(matter="no_such", channel="hotline", case_id=f"bad-{case_id}", lon=one.point[0], lat=999.0)
    for attempt in (
        lambda: casework.report(bad, HOTLINE, said=PersonalInput(text=one.third)),
        lambda: casework.reveal(case_id, VERIFIER, "visit", names=("contact",)),
        lambda: casework.reveal(case_id, WATER, "gossip"),
        lambda: casework.triage(case_id, VERIFIER, note=casework.note(case_id, one.third)),
        lambda: PersonalInput(contact=one.contact, room=5),  # type: ignore[arg-type]
        lambda: Vault(casework.store, KeyRing([bytes([9]) * 32])).export_subject(one.subject, reader="acc"),
        lambda: casework.report(replace(bad, case_id=case_id), HOTLINE, said=PersonalInput(text=one.third)),
    ):
        try:
            attempt()
        except GovCoreError as error:
            told = "".join(traceback.format_exception(error))
            # Lines of this file are quoted in a traceback; they hold names of variables, not values.
            errors.write(f"{told}{error!r}{error.__dict__}\n")


def deliver(store: Any, folder: Path, vault: Vault) -> Phones:
    phones = Phones()
    hook = FileNotifier(folder / "hook.ndjson")
    channels = Channels(
        {"phone:reporter": Endpoint("phone:reporter", phones, "")},
        {"hook": Endpoint("hook", hook, "somewhere")},
    )
    desk = Desk(channels, Templates(), Speech("town", {}), VaultContacts(store, vault))
    Worker(store, desk, name="w").run(threading.Event(), until_empty=True)
    return phones


def export_all(store: CaseStore, town: Town, folder: Path) -> None:
    """What leaves a store: tables, lists, stories, a copy of it."""
    with (folder / "dump.ndjson").open("wb") as file:
        export_cases(store, file)
    for name in ("c.csv", "c.xlsx"):
        assert write_cases(folder / name, store, CaseFilter(), "due", now_us=0) == store.count_cases()
    archived = archive_cases(store, folder / "archive", recorded_before_us=2**62)
    assert archived.cases
    told = [repr(event) for event in read_archive(folder / "archive")]  # pages of Parquet are packed
    told += [repr(town.casework.timeline(f"C-{at:04}", language="zh")) for at in (0, 1, 7)]
    told += [repr(store.erasures()), repr(list(looks(store))), repr(store.query_cases(limit=1000))]
    told += [repr(store.outbox_entries(limit=10_000)), repr(store.describe())]
    (folder / "out.txt").write_text("".join(told), "utf-8")


def harness_of(name: str, folder: Path) -> Any:
    """A store whose every file can be read; or none, where there is no server."""
    if name == "sqlite":
        return SqliteHarness(folder)
    postgres = pytest.importorskip("gov_core.testing.store.postgres")
    try:
        made = postgres.PostgresHarness(folder)
        if made.server.folder is None:
            pytest.skip("the files of this server cannot be read")
    except HookMissingError as error:
        pytest.skip(str(error))
    return made


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
def test_after_an_erasure_no_byte_is_left_and_all_else_is_as_it_was(
    name: str, tmp_path: Path, log: None
) -> None:
    del log
    everybody = people(PEOPLE[name])
    erased, kept = everybody[:-1], everybody[-1]
    (tmp_path / "store").mkdir()
    harness = harness_of(name, tmp_path / "store")
    store = harness.store()
    town = town_of(store, tmp_path, KeyRing([bytes(range(32))]))
    live_through(town, everybody, tmp_path)
    phones = deliver(store, tmp_path, town.casework.vault)  # type: ignore[arg-type]
    seal = store.seal()
    heads = [(row.case_id, store.head(row.case_id)) for row in store.query_cases(limit=1000).rows]
    before = {case_id: town.casework.case(case_id) for case_id, _ in heads}
    wrapped = {one.subject: store.read_key(one.subject).wrapped for one in everybody}

    receipts = [store.erase(one.subject, command_id=f"e/{one.subject}", basis="request") for one in erased]

    assert all(receipt.keys == 1 and receipt.values >= 5 for receipt in receipts)
    assert store.verify(kept=[seal], heads=heads).sound
    assert {case_id: town.casework.case(case_id) for case_id, _ in heads} == before
    export_all(store, town, tmp_path)
    raw = list(harness.raw_files())
    values = {form: text for one in everybody for text in one.planted for form in encodings(text)}
    keys = {form: one.subject for one in everybody for form in spelled(wrapped[one.subject])}
    assert len({text for one in everybody for text in one.planted}) >= 4 * PEOPLE[name]
    found_values, found_keys, names = set(), set(), set()
    for file, data in (*erasure.contents(raw), *contents(tmp_path)):
        names.add(file)
        assert data or file not in _FILES
        found_values |= {(file, values[hit]) for hit in hits(data, values)}
        found_keys |= {keys[hit] for hit in hits(data, keys)}
    harness.close()
    assert found_values == set()
    assert found_keys == {kept.subject}  # the key of whom nobody erased: the scan sees what is there
    assert names >= _FILES
    assert {to for to, _ in phones.called} == {one.contact for one in everybody}
    assert not any(hits(body, values) for _, body in phones.called)


def test_the_scan_finds_each_encoding() -> None:
    one = people(1)[0]
    for text in one.planted:
        for form in encodings(text):
            assert hits(b"\x01\x02" + form + b"\x03", encodings(text)) >= {form}
    for before in range(3):
        whole = base64.b64encode(b"abc"[:before] + one.contact.encode() + b"xyz")
        assert hits(whole, encodings(one.contact))
    table = io.StringIO()
    write_csv(table, ["room"], [[one.room]])
    assert hits(table.getvalue().encode("gb18030"), encodings(one.room))
