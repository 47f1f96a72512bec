"""How events and cases are written down and read back: JSON, a schema number, and upcasters.

What is stored stays readable for ever. When an event changes, its `schema` grows and an upcaster is added
here that turns the older writing into the newer one; stored bytes are never rewritten, for the chain vouches
for them.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gov_core.cases import commands, events
from gov_core.cases.case import Case
from gov_core.cases.commands import Command
from gov_core.cases.events import CaseEvent, CaseOpened
from gov_core.errors import Fault, PayloadRejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import TypeAdapter, ValidationError

EVENT_TYPES: Final[Mapping[str, type[CaseEvent]]] = {
    kind.type: kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, CaseEvent) and kind not in (CaseEvent, CaseOpened)
}
"""Type of an event as it is stored, to its class."""

COMMAND_TYPES: Final[Mapping[str, type[Command]]] = {
    kind.trigger: kind
    for kind in vars(commands).values()
    if isinstance(kind, type) and issubclass(kind, Command) and "trigger" in vars(kind)
}
"""Trigger to the class of its command."""

CASE_SCHEMA: Final = 3
"""Grows with `Case`; snapshots of another schema are ignored."""

UPCASTERS: Final[dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""(type, schema) to what turns its fields into those of the next schema."""


def encode(event: CaseEvent) -> bytes:
    """Write an event down: JSON in UTF-8, in the order of its fields, without what is as by default.

    Raises:
        PayloadRejectedError: ``event.unwritable``: a text in it is no Unicode.
    """
    from pydantic_core import PydanticSerializationError

    try:
        return _adapter(event.type).dump_json(event, exclude_defaults=True)
    except PydanticSerializationError as error:
        raise _rejected("event.unwritable", str(error), event.type) from error


def decode(type_: str, schema: int, data: bytes) -> CaseEvent:
    """Read an event, of whatever schema it was written in.

    Args:
        type_: As it was stored.
        schema: As it was stored.
        data: What `encode` wrote.

    Raises:
        PayloadRejectedError: ``event.unknown_type``, ``event.newer_schema`` or ``event.unreadable``.
    """
    kind = EVENT_TYPES.get(type_)
    if kind is None:
        raise _rejected("event.unknown_type", f'there is no event of the type "{type_}"', type_)
    if schema > kind.schema:
        raise _rejected("event.newer_schema", f"it is of schema {schema}, and {kind.schema} is known", type_)
    from pydantic import ValidationError

    try:
        if schema == kind.schema:
            return _adapter(type_).validate_json(data)
        values = json.loads(data)
        for older in range(schema, kind.schema):
            values = UPCASTERS[type_, older](values)
        return _adapter(type_).validate_python(values)
    except (ValidationError, ValueError, KeyError) as error:
        raise _rejected("event.unreadable", str(error), type_) from error


def encode_command(command: Command) -> bytes:
    """Write a command down as `encode` does an event: the same command, the same bytes.

    It is read again at once: what is of another type than its field would make an event that nobody could
    read, and a case with it.

    Raises:
        PayloadRejectedError: ``command.bad_field`` for each field that is of another type.
    """
    from pydantic import ValidationError
    from pydantic_core import PydanticSerializationError

    adapter = _command_adapter(command.trigger)
    try:
        data = adapter.dump_json(command, exclude_defaults=True, warnings=False)
        adapter.validate_json(data, strict=True)
    except ValidationError as error:
        raise _bad_fields(command.trigger, error) from error
    except PydanticSerializationError as error:
        raise PayloadRejectedError([Fault("command.bad_field", str(error), command.trigger)]) from error
    return data


def decode_command(trigger: str, data: bytes | str) -> Command:
    """Read a command, as an app or another system sends it.

    Args:
        trigger: What is asked: ``return_case``.
        data: JSON of its fields.

    Raises:
        PayloadRejectedError: ``command.unknown_trigger``, or ``command.bad_field`` for each wrong field.
    """
    if trigger not in COMMAND_TYPES:
        known = ", ".join(sorted(COMMAND_TYPES))
        fault = Fault(
            "command.unknown_trigger", f'there is no command "{trigger}"', trigger, f"there are: {known}"
        )
        raise PayloadRejectedError([fault])
    from pydantic import ValidationError

    try:
        return _command_adapter(trigger).validate_json(data)
    except ValidationError as error:
        raise _bad_fields(trigger, error) from error


def encode_case(case: Case) -> bytes:
    """Write a case down, for a snapshot."""
    return _case_adapter().dump_json(case, exclude_defaults=True)


def decode_case(data: bytes) -> Case:
    """Read a case from a snapshot of `CASE_SCHEMA`."""
    return _case_adapter().validate_json(data)


def _bad_fields(trigger: str, error: ValidationError) -> PayloadRejectedError:
    return PayloadRejectedError(
        [
            Fault("command.bad_field", detail["msg"], ".".join((trigger, *map(str, detail["loc"]))))
            for detail in error.errors()
        ]
    )


def _rejected(code: str, message: str, type_: str) -> PayloadRejectedError:
    hint = "read it with the release that wrote it, or a newer one"
    return PayloadRejectedError([Fault(code, message, type_, hint)])


@cache
def _adapter(type_: str) -> TypeAdapter[CaseEvent]:
    from pydantic import TypeAdapter

    return TypeAdapter(EVENT_TYPES[type_])


@cache
def _command_adapter(trigger: str) -> TypeAdapter[Command]:
    from pydantic import TypeAdapter

    return TypeAdapter(COMMAND_TYPES[trigger])


@cache
def _case_adapter() -> TypeAdapter[Case]:
    from pydantic import TypeAdapter

    return TypeAdapter(Case)
