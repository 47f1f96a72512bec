"""What an app hands in is of the types it says, before anything is made of it.

An event with a number where a text belongs could be written, and never be read again, and its case with it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from gov_core.errors import Fault, PayloadRejectedError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pydantic import TypeAdapter

CHECKED: Final = {
    "strict": True,
    "revalidate_instances": "always",
    "extra": "forbid",
    "ser_json_bytes": "base64",
}
"""How fields are looked at: as they are, without turning one type into another."""


def check(value: object) -> None:
    """Refuse a dataclass of which a field is of another type; all of them at once.

    Args:
        value: Of a class with `CHECKED` as its ``__pydantic_config__``.

    Raises:
        PayloadRejectedError: ``intake.bad_field`` for each such field.
    """
    from pydantic import ValidationError
    from pydantic_core import PydanticSerializationError

    name = type(value).__name__
    adapter = _adapter(cast("Hashable", type(value)))
    try:
        adapter.validate_python(value)
        adapter.dump_json(value)
    except PydanticSerializationError:
        fault = Fault(
            "intake.bad_field",
            "a text in it is no Unicode",
            name,
            "send text, not bytes that were read as text",
        )
        raise PayloadRejectedError([fault]) from None
    except ValidationError as error:
        raise PayloadRejectedError(
            [
                Fault(
                    "intake.bad_field",
                    detail["msg"],
                    ".".join((name, *map(str, detail["loc"]))),
                    "give a value of the type of the field",
                )
                for detail in error.errors(include_input=False, include_url=False)
            ]
        ) from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  # a class
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
