"""Drawings of procedures: nothing is left out, nothing lies over something else, and the same each time."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from gov_core.cases.machine import MACHINE
from gov_core.cases.procedure import Stage, shipped_procedures
from gov_core.report.procedure_flow import START, flow_of
from gov_core.report.procedure_mermaid import draw_mermaid
from gov_core.report.procedure_svg import draw_svg

if TYPE_CHECKING:
    from gov_core.cases.procedure import Procedure

SVG = "{http://www.w3.org/2000/svg}"
EACH = pytest.mark.parametrize("procedure", shipped_procedures().values(), ids=lambda it: it.name)


@EACH
def test_every_stage_follows_the_one_before(procedure: Procedure) -> None:
    """Cases get from each stage to the next, and an emergency to its work without the stages before."""
    flow = flow_of(procedure)
    nexts = {way.source for way in flow.ways if way.kind == "next"}
    assert nexts == {START, *range(len(procedure.stages) - 1)}


@EACH
def test_a_drawing_names_all_stages_states_and_clocks(procedure: Procedure) -> None:
    picture = ET.fromstring(draw_svg(procedure))  # noqa: S314 - our own text
    told = ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]
    flow = flow_of(procedure)
    for stage, states in zip(procedure.stages, flow.states, strict=True):
        assert stage.chinese in told
        assert {MACHINE.states[state] for state in states} <= set(told)
    clocks = [text for text in picture.iter(f"{SVG}text") if text.get("class") == "clock"]
    assert len(clocks) == len(procedure.clocks)


@EACH
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_box_lies_over_another_and_all_is_on_the_sheet(procedure: Procedure, language: str) -> None:
    picture = ET.fromstring(draw_svg(procedure, language))  # type: ignore[arg-type]  # noqa: S314
    width, height = float(picture.get("width", 0)), float(picture.get("height", 0))
    boxes = [box for box in picture.iter(f"{SVG}rect") if box.get("class") == "box"]
    edges = [(float(box.get("y", 0)), float(box.get("y", 0)) + float(box.get("height", 0))) for box in boxes]
    assert all(bottom < top for (_, bottom), (top, _) in pairwise(edges))
    assert edges[-1][1] < height
    for path in picture.iter(f"{SVG}path"):
        marked = path.get("class") in {"back", "jump"}
        assert not marked or all(0 < float(x) < width for x in re.findall(r"[MHQ](\d+)", path.get("d", "")))
    labels = [float(text.get("y", 0)) for text in picture.iter(f"{SVG}text") if text.get("class") == "clock"]
    assert all(after - before >= 36 for before, after in pairwise(labels))


@EACH
def test_bars_of_clocks_do_not_cover_each_other(procedure: Procedure) -> None:
    picture = ET.fromstring(draw_svg(procedure))  # noqa: S314
    bars = [
        tuple(float(bar.get(name, 0)) for name in ("x", "y", "height"))
        for bar in picture.iter(f"{SVG}rect")
        if bar.get("width") == "6"
    ]
    assert len(bars) == len(procedure.clocks)
    for at, (x, y, height) in enumerate(bars):
        assert height > 0
        assert all(x != left or y + height <= top or top + tall <= y for left, top, tall in bars[:at])


def test_signs_that_mean_something_are_written_as_they_are_meant() -> None:
    plain = shipped_procedures()["plain"]
    odd = replace(
        plain, chinese='<b> & "x"', stages=(replace(plain.stages[0], chinese='a<"b"'), *plain.stages[1:])
    )
    ET.fromstring(draw_svg(odd))  # noqa: S314
    assert '"1 a<#quot;b#quot;<br/>' in draw_mermaid(odd)


def test_mermaid_has_each_way_once() -> None:
    loop = shipped_procedures()["whistle_loop"]
    lines = draw_mermaid(loop, "en").splitlines()
    assert lines[0] == "flowchart TD"
    ways = [line.split("|")[0] + line.rsplit("|")[-1] for line in lines if "--> " in line or "-->|" in line]
    assert len(ways) == len(set(ways)) == len(loop.stages)
    assert sum("==>" in line for line in lines) == len(loop.clocks)


def test_a_procedure_of_one_stage_is_drawn() -> None:
    plain = shipped_procedures()["plain"]
    states = tuple(state for stage in plain.stages for state in stage.states)
    one = replace(plain, stages=(Stage("all", "全部", states),), clocks=())
    assert "全部" in draw_svg(one)
