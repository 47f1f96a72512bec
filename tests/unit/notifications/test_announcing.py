"""Who is told what of a step: by the rows of the day, never a body complained of, never a word on people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.cases.actor import By
from gov_core.cases.case import Case, Location, Participation, Sealed, Source
from gov_core.cases.events import CaseClosed, CaseSplit
from gov_core.cases.subscription import Subscription
from gov_core.casework import Intake
from gov_core.errors import NotificationError
from gov_core.notifications.announcing import Announcer, Directory, messages_of
from gov_core.notifications.notice import MAX_BYTES, read_body
from gov_core.storage.memory import MemoryCaseStore
from town import COMMUNITY, DISPATCHER, REFORM, STREET, Town, city

if TYPE_CHECKING:
    from gov_core.city import City
    from gov_core.storage.outbox import Message
    from gov_core.storage.protocol import Append

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
CLOSED = CaseClosed(at=AT, by=By("verifier", "CC", "p-verifier"), to="closed", grade="solved")


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "id": "C-1",
        "version": 7,
        "state": "closed",
        "procedure": "plain",
        "source": Source("hotline", "12345"),
        "by": By("reporter", "", "p-reporter"),
        "matter": "dirt.rubbish",
        "location": Location("G1", "S1/C1/G1"),
        "opened_at": AT,
        "at": AT,
        "unit": "ROADS",
        "owner": "SO1",
    }
    return Case(**values | changes)


def told(
    rows: list[Subscription], after: Case, event: Any = CLOSED, before: Case | None = None
) -> list[Message]:
    return messages_of(Directory(_with(rows)), before, (event,), after)


def _with(rows: list[Subscription]) -> City:
    return replace(city(), subscriptions=tuple(rows))


def endpoints(messages: list[Message]) -> list[str]:
    return [message.endpoint for message in messages]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("unit", ["hook:ROADS"]),
        ("owner", ["hook:SO1"]),
        ("called", ["hook:WATER"]),
        ("dispatcher", ["hook:dispatcher"]),
        ("DG", ["hook:DG"]),
        ("@street_office", ["hook:SO1"]),
        ("@command_centre", ["hook:CC"]),
        ("reporter", []),
    ],
)
def test_who_a_row_means(to: str, expected: list[str]) -> None:
    part = Participation("WATER", "lead", "working", AT)
    left = Participation("DG", "assist", "declined", AT)
    messages = told([Subscription("case_closed", None, to, "hook")], case(participations=(part, left)))
    assert endpoints(messages) == expected


def test_reporters_of_all_duplicates_are_told() -> None:
    after = case(sealed=(Sealed("contact", "00" * 32, "s-1"),), duplicates=("C-2", "C-3"))
    messages = told([Subscription("case_closed", None, "reporter", "sms")], after)
    assert endpoints(messages) == ["sms:reporter"] * 3
    assert [read_body(message.body).manner.reported for message in messages] == ["C-1", "C-2", "C-3"]
    assert len({message.id for message in messages}) == 3


def test_what_was_said_of_a_home_is_no_way_to_reach_a_reporter() -> None:
    messages = told(
        [Subscription("case_closed", None, "reporter", "sms")], case(sealed=(Sealed("room", "00" * 32, "s"),))
    )
    assert messages == []


def test_a_body_complained_of_is_told_nothing() -> None:
    rows = [
        Subscription(None, None, to, "hook") for to in ("unit", "owner", "called", "ROADS", "@command_centre")
    ]
    part = Participation("ROADS", "lead", "working", AT)
    after = case(complained_of=("ROADS", "CC"), participations=(part,))
    assert endpoints(told(rows, after)) == ["hook:SO1"]
    assert endpoints(told(rows, case(participations=(part,)), before=after)) == ["hook:SO1"]


TO = st.sampled_from(
    [
        *("reporter", "unit", "owner", "called", "dispatcher", "supervisor", "ROADS", "WATER", "SO1", "DG"),
        *("@street_office", "@command_centre", "@residents_committee"),
    ]
)
BODIES = ("ROADS", "WATER", "SO1", "SO2", "DG", "CC", "RC1")


@given(
    st.lists(
        st.builds(Subscription, st.just(None), st.just(None), TO, st.sampled_from(["a", "b"])), max_size=8
    ),
    st.sets(st.sampled_from(BODIES)),
    st.sampled_from(BODIES),
    st.sampled_from(BODIES),
    st.sets(st.sampled_from(BODIES)),
)
def test_whatever_the_rows_say(
    rows: list[Subscription], against: set[str], unit: str, owner: str, parts: set[str]
) -> None:
    sensitive = len(parts) % 2 == 0
    after = case(
        complained_of=tuple(sorted(against)),
        unit=unit,
        owner=owner,
        participations=tuple(Participation(body, "assist", "working", AT) for body in sorted(parts)),
        sealed=(Sealed("contact", "ab" * 32, "subject-1"), Sealed("room", "cd" * 32, "subject-1")),
        sensitive=sensitive,
    )
    messages = told(rows, after)
    assert not {endpoint.partition(":")[2] for endpoint in endpoints(messages)} & against
    assert len({message.id for message in messages}) == len(messages)
    assert len({(message.endpoint, message.body) for message in messages}) == len(messages)
    assert messages == told(rows, after)
    for message in messages:
        assert not [
            each for each in ("subject-1", "ab" * 32, "cd" * 32, "p-verifier") if each in str(message)
        ]
        assert ("dirt" in str(message.body)) is not sensitive


def test_rows_of_wider_matters_and_of_all_events_count() -> None:
    rows = [
        Subscription("case_closed", "dirt", "DG", "a"),
        Subscription("case_closed", "leak", "DG", "b"),
        Subscription(None, None, "DG", "c"),
        Subscription("case_reported", None, "DG", "d"),
    ]
    assert endpoints(told(rows, case())) == ["a:DG", "c:DG"]


def test_an_endpoint_hears_of_an_event_once() -> None:
    rows = [Subscription("case_closed", None, to, "hook") for to in ("unit", "ROADS")]
    assert endpoints(told(rows, case())) == ["hook:ROADS"]


def test_ids_are_the_same_for_the_same_step_and_no_other() -> None:
    rows = [
        Subscription("case_closed", None, "unit", "hook"),
        Subscription("case_closed", None, "unit", "sms"),
    ]
    once, again = told(rows, case()), told(rows, case())
    later = told(rows, case(version=8))
    assert once == again
    assert len({message.id for message in (*once, *later)}) == 4


def test_a_payload_is_thin() -> None:
    after = case(sealed=(Sealed("contact", "ab" * 32, "subject-1"),), grade="urgent")
    event = replace(CLOSED, note="cd" * 32, reason="done")
    (message,) = told([Subscription("case_closed", None, "unit", "hook")], after, event)
    payload = read_body(message.body).event
    assert payload == {
        "type": "case_closed",
        "timestamp": "2026-03-02T01:00:00.000000Z",
        "data": {
            "case": "C-1",
            "version": 7,
            "state": "closed",
            "procedure": "plain",
            "matter": "dirt.rubbish",
            "grade": "urgent",
            "place": "G1",
            "unit": "ROADS",
            "owner": "SO1",
            "level": 0,
            "role": "verifier",
            "body": "CC",
            "reason": "done",
            "event": {},
        },
    }
    for secret in ("p-reporter", "p-verifier", "subject-1", "ab" * 32, "cd" * 32, "12345"):
        assert secret.encode() not in message.body


def test_a_sensitive_matter_is_not_named() -> None:
    (message,) = told([Subscription(None, None, "unit", "hook")], case(sensitive=True, matter="relief"))
    data = read_body(message.body).event["data"]
    assert not {"matter", "place", "grade", "reason"} & set(data)
    assert b"relief" not in message.body


def test_a_payload_that_would_be_too_large_is_cut() -> None:
    event = CaseSplit(at=AT, by=By("dispatcher"), children=tuple(f"C-1.{n:05}" for n in range(3000)))
    (message,) = told([Subscription("case_split", None, "unit", "hook")], case(), event)
    notice = read_body(message.body)
    assert len(notice.payload) <= MAX_BYTES
    assert notice.event["data"]["cut"] is True


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_that_are_no_notice(body: bytes) -> None:
    with pytest.raises(NotificationError) as caught:
        read_body(body, "msg_1")
    assert [(fault.code, fault.ids) for fault in caught.value.faults] == [("notice.unreadable", ("msg_1",))]


@pytest.mark.parametrize("manner", ['{"to":1,"channel":"x","language":"zh"}', "[]", "null", "{}"])
def test_a_manner_of_other_types_is_refused(manner: str) -> None:
    with pytest.raises(NotificationError):
        read_body(b"{}\n" + manner.encode())


def test_what_is_told_depends_on_the_day() -> None:
    rows = (Subscription("case_closed", None, "DG", "hook", valid_from=REFORM),)
    dated = _dated(rows)
    announce = Announcer(dated)
    later = replace(CLOSED, at=datetime(REFORM.year, REFORM.month, REFORM.day, 4, tzinfo=UTC))
    assert announce(None, (CLOSED,), case()) == []
    assert endpoints(announce(None, (later,), case())) == ["hook:DG"]
    assert announce(None, (), case()) == []


def _dated(rows: tuple[Subscription, ...]) -> City:
    from gov_core.city import City

    town = city()
    parts = {name: town.rows(name) for name in ("places", "units", "matters", "asset_classes", "rules")}
    return City.from_parts(
        name=town.name,
        levels=town.levels,
        partition=town.partition,
        grades=town.grades,
        geometries=town.outlines_ever(),
        subscriptions=rows,
        **parts,
    )


class Spy(MemoryCaseStore):
    """Keeps what was to be told, and stores the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[list[Message]] = []

    def append(self, item: Append, **more: Any) -> Any:
        self.told.append(list(item.outbox))
        return super().append(item._replace(outbox=()), **more)

    def append_many(self, items: Any, **more: Any) -> Any:
        items = list(items)
        self.told += [list(item.outbox) for item in items]
        return super().append_many([item._replace(outbox=()) for item in items], **more)


