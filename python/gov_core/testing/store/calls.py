"""Every call of the contract, with arguments that any store takes: for what is promised of all of them."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Final

from gov_core.storage.describing import CALLS
from gov_core.storage.outbox import Outbox, Sent
from gov_core.storage.personal import Access, Hold, PersonalData, RetentionPolicy, SubjectKey
from gov_core.storage.protocol import NEW, START, CaseStore, Snapshot
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.writing import append, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gov_core.storage.protocol import Append, Capability

    Call = Callable[..., object]
    """Takes a store, and by name what the call takes beside its arguments: ``deadline_s``."""

_WHO: Final = "who the calls are about"
_KEY: Final = SubjectKey(_WHO, b"wrapped")


def _item() -> Append:
    return append("case of the calls", NEW, "x", command_id="command of the calls")


_MADE: Final[Mapping[str, Call]] = {
    "describe": lambda store: store.describe(),
    "append": lambda store, **more: store.append(_item(), **more),
    "append_many": lambda store, **more: store.append_many([_item()], **more),
    "command_result": lambda store, **more: store.command_result("command of the calls", **more),
    "read_case": lambda store, **more: store.read_case("c", **more),
    "head": lambda store, **more: store.head("c", **more),
    "read_feed": lambda store, **more: store.read_feed(**more),
    "wait": lambda store: store.wait(START, timeout_s=0.01),
    "case_row": lambda store, **more: store.case_row("c", **more),
    "query_cases": lambda store, **more: store.query_cases(**more),
    "count_cases": lambda store, **more: store.count_cases(**more),
    "due": lambda store, **more: store.due(T0, **more),
    "next_due_us": lambda store, **more: store.next_due_us(**more),
    "save_snapshot": lambda store, **more: store.save_snapshot("c", Snapshot(1, 1, b"x"), **more),
    "load_snapshot": lambda store, **more: store.load_snapshot("c", schema=1, **more),
    "checkpoint_get": lambda store, **more: store.checkpoint_get("reader", **more),
    "checkpoint_set": lambda store, **more: store.checkpoint_set("reader", START, expected=START, **more),
    "seal": lambda store: store.seal(),
    "seals": lambda store: store.seals(),
    "verify": lambda store: store.verify(),
    "dump": lambda store: list(store.dump()),
    "restore": lambda store: store.restore("another", ()),
    "close": lambda store: store.close(),
    "outbox_claim": lambda store, **more: store.outbox_claim("worker", lease_us=SECOND, **more),
    "outbox_settle": lambda store, **more: store.outbox_settle([Sent("message", 1)], **more),
    "outbox_entries": lambda store, **more: store.outbox_entries(**more),
    "outbox_stats": lambda store, **more: store.outbox_stats(**more),
    "outbox_redrive": lambda store, **more: store.outbox_redrive(**more),
    "outbox_prune": lambda store, **more: store.outbox_prune(T0, **more),
    "read_personal": lambda store, **more: store.read_personal(digest("x"), **more),
    "personal_of": lambda store, **more: store.personal_of(_WHO, **more),
    "cases_of": lambda store, **more: store.cases_of(_WHO, **more),
    "keep_keys": lambda store, **more: store.keep_keys([_KEY], **more),
    "read_key": lambda store, **more: store.read_key(_WHO, **more),
    "rewrap_keys": lambda store, **more: store.rewrap_keys([(_KEY, SubjectKey(_WHO, b"again"))], **more),
    "subjects": lambda store, **more: store.subjects(**more),
    "erase": lambda store, **more: store.erase("nobody", command_id="erasure", basis="request", **more),
    "erasures": lambda store, **more: store.erasures(**more),
    "hold": lambda store, **more: store.hold(Hold(_WHO, "suit"), **more),
    "release": lambda store, **more: store.release(_WHO, "suit", **more),
    "holds": lambda store, **more: store.holds(**more),
    "apply_retention": lambda store, **more: store.apply_retention(
        RetentionPolicy("limit", T0), dry_run=False, **more
    ),
    "note_accesses": lambda store, **more: store.note_accesses(
        [Access(_WHO, digest("x"), "c", "clerk", "visit")], **more
    ),
    "accesses": lambda store, **more: store.accesses(**more),
}

MADE: Final[Mapping[str, Call]] = {name: _MADE[name] for name in CALLS}
"""How each call is made, by its name; a call that is new in the contract has to be made here, too."""

TIMED: Final = tuple(name for name in CALLS if "deadline_s" in signature(getattr(CaseStore, name)).parameters)
"""Those that take a deadline."""


def needs(name: str) -> Capability | None:
    """What a store has to claim for a call to do its work; None if every store has it."""
    own: Mapping[str, Capability] = {
        "save_snapshot": "snapshots",
        "load_snapshot": "snapshots",
        "seal": "seals",
        "seals": "seals",
    }
    if name in vars(Outbox):
        return "outbox"
    return "erasure" if name in vars(PersonalData) else own.get(name)
