"""Personal data in clear, in types that do not show it: not in a `repr`, a traceback, a log or a pickle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NoReturn, Self

from gov_core.errors import Fault, PayloadRejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.storage.personal import Personal

NAMES: Final[Mapping[str, str]] = {
    "contact": "联系方式",
    "applicant": "申请人",
    "text": "诉求内容",
    "point": "准确位置",
    "address": "地址",
    "room": "房号",
    "note": "办理说明",
}
"""What can be said about a person or a home, with its word in the field; the list is closed."""

MAX_BYTES: Final = 65_536
"""Of one value in UTF-8: twenty pages of text. What is longer is a file, and kept as evidence."""


class Plain:
    """A text that shows itself only when asked by name.

    Args:
        text: The value.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def text(self) -> str:
        """The value, in clear: from here on it is the caller's to keep."""
        return self._text

    @property
    def point(self) -> tuple[float, float]:
        """The value of a ``point``: longitude and latitude in degrees, in the CRS of the city.

        Raises:
            ValueError: It is no point.
        """
        try:
            lon, lat = json.loads(self._text)
            return float(lon), float(lat)
        except (ValueError, TypeError):
            raise ValueError("this is no point") from None

    @classmethod
    def of_point(cls, lon: float, lat: float) -> Plain:
        """An exact point.

        Args:
            lon: Degrees, in the CRS of the city.
            lat: As `lon`.
        """
        return cls(json.dumps([lon, lat]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Plain(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a plain value is not pickled: seal it first")


class Note(str):
    """The commitment of a note, as a step takes it, with the sealed words that are stored beside the step.

    Attributes:
        personal: What is stored.
    """

    __slots__ = ("personal",)
    personal: Personal

    def __new__(cls, personal: Personal) -> Self:
        """A note of sealed words; as a text it is their commitment, hexadecimal."""
        note = super().__new__(cls, personal.commitment.hex())
        note.personal = personal
        return note


class PersonalInput:
    """What somebody said about a person or a home, on its way into the vault.

    All of it is about one subject, and is erased together. What a text says of somebody else goes in an input
    of its own, where that somebody can be erased alone.

    Args:
        subject: Opaque id of whom it is about, where they are known from before; empty makes a new one.
        contact: How to reach them: a phone number, a mailbox.
        applicant: Who applies: name, number of a document.
        text: What was said, in words.
        point: Longitude and latitude in degrees, in the CRS of the city, of a home.
        address: Address of a home.
        room: Number of a room or flat.
        note: What is said in words with a step.

    Attributes:
        subject: The same.
        values: What was given, by its name; empty ones are left out.

    Raises:
        PayloadRejectedError: ``privacy.no_text``, ``privacy.too_long``, ``privacy.no_point``: every reason.
    """

    __slots__ = ("subject", "values")

    def __init__(
        self,
        *,
        subject: str = "",
        contact: str | Plain = "",
        applicant: str | Plain = "",
        text: str | Plain = "",
        point: tuple[float, float] | Plain | None = None,
        address: str | Plain = "",
        room: str | Plain = "",
        note: str | Plain = "",
    ) -> None:
        self.subject = subject
        given: dict[str, object] = {
            "contact": contact,
            "applicant": applicant,
            "text": text,
            "point": Plain.of_point(*point) if isinstance(point, tuple) else point or "",
            "address": address,
            "room": room,
            "note": note,
        }
        faults = [fault for name, value in given.items() for fault in _wrong(name, value)]
        if faults:
            raise PayloadRejectedError(faults)
        self.values: Mapping[str, Plain] = {
            name: value if isinstance(value, Plain) else Plain(str(value))
            for name, value in given.items()
            if value
        }

    def with_values(self, values: Mapping[str, Plain]) -> PersonalInput:
        """The same, with more said; what is there already stays.

        Args:
            values: By their names.
        """
        more = object.__new__(PersonalInput)
        more.subject, more.values = (
            self.subject,
            {**self.values, **{name: values[name] for name in values if name not in self.values}},
        )
        return more

    def __repr__(self) -> str:
        names = "".join(f", {name}=…" for name in self.values)
        return f"PersonalInput(subject={self.subject!r}{names})"


def _wrong(name: str, value: object) -> list[Fault]:
    text = value.text if isinstance(value, Plain) else value
    place = f"PersonalInput.{name}"
    if not isinstance(text, str):
        return [Fault("privacy.no_text", f"a {type(text).__name__} is no text", place, "give a text")]
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return [Fault("privacy.no_text", "it is no Unicode", place, "give text, not bytes read as text")]
    if size > MAX_BYTES:
        message = f"it has {size} bytes, and {MAX_BYTES} is the most"
        return [Fault("privacy.too_long", message, place, "keep it as a document: casework.keep(data)")]
    if name == "point" and text:
        try:
            _ = Plain(text).point
        except ValueError:
            return [Fault("privacy.no_point", "it is no point", place, "give (lon, lat) in degrees")]
    return []
