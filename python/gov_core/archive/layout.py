"""How an archive lies on disk.

``archive.json``   what it is: format, store, the seal it was made under, counts, and SHA-256 of each file
``events.parquet`` the events of its cases, in the order of the feed
``cases.parquet``  one row a case: its head, and what lists know of it
``proof.bin``      the hashes, 32 bytes each, that lead from its events to the root of the seal
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from arro3.core import Schema

FORMAT: Final = "gov_core.archive"
VERSION: Final = 1
MANIFEST: Final = "archive.json"
EVENTS: Final = "events.parquet"
CASES: Final = "cases.parquet"
PROOF: Final = "proof.bin"


def event_schema() -> Schema:
    """Columns of the events: the place of its leaf in the tree, from 0, then as `RecordedEvent` has them."""
    return _schema(
        leaf="int64",
        position="int64",
        case_id="utf8",
        version="int64",
        recorded_us="int64",
        command_id="utf8",
        digest="binary",
        type="utf8",
        schema="int64",
        at_us="int64",
        data="binary",
        hash="binary",
    )


def case_schema() -> Schema:
    """Columns of the cases: id, head, and the fields of `CaseRow` that a closed case still has."""
    return _schema(
        case_id="utf8",
        version="int64",
        hash="binary",
        state="utf8",
        procedure="utf8",
        matter="utf8",
        grade="utf8",
        place="utf8",
        path="utf8",
        unit="utf8",
        opened_us="int64",
        sensitive="bool",
    )


def _schema(**columns: str) -> Schema:
    from arro3.core import DataType, Field, Schema

    return Schema([Field(name, getattr(DataType, kind)(), nullable=False) for name, kind in columns.items()])
