"""Finds the columns of an NDJSON file and what their values are, in one pass before the rows are read."""

from __future__ import annotations

import io
import json
import re
from typing import IO, TYPE_CHECKING, Literal

from arro3.core import DataType
from arro3.io import infer_json_schema

from gov_core.events._arrow import fields_of, is_kind
from gov_core.events._blocks import read_blocks
from gov_core.events._json_rows import LineError, read_object

if TYPE_CHECKING:
    from arro3.core import Field

    from gov_core.events._blocks import Block

#: What the values of a key are; ``text`` also stands for a mixture and for lists and objects (as JSON text).
Kind = Literal["null", "bool", "int", "float", "text"]

TYPES = {
    "null": DataType.string(),
    "bool": DataType.bool(),
    "int": DataType.int64(),
    "float": DataType.float64(),
    "text": DataType.string(),
}

_LONG_NUMBER = re.compile(rb"\d{16}")


def find_kinds(file: IO[bytes], offset: int) -> tuple[dict[str, Kind], set[int]]:
    """Look at every line of a file for its keys.

    Args:
        file: Standing at `offset`.
        offset: Bytes before the first line.

    Returns:
        Every key in the order of first appearance and what its values are (keys of lines that cannot be read
        do not count), and the offsets of the blocks that have to be read line by line.
    """
    kinds: dict[str, Kind] = {}
    doubtful = set()
    for block in read_blocks(file, quoted=False, offset=offset):
        found = _fast(block)
        if found is None:
            doubtful.add(block.offset)
            found = _slow(block)
        for name, kind in found.items():
            kinds[name] = _merge(kinds.get(name, "null"), kind)
    return kinds, doubtful


def kind_of(value: object) -> Kind:
    """Return the kind of one value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -(2**63) <= value < 2**63 else "text"
    return "float" if isinstance(value, float) else "text"


def _fast(block: Block) -> dict[str, Kind] | None:
    try:
        schema = infer_json_schema(io.BytesIO(block.data))
    except Exception:  # noqa: BLE001 - arro3 raises bare Exception on a line it cannot read
        return None
    # The schema comes in no order; a key's first mention tells where it belongs.
    fields = sorted(
        fields_of(schema),
        key=lambda field: block.data.find(json.dumps(field.name, ensure_ascii=False).encode()),
    )
    kinds = {field.name: _kind_of_field(field) for field in fields}
    floats = any(kind == "float" for name, kind in kinds.items() if name not in {"lon", "lat"})
    # The fast way takes a whole number beyond 64 bits for a float and would round it.
    return None if floats and _LONG_NUMBER.search(block.data) else kinds


def _slow(block: Block) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for raw in block.data.split(b"\n"):
        try:
            found = read_object(raw, 0) if raw.strip() else {}
        except LineError:
            continue
        for name, value in found.items():
            kinds[name] = _merge(kinds.get(name, "null"), kind_of(value))
    return kinds


def _kind_of_field(field: Field) -> Kind:
    kind = field.type
    if is_kind(kind, "null"):
        return "null"
    if is_kind(kind, "boolean"):
        return "bool"
    if is_kind(kind, "integer"):
        return "int"
    return "float" if is_kind(kind, "floating") else "text"


def _merge(one: Kind, other: Kind) -> Kind:
    if other in {one, "null"}:
        return one
    if one == "null":
        return other
    return "float" if {one, other} == {"int", "float"} else "text"
