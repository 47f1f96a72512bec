"""Numbers in the properties of a GeoJSON map are read with the map."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from gov_core.city import City, Place, Rule, Unit
from gov_core.errors import CityError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    City.from_parts(
        name="One grid",
        levels=["grid"],
        places=[Place("G", "", "grid", households=300)],
        geometries={"G": shapely.box(118.0, 32, 118.1, 32.1).wkb},
        units=[Unit("ST", "", "station", ("G",))],
        rules=[Rule("R", None, None, None, None, ("@station",))],
    ).save(tmp_path / "city")
    return tmp_path / "city"


def with_households(folder: Path, text: str) -> Path:
    file = folder / "places.geojson"
    whole = file.read_text(encoding="utf-8")
    assert '"households": 300' in whole
    file.write_text(whole.replace('"households": 300', f'"households": {text}'), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "count"), [("300", 300), ("3e2", 300), ("300.0", 300), ("0", 0), ("null", None)]
)
def test_a_count_may_be_written_in_any_way_json_has(folder: Path, text: str, count: int | None) -> None:
    assert City.load(with_households(folder, text)).places[0].households == count


@pytest.mark.parametrize("text", ["-1", "300.5", "true", "[300]", "{}", "1e300"])
def test_what_is_no_count_is_refused_at_its_feature(folder: Path, text: str) -> None:
    with pytest.raises(CityError) as caught:
        City.load(with_households(folder, text))
    assert [fault.place for fault in caught.value.faults] == ["places.geojson#G"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e400", "01", "+1", "1."])
def test_what_is_no_json_number_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(CityError) as caught:
        City.load(with_households(folder, text))
    assert "json" in {fault.code.partition(".")[0] for fault in caught.value.faults}


def test_other_numbers_are_not_looked_at(folder: Path) -> None:
    file = folder / "places.geojson"
    map_: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    map_["features"][0]["properties"] |= {"area_km2": 1.5, "rank": -3}
    file.write_text(json.dumps(map_), encoding="utf-8")
    assert City.load(folder).places[0].households == 300
