"""A burden before and after, as tables and as a figure."""

import io
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from gov_core.checklists import Checklist, Item, Matter, Transfer
from gov_core.checklists.burden import Reduction, reduction
from gov_core.organisation import Unit
from gov_core.report import draw_reduction, print_reduction

BODY = "@residents_committee"
UNITS = [Unit("RC", "", "residents_committee"), Unit("B", "", "civil_affairs_bureau")]
LISTS = [
    Checklist("work", "work", "", BODY),
    Checklist("duty", "duty", "", "B"),
    Checklist("help", "assistance", "", BODY),
]


def lists(*items: Item, transfers: tuple[Transfer, ...] = ()) -> Any:
    matters = [Matter(f"m{at}", "") for at in range(20)]
    return SimpleNamespace(units=UNITS, matters=matters, checklists=LISTS, items=items, transfers=transfers)


@pytest.fixture
def cut() -> Reduction:
    """Twenty items of which 14 go to a bureau, 4 stay, 1 is merged, 1 ends; 1 comes new."""
    before = lists(
        *(Item(f"I{at}", "work", "a & b", matters=(f"m{at}",), sensitive=at == 0) for at in range(20))
    )
    after = lists(
        *(Item(f"I{at}", "duty", "", matters=(f"m{at}",)) for at in range(14)),
        *(Item(f"I{at}", "help", "", matters=(f"m{at}",)) for at in range(14, 18)),
        Item("MERGED", "help", "", matters=("m18",)),
        Item("NEW", "work", "", matters=()),
        transfers=(Transfer("I0", BODY, "B"),),
    )
    return reduction(before, after, BODY)


def drawn(cut: Reduction, **options: Any) -> tuple[list[dict[str, str]], list[str]]:
    """The rectangles and the texts of the figure."""
    root = ET.fromstring(draw_reduction(cut, **options))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    return [each.attrib for each in root.iter(f"{space}rect")], [
        str(each.text) for each in root.iter(f"{space}text")
    ]


def test_bars_are_as_long_as_what_they_count(cut: Reduction) -> None:
    rects, texts = drawn(cut)
    bars = [rect for rect in rects if rect["height"] == "38"]
    rows = {y: [float(bar["width"]) for bar in bars if bar["y"] == y] for y in {bar["y"] for bar in bars}}
    before, after = (rows[y] for y in sorted(rows, key=int))

    per_item = sum(before) / 20
    assert before == pytest.approx([4 * per_item, 1 * per_item, 14 * per_item, 1 * per_item], abs=0.1)
    assert after == pytest.approx([5 * per_item, 1 * per_item], abs=0.1)
    assert {"之前 20 项", "之后 6 项", "移交 14", "其中新增 1", "无人承担的事项：1", "m19"} <= set(texts)
    assert "居民委员会：20 项 → 6 项" in texts


def test_names_cannot_break_the_figure(cut: Reduction) -> None:
    _, texts = drawn(cut, names={"B": "<script>&", BODY: "A & B"}, note="a < b")

    assert {"A & B：20 项 → 6 项", "<script>&", "a < b"} <= set(texts)


def test_no_burden_at_all_is_drawn(cut: Reduction) -> None:
    del cut
    rects, texts = drawn(reduction(lists(), lists(), BODY))
    assert len(rects) == 1
    assert "居民委员会：0 项 → 0 项" in texts


def test_tables_tell_each_item_and_no_sensitive_title(cut: Reduction) -> None:
    told = io.StringIO()
    print_reduction(cut, Console(file=told, width=120), names={"B": "bureau"})
    lines = told.getvalue().splitlines()

    assert lines[0] == "居民委员会  20 → 6 items"
    assert any(line.split()[:1] == ["I0"] and "(sensitive)" in line and "a & b" not in line for line in lines)
    assert any(line.split()[:1] == ["I1"] and "a & b" in line and "bureau" in line for line in lines)
    assert "matters nobody holds any more: 1  m19" in lines
    assert "moved without money: 1  I0" in lines


def test_tables_can_leave_items_out(cut: Reduction) -> None:
    told = io.StringIO()
    print_reduction(cut, Console(file=told, width=120), each=False)

    assert "I1 " not in told.getvalue()
    assert "moved 移交: 14" in told.getvalue()
