"""Matters: what events are about."""

from __future__ import annotations

from dataclasses import dataclass

from gov_core.fields import MatterCode, Name, Standing, Word


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of event (事项) in the city's tree of matters; a condition (立案条件) is a matter below its own.

    Attributes:
        code: Unique in the city.
        name: For people; may be empty.
        parent: Code of the wider matter; None at the top.
        sensitive: Stays out of maps, replays and bulletins (community correction, relief, minors).
        home: About a home: its exact point, room and evidence are personal data, and sealed.
        category: Category that hard rules speak of, such as ``economy``; empty if none does.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    code: Word
    name: Name
    parent: MatterCode | None = None
    sensitive: bool = False
    home: bool = False
    category: Word = ""
    standing: Standing | None = None
    source: Name = ""
