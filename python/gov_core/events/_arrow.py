"""Questions about Arrow schemas and types, with answers that type checkers understand.

arro3's stubs make `DataType.is_string` and its kin narrow a `DataType` to nothing, and know no iteration
over a `Schema`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arro3.core import DataType

if TYPE_CHECKING:
    from arro3.core import Field, Schema


def is_kind(kind: DataType, *names: str) -> bool:
    """Whether a type is one of several, by the names of `DataType`'s questions: ``is_kind(t, "integer")``."""
    return any(getattr(DataType, f"is_{name}")(kind) for name in names)


def is_text(kind: DataType) -> bool:
    """Whether a type is text, also text in a dictionary."""
    if is_kind(kind, "dictionary"):
        kind = kind.value_type or kind
    return is_kind(kind, "string", "large_string", "string_view")


def fields_of(schema: Schema) -> list[Field]:
    """Return the fields of a schema, in order."""
    return [schema.field(at) for at in range(len(schema.names))]
