"""Whatever is taken out of a procedure: it is told, or cases still come to an end and clocks still run."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gov_core.cases.lint import GIVES_UP, lint
from gov_core.cases.machine import MACHINE, PREVIOUS, SAME
from gov_core.cases.procedure import Procedure, StepRule, shipped_procedures
from gov_core.report.procedure_mermaid import draw_mermaid
from gov_core.report.procedure_svg import draw_svg


@st.composite
def narrowed(draw: st.DrawFn) -> Procedure:
    """A shipped procedure with some steps left out, some left to fewer roles, and some clocks changed."""
    procedure = draw(st.sampled_from(tuple(shipped_procedures().values())))
    without = draw(st.sets(st.sampled_from(sorted(procedure.steps)), max_size=4))
    steps = {name: rule for name, rule in procedure.steps.items() if name not in without}
    for name in draw(st.sets(st.sampled_from(sorted(steps)), max_size=4)):
        roles = draw(st.sets(st.sampled_from(sorted(MACHINE.triggers[name].who)), min_size=1, max_size=2))
        steps[name] = replace(steps[name], roles=tuple(sorted(roles)))  # type: ignore[arg-type]
    clocks = tuple(rule for rule in procedure.clocks if draw(st.booleans()))
    return replace(procedure, steps=steps, clocks=clocks)


def ends_without_giving_up(procedure: Procedure) -> bool:
    """A second opinion, by growing the states that end until none is added, without grades."""
    ways = [
        (source, target)
        for name, trigger in MACHINE.triggers.items()
        if name in procedure.steps and name not in GIVES_UP and procedure.roles(trigger)
        for source in trigger.sources
        for target in trigger.targets[:1]
        if target not in (SAME, PREVIOUS)
    ]
    good = set(MACHINE.ended)
    while more := {source for source, target in ways if target in good} - good:
        good |= more
    seen = {""}
    steps = [
        (source, target)
        for name, trigger in MACHINE.triggers.items()
        if name in procedure.steps and procedure.roles(trigger)
        for source in trigger.sources
        for target in trigger.targets[:1]
        if target not in (SAME, PREVIOUS)
    ]
    while more := {target for source, target in steps if source in seen} - seen:
        seen |= more
    rests = {"waiting", "reopen_requested", "merged", "archived"}  # left for where a case was, or not at all
    return seen - rests <= good | {""}


@settings(max_examples=150, deadline=None)
@given(narrowed())
def test_what_the_linter_lets_through_comes_to_an_end(procedure: Procedure) -> None:
    codes = {fault.code for fault in lint(procedure)}
    assert lint(procedure) == lint(procedure)
    if not procedure.grades and "procedure.no_opening" not in codes:
        trapped = bool(codes & {"procedure.no_end", "procedure.stage_nobody_leaves"})
        assert trapped or ends_without_giving_up(procedure)
    for rule in procedure.clocks if not codes else ():
        assert any(what.partition(".")[0] in procedure.steps or "." in what for what in rule.starts)
        assert any(what.partition(".")[0] in procedure.steps or "." in what for what in rule.meets)


@settings(max_examples=40, deadline=None)
@given(narrowed())
def test_whatever_is_left_can_be_drawn(procedure: Procedure) -> None:
    assert draw_svg(procedure) == draw_svg(procedure)
    assert draw_mermaid(procedure, "en").startswith("flowchart TD")


@given(st.dictionaries(st.text(max_size=12), st.builds(StepRule), max_size=5))
def test_odd_steps_are_told_and_break_nothing(steps: dict[str, StepRule]) -> None:
    plain = shipped_procedures()["plain"]
    told = lint(replace(plain, steps={**plain.steps, **steps}))
    strange = set(steps) - set(MACHINE.triggers)
    assert strange == {
        fault.place.partition("#steps.")[2] for fault in told if fault.code.endswith("trigger")
    }
