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
├── ProcedureError       a procedure that cannot be read, or makes no sense, all faults at once
├── EventError           an events file that cannot be read at all
├── CalendarError        a work calendar that contradicts itself, or a time it cannot answer for, all at once
├── StepError            a step of an admission, a case, a clock or money that may not be taken, all reasons
│   ├── CaseRefusedError a command that a case does not take, all reasons at once
│   └── UnknownCaseError a case that there is not
├── PluginError          a plugin that cannot be imported or made, or is not what it says, all faults at once
├── HarnessError         an adapter cannot be put to its kit: there is no such harness, or it gives no store
├── NotificationError    subscriptions, channels or templates that cannot be used, all faults at once
│   └── TemplateError    a template that cannot be read or filled in
├── PrivacyError         personal data that cannot be sealed or opened, or may not be, all reasons
│   ├── MasterKeyError   a master key that is missing, wrong, or open to others
│   ├── UnsealError      sealed bytes that were changed, cut off, or belong elsewhere
│   └── RevealRefusedError  who asks may not see it, or not for that purpose
└── StorageError         a store could not do what it was asked; nothing was written unless said otherwise
    ├── ConcurrencyConflictError   another writer was first: load again, decide again
    ├── CommandReusedError         the id of a command came back with another command
    ├── StoreUnavailableError      the store cannot be reached now, and nothing was written
    ├── OutcomeUnknownError        it may have been written: send the same command id again
    ├── DeadlineExceededError      the call took longer than it was given, and nothing was written
    ├── CapacityExceededError      the disk, a quota or a limit is full, and nothing was written
    ├── PayloadRejectedError       what was to be stored cannot be, all faults at once
    ├── CursorInvalidError         a cursor of another store, or from the future
    ├── IntegrityViolationError    the store is damaged or was tampered with; it only reads from now on
    ├── UnknownEvidenceError       evidence that there is not
    ├── ErasedError                what was asked for was erased, and stays so
    ├── HeldError                  what was to be erased is under a legal hold
    ├── LeaseLostError             another worker has the message by now, or it is settled
    ├── SchemaMismatchError        the store was made by a newer release, or is no store of cases
    ├── CapabilityMissingError     the adapter has said that it cannot do this
    └── StoreClosedError           the store has been closed
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


class ProcedureError(FaultsError):
    """A procedure cannot be read, or could never be run to its end: every fault is listed."""

    code = "procedure.invalid"


class EventError(FaultsError):
    """An events file cannot be read or written at all (single bad rows are answers, not errors)."""

    code = "event.invalid"


class CalendarError(FaultsError):
    """A work calendar contradicts itself, or a deadline is asked of it that it cannot tell."""

    code = "calendar.invalid"


class StepError(FaultsError):
    """A step that state or rules do not allow: nothing happened, and every reason is in `faults`."""

    code = "step.refused"


class CaseRefusedError(StepError):
    """A command that a case does not take: nothing happened to it, and every reason is in `faults`."""

    code = "case.refused"


class UnknownCaseError(StepError):
    """There is no such case."""

    code = "case.unknown"


class PluginError(FaultsError):
    """A plugin cannot be loaded, is not what it says of itself, or cannot be made under such a name."""

    code = "plugin.invalid"


class HarnessError(FaultsError):
    """An adapter cannot be put to its kit: there is no such harness, or no adapter can be had of it."""

    code = "testing.harness"


class NotificationError(FaultsError):
    """Channels, subscriptions or messages cannot be used: every fault is listed."""

    code = "notification.invalid"


class TemplateError(NotificationError):
    """A template cannot be read, asks for what templates may not do, or makes too long a text."""

    code = "template.invalid"


class PrivacyError(FaultsError):
    """Personal data cannot be sealed or opened, or may not be. No message of it holds a value."""

    code = "privacy.error"


class MasterKeyError(PrivacyError):
    """A master key is missing, is not the one that is needed, or lies open to others."""

    code = "keys.invalid"


class UnsealError(PrivacyError):
    """Sealed bytes were changed or cut off, or belong to another field, subject or case."""

    code = "privacy.unreadable"


class RevealRefusedError(PrivacyError):
    """Who asks may not see it, or not for that purpose: nothing was opened, and every reason is told."""

    code = "privacy.refused"


class StorageError(FaultsError):
    """A store could not do what it was asked. Nothing was written, unless the class says otherwise."""

    code = "storage.error"


class ConcurrencyConflictError(StorageError):
    """Another writer was first. Read the case again and decide again.

    Attributes:
        expected: The version the writer had seen; for a checkpoint, its position.
        actual: The version there is.
    """

    code = "storage.concurrency_conflict"

    def __init__(self, subject: str, expected: int, actual: int) -> None:
        message = f"{subject} is at {actual}, and {expected} was expected"
        if expected == actual:
            message = f"{subject} is at {actual}, but with another history than the writer has seen"
        super().__init__((Fault(self.code, message, subject, "read it again and decide again", (subject,)),))
        self.args = (subject, expected, actual)
        self.subject, self.expected, self.actual = subject, expected, actual


class CommandReusedError(StorageError):
    """The id of a command came back with another command; ids are never used twice."""

    code = "storage.command_reused"


class StoreUnavailableError(StorageError):
    """The store cannot be reached, or is busy for too long. Nothing was written."""

    code = "storage.unavailable"


class OutcomeUnknownError(StorageError):
    """It may or may not have been written. Send the same command id again: it is applied once."""

    code = "storage.outcome_unknown"


class DeadlineExceededError(StorageError):
    """The call took longer than it was given. Nothing was written."""

    code = "storage.deadline_exceeded"


class CapacityExceededError(StorageError):
    """The disk, a quota or a limit is full. Nothing was written."""

    code = "storage.capacity_exceeded"


class PayloadRejectedError(StorageError):
    """What was to be stored cannot be: every fault of it is listed."""

    code = "storage.payload_rejected"


class CursorInvalidError(StorageError):
    """The cursor is of another store, or lies beyond its head."""

    code = "storage.cursor_invalid"


class IntegrityViolationError(StorageError):
    """The store is damaged, or was changed behind its back. It refuses to write from now on."""

    code = "storage.integrity_violation"


class UnknownEvidenceError(StorageError):
    """There is no evidence of that digest."""

    code = "evidence.unknown"


class ErasedError(StorageError):
    """The data of this subject were erased; they cannot be read, and nothing new is taken for it."""

    code = "storage.erased"


class HeldError(StorageError):
    """The data of this subject are under a legal hold, and may not be erased until it ends."""

    code = "storage.held"


class LeaseLostError(StorageError):
    """The lease on a message ran out and another worker took it, or it is settled already."""

    code = "storage.lease_lost"


class SchemaMismatchError(StorageError):
    """The store was made by a newer release, or is no store of cases at all."""

    code = "storage.schema_mismatch"


class CapabilityMissingError(StorageError):
    """The adapter says of itself that it cannot do this."""

    code = "storage.capability_missing"


class StoreClosedError(StorageError):
    """The store has been closed."""

    code = "storage.closed"
