"""``gov-core store``: whether a store is as it was written, its seals and archives, and how it moves."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from datetime import date, datetime, time
from errno import EEXIST
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gov_core.cli._app import app
from gov_core.cli._day import parse_day
from gov_core.cli._stores import STORE, existing

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@commands.command("export")
def export_store(
    store: Annotated[str, STORE],
    file: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Made by this; there is none, or whole.")
    ],
) -> None:
    """Write all that a store has as lines of JSON, for another store, or to be kept; prints their checksum.

    What was sealed of persons stays sealed; the wrapped keys are written, too.
    """
    from gov_core.cli._progress import measuring
    from gov_core.storage.transfer import export_cases

    opened = existing(store)
    with _new(file) as lines, measuring(file.name) as progress:
        written = export_cases(opened, lines, progress=progress)
    opened.close()
    sys.stdout.write(json.dumps(written._asdict()) + "\n")


@commands.command("import")
def import_store(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="That export has written.")],
    store: Annotated[str, STORE],
) -> None:
    """Read what export wrote into an empty store, made if need be: it becomes the store that was written."""
    from gov_core.cli._progress import measuring
    from gov_core.storage.opening import open_store
    from gov_core.storage.transfer import import_cases

    with file.open("rb") as lines, measuring(file.name, file.stat().st_size) as progress:
        opened = open_store(store)
        read = import_cases(opened, lines, progress=progress)
        opened.close()
    sys.stdout.write(json.dumps(read._asdict()) + "\n")


@contextmanager
def _new(file: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone that comes into being whole, on the disk, and never over another."""
    from gov_core.storage.syncing import sync_folder

    if file.exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(file))
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as written:
            yield written
            written.flush()
            os.fsync(written.fileno())
        os.link(name, file)
        sync_folder(file.parent)
    finally:
        Path(name).unlink()


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
