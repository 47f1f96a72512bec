"""Channels: read from a file with all its faults at once, and never a secret among them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.cases.subscription import Subscription
from gov_core.city import City
from gov_core.errors import NotificationError
from gov_core.notifications.adapters.signing import new_secret
from gov_core.notifications.channels import Channels
from gov_core.notifications.protocol import NotifierDescription
from gov_core.notifications.rate import Rate
from gov_core.notifications.templates import Templates
from town import city

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_secret()
GOOD = """
[channels.hook]
kind = "webhook"
secrets = ["env:HOOK"]
rate = { per_s = 5, burst = 10 }
deadline_s = 5

[channels.hook.to]
ROADS = "https://roads.example/in"
WATER = { address = "env:WATER", secrets = ["file:water.key"], concurrency = 2 }

[channels.sms]
kind = "sms"
url = "https://sms.example/send"
token = "env:TOKEN"

[channels.mail]
kind = "mail"
host = "mail.example"
sender = "notice@city.example"
[channels.mail.to]
DG = "duty@district.example"

[channels.log]
kind = "file"
path = "notices.ndjson"

[channels.desk]
kind = "console"
"""
ENVIRON = {"HOOK": KEY, "WATER": "https://water.example/in", "TOKEN": "s3cret-token"}


def load(folder: Path, text: str, **environ: str) -> Channels:
    (folder / "channels.toml").write_text(text, "utf-8")
    (folder / "water.key").write_text(new_secret() + "\n", "utf-8")
    return Channels.load(folder / "channels.toml", environ=ENVIRON | environ)


def faults(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(NotificationError) as caught:
        load(folder, text)
    assert KEY not in str(caught.value)
    assert "s3cret" not in str(caught.value)
    return [(fault.code, fault.place.removeprefix("channels.toml")) for fault in caught.value.faults]


def told(rows: list[Subscription]) -> City:
    """The town with some subscriptions."""
    town = city()
    return City.from_parts(
        name=town.name,
        levels=town.levels,
        partition=town.partition,
        places=town.rows("places"),
        geometries=town.outlines_ever(),
        units=town.rows("units"),
        matters=town.rows("matters"),
        subscriptions=rows,
    )


def test_channels_are_read(tmp_path: Path) -> None:
    channels = load(tmp_path, GOOD)
    roads, water = channels.of("hook:ROADS"), channels.of("hook:WATER")
    assert roads is not None
    assert water is not None
    assert (roads.address, roads.rate, roads.deadline_s) == ("https://roads.example/in", Rate(5.0, 10), 5)
    assert (water.address, water.rate, water.concurrency) == ("https://water.example/in", Rate(5.0, 10), 2)
    assert roads.notifier is not water.notifier
    assert "roads.example" not in repr(roads)
    for id_ in ("sms:reporter", "mail:reporter"):
        reporter = channels.of(id_)
        assert reporter is not None
        assert reporter.address == ""
    assert channels.of("hook:reporter") is None
    assert channels.of("sms:ROADS") is None
    anybody = channels.of("log:ANYBODY")
    assert anybody is not None
    assert anybody.id == "log:ANYBODY"
    channels.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("channel.none", "")]),
        ("[channels", [("channel.no_toml", "")]),
        ("[chanels.x]\n", [("channel.unknown_field", "#channels.chanels"), ("channel.none", "")]),
        ("[channels.x]\nkind = 'pigeon'", [("channel.unknown_kind", "#channels.x")]),
        ("[channels.x]\nkind = 5", [("channel.unknown_kind", "#channels.x")]),
        ("[channels.x]\nkind = 'console'\ncolour = 1", [("channel.unknown_field", "#channels.x.colour")]),
        ("[channels.x]\nkind = 'console'\nrate = 5", [("channel.bad_field", "#channels.x.rate")]),
        ("[channels.x]\nkind = 'console'\nrate = {per_s = 0}", [("channel.bad_field", "#channels.x.rate")]),
        (
            "[channels.x]\nkind = 'console'\nconcurrency = 0",
            [("channel.bad_field", "#channels.x.concurrency")],
        ),
        (
            "[channels.x]\nkind = 'console'\ndeadline_s = 99",
            [("channel.bad_field", "#channels.x.deadline_s")],
        ),
        ("[channels.x]\nkind = 'webhook'\nsecrets = []", [("webhook.bad_secret", "#channels.x")]),
        ("[channels.x]\nkind = 'webhook'\nsecrets = ['whsec_AAAA']", [("webhook.bad_secret", "#channels.x")]),
        (
            "[channels.x]\nkind = 'webhook'\nsecrets = ['env:NOT']",
            [("channel.no_secret", "#channels.x.secrets")],
        ),
        ("[channels.x]\nkind = 'sms'\nurl = 'file:no'", [("channel.no_secret", "#channels.x.url")]),
        ("[channels.x]\nkind = 'sms'\nurl = 'http://x.example/'", [("channel.bad_url", "#channels.x")]),
        ("[channels.x]\nkind = 'sms'\nurl = 'https://u:p@x.example/'", [("channel.bad_url", "#channels.x")]),
        ("[channels.x]\nkind = 'mail'\nhost = 'h'", [("channel.bad_field", "#channels.x")]),
        (
            "[channels.x]\nkind = 'mail'\nhost = 'h'\nsender = 's@h'\nencryption = 'rot13'",
            [("channel.bad_field", "#channels.x")],
        ),
        (
            "[channels.x]\nkind = 'webhook'\nsecrets = ['env:HOOK']\nallow = ['10.0.0.0/33']",
            [("channel.bad_network", "#channels.x")],
        ),
        (
            "[channels.x]\nkind = 'webhook'\nsecrets = ['env:HOOK']\nto = { A = 'http://x/', B = 7, C = '' }",
            [
                ("channel.bad_url", "#channels.x.to.A"),
                ("channel.bad_field", "#channels.x.to.B.address"),
                ("channel.no_address", "#channels.x.to.C"),
            ],
        ),
    ],
)
def test_faults_of_channels(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert faults(tmp_path, text) == expected


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotificationError) as caught:
        Channels.load(tmp_path / "channels.toml", environ={})
    assert caught.value.code == "channel.no_file"


def test_subscriptions_are_held_against_channels_and_texts(tmp_path: Path) -> None:
    channels = load(tmp_path, GOOD)
    rows = [
        Subscription("case_closed", None, "ROADS", "hook"),
        Subscription("case_closed", None, "ROADS", "post"),
        Subscription(None, "dirt", "reporter", "sms", "en", "short"),
    ]
    found = [(fault.code, fault.place) for fault in channels.faults_for(told(rows), Templates())]
    assert found == [
        ("channel.unknown", "subscriptions#case_closed//ROADS/post"),
        ("template.unknown", "subscriptions#/dirt/reporter/sms"),
    ]


@pytest.mark.parametrize(
    ("to", "channel", "lacking"),
    [
        ("ROADS", "hook", ()),
        ("DG", "hook", ("DG",)),
        ("dispatcher", "hook", ("dispatcher",)),
        ("reporter", "hook", ("reporter",)),
        ("reporter", "sms", ()),
        ("@water_bureau", "hook", ()),
        ("@street_office", "hook", ("SO1", "SO2")),
        ("owner", "hook", ()),  # which body it is the case decides
        ("owner", "sms", tuple(unit.id for unit in city().units)),
        ("DG", "log", ()),  # a file takes what is for anybody
    ],
)
def test_who_is_told_has_an_address(tmp_path: Path, to: str, channel: str, lacking: tuple[str, ...]) -> None:
    rows = [Subscription("case_closed", None, to, channel)]
    found = [(fault.code, fault.ids) for fault in load(tmp_path, GOOD).faults_for(told(rows), Templates())]
    assert found == ([("channel.no_address", lacking)] if lacking else [])


def test_who_has_an_address_is_in_the_city(tmp_path: Path) -> None:
    text = GOOD.replace("ROADS =", 'dispatcher = "https://d.example/"\nRAODS =').replace("DG =", "reporter =")
    (fault,) = load(tmp_path, text).faults_for(told([]), Templates())
    assert (fault.code, fault.place) == ("channel.unknown_recipient", "channels.hook.to.RAODS")
    assert '"ROADS"' in fault.hint


class Point:
    """An entry point of a package that brings a notifier."""

    def __init__(self, loaded: object) -> None:
        self.group, self.name, self.value, self.dist = "gov_core.notifications", "pager", "pager:Pager", None
        self._loaded = loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


def described(**changes: Any) -> Any:
    said = NotifierDescription("pager", 1, "text", "none", idempotent=False, deadlines=True, max_bytes=10)
    return SimpleNamespace(describe=lambda: said._replace(**changes), send=print, close=print)


def plug(monkeypatch: pytest.MonkeyPatch, loaded: object) -> None:
    monkeypatch.setattr("gov_core.plugins.entry_points", lambda group: [Point(loaded)])  # noqa: ARG005


def test_a_package_brings_a_kind_of_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[str, object] = {}

    def pager(**options: object) -> Any:
        taken.update(options)
        return described()

    plug(monkeypatch, pager)
    channels = load(tmp_path, '[channels.p]\nkind = "pager"\nfloor = 3\nkey = "env:TOKEN"\nconcurrency = 1')
    assert taken == {"floor": 3, "key": "s3cret-token"}
    wall = channels.of("p:ANYBODY")
    assert wall is not None
    assert wall.concurrency == 1


def test_an_option_that_a_package_does_not_take_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug(monkeypatch, lambda *, floor=1, key="": described(max_bytes=floor + len(key)))
    with pytest.raises(NotificationError) as caught:
        load(tmp_path, '[channels.p]\nkind = "pager"\nflor = 3\nkey = "env:TOKEN"')
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("channel.bad_field", "channels.toml#channels.p")
    assert "'flor'" in fault.message
    assert fault.hint == "its options: floor, key"
    assert "s3cret" not in str(fault)


@pytest.mark.parametrize(
    ("loaded", "code"),
    [
        (ImportError("no driver"), "plugin.import"),
        (5, "plugin.broken"),
        (lambda: None, "plugin.broken"),
        (lambda: described(contract_version=2), "plugin.broken"),
        (lambda: described(carries="pigeon"), "plugin.broken"),
        (lambda: described(address="street"), "plugin.broken"),
        (lambda: described(max_bytes=0), "plugin.broken"),
        (lambda: SimpleNamespace(describe=lambda: 1 / 0, send=print, close=print), "plugin.broken"),
        (lambda: SimpleNamespace(describe=dict, send=print, close=print), "plugin.broken"),
        (lambda: 1 / 0, "plugin.raised"),
        (lambda floor: floor, "channel.bad_field"),
    ],
)
def test_a_package_that_is_broken_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loaded: object, code: str
) -> None:
    plug(monkeypatch, loaded)
    assert faults(tmp_path, '[channels.p]\nkind = "pager"') == [(code, "#channels.p")]
