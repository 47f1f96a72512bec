"""``gov-core procedure``: the closed loops that cases run through."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gov_core.cli._app import app

if TYPE_CHECKING:
    from gov_core.cases.procedure import Procedure

commands = typer.Typer(
    help="List, show, check and draw the procedures that cases run through.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(commands, name="procedure")

_NAME = typer.Argument(metavar="NAME|FILE", help="A shipped procedure, or a TOML file.")


@commands.command("list")
def list_procedures(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="Print all of them as a page.")] = False
) -> None:
    """List the procedures that are shipped."""
    from gov_core.cases.procedure import shipped_procedures
    from gov_core.report.procedure_page import procedures_page

    if markdown:
        sys.stdout.write(procedures_page())
        return
    known = shipped_procedures()
    width = max(map(len, known))
    for name, procedure in known.items():
        sys.stdout.write(f"{name:{width}}  {procedure.chinese}: {procedure.english}\n")


@commands.command("show")
def show_procedure(name: Annotated[str, _NAME]) -> None:
    """Tell what one says: stages, who may do what, clocks, tasks; what it extends is filled in."""
    from gov_core.cases.machine import MACHINE
    from gov_core.report.procedure_flow import flow_of
    from gov_core.report.procedure_words import Words

    procedure = _procedure(name)
    words, flow = Words("en"), flow_of(procedure)
    lines = [
        f"{procedure.name}  {procedure.chinese}: {procedure.english}",
        f"source   {procedure.source}{f' ({procedure.standing})' if procedure.standing else ''}",
        f"extends  {procedure.extends or 'none'}",
        f"owners   {', '.join(procedure.owners)}",
        "",
        "stages:",
    ]
    for number, stage in enumerate(procedure.stages):
        tasks = "".join(f"; {words.task(kind, to)}" for kind, to in flow.tasks[number])
        lines.append(f"  {number + 1} {stage.chinese}  {stage.name}: {', '.join(stage.states)}{tasks}")
    lines += ["", "clocks:"]
    lines += [
        f"  {rule.name}  {words.limit(rule)}: from {', '.join(rule.starts)} to {', '.join(rule.meets)}"
        for rule in procedure.clocks
    ]
    lines += ["", "steps, and who may:"]
    for step in procedure.steps:
        trigger = MACHINE.triggers.get(step)
        if trigger is not None:
            grades = [rule.name for rule in procedure.grades] or [""]
            may = {role for grade in grades for role in procedure.roles(trigger, grade)}
            lines.append(f"  {step}  {', '.join(role for role in trigger.who if role in may)}")
    lines += ["", *(f"{key}  {told}" for key, told in words.notes(flow))]
    sys.stdout.write("\n".join(lines) + "\n")


@commands.command("check")
def check_procedures(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="TOML files; they may extend each other.", exists=True),
    ],
) -> None:
    """Refuse procedures that could never run to their end; every fault is told, and how to mend it."""
    from gov_core.cases.lint import lint
    from gov_core.cases.procedure import read_procedures
    from gov_core.errors import ProcedureError

    read = read_procedures({str(file): _text(file) for file in files})
    faults = [fault for procedure in read.values() for fault in lint(procedure)]
    if faults:
        raise ProcedureError(faults)
    for procedure in read.values():
        sys.stdout.write(f"{procedure.name}: every stage is reached, and every case can end\n")


@commands.command("draw")
def draw_procedure(
    name: Annotated[str, _NAME],
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write: .svg or .mmd (Mermaid).", dir_okay=False),
    ] = None,
    language: Annotated[Literal["zh", "en"], typer.Option("--lang", help="Of the words in it.")] = "zh",
) -> None:
    """Draw one: stages, who leads a case from one to the next, and its clocks."""
    from gov_core.report.procedure_mermaid import draw_mermaid
    from gov_core.report.procedure_svg import draw_svg

    form = ".mmd" if out is None else out.suffix.lower()
    if form not in {".svg", ".mmd"}:
        raise typer.BadParameter(
            f"{form or 'a file without ending'} is not drawn; .svg or .mmd", param_hint="--output"
        )
    procedure = _procedure(name)
    text = draw_svg(procedure, language) if form == ".svg" else draw_mermaid(procedure, language)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


def _procedure(name: str) -> Procedure:
    """A shipped procedure, or one of a file."""
    from gov_core.cases.procedure import read_procedure, shipped_procedures
    from gov_core.errors import Fault, ProcedureError

    known = shipped_procedures()
    if name in known:
        return known[name]
    file = Path(name)
    if file.suffix != ".toml" or not file.is_file():
        hint = f"there are: {', '.join(known)}; or give a .toml file"
        raise ProcedureError([Fault("procedure.unknown", f'there is no procedure "{name}"', hint=hint)])
    return read_procedure(_text(file), name)


def _text(file: Path) -> str:
    from gov_core.errors import Fault, ProcedureError

    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        fault = Fault("procedure.no_toml", "the file is no UTF-8", str(file), "save it as UTF-8")
        raise ProcedureError([fault]) from None
