"""What took over from what, over all steps of a reorganisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Successions:
    """For each row that ended or changed its name: the keys of what took over, in order, none twice."""

    _links: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def note(self, part: str, mapping: Mapping[str, tuple[str, ...]]) -> None:
        """Notes what took over from the rows of a part, all at the same moment.

        What they had taken over from themselves in earlier steps is followed on.
        """
        for key, names in self._links.items():
            if key[0] == part:
                follow = (new for name in names for new in mapping.get(name, (name,)))
                self._links[key] = tuple(dict.fromkeys(follow))
        for old, new in mapping.items():
            if new != (old,):
                self._links.setdefault((part, old), new)

    def of(self, part: str, key: str) -> tuple[str, ...]:
        """What took over from a row: itself if nothing did."""
        return self._links.get((part, key), (key,))
