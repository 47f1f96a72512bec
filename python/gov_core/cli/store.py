"""``gov-core store``: whether a store of cases is as it was written, its seals, and its archives."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gov_core.cli._app import app
from gov_core.cli._day import parse_day
from gov_core.cli._stores import STORE, existing

if TYPE_CHECKING:
    from gov_core.storage.protocol import Seal

commands = typer.Typer(help="Look after a store of cases.", no_args_is_help=True)
app.add_typer(commands, name="store")


@commands.command()
def verify(
    store: Annotated[str | None, STORE] = None,
    *,
    archive: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="An archive to verify in the place of a store.")
    ] = None,
    kept: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Seals that were kept elsewhere, as seal prints them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Read everything in a store and say what is not as it was written; exits with 1 if anything is."""
    if (store is None) == (archive is None):
        raise typer.BadParameter("give either --store or --archive")
    lines = () if kept is None else _read_seals(kept)
    seals = [seal for seal, _ in lines]
    if archive is not None:
        from gov_core.archive import verify_archive

        digests = [digest for _, digest in lines if digest]
        report = verify_archive(archive, kept=seals, digest=digests[-1] if digests else None)
    else:
        opened = existing(store or "")
        report = opened.verify(kept=seals)
        opened.close()
    if as_json:
        values: dict[str, Any] = report._asdict() | {"sound": report.sound}
        values["faults"] = [fault._asdict() for fault in report.faults]
        sys.stdout.write(json.dumps(values, ensure_ascii=False, indent=2) + "\n")
    else:
        for fault in report.faults:
            where = ", ".join(
                filter(
                    None,
                    (
                        fault.case_id and f"case {fault.case_id}",
                        f"event {fault.version}" if fault.version else "",
                        f"position {fault.position}" if fault.position else "",
                    ),
                )
            )
            sys.stdout.write(f"{fault.code}  {where}  {fault.message}\n")
        verdict = "sound" if report.sound else f"{len(report.faults)} faults"
        sys.stdout.write(f"{report.events:,} events of {report.cases:,} cases: {verdict}\n")
    if not report.sound:
        raise typer.Exit(1)


@commands.command()
def seal(store: Annotated[str, STORE]) -> None:
    """Seal a store up to its newest event and print the seal: keep it somewhere else, and verify by it."""
    opened = existing(store)
    made = opened.seal()
    opened.close()
    sys.stdout.write(_line(made))


@commands.command()
def archive(
    store: Annotated[str, STORE],
    folder: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Made by this.")],
    before: Annotated[
        date,
        typer.Option(
            "--before",
            parser=parse_day,
            metavar="DATE",
            help="Closed cases whose last event was recorded before this day, in China: 2026-01-01.",
        ),
    ],
) -> None:
    """Write closed cases to Parquet, to be kept and verified; prints the seal they were archived under."""
    from gov_core.archive import archive_cases
    from gov_core.cli._progress import counting

    midnight = datetime.combine(before, time(), ZoneInfo("Asia/Shanghai"))
    opened = existing(store)
    with counting("feed") as progress:
        made = archive_cases(
            opened, folder, recorded_before_us=int(midnight.timestamp()) * 1_000_000, progress=progress
        )
    opened.close()
    sys.stderr.write(f"{made.events:,} events of {made.cases:,} cases in {folder}\n")
    sys.stdout.write(_line(made.seal, archive=made.digest))


def _line(seal: Seal, **more: str) -> str:
    values = seal._asdict() | {"root": seal.root.hex(), "previous": seal.previous.hex()} | more
    return json.dumps(values) + "\n"


def _read_seals(path: Path) -> list[tuple[Seal, str | None]]:
    """Seals that were kept, each with the digest of the archive that was made under it, if one was.

    Raises:
        PayloadRejectedError: ``storage.no_seal`` for each line that is none, or for a file without any.
    """
    from gov_core.errors import Fault, PayloadRejectedError
    from gov_core.storage.refusals import UNREADABLE

    hint = "give a file with lines that gov-core store seal has printed"
    found, faults = [], []
    for number, line in enumerate(path.read_text("utf-8-sig", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(_kept(line))
        except UNREADABLE as error:
            faults.append(Fault("storage.no_seal", f"this is no seal: {error}", f"{path}:{number}", hint))
    if not found and not faults:
        faults.append(Fault("storage.no_seal", "there is no seal in it to verify by", str(path), hint))
    if faults:
        raise PayloadRejectedError(faults)
    return found


def _kept(line: str) -> tuple[Seal, str | None]:
    from gov_core.storage.protocol import Seal

    values = json.loads(line)
    values["root"], values["previous"] = bytes.fromhex(values["root"]), bytes.fromhex(values["previous"])
    archive = values.pop("archive", None)
    seal = Seal(**values)
    if list(map(type, seal)) != [str, int, int, int, bytes, bytes, int] or not isinstance(
        archive, str | None
    ):
        raise TypeError("a part of it is of another kind")
    return seal, archive
