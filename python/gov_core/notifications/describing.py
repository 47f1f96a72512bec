"""Whether what a plugin calls a notifier is one, and whether what it gives is an outcome."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from gov_core.notifications.protocol import (
    NOTIFIER_CONTRACT,
    AddressKind,
    Carries,
    Delivered,
    Gone,
    NotifierDescription,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS: Final = ("describe", "send", "close")
"""The names of all calls of the contract."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_LONGEST: Final = 64


def wrong_with(notifier: object) -> list[str]:
    """What speaks against something being a notifier, one sentence each; empty if nothing does."""
    missing = [name for name in CALLS if not callable(getattr(notifier, name, None))]
    if missing:
        return [f"what it makes has no {', '.join(missing)}"]
    asked: Any = notifier
    try:
        said = asked.describe()
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is what is wrong with it
        return [f"describe() raised {type(error).__name__}: {error}"]
    return list(_described(said))


def checked(given: object) -> Outcome:
    """What a notifier gave, if it is an outcome; else one that says so.

    A code is a code: a text that is none may be what the receiver said, and is not kept.

    Args:
        given: What came back from `Notifier.send`.
    """
    if isinstance(given, Delivered):
        return given
    if not isinstance(given, Retry | Rejected | Gone | Unknown):
        return Unknown("notify.no_outcome")
    error: Any = given.error
    if not isinstance(error, str) or len(error) > _LONGEST or not _CODE.fullmatch(error):
        given = given._replace(error="notify.no_code")
    if isinstance(given, Retry):
        asked: Any = given.after_s
        return given if isinstance(asked, int | float | None) else given._replace(after_s=None)
    return given


def _described(said: Any) -> Iterator[str]:  # noqa: ANN401 - a plugin gives what it gives
    if type(said) is not NotifierDescription:
        yield f"describe() gives {type(said).__name__}, not a NotifierDescription"
        return
    name, contract, carries, address, idempotent, deadlines, most = cast("tuple[Any, ...]", said)
    if contract != NOTIFIER_CONTRACT:
        yield f"it keeps version {contract!r} of the contract, and this release has {NOTIFIER_CONTRACT}"
    if not isinstance(name, str) or not name:
        yield f"describe().name is {name!r}"
    for field, value, known in (("carries", carries, Carries), ("address", address, AddressKind)):
        if value not in get_args(known):
            yield f"describe().{field} is {value!r}, none of {', '.join(get_args(known))}"
    for field, value in (("idempotent", idempotent), ("deadlines", deadlines)):
        if not isinstance(value, bool):
            yield f"describe().{field} is {value!r}"
    if not isinstance(most, int) or most < 1:
        yield f"describe().max_bytes is {most!r}"
