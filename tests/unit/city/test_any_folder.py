"""Whatever stands in a folder, loading gives a city or all its faults, never another error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cities.every_part import parts
from gov_core.city import City
from gov_core.city._sheets import SHEETS
from gov_core.errors import CityError

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.errors import Fault

FILES = ["city.toml", "places.geojson", *(f"{sheet.part}.csv" for sheet in SHEETS)]
FILES[FILES.index("layer_areas.csv")] = "layer_areas.geojson"

TOKENS = [
    *(b"\x00 \xff \xef\xbb\xbf \xed\xa0\x80 \" ' , ; > @ * # / [ ] { } : - . \\ \r \n".split(b" ")),
    b" ",
    b"NaN",
    b"1e400",
    b"-0",
    b"null",
    b"\\ud800",
    b"9" * 5000,
    b"[" * 40,
    b'{"a":' * 40,
    b'"id": "G-1", ',
    b"void",
    b"R-1",
    b"2010-02-30",
    b"2010-06-01",
    b"POINT (1 2)",
    b"LINESTRING (nan 1, 2 2)",
    "身份证".encode(),
    "Ｇ-1".encode(),
    "街道".encode("gb18030"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files of a small good city with rows in every table."""
    folder = tmp_path_factory.mktemp("good")
    City.from_parts(**parts()).save(folder)
    return {file: (folder / file).read_bytes() for file in FILES}


def load(folder: Path) -> tuple[tuple[Fault, ...], City | None]:
    """Faults, or a city."""
    try:
        return (), City.load(folder)
    except CityError as error:
        return error.faults, None


edits = st.lists(
    st.tuples(
        st.sampled_from(FILES),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 12),
        st.sampled_from(TOKENS) | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=4,
)


@given(edits)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_edited_folder_is_a_city_or_has_faults(
    good: dict[str, bytes], tmp_path: Path, changes: list[tuple[str, float, int, bytes]]
) -> None:
    files = dict(good)
    for file, where, cut, token in changes:
        at = int(where * len(files[file]))
        files[file] = files[file][:at] + token + files[file][at + cut :]
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)

    faults, city = load(tmp_path)

    assert (city is None) == bool(faults)
    assert all(fault.code and fault.message and fault.place for fault in faults)
    assert len(set(faults)) == len(faults)
    if city is not None:
        city.save(tmp_path)
        assert City.load(tmp_path) == city
