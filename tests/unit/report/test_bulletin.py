"""The bulletin says what was counted, sorted, named and added up."""

from __future__ import annotations

import io
import json

from rich.console import Console

from gov_core.report import Bulletin, Tally


def printed(bulletin):
    file = io.StringIO()
    bulletin.print(Console(file=file, width=120))
    return file.getvalue()


def test_every_status_with_its_share(bulletin, tally):
    assert [row.id for row in bulletin.statuses] == ["routed", "out_of_area", "unknown_matter"]
    assert sum(row.events for row in bulletin.statuses) == tally.rows
    assert abs(sum(row.share for row in bulletin.statuses) - 1) < 1e-12


def test_streets_by_load_with_their_busiest_grid(bulletin, city, tally):
    assert {row.id for row in bulletin.streets} == {p.id for p in city.places if p.level == "street"}
    events = [row.events for row in bulletin.streets]
    assert events == sorted(events, reverse=True)
    assert sum(events) == sum(tally.places.values())
    assert sum(row.grids for row in bulletin.streets) == len(city.grids)
    for row in bulletin.streets:
        assert city.path(row.busiest)[0] == row.id
        assert row.busiest_events == max(
            sum(n for (place, _), n in tally.places.items() if place == grid)
            for grid in city.grids
            if city.path(grid)[0] == row.id
        )


def test_units_and_classes_of_matters_are_named(bulletin, tally):
    assert bulletin.units[0].name.startswith("生成街道办事处")
    assert [(row.id, row.name, row.events) for row in bulletin.matters] == [
        ("C01", "公用设施", sum(tally.matters.values()))
    ]


def test_as_text(bulletin, tally):
    text = printed(bulletin)
    for title in ("by status", "by street", "by class of matter", "by unit", "how fast"):
        assert title in text
    assert f"{tally.rows:,} events, 80 grids" in text
    assert "生成街道 1" in text
    assert f"{2 * tally.rows:,}" in text  # events a second: they took half a second


def test_as_json(bulletin, tally):
    values = json.loads(json.dumps(bulletin.as_dict(), ensure_ascii=False))
    assert values["events"] == tally.rows
    assert values["speeds"][0]["events_per_second"] == 2 * tally.rows
    assert values["staff_by_norm"] == {"grid_managers": 80, "volunteers": 160}
    assert len(values["digest"]) == 64


def test_nothing_counted(city):
    bulletin = Bulletin.of(city, Tally())
    assert bulletin.statuses == ()
    assert all(row.events == 0 and row.busiest == "" for row in bulletin.streets)
    assert "0 events" in printed(bulletin)


def test_what_addresses_had_to_say(city, bulletin):
    tally = Tally()
    tally.rows = 4
    tally.located.by.update({"address": 3, "coordinates": 1})
    tally.located.disagreements = 2
    located = Bulletin.of(city, tally)
    assert [(row.id, row.events, row.share) for row in located.located] == [
        ("address", 3, 0.75),
        ("coordinates", 1, 0.25),
    ]
    assert "2 points lie outside of the grid of their address" in printed(located)
    assert "by what located them" not in printed(bulletin)
