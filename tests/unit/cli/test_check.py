"""`gov-core check` tells everything at once, shows where it stands, and exits with 1."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shapely

from gov_core.city import City, Matter, Place, Rule, Unit
from gov_core.cli._excerpt import Excerpts
from gov_core.errors import Fault


@pytest.fixture
def city(tmp_path: Path) -> Path:
    City.from_parts(
        name="Two grids",
        levels=["street", "grid"],
        places=[Place("S", "", "street"), Place("W", "", "grid", "S"), Place("E", "", "grid", "S")],
        geometries={
            "W": shapely.box(118.0, 32, 118.1, 32.1).wkb,
            "E": shapely.box(118.1, 32, 118.2, 32.1).wkb,
        },
        units=[Unit("ST", "生成工作站", "station", ("S",))],
        matters=[Matter("noise", "")],
        rules=[Rule("R", matter=None, area=None, asset=None, grade=None, unit=("@station",))],
    ).save(tmp_path / "city")
    return tmp_path / "city"


def check(city: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gov_core.cli", "check", str(city), *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def rows(city: Path, file: str, *lines: str) -> None:
    (city / file).write_text("\n".join([*lines, ""]), encoding="utf-8")


def test_sound_city(city: Path) -> None:
    done = check(city)
    assert done.returncode == 0
    assert "0 errors, 0 warnings" in done.stderr
    assert done.stdout == ""
    assert json.loads(check(city, "--json").stdout) == {"errors": [], "warnings": [], "diagnostics": {}}


def test_faults_of_the_folder_all_at_once(city: Path) -> None:
    rows(city, "units.csv", "id,name,kind,serves", "ST,,station,NOWHERE", "ST,,station,S")
    done = check(city)
    assert done.returncode == 1
    assert done.stderr.count("--> units.csv") == 2
    found = json.loads(check(city, "--json").stdout)
    assert [(fault["code"], fault["place"]) for fault in found["errors"]] == [
        ("id.duplicate", "units.csv:3"),
        ("unit.unknown_place", "units.csv:2"),
    ]
    assert found["diagnostics"]["id.duplicate"]["why"].startswith("Whatever names it")


def test_the_cell_that_is_wrong_is_underlined(city: Path) -> None:
    rows(city, "rules.csv", "id,matter,unit", "R,*,@station", "Q,niose,@station")
    told = check(city).stderr.splitlines()
    assert f"{city}: 1 error, 0 warnings" in told
    assert told[:6] == [
        'error[rule.unknown_matter]: matter "niose" is not known',
        " --> rules.csv:3",
        "  |",
        "3 | Q,niose,@station",
        '  |   ^^^^^ did you mean "noise"?',
        "",
    ]


def test_chinese_letters_are_two_columns_wide(city: Path) -> None:
    rows(city, "units.csv", "id,name,kind,serves", "ST,生成工作站,station,S;NOWHERE")
    text, marks = check(city).stderr.splitlines()[3:5]
    assert text == "2 | ST,生成工作站,station,S;NOWHERE"
    assert marks == "  |" + " " * (len(" ST,生成工作站,station,S;") + 5) + "^" * 7


def test_a_column_a_key_and_a_feature_are_underlined(city: Path) -> None:
    def meant(fault: Fault) -> tuple[int, str] | None:
        found = Excerpts(city).of(fault)
        return found and (found.number, found.text[found.start : found.start + found.length])

    rows(city, "rules.csv", "id,matter,unit", 'R,"a,b",@station', "Q,,@station")
    assert meant(Fault("rule.unit", "unit is odd", "rules.csv:2")) == (2, "@station")
    assert meant(Fault("value.empty", "matter is empty", "rules.csv:3")) == (3, ",")
    assert meant(Fault("x.y", 'there is "a,b" in it', "rules.csv:2")) == (2, "a,b")
    assert meant(Fault("x.y", "nothing in particular", "rules.csv:2")) == (2, 'R,"a,b",@station')
    assert meant(Fault("x.y", "beyond the end", "rules.csv:9")) is None
    assert meant(Fault("x.y", "no such file", "riles.csv:2")) is None
    assert meant(Fault("x.y", "nowhere", "")) is None
    assert meant(Fault("toml.value", "levels are odd", "city.toml#city.levels")) == (6, "levels")
    assert meant(Fault("toml.value", 'no "grid"', "city.toml#city.levels")) == (6, '"grid"')
    assert meant(Fault("x.y", "the outline is odd", "places.geojson#W")) == (3, '"W"')
    assert meant(Fault("x.y", 'parent "S" is odd', "places.geojson#W")) == (3, '"S"')
    assert meant(Fault("x.y", "no id", "places.geojson#features[1]")) == (3, '"Feature"')


def test_settings_of_the_check_are_shown(city: Path) -> None:
    with (city / "city.toml").open("a", encoding="utf-8") as file:
        file.write('[check]\nhard_rules = ["four_layer"]\n[check.severities]\n"geometry.gpa" = "off"\n')
    told = check(city).stderr
    assert '| "geometry.gpa" = "off"\n  | ^^^^^^^^^^^^^^ did you mean "geometry.gap"?' in re.sub(
        " +\\|", "  |", told
    )
    assert '^^^^^^^^^^^^ did you mean "four_layers"?' in told
    assert "off in this city: geometry.gpa" in told


def test_a_long_line_is_cut_around_what_is_meant(city: Path) -> None:
    rows(city, "rules.csv", "id,matter,unit", f"{'R' * 900},niose,@station")
    text, marks = check(city).stderr.splitlines()[3:5]
    assert len(text) < 120
    start = marks.index("^")
    assert text[start : start + 5] == "niose"


def test_what_moves_the_cursor_is_not_printed(city: Path) -> None:
    rows(city, "rules.csv", "id,matter,unit", "R,\x1b[2Jnoise,@station")
    assert "\x1b" not in check(city).stderr


def test_many_faults_of_one_code_are_counted_and_each_is_in_the_json(city: Path) -> None:
    lines = [f"Q{at},noise{at},@station" for at in range(10_000)]
    rows(city, "rules.csv", "id,matter,unit", *lines, "R,*,@stasion")
    start = time.perf_counter()
    done = check(city, "--show", "3")
    assert time.perf_counter() - start < 20, "seconds, not minutes"
    assert done.stderr.count("error[rule.unknown_matter]") == 3
    assert "… and 9,997 more of rule.unknown_matter" in done.stderr
    assert done.stderr.count("error[rule.unknown_kind]") == 1
    assert re.search(r"10,000 × rule.unknown_matter\n +1 × rule.unknown_kind", done.stderr)
    errors = json.loads(check(city, "--json").stdout)["errors"]
    assert len({fault["place"] for fault in errors}) == len(errors) == 10_001


def test_one_day_or_all_versions(city: Path) -> None:
    places = json.loads((city / "places.geojson").read_text())
    done = check(city, "--as-of", "2020-01-31")
    assert done.returncode == 0, places
    assert check(city, "--as-of", "yesterday").returncode == 2


def test_overlap_names_both_grids(city: Path) -> None:
    places = json.loads((city / "places.geojson").read_text())
    for feature in places["features"]:
        if feature["properties"]["id"] == "E":
            feature["geometry"] = shapely.geometry.mapping(shapely.box(118.05, 32, 118.2, 32.1))
    (city / "places.geojson").write_text(json.dumps(places))
    done = check(city)
    assert done.returncode == 1
    assert "error[geometry.overlap]: W and E both claim" in done.stderr
    assert "source: N-RULE-1 (Nanjing Qinhuai, 2021)" in done.stderr


def test_rules_that_contradict_each_other(city: Path) -> None:
    rows(city, "units.csv", "id,name,kind,serves", "ST,,station,S", "PO,,police,S")
    rows(city, "rules.csv", "id,matter,unit", "A,noise,ST", "B,noise,PO")
    done = check(city)
    assert done.returncode == 1
    assert "error[rule.conflict]" in done.stderr
