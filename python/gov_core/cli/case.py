"""``gov-core case``: one case and its story, lists of cases, and what is due."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gov_core.cli._app import app
from gov_core.cli._stores import STORE, existing
from gov_core.errors import Fault, ProcedureError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.cases import Calendar, Procedure
    from gov_core.storage.protocol import CaseRow

commands = typer.Typer(help="Look at cases.", no_args_is_help=True)
app.add_typer(commands, name="case")

CITY = typer.Option("--city", metavar="CITY", help="Folder of the city: tells names instead of ids.")
NOW = typer.Option("--now", metavar="TIME", help="2025-12-31T18:00+08:00; the present if not given.")
LIMIT = typer.Option("--limit", min=1, help="How many at most.")
AS_JSON = typer.Option("--json", help="One JSON object a line.")


class Language(StrEnum):
    """In which a story is told."""

    CHINESE = "zh"
    ENGLISH = "en"


class Light(StrEnum):
    """How a case stands with its time."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Order(StrEnum):
    """In which cases are listed."""

    DUE = "due"
    OPENED = "opened"
    ARRIVAL = "arrival"


@dataclass(frozen=True)
class _Teller:
    """What a story is told with."""

    names: Mapping[str, str]
    calendar: Calendar
    procedures: Mapping[str, Procedure]

    def procedure(self, name: str) -> Procedure:
        if name not in self.procedures:
            hint = "give --city: a city has procedures of its own in its folder"
            raise ProcedureError(
                [Fault("procedure.unknown", f'there is no procedure "{name}"', "", hint, (name,))]
            )
        return self.procedures[name]


