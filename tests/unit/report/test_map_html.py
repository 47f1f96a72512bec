"""The page opens from a file, alone, in a real browser, and answers mouse and keyboard."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from gov_core.report import Bulletin, Outlines, Tally, roll_up, write_html

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory, city, outlines, statuses, bulletin):
    path = tmp_path_factory.mktemp("html") / "map.html"
    write_html(path, city, outlines, statuses, bulletin)
    return path


@pytest.fixture
def page(browser, file):
    with opened(browser, file) as page:
        yield page


class opened:  # noqa: N801 - reads as a verb: with opened(browser, file) as page
    """Opens a file, waits until the map is drawn, and at the end wants no error and no request."""

    def __init__(self, browser, file):
        self.context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
        self.file, self.seen, self.errors = file, [], []

    def __enter__(self):
        page = self.context.new_page()
        page.on("request", lambda request: self.seen.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        page.goto(self.file.as_uri())
        page.wait_for_selector("body[data-drawn]", timeout=120_000)
        return page

    def __exit__(self, kind, *_):
        self.context.close()
        if kind is None:
            assert self.errors == []
            assert [url for url in self.seen if not url.startswith("blob:")] == [self.file.as_uri()]


def drawn(page):
    return page.evaluate("new Set(map.queryRenderedFeatures({layers: ['areas']}).map((f) => f.id)).size")


def test_it_shows_as_many_areas_as_there_are_grids(page, city):
    assert drawn(page) == len(city.grids) == 80


def test_it_says_what_it_shows_in_chinese(page, city, tally):
    assert page.title() == city.name
    summary = page.inner_text("#summary")
    assert f"{tally.rows:,} 个事件" in summary
    assert "共 80 个" in summary
    assert page.locator("#legend li").count() == 8
    assert "不在辖区" in page.inner_text("#statuses")


def test_street_names_are_drawn_without_a_glyph_server(page, city):
    names = page.evaluate(
        "map.queryRenderedFeatures({layers: ['street-names']}).map((f) => f.properties.name)"
    )
    assert set(names) == {place.name for place in city.places if place.level == "street"}


def test_hovering_tells_the_grid_its_street_and_community_and_count(page, city, statuses):
    grid = max(city.grids, key=lambda grid: sum(statuses.get(grid, {}).values()))
    x, y = page.evaluate(
        """(id) => {
            const at = data.area_points.features[byId.get(id).properties.index].geometry.coordinates;
            const point = map.project(at);
            return [point.x, point.y];
        }""",
        grid,
    )
    page.mouse.move(x, y)
    page.wait_for_selector("#tip:not([hidden])")
    tip = page.inner_text("#tip")
    street, community, _ = city.path(grid)
    names = {place.id: place.name for place in city.places}
    assert all(text in tip for text in (grid, names[grid], names[street], names[community]))
    assert f"{sum(statuses[grid].values()):,} 个事件" in tip


def test_the_keyboard_finds_and_selects_a_grid(page, city, statuses):
    grid = city.grids[1]
    page.focus("#find")
    page.keyboard.type(grid)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    facts = page.inner_text("#detail")
    assert grid in facts
    assert "未知事项\n7" in facts
    assert f"事件数\n{sum(statuses[grid].values())}" in facts
    assert page.get_attribute("#found button", "aria-pressed") == "true"
    page.keyboard.press("Escape")
    assert page.locator("#detail").is_hidden()


def test_the_keyboard_moves_the_map(page):
    page.focus(".maplibregl-canvas")
    before = page.evaluate("map.getZoom()")
    page.keyboard.press("=")
    page.wait_for_timeout(600)
    assert page.evaluate("map.getZoom()") > before


def test_a_click_selects_and_a_click_beside_the_city_clears(page):
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["width"] / 2, box["height"] / 2)
    page.wait_for_selector("#detail:not([hidden])")
    page.mouse.click(box["width"] - 5, box["height"] - 5)
    page.wait_for_selector("#detail", state="hidden")


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        """[...document.querySelectorAll("button, input, canvas")].filter((one) =>
            !(one.textContent.trim() || one.title || one.ariaLabel || one.labels?.length)).length"""
    )
    assert unnamed == 0


def test_a_narrow_screen_puts_the_panel_below(page):
    page.set_viewport_size({"width": 420, "height": 800})
    upper, lower = page.locator("#map").bounding_box(), page.locator("aside").bounding_box()
    assert lower["y"] >= upper["y"] + upper["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def test_too_many_grids_become_communities_and_the_page_says_so(tmp_path, browser, city, tally, bulletin):
    outlines = Outlines.of(city, most=50)
    write_html(tmp_path / "map.html", city, outlines, roll_up(city, tally.places, "community"), bulletin)
    with opened(browser, tmp_path / "map.html") as page:
        assert drawn(page) == len(outlines.areas)
        assert page.inner_text("#note") == "共 80 个网格,合并为社区显示。"


def test_names_cannot_break_out_of_the_page(tmp_path, browser, city, tally, bulletin):
    evil = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>"
    places = tuple(replace(place, name=evil) for place in city.places)
    streets = tuple(replace(row, name=evil) for row in bulletin.streets)
    city, bulletin = replace(city, places=places), replace(bulletin, city=evil, streets=streets)
    statuses = roll_up(city, tally.places, "grid")
    write_html(tmp_path / "map.html", city, Outlines.of(city), statuses, bulletin)
    with opened(browser, tmp_path / "map.html") as page:
        assert page.title() == evil
        assert page.inner_text("#name") == evil
        assert page.locator("img").count() == 0


def test_nothing_is_loaded_from_elsewhere(file):
    text = file.read_text("utf-8")
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", text)
    assert "default-src 'none'" in text
    assert "{{" not in text.split("<script>")[0]
    assert "Redistribution and use in source and binary forms" in text


def test_areas_whose_count_is_not_shown(browser, city, tmp_path):
    tally = Tally()
    for grid in city.grids:
        tally.places[grid, "routed"] = 2 if grid == city.grids[0] else 100
    tally.rows = sum(tally.places.values())
    outlines = Outlines.of(city)
    statuses = roll_up(city, tally.places, outlines.areas.level)
    path = tmp_path / "map.html"
    write_html(path, city, outlines, statuses, Bulletin.of(city, tally).published())
    with opened(browser, path) as page:
        page.fill("#find", city.grids[0])
        page.click("#found button")
        assert "–" in page.inner_text("#facts")
        assert "少于 5" in page.inner_text("#note")
        assert page.locator("#legend li").last.inner_text() == "0"
