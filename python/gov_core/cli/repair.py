"""``gov-core repair``: slivers between grids mended within stated bounds, each change listed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gov_core.checker.repair import Patch, Repair

SHOWN = 20
"""How many changes are listed, the largest first; `--json` lists all."""


@app.command()
def repair(
    city: Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the mended city.")],
    max_gap_m: Annotated[float, typer.Option("--max-gap-m", min=0, help="Widest gap closed.")],
    max_overlap_m: Annotated[float, typer.Option("--max-overlap-m", min=0, help="Widest overlap cut.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all changes as JSON on stdout.")] = False,
) -> None:
    """Mend small gaps and overlaps between grids; exit with 1 if something was too wide for that."""
    from gov_core.checker.repair import repair as mend
    from gov_core.city import City

    if output.resolve() == city.resolve():
        message = "the mended city goes into a folder of its own"
        raise typer.BadParameter(message, param_hint="--output")
    done = mend(City.load(city), max_gap_m=max_gap_m, max_overlap_m=max_overlap_m)
    done.city.save(output)
    if as_json:
        listed = {
            "changes": [asdict(patch) for patch in done.changes],
            "refused": [asdict(patch) for patch in done.refused],
            "noded": done.noded,
        }
        json.dump(listed, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _tell(done, output)
    if done.refused:
        raise typer.Exit(1)


def _tell(done: Repair, output: Path) -> None:
    from gov_core.cli._report import GREEN, GREY, RED, YELLOW, tell

    _list(done.changes, GREEN)
    _list(done.refused, RED)
    if done.noded:
        tell(f"{len(done.noded):,} grids got vertices that neighbours have, and kept their shape", YELLOW)
    tell(f"{output}: {len(done.changes):,} changes, {len(done.refused):,} refused", GREY)
    tell(f"next: gov-core check {output}", GREY)


def _list(patches: Sequence[Patch], colour: int) -> None:
    from gov_core.checker.repair import in_words
    from gov_core.cli._report import GREY, tell

    for patch in sorted(patches, key=lambda patch: -patch.area_m2)[:SHOWN]:
        size = f"{in_words(patch.area_m2)}, {patch.width_m:.3g} m wide, at ({patch.lon:.7f}, {patch.lat:.7f})"
        what = f"{patch.kind} between {', '.join(patch.ids)}: {size}"
        tell(f"{what}: {f'to {patch.to}' if patch.to else f'refused, {patch.refused}'}", colour)
    if len(patches) > SHOWN:
        tell(f"… and {len(patches) - SHOWN:,} smaller ones; --json lists all", GREY)
