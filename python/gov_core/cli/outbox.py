"""``gov-core outbox``: what waits, what was given up, and the workers that deliver it."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gov_core.cli._app import app
from gov_core.cli._stores import STORE, existing

if TYPE_CHECKING:
    from gov_core.city import City
    from gov_core.errors import Fault
    from gov_core.notifications.channels import Channels
    from gov_core.notifications.templates import Templates
    from gov_core.storage.outbox import OutboxEntry

commands = typer.Typer(help="Look after messages, and deliver them.", no_args_is_help=True)
app.add_typer(commands, name="outbox")

ENDPOINT = typer.Option("--endpoint", help="Only this endpoint: hook:U-1.")
CASE = typer.Option("--case", help="Only messages about this case.")
AS_JSON = typer.Option("--json", help="One JSON object a line.")
CITY = typer.Option("--city", metavar="CITY", help="Folder of the city: its subscriptions and names.")
CHANNELS = typer.Option(
    "--channels", metavar="FILE", help="channels.toml; texts are in the folder templates beside it."
)


class State(StrEnum):
    """How a message stands."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    BURIED = "buried"


class Language(StrEnum):
    """In which somebody is told."""

    CHINESE = "zh"
    ENGLISH = "en"


@commands.command("list")
def list_messages(
    store: Annotated[str, STORE],
    *,
    state: Annotated[State | None, typer.Option(help="Only those that stand so.")] = None,
    endpoint: Annotated[str | None, ENDPOINT] = None,
    case: Annotated[str | None, CASE] = None,
    after: Annotated[int, typer.Option(help="Goes on where a page ended.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List messages in the order they were written, a page at a time; never what they say."""
    from gov_core.storage.outbox import OutboxFilter

    opened = existing(store)
    where = OutboxFilter(None if state is None else state.value, endpoint, case)
    page = opened.outbox_entries(where, after=after, limit=limit)
    opened.close()
    for entry in page.entries:
        if as_json:
            sys.stdout.write(json.dumps(_entry(entry), ensure_ascii=False) + "\n")
        else:
            told = (f"{entry.number:6}", f"{entry.state:7}", f"{entry.attempts:2}", _time(entry.written_us))
            rest = (entry.message.endpoint, entry.case_id, entry.message.id, entry.error)
            sys.stdout.write("  ".join((*told, *rest)).rstrip() + "\n")
    if page.next is not None:
        from gov_core.cli._report import GREY, tell

        tell(f"more: --after {page.next}", GREY)


@commands.command()
def stats(store: Annotated[str, STORE], *, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Say how each endpoint stands: what waits and since when, what was sent, what was given up."""
    opened = existing(store)
    found = opened.outbox_stats()
    opened.close()
    for one in found:
        if as_json:
            sys.stdout.write(json.dumps(one._asdict(), ensure_ascii=False) + "\n")
        else:
            oldest = "–" if one.oldest_us is None else _time(one.oldest_us)
            taken = "–" if one.sent_us is None else _time(one.sent_us)
            sys.stdout.write(
                f"{one.endpoint:30}  waiting {one.waiting} (oldest {oldest})  sent {one.sent} (last {taken})"
                f"  buried {one.buried}\n"
            )


@commands.command()
def redrive(
    store: Annotated[str, STORE],
    *,
    endpoint: Annotated[str | None, ENDPOINT] = None,
    case: Annotated[str | None, CASE] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
) -> None:
    """Let messages that were given up be tried again; an endpoint that had gone is open again by that."""
    from gov_core.storage.outbox import OutboxFilter

    if endpoint is None and case is None and not every:
        raise typer.BadParameter("say which: --endpoint, --case, or --all")
    opened = existing(store)
    count = opened.outbox_redrive(OutboxFilter(None, endpoint, case))
    opened.close()
    sys.stdout.write(f"{count} will be tried again\n")


@commands.command()
def prune(
    store: Annotated[str, STORE],
    *,
    days: Annotated[int, typer.Option(min=0, help="Of how long ago.")] = 30,
) -> None:
    """Forget messages that were sent some days ago; what waits or was given up stays."""
    from gov_core.storage.clock import now_us

    opened = existing(store)
    count = opened.outbox_prune(now_us() - days * 86_400_000_000)
    opened.close()
    sys.stdout.write(f"{count} forgotten\n")


@commands.command()
def run(
    store: Annotated[str, STORE],
    city: Annotated[Path, CITY],
    channels: Annotated[Path, CHANNELS],
    *,
    keys: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Of the master keys: with them reporters are told.")
    ] = None,
    name: Annotated[str, typer.Option(help="Of the worker; host and process if not given.")] = "",
    threads: Annotated[int, typer.Option(min=1, max=256, help="Attempts at once.")] = 8,
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="Stop when nothing is ready any more.")
    ] = False,
) -> None:
    """Deliver messages until stopped: once by SIGTERM or Ctrl-C, which lets what has begun end."""
    import logging
    import signal
    import socket
    import threading

    from gov_core.notifications.contacts import VaultContacts
    from gov_core.notifications.delivering import Desk
    from gov_core.notifications.filling import Speech
    from gov_core.notifications.worker import Pace, Worker

    where, texts, ways = _read(city, channels)
    opened = existing(store)
    contacts = None
    if keys is not None:
        from gov_core.privacy import Vault, open_keys

        contacts = VaultContacts(opened, Vault(opened, open_keys(keys)))
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    desk = Desk(ways, texts, Speech.of(where), contacts)
    own = name or f"{socket.gethostname()}-{os.getpid()}"
    tally = Worker(opened, desk, name=own, pace=Pace(threads=threads)).run(stop, until_empty=until_empty)
    ways.close()
    opened.close()
    sys.stdout.write(f"sent {tally.sent}, failed attempts {tally.failed}, buried {tally.buried}\n")


@commands.command()
def preview(
    city: Annotated[Path, CITY],
    channels: Annotated[Path, CHANNELS],
    *,
    event: Annotated[str, typer.Option(help="Type of the event: case_closed.")] = "case_closed",
    template: Annotated[str, typer.Option(help="Name of the template; the one of the event if empty.")] = "",
    language: Annotated[Language, typer.Option(help="zh or en.")] = Language.CHINESE,
) -> None:
    """Fill a text in with an invented case of the city; nothing is sent, and no secret is needed."""
    from gov_core.cases.codec import EVENT_TYPES
    from gov_core.notifications.filling import Speech
    from gov_core.notifications.notice import Manner, Notice

    where, texts = _city_and_texts(city, channels)
    if event not in EVENT_TYPES:
        raise typer.BadParameter(_no_event(event), param_hint="--event")
    values = Speech.of(where).values(Notice(_invented(where, event), Manner("reporter", "x", language.value)))
    told = texts.of(event, language.value, template).fill(values)
    sys.stdout.write(f"{told.title}\n{told.text}\n")


@commands.command("check")
def check_channels(city: Annotated[Path, CITY], channels: Annotated[Path, CHANNELS]) -> None:
    """Read channels, texts and subscriptions, and tell everything that does not fit; sends nothing."""
    where, _, ways = _read(city, channels)
    ways.close()
    sys.stdout.write(
        f"{len(where.rows('subscriptions'))} subscriptions, {len(ways.endpoints)} endpoints: sound\n"
    )


@commands.command()
def secret() -> None:
    """Print a new key for signing webhooks; both ends keep it."""
    from gov_core.notifications.adapters.signing import new_secret

    sys.stdout.write(new_secret() + "\n")


def _no_event(event: str) -> str:
    from difflib import get_close_matches

    from gov_core.cases.codec import EVENT_TYPES

    near = get_close_matches(event, EVENT_TYPES, n=3, cutoff=0.5) or sorted(EVENT_TYPES)
    return f'there is no event "{event}"; {"did you mean" if len(near) <= 3 else "one of"} {", ".join(near)}'


def _city_and_texts(city: Path, channels: Path) -> tuple[City, Templates]:
    from gov_core.city import City
    from gov_core.notifications.templates import Templates

    return City.load(city), Templates.load(channels.parent / "templates")


def _read(city: Path, channels: Path) -> tuple[City, Templates, Channels]:
    """City, texts and channels, with all that is wrong with channels and texts together."""
    from gov_core.errors import NotificationError
    from gov_core.notifications.channels import Channels

    faults: list[Fault] = []
    where, texts, ways = None, None, None
    try:
        where, texts = _city_and_texts(city, channels)
    except NotificationError as error:
        faults += error.faults
    try:
        ways = Channels.load(channels, environ=os.environ)
    except NotificationError as error:
        faults += error.faults
    if where is not None and texts is not None and ways is not None:
        faults += ways.faults_for(where, texts)
        if not faults:
            return where, texts, ways
    raise NotificationError(faults)


def _invented(city: City, event: str) -> bytes:
    at = datetime(2026, 1, 5, 1, 30, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    unit = city.units[0].id if city.units else "U-1"
    data: dict[str, Any] = {
        "case": "C-1",
        "version": 1,
        "state": "in_progress",
        "matter": city.matters[0].code if city.matters else "",
        "place": city.grids[0] if city.grids else "",
        "unit": unit,
        "owner": unit,
        "body": unit,
        "role": "dispatcher",
        "due": at,
        "event": {"units": [unit], "clock": "handling", "ended": True},
    }
    return json.dumps({"type": event, "timestamp": at, "data": data}).encode()


def _entry(entry: OutboxEntry) -> dict[str, Any]:
    values: dict[str, Any] = entry._asdict() | {"id": entry.message.id, "endpoint": entry.message.endpoint}
    del values["message"]
    return values


def _time(us: int) -> str:
    from gov_core.cases import china

    return f"{datetime.fromtimestamp(us / 1_000_000, china().tz):%Y-%m-%d %H:%M}"
