"""Codes of places (代码): each scheme is a layout of digits, read into parts and written back.

Divisions have 6, 9 or 12 digits, grids 15, grids of digital communities 20. A code says which codes are above
it; a name does not, and the same name of a community may come many times in one county.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Any, Generic, Literal, Protocol, TypeVar

from gov_core.errors import Fault, PlaceCodeError

StreetBand = Literal["street", "town", "township", "enterprise"]
"""街道, 镇, 乡, 政企合一单位."""
CommunityBand = Literal["residents_committee", "village_committee", "other"]
"""居民委员会, 村民委员会, 类似的单位."""

_STREETS: tuple[tuple[int, StreetBand], ...] = (
    (99, "street"),
    (199, "town"),
    (399, "township"),
    (599, "enterprise"),
)
_COMMUNITIES: tuple[tuple[int, CommunityBand], ...] = (
    (199, "residents_committee"),
    (399, "village_committee"),
    (999, "other"),
)
"""Last number of each band. All 41,352 streets and 620,573 communities of 2023-06-30 lie in these."""

MERGED_FROM = 601
"""Communities that were merged are numbered from here in CJ/T 349-2010."""

Digits = str
"""A part of a code as it is written, leading zeros included."""


@dataclass(frozen=True, slots=True)
class DivisionCode:
    """A division (行政区划): county, street in it, community in that (6, 9 or 12 digits).

    Attributes:
        county: Six digits of GB/T 2260; those of a city end in 00, those of a province in 0000.
        street: Three digits of the street, town or township; empty for a county.
        community: Three digits of the committee; empty for a county or street.
    """

    county: Digits
    street: Digits = ""
    community: Digits = ""

    def __str__(self) -> str:
        return self.county + self.street + self.community

    @property
    def parent(self) -> DivisionCode | None:
        """The division above; None for a province."""
        if self.community:
            return DivisionCode(self.county, self.street)
        if self.street:
            return DivisionCode(self.county)
        if not self.county.endswith("00"):
            return DivisionCode(self.county[:4] + "00")
        return None if self.county.endswith("0000") else DivisionCode(self.county[:2] + "0000")

    @property
    def street_band(self) -> StreetBand | None:
        """What the number of the street makes it; None for a county, and from 600 on."""
        return _band(self.street, _STREETS)

    @property
    def community_band(self) -> CommunityBand | None:
        """What the number of the community makes it; None if there is none."""
        return _band(self.community, _COMMUNITIES)


@dataclass(frozen=True, slots=True)
class GridCode:
    """A grid (网格): 12 digits of its community and its number there (15 digits).

    Attributes:
        county: Six digits of GB/T 2260.
        street: Three digits.
        community: Three digits.
        sequence: Number in the community, 1 to 999.
    """

    county: Digits
    street: Digits
    community: Digits
    sequence: int

    def __str__(self) -> str:
        return f"{self.county}{self.street}{self.community}{self.sequence:03}"

    @property
    def parent(self) -> DivisionCode:
        """The community."""
        return DivisionCode(self.county, self.street, self.community)


@dataclass(frozen=True, slots=True)
class DigitalGridCode:
    """A professional grid of a digital community (CJ/T 349-2010, 20 digits).

    Attributes:
        object: Six digits for what the grid is made for; the last two are 00 for a whole class.
        county: Six digits of GB/T 2260.
        street: Three digits.
        community: Three digits, from 601 on for communities that were merged.
        sequence: Number in the community, 0 to 99; 0 if the community is not split.
    """

    object: Digits
    county: Digits
    street: Digits
    community: Digits
    sequence: int = 0

    def __str__(self) -> str:
        return f"{self.object}{self.county}{self.street}{self.community}{self.sequence:02}"

    @property
    def parent(self) -> DivisionCode:
        """The community."""
        return DivisionCode(self.county, self.street, self.community)

    @property
    def merged(self) -> bool:
        """Whether the community is one that was merged."""
        return int(self.community) >= MERGED_FROM

    @property
    def whole_class(self) -> bool:
        """Whether the grid is made for a whole class of objects."""
        return self.object.endswith("00")


class PlaceCode(Protocol):
    """A code in its parts; its text is `str` of it."""

    @property
    def parent(self) -> DivisionCode | None:
        """The division right above; None at the top."""


C = TypeVar("C", bound=PlaceCode)
B = TypeVar("B", StreetBand, CommunityBand)


class PlaceCodec(Protocol[C]):
    """One scheme of codes. A city may bring its own: `codec_for` takes any tuple of them."""

    @property
    def name(self) -> str:
        """What the scheme is called in messages."""

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many digits a code of the scheme may have."""

    def faults(self, text: str) -> tuple[Fault, ...]:
        """All that keeps a text from being a code of the scheme; none if it is one."""

    def parse(self, text: str) -> C:
        """The parts of a code.

        Raises:
            PlaceCodeError: It is none; with all faults.
        """

    def format(self, code: C) -> str:
        """The text of a code; `parse` of it gives the same parts.

        Raises:
            PlaceCodeError: The parts do not fit the scheme.
        """