def test_every_way_to_change_a_case_tells_of_it() -> None:
    store = Spy()
    announce = Announcer(_dated((Subscription(None, None, "DG", "hook"),)))
    town = Town(store=store, more={"announce": announce})
    work = town.casework
    town.report("C-1")
    town.report("C-2")
    work.triage("C-1", COMMUNITY)
    work.merge("C-2", "C-1", DISPATCHER, reason="same")
    work.unmerge("C-2", DISPATCHER, reason="other")
    work.split("C-1", [Intake(channel="hotline", matter="leak")], DISPATCHER, reason="two")
    work.urge("C-1", STREET, reason="late")
    town.later(days=30)
    ticks = list(work.tick(limit=1))
    told = [read_body(message.body).event for step in store.told for message in step]
    assert [(event["type"], event["data"]["case"], event["data"]["version"]) for event in told[:-1]] == [
        ("case_reported", "C-1", 1),
        ("case_reported", "C-2", 1),
        ("case_triaged", "C-1", 2),
        ("case_merged", "C-2", 2),
        ("duplicate_absorbed", "C-1", 3),
        ("case_unmerged", "C-2", 3),
        ("duplicate_let_go", "C-1", 4),
        ("case_split", "C-1", 5),
        ("case_reported", "C-1.1", 1),
        ("case_urged", "C-1", 6),
    ]
    assert told[-1]["type"] == "clock_fired"
    assert told[-1]["data"]["case"] == ticks[0].due.case_id


def test_who_is_told_does_not_change_the_events() -> None:
    plain, telling = Town(), Town(store=Spy())
    telling.more["announce"] = Announcer(_dated((Subscription(None, None, "DG", "hook"),)))
    telling.__post_init__()
    assert plain.closed() == telling.closed()
    assert plain.store.head("C-1") == telling.store.head("C-1")
