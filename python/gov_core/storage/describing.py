"""Whether what a plugin calls a store is one, and says of itself what holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast, get_args

from gov_core.errors import CapabilityMissingError, StorageError
from gov_core.storage.protocol import (
    CAPABILITIES,
    CONTRACT_VERSION,
    CaseStore,
    Durability,
    StoreDescription,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gov_core.storage.protocol import Capability

CALLS: Final = tuple(
    name
    for kind in CaseStore.__mro__
    for name in vars(kind)
    if kind.__module__.startswith("gov_core.") and not name.startswith("_")
)
"""The names of all calls of the contract."""

# Calls that cost little and change nothing, one of each capability that is a group of calls.
_PROBES: Final[dict[Capability, Callable[[CaseStore], object]]] = {
    "outbox": lambda store: store.outbox_entries(limit=0),
    "erasure": lambda store: store.holds(),
    "snapshots": lambda store: store.load_snapshot("no case", schema=1),
    "seals": lambda store: store.seals(),
}


def wrong_with(store: object) -> list[str]:
    """What speaks against something being a store, one sentence each; empty if nothing does."""
    missing = [name for name in CALLS if not callable(getattr(store, name, None))]
    if missing:
        return [f"what it opens has no {', '.join(missing)}"]
    asked: CaseStore = store  # type: ignore[assignment]  # it has all the calls
    try:
        said = asked.describe()
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is what is wrong with it
        return [f"describe() raised {type(error).__name__}: {error}"]
    wrong = list(_described(said))
    return wrong or list(_claimed(asked, said.capabilities))


def _described(said: Any) -> Iterator[str]:  # noqa: ANN401 - a plugin gives what it gives
    """What is no description of a store of this contract."""
    if type(said) is not StoreDescription:
        yield f"describe() gives {type(said).__name__}, not a StoreDescription"
        return
    name, store, contract, schema, durability, capabilities, most = cast("tuple[Any, ...]", said)
    if contract != CONTRACT_VERSION:
        yield f"it keeps version {contract!r} of the contract, and this release has {CONTRACT_VERSION}"
    for field, value in (("name", name), ("store", store)):
        if not isinstance(value, str) or not value:
            yield f"describe().{field} is {value!r}"
    if durability not in get_args(Durability):
        yield f"describe().durability is {durability!r}, none of {', '.join(get_args(Durability))}"
    for field, value, least in (("schema_version", schema, 0), ("max_event_bytes", most, 1)):
        if not isinstance(value, int) or value < least:
            yield f"describe().{field} is {value!r}"
    if not isinstance(capabilities, frozenset):
        yield f"describe().capabilities is {type(capabilities).__name__}, not a frozenset"
    elif unknown := sorted(map(str, capabilities - {*CAPABILITIES})):
        yield f"it claims {', '.join(unknown)}, which no contract knows"


def _claimed(store: CaseStore, capabilities: frozenset[Capability]) -> Iterator[str]:
    """What is claimed and is not there."""
    for capability, probe in _PROBES.items():
        if capability in capabilities:
            try:
                probe(store)
            except CapabilityMissingError:
                yield f"it claims {capability}, and then says that it has not got it"
            except StorageError:
                pass  # busy or damaged: nothing that it said of itself
            except Exception as error:  # noqa: BLE001
                yield f"it claims {capability}, and raises {type(error).__name__} when it is asked for it"
