"""A city shown as a page, a picture and a tree: what is on it, and what must not be."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely
from playwright.sync_api import sync_playwright

from gov_core.checklists import Checklist, Item
from gov_core.city import City, Figure, Matter, Place, Rule, Unit
from gov_core.organisation import Relation
from gov_core.places import Norm
from gov_core.report import city_tree, draw_city_png, write_city_page


def town(**changes: Any) -> City:
    parts: dict[str, Any] = {
        "name": "小镇 <Town>",
        "levels": ["street", "community", "grid"],
        "places": [
            Place("S", "东街", "street", population=4_321),
            Place("C1", "一社区", "community", "S"),
            Place("C2", "二社区", "community", "S"),
            Place("G1", "", "grid", "C1", households=7),
            Place("G2", "", "grid", "C2", households=300),
        ],
        "geometries": {
            "G1": shapely.box(118.0, 32, 118.1, 32.1).wkb,
            "G2": shapely.box(118.1, 32, 118.2, 32.1).wkb,
        },
        "units": [
            Unit("ST", "服务站", "service_station", ("S",)),
            Unit("RC1", "一居委会", "residents_committee", ("C1",)),
            Unit("RC2", "二居委会", "residents_committee", ("C2",)),
        ],
        "matters": [Matter("noise", "噪声"), Matter("relief", "救助", sensitive=True)],
        "relations": [Relation("ST", "serves", "@residents_committee")],
        "checklists": [Checklist("L", "service", "服务事项", "@service_station", expected_count=3)],
        "items": [
            Item("I1", "L", "噪声处理", matters=("noise",)),
            Item("I2", "L", "机密救助", matters=("relief",), sensitive=True),
            Item("I3", "L", "", placeholder=True),
        ],
        "rules": [Rule("R", None, None, None, None, ("@service_station",))],
        "norms": [Norm("N", "households", "grid", 300, 500, source="H-RULE-1")],
        "figures": [Figure("F", "信访同比", -22.5, "%", claim=True, source="H-KPI-1")],
    }
    return City.from_parts(**(parts | changes))


def shown(path: Any) -> dict[str, Any]:
    text = path.read_text("utf-8").split('<script type="application/json" id="data">', 1)[1]
    found: dict[str, Any] = json.loads(text.split("</script>", 1)[0])
    return found


def test_sensitive_items_and_small_counts_stay_out(tmp_path) -> None:
    write_city_page(tmp_path / "town.html", town())

    data = shown(tmp_path / "town.html")
    assert [item["code"] for item in data["lists"][0]["items"]] == ["I1", "I3"]
    assert data["hidden_items"] == 1
    assert "机密救助" not in (tmp_path / "town.html").read_text("utf-8")
    counts = {place["id"]: place["households"] for place in data["places"]}
    assert (counts["G1"], counts["G2"], counts["S"]) == ("< 10", 300, None)


def test_rules_and_items_about_sensitive_matters_stay_out(tmp_path) -> None:
    """Also where only the matter is flagged, or one above it."""
    matters = [*town().matters, Matter("minors", "未成年人案件", "relief")]
    items = [
        Item("I1", "L", "噪声处理", matters=("noise",)),
        Item("I2", "L", "机密救助", matters=("minors",)),
    ]
    rules = [
        Rule("R", None, None, None, None, ("@service_station",)),
        Rule("R-SECRET", "minors", None, None, None, ("@service_station",)),
    ]
    write_city_page(tmp_path / "town.html", town(matters=matters, items=items, rules=rules))

    data, text = shown(tmp_path / "town.html"), (tmp_path / "town.html").read_text("utf-8")
    assert [rule["id"] for rule in data["rules"]] == ["R"]
    assert (data["hidden_items"], data["hidden_rules"]) == (1, 1)
    for word in ("R-SECRET", "minors", "未成年人案件", "机密救助"):
        assert word not in text


def test_a_name_cannot_leave_its_script_element(tmp_path) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    places = [replace(town().places[0], name=evil), *town().places[1:]]
    units = [replace(town().units[0], name=evil), *town().units[1:]]
    write_city_page(tmp_path / "plain.html", town())
    write_city_page(tmp_path / "town.html", town(name=evil, places=places, units=units))

    text = (tmp_path / "town.html").read_text("utf-8")
    assert evil not in text
    assert "<img src=x" not in text
    assert text.count("</script>") == (tmp_path / "plain.html").read_text("utf-8").count("</script>")
    assert shown(tmp_path / "town.html")["places"][0]["name"] == evil


def test_relations_are_drawn_between_kinds(tmp_path) -> None:
    write_city_page(tmp_path / "town.html", town())

    graph = shown(tmp_path / "town.html")["graph"]
    assert graph["nodes"] == [
        {"kind": "service_station", "count": 1},
        {"kind": "residents_committee", "count": 2},
    ]
    edges = [(edge["source"], edge["target"], edge["name"]) for edge in graph["edges"]]
    assert edges == [("service_station", "residents_committee", "服务")]


def test_the_tree_tells_places_bodies_and_lists() -> None:
    lines = list(city_tree(town(), depth=2))

    assert lines[0] == "小镇 <Town>  (1 street, 2 community, 2 grid)"
    assert lines[1] == "└─ S 东街  [2 community]  · service_station"
    assert lines[2] == "   ├─ C1 一社区  [1 grid]  · residents_committee"
    assert "      3  L  服务清单  @service_station" in lines
    assert "  1 rules" in lines
    assert not any(line.strip().startswith(("├─ G", "└─ G")) for line in lines)


def test_long_branches_are_counted() -> None:
    places = [Place("S", "", "street"), *(Place(f"C{at:02}", "", "community", "S") for at in range(20))]
    places += [Place(f"G{at:02}", "", "grid", f"C{at:02}") for at in range(20)]
    geometries = {
        f"G{at:02}": shapely.box(118 + at / 10, 32, 118 + (at + 1) / 10, 32.1).wkb for at in range(20)
    }
    units = [Unit("ST", "", "service_station", ("S",)), Unit("RC", "", "residents_committee", ("S",))]
    city = town(places=places, geometries=geometries, units=units)
    assert "   └─ … 8 more" in list(city_tree(city))


def test_the_picture_is_a_png(tmp_path) -> None:
    draw_city_png(tmp_path / "town.png", town())
    assert (tmp_path / "town.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_city_of_one_level_is_shown(tmp_path) -> None:
    grids = [replace(place, parent=None) for place in town().places if place.level == "grid"]
    city = town(
        levels=["grid"], places=grids, units=[Unit("ST", "", "service_station", ("G1", "G2"))], relations=[]
    )
    write_city_page(tmp_path / "town.html", city)
    draw_city_png(tmp_path / "town.png", city)
    assert shown(tmp_path / "town.html")["lines"] == []


def test_the_command_shows_the_city_of_a_day(tmp_path) -> None:
    units = [*town().units, Unit("NEW", "", "owners_committee", ("C1",), valid_from=date(2020, 1, 1))]
    town(units=units).save(tmp_path / "town")

    def tree(*options: str) -> str:
        command = [sys.executable, "-m", "gov_core.cli", "show", str(tmp_path / "town"), *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert "owners_committee" in tree()
    assert "owners_committee" not in tree("--as-of", "2019-12-31")


@pytest.mark.browser
def test_the_page_answers_in_a_browser(tmp_path, chromium) -> None:
    write_city_page(tmp_path / "town.html", town())
    errors: list[str] = []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto((tmp_path / "town.html").as_uri())
        page.wait_for_selector("body[data-drawn]", timeout=120_000)

        assert page.title() == "小镇 <Town>"
        page.fill("#find", "一居")
        page.click("#found button")
        assert page.inner_text("#detail-title") == "一居委会"
        assert "居民委员会" in page.inner_text("#detail-facts")
        page.click("#tree summary button")
        assert page.inner_text("#detail-title") == "东街"
        assert "4321" in page.inner_text("#detail-facts")
        page.click("#tab-bodies")
        assert page.is_visible("#bodies svg")
        assert not page.is_visible("#map")
        page.click("#tab-lists")
        assert "噪声处理" in page.inner_text("#lists")
        assert "另有 1 项为占位" in page.inner_text("#lists")
        page.click("#tab-facts")
        assert "来源的说法" in page.inner_text("#facts")
        browser.close()
    assert errors == []
    assert [url for url in requests if not url.startswith("blob:")] == [(tmp_path / "town.html").as_uri()]
