"""A city written and read again is the same city, and its digest tells two cities apart."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gov_core.city import AssetClass, City, Limit, Matter, Place, Rule, Unit, Void
from gov_core.errors import CityError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path


def parts(**others: Any) -> dict[str, Any]:
    """Parts of a city of one street, one community, two grids side by side and a lake."""
    return {
        "name": "清河",
        "levels": ["street", "community", "grid"],
        "grades": ["urgent", "normal"],
        "places": [
            Place("S-1", "街道", "street"),
            Place("C-1", "社区", "community", "S-1"),
            Place("G-1", "", "grid", "C-1"),
            Place("G-2", "", "grid", "C-1"),
        ],
        "geometries": {
            "C-1": shapely.to_wkb(shapely.box(119.0, 33.0, 119.2, 33.1)),
            "G-1": shapely.to_wkb(shapely.box(119.0, 33.0, 119.1, 33.1)),
            "G-2": shapely.to_wkb(shapely.box(119.1, 33.0, 119.2, 33.1)),
        },
        "voids": [Void("lake", shapely.to_wkb(shapely.box(119.3, 33.0, 119.4, 33.1)))],
        "units": [Unit("U-1", "站", "station", ("C-1",)), Unit("U-2", "", "bureau", ("G-1", "G-2"))],
        "matters": [Matter("M", ""), Matter("M-1", "noise", "M")],
        "asset_classes": [AssetClass("A", "thing"), AssetClass("lamp", "", "A")],
        "rules": [
            Rule("R-1", "M", None, None, None, ("@station",)),
            Rule(
                "R-2",
                "M-1",
                "G-1",
                "lamp",
                "urgent",
                ("@bureau", "U-1"),
                ("@station",),
                Limit(2, "urgent_hour"),
                Limit(5, "working_day"),
            ),
        ],
        **others,
    }


def test_load_gives_back_what_save_wrote(tmp_path: Path) -> None:
    city = City.from_parts(**parts())
    city.save(tmp_path)

    again = City.load(tmp_path)

    assert again == city
    assert again.digest == city.digest
    assert [rule.line for rule in again.rules] == [2, 3]
    assert again.outlines == city.outlines


def test_saving_again_writes_the_same_bytes(tmp_path: Path) -> None:
    City.from_parts(**parts()).save(tmp_path / "first")
    City.load(tmp_path / "first").save(tmp_path / "second")

    for file in (tmp_path / "first").iterdir():
        assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes()


def test_saving_over_a_folder_leaves_no_file_of_the_old_city(tmp_path: Path) -> None:
    City.from_parts(**parts()).save(tmp_path)
    plain = City.from_parts(
        **parts(asset_classes=[], rules=[Rule("R-1", "M", None, None, None, ("@station",))])
    )
    plain.save(tmp_path)

    assert City.load(tmp_path) == plain
    assert not [file.name for file in tmp_path.iterdir() if file.name.startswith(".")]


def test_path_runs_from_the_top_to_the_place() -> None:
    city = City.from_parts(**parts())

    assert city.path("G-2") == ("S-1", "C-1", "G-2")
    assert city.path("S-1") == ("S-1",)
    with pytest.raises(KeyError):
        city.path("G-9")


def test_without_asset_classes_those_of_the_rules_are_taken() -> None:
    city = City.from_parts(**parts(asset_classes=[]))

    assert city.asset_classes == (AssetClass("lamp", "lamp"),)


names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
degrees = st.floats(-1, 1).filter(lambda value: value == 0 or abs(value) > 1e-60)  # smaller ones are refused
boxes = st.builds(
    lambda west, south, width, height: shapely.to_wkb(shapely.box(west, south, west + width, south + height)),
    degrees.map(lambda value: value * 179),
    degrees.map(lambda value: value * 89),
    st.floats(0.001, 0.9),
    st.floats(0.001, 0.9),
)


@given(name=names, place_name=names, outline=boxes, crs=st.sampled_from(["EPSG:4490", "GCJ-02", "BD-09"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_and_any_coordinate_comes_back(
    tmp_path: Path, name: str, place_name: str, outline: bytes, crs: str
) -> None:
    grid = Place("G", place_name, "grid")
    city = City.from_parts(name=name, crs=crs, levels=["grid"], places=[grid], geometries={"G": outline})
    city.save(tmp_path)

    again = City.load(tmp_path)

    assert again == city
    assert again.digest == city.digest


@given(st.randoms(use_true_random=False))
def test_the_digest_is_blind_to_order(shuffled: random.Random) -> None:
    mixed = parts()
    for key in ("places", "units", "matters", "asset_classes", "rules", "grades"):
        shuffled.shuffle(mixed[key])

    assert City.from_parts(**mixed).digest == City.from_parts(**parts()).digest


def test_the_digest_is_blind_to_what_decides_nothing() -> None:
    other = parts(name="another", voids=[])
    other["places"][0] = Place("S-1", "renamed", "street")
    other["units"][0] = replace(other["units"][0], name="renamed", serves=("C-1",))
    other["matters"][0] = Matter("M", "renamed")
    other["rules"][0] = replace(other["rules"][0], line=77)
    del other["geometries"]["C-1"]
    reversed_ring = shapely.from_wkb(other["geometries"]["G-1"]).reverse()
    other["geometries"]["G-1"] = shapely.to_wkb(reversed_ring)

    assert City.from_parts(**other).digest == City.from_parts(**parts()).digest


def _change(part: str, at: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    def change(own: dict[str, Any]) -> None:
        own[part][at] = replace(own[part][at], **values)

    return change


HAIR_ABOVE = 33.10000000000001
DECIDING: list[Callable[[dict[str, Any]], None]] = [
    lambda own: own.update(crs="GCJ-02"),
    lambda own: own.update(grades=["urgent", "normal", "slow"]),
    lambda own: own.update(rules=own["rules"][:1]),
    lambda own: own["geometries"].update(
        {"G-1": shapely.to_wkb(shapely.box(119.0, 33.0, 119.1, 33.10000000000001))}
    ),
    lambda own: own["geometries"].update({"G-1": own["geometries"]["G-2"], "G-2": own["geometries"]["G-1"]}),
    lambda own: own["places"].append(Place("S-2", "", "street")),
    _change("units", 0, kind="bureau"),
    _change("units", 0, serves=("S-1",)),
    _change("units", 0, serves=()),
    _change("matters", 1, parent=None),
    _change("asset_classes", 1, parent=None),
    _change("rules", 0, id="R-7"),
    _change("rules", 0, matter=None),
    _change("rules", 1, area="G-2"),
    _change("rules", 1, asset="A"),
    _change("rules", 1, grade="normal"),
    _change("rules", 1, grade=None),
    _change("rules", 1, unit=("U-1", "@bureau")),
    _change("rules", 1, unit=("@bureau",)),
    _change("rules", 1, assist=()),
    _change("rules", 1, respond_within=Limit(3, "urgent_hour")),
    _change("rules", 1, respond_within=Limit(2, "working_hour")),
    _change("rules", 1, resolve_within=None),
]


def test_the_digest_sees_whatever_decides() -> None:
    digests = {City.from_parts(**parts()).digest}
    for change in DECIDING:
        own = parts()
        own["units"][0] = replace(own["units"][0])
        change(own)
        if own["units"][0].kind == "bureau":
            own["units"][1] = replace(own["units"][1], kind="station")
        digests.add(City.from_parts(**own).digest)

    assert len(digests) == len(DECIDING) + 1


def test_a_city_is_a_value() -> None:
    city = City.from_parts(**parts())

    assert city == City.from_parts(**parts())
    assert {field.name for field in fields(city)} >= {"places", "rules"}
    with pytest.raises(AttributeError):
        city.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"crs": "EPSG:3857"}, [("crs.unknown", "crs")]),
        ({"levels": []}, [("toml.value", "levels")]),
        ({"name": "a\nb"}, [("value.invisible", "name")]),
        ({"geometries": {}}, [("geometry.missing", "places#G-1"), ("geometry.missing", "places#G-2")]),
        (
            {"geometries": parts()["geometries"] | {"G-9": b""}},
            [("geometry.unknown_place", "geometries#G-9")],
        ),
        ({"geometries": parts()["geometries"] | {"G-1": b"\x01"}}, [("geometry.unreadable", "places#G-1")]),
        (
            {"geometries": parts()["geometries"] | {"G-1": shapely.to_wkb(shapely.Polygon())}},
            [("geometry.empty", "places#G-1")],
        ),
        ({"voids": [Void("lake", b"")]}, [("geometry.unreadable", "voids#lake")]),
        ({"voids": [Void("G-1", parts()["geometries"]["G-1"])]}, [("id.duplicate", "voids#G-1")]),
        ({"places": [*parts()["places"], Place("G-1", "", "grid", "C-1")]}, [("id.duplicate", "places[4]")]),
        ({"units": [*parts()["units"], Unit("", "", "x")]}, [("value.empty", "units#")]),
        ({"units": [*parts()["units"], Unit("@U", "", "x")]}, [("value.reserved", "units#@U")]),
        (
            {"units": [*parts()["units"], Unit("V", "", "x", ("C-1", "C-1"))]},
            [("unit.serves_twice", "units#V")],
        ),
        ({"matters": [*parts()["matters"], Matter("*", "")]}, [("value.reserved", "matters#*")]),
        ({"rules": [Rule("R", None, None, None, None, ())]}, [("rule.unit", "rules#R")]),
        ({"rules": [Rule("R", None, None, None, None, ("U-1", "U-1"))]}, [("rule.unit", "rules#R")]),
        (
            {"rules": [Rule("R", None, None, None, None, ("U-1",), (), Limit(0, "urgent_hour"))]},
            [("rule.limit", "rules#R")],
        ),
        ({"grades": None}, [("rule.unknown_grade", "rules#R-2")]),
    ],
)
def test_parts_are_judged_as_files_are(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    with pytest.raises(CityError) as caught:
        City.from_parts(**parts(**change))

    assert [(fault.code, fault.place) for fault in caught.value.faults] == expected
