"""Whether a store still is what was written: chains of cases, the feed, seals, and heads kept outside.

An adapter hands over its cases and its feed, each as a stream; what is found is the same for every store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gov_core.storage.chain import UNHASHABLE, link
from gov_core.storage.merkle import MerkleTree, leaf, seal_hash
from gov_core.storage.protocol import NEW, Head, StoreFault, VerifyReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gov_core.storage.protocol import RecordedEvent, Seal

MOST_FAULTS: Final = 10_000
"""A store of which more is wrong is not told event by event."""


class Audit:
    """One reading of a store.

    Args:
        store: Its id.
        own: The seals that are in it.
        kept: Seals that were kept outside.
        heads: Heads of cases that were kept outside.
        dense: Whether positions have no gaps.
    """

    def __init__(
        self,
        store: str,
        *,
        own: Sequence[Seal],
        kept: Sequence[Seal] = (),
        heads: Sequence[tuple[str, Head]] = (),
        dense: bool = True,
    ) -> None:
        self._faults: list[StoreFault] = []
        self._heads: dict[str, list[Head]] = {}
        for case_id, head in heads:
            if head == NEW:
                continue  # what was not there yet cannot be missing
            self._heads.setdefault(case_id, []).append(head)
        self._tree = MerkleTree()
        self._dense = dense
        self._position = self._recorded_us = self._cases = 0
        self._good = 0  # position up to which a seal has held
        self._held = True
        seals = {(seal.position, seal): None for seal in (*own, *kept)}
        self._seals = sorted((seal for _, seal in seals), key=lambda seal: (seal.position, seal.number))
        self._next_seal = 0
        self._compare_seals(store, own, kept)

    def add(self, code: str, message: str, case_id: str = "", version: int = 0, position: int = 0) -> None:
        """Note a fault; ``integrity.`` is put before the code."""
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(StoreFault(f"integrity.{code}", message, case_id, version, position))

    def case(self, case_id: str, events: Iterable[RecordedEvent], head: Head) -> None:
        """Look at one case.

        Args:
            case_id: Which.
            events: All of it, by version.
            head: Where the store says that it stands.
        """
        self._cases += 1
        kept = {kept.version: kept.hash for kept in self._heads.pop(case_id, ())}
        version, previous = NEW
        position = 0
        for event in events:
            position = event.position
            if event.version != version + 1:
                self._gap(case_id, version + 1, event)
            else:
                try:
                    hash_ = link(previous, case_id, event.version, event.envelope[:4])
                except UNHASHABLE:
                    hash_ = b""
                if hash_ != event.envelope.hash:
                    message = f"event {event.version} of {case_id} is not what its hash was made of"
                    self.add("edited_event", message, case_id, event.version, position)
            version, previous = event.version, event.envelope.hash
            if kept.pop(version, previous) != previous:
                message = f"event {version} of {case_id} is not the one whose hash was kept"
                self.add("rewritten_case", message, case_id, version, position)
        for missing in sorted(kept):
            message = f"{case_id} had {missing} events when its head was kept, and ends after {version}"
            self.add("truncated_case", message, case_id, version + 1, position)
        if version < head.version:
            message = f"{case_id} has had {head.version} events, and ends after {version}"
            self.add("truncated_case", message, case_id, version + 1, position)
        elif (version, previous) != head:
            message = f"{case_id} ends with event {version}, and its head is another"
            self.add("head_differs", message, case_id, version, position)

    def event(self, event: RecordedEvent) -> None:
        """Look at the next event of the feed."""
        position = event.position
        self._reach(position - 1)
        if self._dense and position != self._position + 1:
            first, last = self._position + 1, position - 1
            message = (
                f"position {first} of the feed is missing"
                if first == last
                else (f"positions {first} to {last} of the feed are missing")
            )
            self.add("missing_position", message, position=first)
        if event.recorded_us < self._recorded_us:
            message = f"position {position} was recorded before the one in front of it"
            self.add("recorded_backwards", message, event.case_id, event.version, position)
        self._position, self._recorded_us = position, event.recorded_us
        try:
            self._tree.add(leaf(event))
        except UNHASHABLE:
            self.add(
                "edited_record", f"position {position} cannot be read", event.case_id, event.version, position
            )
            self._tree.add(bytes(32))

    def report(self) -> VerifyReport:
        """What was found, when everything has been looked at."""
        self._reach(self._position)
        for seal in self._seals[self._next_seal :]:
            message = (
                f"seal {seal.number} covers position {seal.position}, and the feed ends at {self._position}"
            )
            self.add("truncated_feed", message, position=self._position + 1)
        for case_id, heads in self._heads.items():
            highest = max(heads)
            self.add("dropped_case", f"{case_id} had {highest.version} events and is gone", case_id, 1)
        faults = sorted(self._faults, key=lambda fault: (fault.position, fault.case_id, fault.version))
        return VerifyReport(self._tree.leaves, self._cases, self._position, tuple(faults))

    def _gap(self, case_id: str, wanted: int, event: RecordedEvent) -> None:
        if event.version < wanted:
            message = f"event {event.version} of {case_id} is there twice"
            self.add("doubled_event", message, case_id, event.version, event.position)
        else:
            last = event.version - 1
            which = f"event {wanted}" if wanted == last else f"events {wanted} to {last}"
            self.add("missing_event", f"{which} of {case_id} missing", case_id, wanted, event.position)

    def _reach(self, position: int) -> None:
        """Compare the root with each seal up to a position."""
        while self._next_seal < len(self._seals) and self._seals[self._next_seal].position <= position:
            seal = self._seals[self._next_seal]
            self._next_seal += 1
            if (self._tree.root(), self._tree.leaves) == (seal.root, seal.events):
                self._good = seal.position
            elif self._held:
                self._held = False  # every later root covers the same events, and says nothing new
                first, last = min(self._good + 1, seal.position), seal.position
                message = f"positions {first} to {last} are not what seal {seal.number} was made over"
                self.add("seal_mismatch", message, position=first)

    def _compare_seals(self, store: str, own: Sequence[Seal], kept: Sequence[Seal]) -> None:
        previous = bytes(32)
        numbers: dict[int, Seal] = {}
        for count, seal in enumerate(own, 1):
            numbers[seal.number] = seal
            if (seal.number, seal.previous, seal.store) != (count, previous, store):
                message = f"seal {seal.number} does not follow from the one before it"
                self.add("edited_seal", message, position=seal.position)
            try:
                previous = seal_hash(seal)
            except UNHASHABLE:
                previous = b""
                self.add("edited_seal", f"seal {seal.number} cannot be read", position=seal.position)
        for seal in kept:
            if seal.number not in numbers:
                message = f"seal {seal.number} was kept outside, and the store has it no more"
                self.add("missing_seal", message, position=seal.position)
            elif numbers[seal.number] != seal:
                message = f"seal {seal.number} is not the one that was kept outside"
                self.add("edited_seal", message, position=seal.position)
