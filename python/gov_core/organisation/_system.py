"""Business systems that are joined to the city: who runs them, and what they send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gov_core.fields import Name, Standing, UnitId, Word


@dataclass(frozen=True, slots=True)
class System:
    """A business information system (业务信息系统), as a registration: no data of it is held.

    Attributes:
        id: Unique in the city.
        name: For people; may be empty.
        unit: The department that runs it.
        channel: How its events come: ``hotline``, ``grid``, ``digital_urban_management``, ``enforcement``,
            ``window``, ``button``, ``app`` ...; empty if not stated.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        placeholder: The source counts it and does not name it.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    id: Word
    name: Name
    unit: UnitId
    channel: Word = ""
    valid_from: date | None = None
    valid_to: date | None = None
    placeholder: bool = False
    standing: Standing | None = None
    source: Name = ""
