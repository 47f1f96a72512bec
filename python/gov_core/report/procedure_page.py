"""The reference page of the shipped procedures, made from them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from gov_core.cases.procedure import shipped_procedures
from gov_core.report.procedure_flow import flow_of
from gov_core.report.procedure_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gov_core.cases.procedure import Procedure


def procedures_page() -> str:
    """The page as Markdown; its pictures are `procedures/NAME.svg`."""
    head = (files("gov_core.report") / "page" / "procedures.md").read_text("utf-8")
    lines = [head, *(line for procedure in shipped_procedures().values() for line in _section(procedure))]
    return "\n".join(lines).rstrip() + "\n"


def _section(procedure: Procedure) -> Iterator[str]:
    flow, words = flow_of(procedure), Words("en")
    yield f"### {procedure.name}\n"
    standing = f" ({procedure.standing})" if procedure.standing else ""
    extends = f" Extends `{procedure.extends}`." if procedure.extends else ""
    yield f"{procedure.chinese}: {procedure.english}. Source: {procedure.source}{standing}.{extends}\n"
    yield f"![{procedure.chinese}](procedures/{procedure.name}.svg)\n"
    yield from _table(
        ("stage", "", "states", "tasks that begin"),
        [
            (
                str(at + 1),
                f"{stage.chinese} {words.stage(stage)}",
                ", ".join(f"`{state}`" for state in stage.states),
                ", ".join(f"{kind} by the {words.role(to)}" for kind, to in flow.tasks[at]),
            )
            for at, stage in enumerate(procedure.stages)
        ],
    )
    yield from _table(
        ("clock", "limit", "from", "until", "judged"),
        [
            (
                f"`{rule.name}`",
                words.limit(rule),
                ", ".join(rule.starts),
                ", ".join(rule.meets),
                "yes" if rule.judged else "",
            )
            for rule in procedure.clocks
        ],
    )
    if procedure.grades:
        yield from _table(
            ("grade", "", "decided by", "handled by"),
            [
                (
                    f"`{rule.name}`",
                    rule.chinese,
                    words.roles(rule.decides) or "all",
                    words.roles(rule.handles) or "all",
                )
                for rule in procedure.grades
            ],
        )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