@dataclass(frozen=True, slots=True)
class Layout(Generic[C]):
    """A scheme whose parts stand side by side, each with its number of digits.

    Attributes:
        name: What the scheme is called in messages.
        record: Class of the parts.
        widths: Digits of each field of `record`, in order.
        needed: How many of the fields each code has; those after them may be missing from the end.
        zero: Fields that may be all zeros.
        source: Where the scheme is from.
    """

    name: str
    record: type[C]
    widths: tuple[int, ...]
    needed: int
    zero: tuple[str, ...] = ()
    source: str = ""

    @property
    def lengths(self) -> tuple[int, ...]:
        """How many digits a code of the scheme may have."""
        return tuple(accumulate(self.widths))[self.needed - 1 :]

    def faults(self, text: str) -> tuple[Fault, ...]:
        """All that keeps a text from being a code of the scheme; none if it is one."""
        faults = _sign_faults(text)
        if len(text) not in self.lengths:
            known = _either(self.lengths)
            message = f'code "{text}" has {len(text)} digits, {self.name} has {known}'
            faults.append(Fault("code.length", message, "", "count the digits again"))
        elif not faults:
            faults += self._zero_faults(text)
        return tuple(faults)

    def _zero_faults(self, text: str) -> list[Fault]:
        found = []
        for field, start, end in self._spans(text):
            if field not in self.zero and not text[start:end].strip("0"):
                message = f'code "{text}": digits {start + 1} to {end}, the {field}, are all zero'
                padded = start in self.lengths and not text[start:].strip("0")
                hint = f'write "{text[:start]}"' if padded else f"number the {field} from 1"
                found.append(Fault("code.zero", message, "", hint))
                if padded:
                    break
        return found

    def _spans(self, text: str) -> list[tuple[str, int, int]]:
        """The fields that a code of this length has, each with its first digit and the end of it."""
        ends = accumulate(self.widths)
        spans = zip(fields(self.record), self.widths, ends, strict=True)  # type: ignore[arg-type]
        return [(field.name, end - width, end) for field, width, end in spans if end <= len(text)]

    def parse(self, text: str) -> C:
        """The parts of a code.

        Raises:
            PlaceCodeError: It is none; with all faults.
        """
        if faults := self.faults(text):
            raise PlaceCodeError(faults)
        parts = {field: text[start:end] for field, start, end in self._spans(text)}
        if "sequence" in parts:
            return self.record(**parts | {"sequence": int(parts["sequence"])})
        return self.record(**parts)

    def format(self, code: C) -> str:
        """The text of a code; `parse` of it gives the same parts.

        Raises:
            PlaceCodeError: The parts do not fit the scheme.
        """
        text = str(code)
        if self.parse(text) != code:
            message = f'the parts of code "{text}" do not have {"-".join(map(str, self.widths))} digits'
            raise PlaceCodeError([Fault("code.parts", message, "", "write each part with all its digits")])
        return text


DIVISION = Layout(
    "a division", DivisionCode, (6, 3, 3), 1, source="GB/T 2260, GB/T 10114, coding rules of the bureau"
)
GRID = Layout("a grid", GridCode, (6, 3, 3, 3), 4, source="DB11, division of unit grids (Beijing)")
DIGITAL_GRID = Layout(
    "a grid of CJ/T 349", DigitalGridCode, (6, 6, 3, 3, 2), 5, zero=("sequence",), source="CJ/T 349-2010"
)

AnyCodec = PlaceCodec[Any]
"""A scheme of codes of whatever parts."""

CODECS: tuple[AnyCodec, ...] = (DIVISION, GRID, DIGITAL_GRID)
"""The schemes that come along; no two have codes of one length."""


def code_faults(text: str, codecs: tuple[AnyCodec, ...] = CODECS) -> tuple[Fault, ...]:
    """All that keeps a text from being a code of any of some schemes; none if it is one."""
    try:
        return codec_for(text, codecs).faults(text)
    except PlaceCodeError as error:
        return error.faults


def codec_for(text: str, codecs: tuple[AnyCodec, ...] = CODECS) -> AnyCodec:
    """The scheme of a code, by its length.

    Args:
        text: The code.
        codecs: Schemes to choose from; the first of the right length counts.

    Raises:
        PlaceCodeError: No scheme has codes of this length.
    """
    for codec in codecs:
        if len(text) in codec.lengths:
            return codec
    known = "; ".join(f"{codec.name}: {_either(codec.lengths)}" for codec in codecs)
    message = f'code "{text}" has {len(text)} digits, which no scheme has'
    raise PlaceCodeError([*_sign_faults(text), Fault("code.length", message, "", known)])


def parent_of(text: str) -> str | None:
    """The code right above: the community of a grid, the street of a community; None for a province.

    Raises:
        PlaceCodeError: The text is no code.
    """
    code: PlaceCode = codec_for(text).parse(text)
    return None if code.parent is None else str(code.parent)


def _band(digits: Digits, bands: tuple[tuple[int, B], ...]) -> B | None:
    return next((band for last, band in bands if digits and int(digits) <= last), None)


def _sign_faults(text: str) -> list[Fault]:
    """A fault if a text holds anything but the digits 0 to 9."""
    odd = next((sign for sign in text if sign not in "0123456789"), None)
    if odd is None:
        return []
    meant = unicodedata.normalize("NFKC", text).strip()
    hint = f'write "{meant}"' if meant.isascii() and meant.isdigit() else "codes are digits only"
    return [Fault("code.digit", f"code {text!r} holds {odd!r}, which is no digit 0 to 9", "", hint)]


def _either(lengths: tuple[int, ...]) -> str:
    *most, last = map(str, lengths)
    return f"{', '.join(most)} or {last}" if most else last
