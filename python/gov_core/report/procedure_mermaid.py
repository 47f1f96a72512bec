"""A procedure as the text of a Mermaid flowchart, for pages that draw it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.report.procedure_flow import START, flow_of
from gov_core.report.procedure_words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.cases.procedure import Procedure
    from gov_core.casework.wording import Language
    from gov_core.report.procedure_flow import Flow


def draw_mermaid(procedure: Procedure, language: Language = "zh") -> str:
    """Write a procedure as a Mermaid flowchart.

    Args:
        procedure: Which.
        language: Of the words in it: ``zh`` or ``en``.

    Returns:
        The text of an ``.mmd`` file, the same for the same procedure: stages as boxes, ways on as arrows with
        who may, ways back and past stages as dotted arrows, clocks as thick ones.
    """
    return "\n".join(["flowchart TD", *_lines(flow_of(procedure), Words(language))]) + "\n"


def _lines(flow: Flow, words: Words) -> Iterator[str]:
    yield "    begin((●))"
    for at, stage in enumerate(flow.stages):
        states = words.joined([words.state(state) for state in flow.states[at]])
        tasks = "".join(f"<br/>{words.task(kind, to)}" for kind, to in flow.tasks[at])
        yield f"    s{at}[{_quoted(f'{at + 1} {words.stage(stage)}<br/>{states}{tasks}')}]"
    for way in flow.ways:
        source = "begin" if way.source == START else f"s{way.source}"
        names = [words.trigger(trigger) for trigger, _ in way.triggers]
        if way.kind == "next":
            told = "<br/>".join(
                f"{name}: {words.roles(roles)}" for name, (_, roles) in zip(names, way.triggers, strict=True)
            )
            yield f"    {source} -->|{_quoted(told)}| s{way.target}"
        else:
            yield f"    {source} -.->|{_quoted(words.joined(names))}| s{way.target}"
    for span in flow.spans:
        told = f"{words.clock(span.rule)}: {words.limit(span.rule)}"
        yield f"    s{span.source} ==>|{_quoted(told)}| s{span.target}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'
