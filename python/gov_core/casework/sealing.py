"""What is said of persons and homes, on its way past the events, which hold commitments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gov_core.cases.codec import decode
from gov_core.casework.handling import load
from gov_core.privacy.plain import PersonalInput, Plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gov_core.cases.case import Sealed
    from gov_core.casework.intake import Intake
    from gov_core.casework.locating import Where
    from gov_core.privacy.vault import SealedInput
    from gov_core.storage.protocol import CaseStore

    _Placed = TypeVar("_Placed", Intake, Where)


def located(intake: Intake, said: Sequence[PersonalInput]) -> Intake:
    """An intake that the router can find a place for, by a point or address that was said under seal.

    Args:
        intake: What was said openly; a place of its own goes before.
        said: What was said of persons and homes.
    """
    for one in said:
        if intake.lon is None and intake.lat is None and (point := one.values.get("point")):
            lon, lat = point.point
            intake = replace(intake, lon=lon, lat=lat)
        if not intake.address and (address := one.values.get("address")):
            intake = replace(intake, address=address.text)
    return intake


def of_a_home(intake: Intake, said: Sequence[PersonalInput]) -> tuple[PersonalInput, ...]:
    """What is said of a home: with the exact point and the address that were said openly.

    Args:
        intake: What was said openly; the events keep only its grid or building.
        said: What was said of persons and homes; the first of it takes in the point.
    """
    values: dict[str, Plain] = {}
    if intake.lon is not None and intake.lat is not None:
        values["point"] = Plain.of_point(intake.lon, intake.lat)
    if intake.address:
        values["address"] = Plain(intake.address)
    if not values:
        return tuple(said)
    first, *others = said or (PersonalInput(),)
    return (first.with_values(values), *others)


def with_sealed(intake: Intake, done: SealedInput) -> Intake:
    """An intake with what was sealed of it.

    Args:
        intake: What was said openly.
        done: What became of the rest.
    """
    return replace(intake, sealed=(*intake.sealed, *done.sealed), personal=(*intake.personal, *done.personal))


def without_point(said: _Placed) -> _Placed:
    """The same without its exact point and address.

    What makes a command the same one again is kept as SHA-256 without a salt; a point in it could be found by
    trying all the points of a grid.

    Args:
        said: What was said of where something is.
    """
    return replace(said, lon=None, lat=None, address="")


def sealed_of(store: CaseStore, case_id: str) -> Iterator[Sealed]:
    """What a case knows under seal, and each that was merged into it.

    Args:
        store: Where cases are kept.
        case_id: Which case.
    """
    case = load(store, case_id)[0]
    yield from case.sealed
    for duplicate in case.duplicates:
        yield from load(store, duplicate)[0].sealed


def notes_of(store: CaseStore, case_id: str) -> tuple[str, ...]:
    """Commitments of the notes of a case's steps, hexadecimal, in order.

    Args:
        store: Where cases are kept.
        case_id: Which case.
    """
    events = (recorded.envelope for recorded in store.read_case(case_id))
    notes = (decode(event.type, event.schema, event.data).note for event in events)
    return tuple(dict.fromkeys(filter(None, notes)))


def subjects_of(store: CaseStore, case_id: str) -> tuple[str, ...]:
    """Whom a case knows of, and each that was merged into it: their data stay as long as it needs them.

    Args:
        store: Where cases are kept.
        case_id: Which case.
    """
    noted = (store.read_personal(bytes.fromhex(note)) for note in notes_of(store, case_id))
    return tuple(
        dict.fromkeys(
            (*(item.subject for item in sealed_of(store, case_id)), *(one.subject for one in noted if one))
        )
    )
