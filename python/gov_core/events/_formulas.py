"""Takes the sting out of CSV cells that a spreadsheet would run as a formula."""

from __future__ import annotations

from arro3.core import Array, DataType, RecordBatch, Schema

from gov_core._core import starts_formulas
from gov_core.events._arrow import fields_of, is_text

#: First characters that make a spreadsheet read a cell as a formula (OWASP, "CSV Injection").
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def without_formulas(batch: RecordBatch) -> RecordBatch:
    """Return the batch with a ``'`` before every text and column name that starts like a formula.

    Numbers, times and the like stay as they are, negative ones too.
    """
    fields = [field.with_name(harmless(field.name)) for field in fields_of(batch.schema)]
    columns = [_column(column) if is_text(column.type) else column for column in batch.columns]
    fields = [field.with_type(column.type) for field, column in zip(fields, columns, strict=True)]
    return RecordBatch.from_arrays(columns, schema=Schema(fields))


def _column(column: Array) -> Array:
    if not starts_formulas(column):
        return column
    texts = column.to_pylist()
    return Array([text if text is None else harmless(text) for text in texts], DataType.string())


def harmless(text: str) -> str:
    """A text as a spreadsheet shows it and does not run it."""
    return f"'{text}" if text.startswith(_STARTS) else text
