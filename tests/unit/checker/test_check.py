"""Cities that load and are wrong all the same: each shows exactly its findings."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely import Polygon, box

from gov_core.checker import HARD_RULES, Finding, check
from gov_core.city import AssetClass, City, Limit, Matter, Place, Rule, Unit, Void
from gov_core.errors import CityError, Fault
from gov_core.places import Norm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEST, EAST = box(119.0, 33.0, 119.1, 33.1), box(119.1, 33.0, 119.2, 33.1)
RULE = Rule("R", None, None, None, None, ("@station",))
RULED, UNUSED = Unit("U", "", "station", ("C",)), Unit("V", "", "bureau", ("C",))


def city_of(grids: dict[str, Any], **others: Any) -> City:
    """A city of one community with the given grids, everything answered for."""
    above = others.pop("outlines", {})
    outlines = {name: shapely.to_wkb(outline) for name, outline in (grids | above).items()}
    parts: dict[str, Any] = {
        "name": "test",
        "levels": ["community", "grid"],
        "places": [Place("C", "", "community"), *(Place(name, "", "grid", "C") for name in grids)],
        "geometries": outlines,
        "units": [Unit("U", "", "station", ("C",))],
        "matters": [Matter("M", "")],
        "rules": [RULE],
    }
    return City.from_parts(**(parts | others))


def codes(city: City) -> list[tuple[str, str, str]]:
    return [(found.severity, found.fault.code, found.fault.place) for found in check(city)]


def frame() -> dict[str, Polygon]:
    """Four grids around a square hole of 0.02 degrees."""
    return {
        "S": Polygon([(0, 0), (0.04, 0), (0.04, 0.01), (0.03, 0.01), (0.01, 0.01), (0, 0.01)]),
        "N": Polygon([(0, 0.03), (0.01, 0.03), (0.03, 0.03), (0.04, 0.03), (0.04, 0.04), (0, 0.04)]),
        "W": box(0, 0.01, 0.01, 0.03),
        "E": box(0.03, 0.01, 0.04, 0.03),
    }


def test_a_good_city_has_no_findings() -> None:
    assert check(city_of({"W": WEST, "E": EAST}, outlines={"C": box(119.0, 33.0, 119.2, 33.1)})) == []


def test_a_gap_tells_its_area_and_neighbours() -> None:
    (found,) = check(city_of(frame()))

    assert (found.severity, found.fault.code) == ("error", "geometry.gap")
    assert sorted(found.fault.ids) == ["E", "N", "S", "W"]
    # 0.02 degrees of a great circle, squared, on a sphere of 6,371.0 km: 2,223.9 m squared.
    assert "4,945,731 m²" in found.fault.message
    assert "(0.0200000, 0.0200000)" in found.fault.message


def test_a_gap_around_a_grid_does_not_count_the_grid() -> None:
    (found,) = check(city_of(frame() | {"M": box(0.011, 0.011, 0.029, 0.029)}))

    assert found.fault.code == "geometry.gap"
    assert sorted(found.fault.ids) == ["E", "M", "N", "S", "W"]
    # 4,945,731 m2 of the hole without 0.018 degrees squared.
    assert "939,689 m²" in found.fault.message


def test_a_gap_that_is_a_void_is_meant() -> None:
    lake = Void("lake", shapely.to_wkb(box(0.01, 0.01, 0.03, 0.03)))

    assert check(city_of(frame(), voids=[lake])) == []


def test_what_a_void_leaves_of_a_gap_is_told() -> None:
    pond = Void("pond", shapely.to_wkb(box(0.01, 0.01, 0.02, 0.03)))

    assert [code for _, code, _ in codes(city_of(frame(), voids=[pond]))] == ["geometry.gap"]


def test_a_void_on_a_grid_is_told() -> None:
    lake = Void("lake", shapely.to_wkb(box(119.05, 33.0, 119.1, 33.1)))

    assert codes(city_of({"W": WEST, "E": EAST}, voids=[lake])) == [("warning", "void.overlap", "voids#lake")]


def test_a_narrow_gap_is_a_sliver() -> None:
    grids = frame() | {"M": box(0.01, 0.01, 0.029999, 0.03)}
    grids["S"] = Polygon([*grids["S"].exterior.coords[:4], (0.029999, 0.01), *grids["S"].exterior.coords[4:]])
    grids["N"] = Polygon([*grids["N"].exterior.coords[:2], (0.029999, 0.03), *grids["N"].exterior.coords[2:]])

    (found,) = check(city_of(grids))

    assert (found.fault.code, sorted(found.fault.ids)) == ("geometry.sliver", ["E", "M", "N", "S"])
    assert "snap" in found.fault.hint


def test_an_overlap_names_both_and_its_area() -> None:
    (found,) = check(city_of({"W": WEST, "E": box(119.05, 33.0, 119.2, 33.1)}))

    assert (found.severity, found.fault.code) == ("error", "geometry.overlap")
    assert found.fault.ids == ("W", "E")
    assert found.fault.message.endswith(" m²")


def test_an_overlap_of_one_ulp_is_told() -> None:
    east = Polygon([(119.09999999999998, 33.0), (119.2, 33.0), (119.2, 33.1), (119.1, 33.1)])
    (found,) = check(city_of({"W": WEST, "E": east}))

    assert found.fault.code == "geometry.overlap"
    assert "a sliver of" in found.fault.message


def test_a_vertex_that_a_neighbour_lacks_is_a_warning() -> None:
    grids = {"A": box(0, 0, 1, 2), "B": box(1, 0, 2, 1), "C2": box(1, 1, 2, 2)}
    found = codes(city_of(grids))

    assert ("warning", "geometry.t_junction", "places#A") in found
    assert {code for _, code, _ in found} == {"geometry.t_junction"}


def test_an_outline_that_crosses_itself_is_told_once() -> None:
    bow_tie = Polygon([(119.1, 33.0), (119.2, 33.1), (119.2, 33.0), (119.1, 33.1)])

    assert ("error", "geometry.invalid_outline", "places#E") in codes(city_of({"W": WEST, "E": bow_tie}))
    assert len([code for _, code, _ in codes(city_of({"W": WEST, "E": bow_tie})) if "outline" in code]) == 1


def test_a_void_that_crosses_itself_is_an_error() -> None:
    bow_tie = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    found = codes(city_of({"W": WEST, "E": EAST}, voids=[Void("lake", shapely.to_wkb(bow_tie))]))

    assert found == [("error", "geometry.invalid_outline", "voids#lake")]


def test_a_grid_outside_of_its_community_is_told_with_its_path() -> None:
    (found,) = check(city_of({"W": WEST, "E": EAST}, outlines={"C": box(119.0, 33.0, 119.15, 33.1)}))

    assert (found.severity, found.fault.code) == ("error", "hierarchy.outside_parent")
    assert "C/E" in found.fault.message
    assert found.fault.ids == ("E", "C")


def test_a_hair_outside_of_the_community_is_none() -> None:
    outline = box(119.0, 33.0, 119.2 - 1e-12, 33.1)

    assert check(city_of({"W": WEST, "E": EAST}, outlines={"C": outline})) == []


def test_what_nothing_refers_to_is_a_warning() -> None:
    city = city_of(
        {"W": WEST, "E": EAST},
        places=[
            Place("C", "", "community"),
            Place("D", "", "community"),
            Place("W", "", "grid", "C"),
            Place("E", "", "grid", "C"),
        ],
        units=[Unit("U", "", "station", ("C",)), Unit("V", "", "bureau", ("C",)), Unit("X", "", "station")],
        asset_classes=[AssetClass("A", ""), AssetClass("lamp", "", "A"), AssetClass("tree", "")],
        rules=[
            RULE,
            Rule("L", None, None, "lamp", None, ("U",), (), Limit(3, "natural_day"), Limit(2, "natural_day")),
        ],
    )

    assert codes(city) == [
        ("warning", "hierarchy.childless", "places#D"),
        ("warning", "unit.unused", "units#V"),
        ("warning", "unit.unused", "units#X"),
        ("warning", "asset.unused", "asset_classes#tree"),
        ("warning", "rule.limit_order", "rules#L"),
    ]


def test_a_matter_nobody_answers_for_is_an_error() -> None:
    city = city_of(
        {"W": WEST, "E": EAST},
        grades=["urgent", "normal"],
        matters=[Matter("M", ""), Matter("N", "", "M"), Matter("O", "")],
        rules=[Rule("R", "M", None, None, None, ("U",)), Rule("Q", "O", "W", None, "urgent", ("U",))],
    )
    found = [finding.fault.message for finding in check(city) if finding.fault.code == "rule.uncovered"]

    assert found == [
        'no rule answers for matter "O", grade "urgent" in 1 of 2 grids: E',
        'no rule answers for matter "O", grade "normal" in any grid',
    ]


def test_rules_that_contradict_each_other_are_errors() -> None:
    rules = [RULE, Rule("S", None, None, None, None, ("U",), (), Limit(1, "natural_day"))]

    assert codes(city_of({"W": WEST, "E": EAST}, rules=rules)) == [("error", "rule.conflict", "rules#S")]


def test_warnings_of_loading_are_among_the_findings(tmp_path: Any) -> None:
    city_of({"W": WEST, "E": EAST}).save(tmp_path)
    path = tmp_path / "places.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    for point in document["features"][1]["geometry"]["coordinates"][0]:
        point.append(5.0)
    path.write_text(json.dumps(document), encoding="utf-8")

    assert codes(City.load(tmp_path)) == [("warning", "geometry.heights", "places.geojson#W")]


@pytest.mark.parametrize(("severity", "place"), [("error", "places"), ("warning", "voids")])
def test_a_finding_reads_as_a_line(severity: str, place: str) -> None:
    lake = Void("lake", shapely.to_wkb(box(119.05, 33.0, 119.1, 33.1)))
    grids = {"W": WEST, "E": EAST if severity == "warning" else box(119.05, 33.0, 119.2, 33.1)}
    found = check(city_of(grids, voids=[lake]))

    assert str(found[0]).startswith(f"{severity}: {place}#")


def test_a_finding_knows_its_entry_in_the_catalogue() -> None:
    (found,) = check(city_of(frame()))

    assert (found.diagnostic.code, found.diagnostic.severity) == ("geometry.gap", "error")
    assert found.diagnostic.source == "N-RULE-1"


def test_a_city_may_count_a_code_otherwise() -> None:
    lake = Void("lake", shapely.to_wkb(box(119.05, 33.0, 119.1, 33.1)))
    grids = {"W": WEST, "E": EAST}

    assert codes(city_of(grids, voids=[lake], severities={"void.overlap": "error"})) == [
        ("error", "void.overlap", "voids#lake")
    ]
    assert codes(city_of(grids, voids=[lake], severities={"void.overlap": "off"})) == []


def test_a_setting_that_changes_nothing_is_told() -> None:
    severities = {"void.overlp": "off", "geometry.gap": "of", "relation.unknown_unit": "error"}
    found = check(city_of({"W": WEST, "E": EAST}, severities=severities))

    assert [(each.fault.code, each.fault.hint) for each in found] == [
        ("severity.unknown_code", 'did you mean "void.overlap"?'),
        ("severity.unknown_level", 'did you mean "off"?'),
    ]


def test_a_city_is_held_to_the_hard_rules_it_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_bureau(city: City) -> Iterator[Finding]:
        for unit in city.units:
            if unit.kind == "bureau":
                yield Finding("error", Fault("hard_rule.no_bureau", "a bureau", city.where("units", unit.id)))

    monkeypatch.setitem(HARD_RULES, "no_bureau", no_bureau)
    parts: dict[str, Any] = {"units": [Unit("U", "", "station", ("C",)), Unit("V", "", "bureau", ("C",))]}
    parts["rules"] = [Rule("R", None, None, None, None, ("@station",), ("V",))]
    grids = {"W": WEST, "E": EAST}

    assert codes(city_of(grids, **parts)) == []
    assert codes(city_of(grids, **parts, hard_rules=["no_bureau"])) == [
        ("error", "hard_rule.no_bureau", "units#V")
    ]
    (found,) = check(city_of(grids, **parts, hard_rules=["no_buraeu"]))
    assert (found.fault.code, found.fault.hint) == ("hard_rule.unknown", 'did you mean "no_bureau"?')


def test_all_versions_are_looked_over_and_each_fault_told_once() -> None:
    later = date(2020, 1, 1)
    places = [
        Place("C", "", "community"),
        *(Place(name, "", "grid", "C") for name in "SNW"),
        Place("E", "", "grid", "C", valid_to=later),
        Place("E", "", "grid", "C", valid_from=later),
    ]
    drawn = {name: shapely.to_wkb(outline) for name, outline in frame().items()}
    # The gap is there in both versions, and since 2020 it is larger: another one.
    drawn[f"E@{later}"] = shapely.to_wkb(box(0.031, 0.01, 0.04, 0.03))
    city = city_of({}, places=places, geometries=drawn, units=[RULED, UNUSED])
    gaps = [found for found in check(city) if found.fault.code == "geometry.gap"]

    assert [found.since for found in gaps] == [None, later]
    assert str(gaps[1]).endswith("(since 2020-01-01)")
    assert [found.since for found in check(city) if found.fault.code == "unit.unused"] == [None]
    assert {found.since for found in check(city, on=later)} == {None}
    assert [found.fault.code for found in check(city, on=date(2019, 1, 1))] == ["geometry.gap", "unit.unused"]


def test_of_very_many_clashes_the_rest_is_counted() -> None:
    units = [Unit(f"U{at}", "", "station" if at else "office", ("C",)) for at in range(2)]
    rules = [Rule(f"R{at}", "M", None, None, None, (f"U{at % 2}",)) for at in range(3000)]
    found = check(city_of({"W": WEST, "E": EAST}, units=units, rules=rules))

    (more,) = [each for each in found if each.fault.code == "rule.more"]
    assert "more of the same" in more.fault.message
    assert len(found) > 100


def test_without_the_packages_for_maps_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city_of({"W": WEST, "E": EAST}).save(tmp_path)
    (tmp_path / "places.geojson").unlink()
    (tmp_path / "places.gpkg").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(CityError) as caught:
        City.load(tmp_path)
    assert "file.needs_geo" in {fault.code for fault in caught.value.faults}


def test_large_bounds_of_a_norm_are_told_in_full() -> None:
    norm = Norm("area", "area_m2", "grid", least=123_456_789, most=1_234_567_890)
    (found,) = check(city_of({"W": WEST}, norms=[norm]))
    assert found.fault.code == "norm.breach"
    assert 'norm "area" is 123,456,789 to 1,234,567,890' in found.fault.message
