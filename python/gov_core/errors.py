"""Every error that gov_core raises, as one tree.

```
GovCoreError
├── CoordinateError      a coordinate that is not finite or not of its CRS
├── GeometryError        a polygon that cannot be read or is no clear area
│   └── CoverageError    polygons that are no partition (overlaps), all faults at once
├── IndexFileError       a saved index that is foreign, damaged or of another version
├── PlaceCodeError       a text that is no code of a place, all faults at once
├── CityError            a city folder that cannot be used, all faults at once
│   └── RuleError        rules that contradict each other
├── PresetError          a preset that there is not, or parameters that are out of range, all at once
├── EventError           an events file that cannot be read at all
└── StepError            a step of an admission, or with money, that may not be taken, all reasons at once
```

Each carries a stable `code` (the message may change, the code does not), the `place` of the fault
(file and line, id or index) and a `hint` that says how to mend it. Errors that can hold several faults
list them in `faults`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    Attributes:
        code: Stable, dotted, lower case: ``geometry.overlap``.
        message: What is wrong, in one sentence.
        place: Where: ``places.geojson#G-0012``, ``rules.csv:14``; empty if nowhere in particular.
        hint: How to mend it; empty if there is nothing to say.
        ids: Ids of what it is about, for programs; may be empty.
    """

    code: str
    message: str
    place: str = ""
    hint: str = ""
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        mend = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.code}: {self.message}{mend}"


class GovCoreError(Exception):
    """Root of the tree; never raised itself.

    Attributes:
        code: Stable identifier of the kind of error.
        message: What went wrong.
        place: Where.
        hint: How to mend it.
    """

    code = "gov_core.error"

    def __init__(self, message: str, place: str = "", hint: str = "", code: str | None = None) -> None:
        # Positional arguments keep every error picklable: they cross process pools and Spark workers.
        super().__init__(message, place, hint, code)
        self.message, self.place, self.hint = message, place, hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return str(Fault(self.code, self.message, self.place, self.hint))


class FaultsError(GovCoreError):
    """An input with several faults, all of them in `faults`; never raised itself."""

    code = "gov_core.faults"

    def __init__(self, faults: tuple[Fault, ...] | list[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(first.message, first.place, first.hint, first.code)
        self.args = (self.faults,)

    def __str__(self) -> str:
        shown = [str(fault) for fault in self.faults[:20]]
        if len(self.faults) > len(shown):
            shown.append(f"… and {len(self.faults) - len(shown)} more")
        return "\n".join([f"{len(self.faults)} fault(s):", *shown])


class CoordinateError(GovCoreError):
    """A coordinate is NaN, infinite or outside of the bounds of its CRS."""

    code = "coordinate.invalid"


class GeometryError(FaultsError):
    """Geometries cannot be read, or are no clear areas."""

    code = "geometry.invalid"


class CoverageError(GeometryError):
    """Polygons are no partition: two of them claim the same ground."""

    code = "geometry.overlap"


class PlaceCodeError(FaultsError):
    """A text is no code of a place, or parts do not make one."""

    code = "code.invalid"


class IndexFileError(GovCoreError):
    """A saved index is foreign, damaged, or of a version this release does not read."""

    code = "index_file.invalid"


class CityError(FaultsError):
    """A city folder cannot be used; every fault that was found is listed."""

    code = "city.invalid"


class RuleError(CityError):
    """Rules contradict each other, or name what does not exist."""

    code = "rule.invalid"


class PresetError(FaultsError):
    """There is no such preset, or no city can be made with these parameters."""

    code = "preset.invalid"


class EventError(FaultsError):
    """An events file cannot be read or written at all (single bad rows are answers, not errors)."""

    code = "event.invalid"


class StepError(FaultsError):
    """A step that state or rules do not allow: nothing happened, and every reason is in `faults`."""

    code = "step.refused"
