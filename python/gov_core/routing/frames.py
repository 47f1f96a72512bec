"""Tables of other libraries: columns out by the Arrow PyCapsule interface, answers back in the same kind.

The libraries are never imported here unless the caller's table is one of theirs.
"""
# ruff: noqa: ANN401 - tables of five libraries, of which none need be installed, have no type in common

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import TYPE_CHECKING, Any

from gov_core.errors import EventError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INPUT_COLUMNS = ("lon", "lat", "crs", "place", "matter", "grade", "asset")
"""What routing looks at; every other column passes through untouched."""

OUTPUT_COLUMNS = (
    "place",
    "path",
    "unit",
    "rule",
    "respond_within",
    "resolve_within",
    "status",
    "assist",
    "border_m",
    "nearest_place",
    "nearest_m",
)

GIVEN_PLACE = "place_given"
"""What a column ``place`` of the events is called in the result, beside the ``place`` that was found."""


class Frame(ABC):
    """A table of some library, with the two things routing asks of it."""

    @staticmethod
    def of(events: Any, more: Iterable[str] = ()) -> Frame:
        """Wraps a table.

        Args:
            events: The table.
            more: Names of answers beside `OUTPUT_COLUMNS`.

        Raises:
            EventError: ``event.not_a_table``; or all columns that have the name of an answer
                (``event.column_taken``) or are there twice and routing looks at (``event.duplicate_column``).
        """
        frame = _wrap(events)
        counts = Counter(frame.names)
        answers = {*OUTPUT_COLUMNS, *more}
        faults = [
            Fault("event.column_taken", f'a column "{name}" is among the answers', name, "rename or drop it")
            for name in counts
            if (name in answers and name != "place") or (name == GIVEN_PLACE and "place" in counts)
        ]
        faults += [
            Fault("event.duplicate_column", f'there are {counts[name]} columns "{name}"', name, "keep one")
            for name in (*INPUT_COLUMNS, "reported_at")
            if counts[name] > 1
        ]
        if faults:
            raise EventError(faults)
        return frame

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """Names of the columns."""

    @abstractmethod
    def select(self, names: Iterable[str]) -> Any:
        """The columns of these names, as far as they are there, as an Arrow stream."""

    @abstractmethod
    def attach(self, answers: Any) -> Any:
        """The table with the columns of an Arrow table appended; its own stay as they are."""


class _Polars(Frame):
    def __init__(self, frame: Any) -> None:
        self._frame = frame

    @property
    def names(self) -> Sequence[str]:
        return self._frame.columns  # type: ignore[no-any-return]

    def select(self, names: Iterable[str]) -> Any:
        return self._frame.select([name for name in names if name in self.names])

    def attach(self, answers: Any) -> Any:
        import polars as pl

        frame = self._frame.rename({"place": GIVEN_PLACE}, strict=False)
        return frame.hstack(pl.DataFrame(answers))


class _Pandas(Frame):
    def __init__(self, frame: Any) -> None:
        self._frame = frame

    @property
    def names(self) -> Sequence[str]:
        return list(self._frame.columns)

    def select(self, names: Iterable[str]) -> Any:
        try:
            import pyarrow as pa
        except ImportError as error:
            fault = Fault(
                "event.needs_pyarrow", "pandas speaks Arrow through pyarrow", "", "pip install pyarrow"
            )
            raise EventError([fault]) from error
        frame = self._frame[[name for name in names if name in self.names]]
        return pa.Table.from_pandas(frame, preserve_index=False)

    def attach(self, answers: Any) -> Any:
        import pyarrow as pa

        columns = pa.table(answers).to_pandas()
        columns.index = self._frame.index
        frame = self._frame.rename(columns={"place": GIVEN_PLACE})
        return frame.assign(**{name: columns[name] for name in columns})


class _PyArrow(Frame):
    """A table or a record batch of pyarrow."""

    def __init__(self, table: Any) -> None:
        self._table = table

    @property
    def names(self) -> Sequence[str]:
        return self._table.schema.names  # type: ignore[no-any-return]

    def select(self, names: Iterable[str]) -> Any:
        return self._table.select([name for name in names if name in self.names])

    def attach(self, answers: Any) -> Any:
        import pyarrow as pa

        table = self._table.rename_columns([GIVEN_PLACE if name == "place" else name for name in self.names])
        for field, column in zip(answers.schema, answers.columns, strict=True):
            values = pa.chunked_array(column)
            whole = values if isinstance(table, pa.Table) else values.combine_chunks()
            table = table.append_column(pa.field(field), whole)
        return table.replace_schema_metadata(self._table.schema.metadata)


class _Arro3(Frame):
    """A table or a record batch of arro3; anything else that speaks Arrow becomes a table."""

    def __init__(self, table: Any) -> None:
        self._table = table

    @property
    def names(self) -> Sequence[str]:
        return self._table.column_names  # type: ignore[no-any-return]

    def select(self, names: Iterable[str]) -> Any:
        return self._table.select([name for name in names if name in self.names])

    def attach(self, answers: Any) -> Any:
        import arro3.core as arrow

        table = self._table
        if "place" in self.names:
            at = self.names.index("place")
            table = table.set_column(at, table.schema.field(at).with_name(GIVEN_PLACE), table.column(at))
        for at, name in enumerate(answers.column_names):
            column = answers.column(name)
            if isinstance(table, arrow.RecordBatch):
                column = column.combine_chunks()
            table = table.append_column(answers.schema.field(at), column)
        return table


def _wrap(events: Any) -> Frame:
    for kind in type(events).__mro__:
        match kind.__module__.partition(".")[0], kind.__name__:
            case "polars", "DataFrame":
                return _Polars(events)
            case "pandas", "DataFrame":
                return _Pandas(events)
            case "pyarrow", "Table" | "RecordBatch":
                return _PyArrow(events)
            case "arro3", "Table" | "RecordBatch":
                return _Arro3(events)
    if hasattr(events, "__arrow_c_stream__") or hasattr(events, "__arrow_c_array__"):
        import arro3.core as arrow

        return _Arro3(arrow.Table(events))
    kind = type(events)
    message = f"a {kind.__module__}.{kind.__qualname__} is no Arrow table"
    hint = "pass a table of pyarrow, polars, pandas, duckdb or arro3"
    if hasattr(events, "collect"):
        hint = "collect it first"
    raise EventError([Fault("event.not_a_table", message, "", hint)])
