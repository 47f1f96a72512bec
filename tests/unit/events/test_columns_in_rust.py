"""The column functions of the core that reading, writing and counting lean on."""

import pytest
from arro3.core import Array, DataType

from gov_core._core import JsonKeys, SeenIds, count_texts, starts_formulas

TEXT = DataType.string()
TEXTS = [TEXT, DataType.large_string(), DataType.string_view(), DataType.dictionary(DataType.int32(), TEXT)]


@pytest.mark.parametrize("key", [DataType.int8(), DataType.uint16(), DataType.int64()])
def test_count_texts(key: DataType) -> None:
    column = Array(["a", None, "b", "a", "c"], TEXT).cast(DataType.dictionary(key, TEXT))
    assert dict(count_texts(column)) == {"a": 2, "b": 1, "c": 1}
    assert dict(count_texts(column.slice(1, 3))) == {"a": 1, "b": 1}
    nothing = Array([None, None], TEXT).cast(DataType.dictionary(key, TEXT))
    assert count_texts(nothing) == []
    with pytest.raises(TypeError):
        count_texts(Array(["a"], TEXT))


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("start", "=+-@\t\r")
def test_starts_formulas(kind: DataType, start: str) -> None:
    assert starts_formulas(Array(["a", None, f"{start}1"], TEXT).cast(kind))
    assert not starts_formulas(Array(["a", None, f"1{start}", ""], TEXT).cast(kind))


def test_starts_formulas_wants_text() -> None:
    with pytest.raises(TypeError):
        starts_formulas(Array([1], DataType.int64()))


@pytest.mark.parametrize("kind", TEXTS)
def test_seen_ids_of_every_kind_of_text(kind: DataType) -> None:
    seen = SeenIds(100)
    assert seen.again(Array(["a", "b", None, None, "a"], TEXT).cast(kind)) == [4]
    assert seen.again(Array(["b", "c"], TEXT).cast(kind)) == [0]


@pytest.mark.parametrize("kind", [DataType.int8(), DataType.uint32(), DataType.int64(), DataType.uint64()])
def test_seen_ids_of_numbers(kind: DataType) -> None:
    seen = SeenIds(100)
    assert seen.again(Array([1, 2, None, 1], DataType.int64()).cast(kind)) == [3]
    assert seen.again(Array([3, 2], DataType.int64()).cast(kind)) == [1]


def test_json_keys_gather_over_calls() -> None:
    keys = JsonKeys()
    assert keys.scan(b'{"a": 1}\n')
    assert not keys.scan(b'{"a": 1, "a": 2}\n')
    assert keys.scan(b'{"a": 1.5, "b": null}')
    assert keys.columns() == [("a", "float"), ("b", "null")]
