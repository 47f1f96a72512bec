"""``gov-core store``: what a store of cases is, whether it is as it was written, and its seals."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gov_core.cli._app import app
from gov_core.cli._stores import STORE, existing

if TYPE_CHECKING:
    from gov_core.storage.protocol import Seal

commands = typer.Typer(help="Look after a store of cases.", no_args_is_help=True)
app.add_typer(commands, name="store")


@commands.command()
def verify(
    store: Annotated[str, STORE],
    *,
    kept: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Seals that were kept elsewhere, as seal prints them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Read everything in a store and say what is not as it was written; exits with 1 if anything is."""
    seals = () if kept is None else tuple(map(_seal, kept.read_text("utf-8").splitlines()))
    opened = existing(store)
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
    values = made._asdict() | {"root": made.root.hex(), "previous": made.previous.hex()}
    sys.stdout.write(json.dumps(values) + "\n")


def _seal(line: str) -> Seal:
    from gov_core.errors import Fault, PayloadRejectedError
    from gov_core.storage.protocol import Seal

    try:
        values = json.loads(line)
        values["root"], values["previous"] = bytes.fromhex(values["root"]), bytes.fromhex(values["previous"])
        return Seal(**values)
    except (ValueError, TypeError, KeyError) as error:
        hint = "give a file with lines that gov-core store seal has printed"
        raise PayloadRejectedError(
            [Fault("storage.no_seal", f"this is no seal: {error}", "", hint)]
        ) from None