@commands.command()
def show(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Of the case.")],
    store: Annotated[str, STORE],
    *,
    language: Annotated[Language, typer.Option(help="zh or en.")] = Language.CHINESE,
    city: Annotated[Path | None, CITY] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Tell the story of a case: what happened when, by which role and body, and why."""
    from gov_core.cases import china
    from gov_core.cases.events import CaseOpened
    from gov_core.casework.timeline import timeline

    opened = existing(store)
    teller = _Teller({} if city is None else _names(city), china(), _procedures(city))
    entries = timeline(opened, teller, case_id, language.value)
    row = opened.case_row(case_id)
    opened.close()
    if as_json:
        for entry in entries:
            values = {
                "version": entry.version,
                "at": entry.at.isoformat(),
                "event": entry.event.type,
                "state": entry.state,
                "stage": entry.stage,
                "words": entry.words,
            }
            if isinstance(entry.event, CaseOpened):
                values |= {
                    "procedure": entry.event.procedure,
                    "procedure_version": entry.event.procedure_version,
                }
            sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")
        return
    if row is not None:
        version = getattr(entries[0].event, "procedure_version", 0) or "–"
        told = (row.case_id, row.matter, row.path or "–", row.unit or "–", f"{row.procedure} {version}")
        sys.stdout.write("  ".join(told) + "\n")
    for entry in entries:
        sys.stdout.write(f"{entry.version:3}  {entry}\n")


@commands.command("list")
def list_cases(
    store: Annotated[str, STORE],
    *,
    unit: Annotated[str | None, typer.Option(help="Id of the body that has them.")] = None,
    place: Annotated[str | None, typer.Option(help="Id of a place; cases in it and below it.")] = None,
    matter: Annotated[str | None, typer.Option(help="Code of their matter.")] = None,
    state: Annotated[str | None, typer.Option(help="Their state: in_progress.")] = None,
    light: Annotated[
        Light | None, typer.Option(help="green, yellow from 80 % of the limit on, red after it.")
    ] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only cases with work still to be done.")] = False,
    order: Annotated[Order, typer.Option(help="By when they are due, were reported, or came.")] = Order.DUE,
    now: Annotated[str | None, NOW] = None,
    after: Annotated[str | None, typer.Option(help="Goes on where a page ended.")] = None,
    limit: Annotated[int, LIMIT] = 50,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write all of them as a table instead.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write all of them as a workbook instead.")
    ] = None,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="With --csv and --xlsx: sensitive cases, too.")
    ] = False,
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List cases of a store, a page at a time."""
    from gov_core.cases.machine import MACHINE
    from gov_core.casework.rows import micros
    from gov_core.storage.protocol import CaseFilter

    if state is not None and state not in MACHINE.states:
        wrong = f'there is no state "{state}"; there are: {", ".join(MACHINE.states)}'
        raise typer.BadParameter(wrong, param_hint="'--state'")
    at = moment(now)
    where = CaseFilter(
        unit=unit,
        place=place,
        matter=matter,
        state=state,
        open=True if only_open else None,
        light=None if light is None else light.value,
        now_us=None if light is None else micros(at),
    )
    opened = existing(store)
    if csv is not None or xlsx is not None:
        from gov_core.cli._case_table import write_cases
        from gov_core.cli._report import GREY, tell

        shown = where if sensitive else where._replace(sensitive=False)
        for path in filter(None, (csv, xlsx)):
            written = write_cases(path, opened, shown, order.value, now_us=micros(at))
            tell(f"{written:,} cases in {path}", GREY)
        opened.close()
        return
    if count:
        sys.stdout.write(f"{opened.count_cases(where)}\n")
        opened.close()
        return
    page = opened.query_cases(where, order=order.value, after=after, limit=limit)
    opened.close()
    for row in page.rows:
        if as_json:
            sys.stdout.write(json.dumps(_row(row, at), ensure_ascii=False) + "\n")
        else:
            due = "–" if row.due_us is None else f"{_local(row.due_us):%Y-%m-%d %H:%M}"
            told = (f"{_light(row, at):6}", f"{due:16}", f"{row.state:12}", row.case_id)
            sys.stdout.write("  ".join((*told, row.matter, row.unit or "–", row.place or "–")) + "\n")
    if page.next is not None:
        from gov_core.cli._report import GREY, tell

        tell(f"more: --after '{page.next}'", GREY)


@commands.command()
def due(
    store: Annotated[str, STORE],
    *,
    now: Annotated[str | None, NOW] = None,
    limit: Annotated[int, LIMIT] = 50,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List the clocks that have something to tell: 80 % of a limit are gone, or all of it."""
    from gov_core.casework.rows import micros

    opened = existing(store)
    clocks = opened.due(micros(moment(now)), limit=limit)
    opened.close()
    for clock in clocks:
        if as_json:
            sys.stdout.write(json.dumps(clock._asdict(), ensure_ascii=False) + "\n")
        else:
            what = "warns" if clock.fires_us < clock.due_us else "ended"
            since = f"{_local(clock.fires_us):%Y-%m-%d %H:%M}"
            sys.stdout.write(f"{since}  {what}  {clock.clock.rstrip(':'):24}  {clock.case_id}\n")


def _procedures(city: Path | None) -> dict[str, Procedure]:
    """The shipped ones, and a city's own."""
    from gov_core.cases.procedure import load_procedures, shipped_procedures

    own = {} if city is None else load_procedures(city / "procedures")
    return {**shipped_procedures(), **own}


def _names(city: Path) -> dict[str, str]:
    from gov_core.city import City

    found = City.load(city)
    names = {matter.code: matter.name for matter in found.matters}
    names |= {place.id: place.name for place in found.places}
    names |= {unit.id: unit.name for unit in found.units}
    return {id_: name for id_, name in names.items() if name}


def moment(text: str | None, option: str = "--now") -> datetime:
    """A time that was given on the command line; the present if none was.

    Args:
        text: ISO, with a zone.
        option: Which option it was given by, for errors.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise typer.BadParameter(
            f"{text!r} is no time with a zone, as 2025-12-31T18:00+08:00", param_hint=option
        )
    return at


def _local(us: int) -> datetime:
    from gov_core.cases import china

    return datetime.fromtimestamp(us / 1_000_000, china().tz)


def _light(row: CaseRow, now: datetime) -> str:
    from gov_core.casework.rows import micros
    from gov_core.storage.lists import light_of

    return light_of(row.yellow_us, row.due_us, micros(now))


def _row(row: CaseRow, now: datetime) -> dict[str, Any]:
    return row._asdict() | {"light": _light(row, now)}
