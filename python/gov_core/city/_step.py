"""The kinds of steps that reorganisations are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gov_core.fields import Holder
    from gov_core.organisation import Unit
    from gov_core.places import Place


@dataclass(frozen=True, slots=True)
class Merge:
    """Bodies or places become one (合并).

    What named one of them names the new one; places below them and rows placed in them follow. Where `into`
    says nothing of it, places served are joined and counts added up.

    Attributes:
        ids: Units, or places of one level; at least two.
        into: The new unit or place. Its id may be one of `ids`.
        outline: Outline of the new place as WKB; None for that of the old ones together.
    """

    ids: tuple[str, ...]
    into: Unit | Place
    outline: bytes | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A body or a place becomes several (拆分).

    Rules for the area hold for each new place, under ids that name it. Addresses, premises and components go
    by their coordinates, places below by `moves` or else by their outlines.

    Attributes:
        id: The unit or place.
        into: The new units or places; at least two.
        outlines: New place to outline as WKB; needed for the places that tile the city.
        moves: Where what cannot be told by coordinates goes: id of a place below, an address, premises, a
            component, to the id of the new place; for a unit: code of an item, id of a rule or post to the
            new unit.
    """

    id: str
    into: tuple[Unit, ...] | tuple[Place, ...]
    outlines: Mapping[str, bytes] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Abolish:
    """A row ends (撤销).

    Attributes:
        part: ``units``, ``rules``, ``items``, ``relations`` ... ; not ``places``, whose ground has to go
            somewhere: see `Merge`, `Redraw` and `AbolishLevel`.
        id: Its key.
        successor: Key of the row that takes over: what named the old one names it. Without one, what names
            only the old one is a fault.
    """

    part: str
    id: str
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class AbolishLevel:
    """A level of places ends (撤销街道): what lay in its places lies in their parents.

    Units that served such a place serve those below it.

    Attributes:
        level: Not the level that tiles the city, nor one below it.
    """

    level: str


@dataclass(frozen=True, slots=True)
class Establish:
    """A row begins (设立).

    Attributes:
        part: ``units``, ``relations``, ``posts``, ``items`` ...; not ``places``.
        row: The new row.
    """

    part: str
    row: object


@dataclass(frozen=True, slots=True)
class Move:
    """A place goes to another parent (划转).

    Attributes:
        place: Id of the place.
        parent: Id of the new parent, on the level above.
    """

    place: str
    parent: str


@dataclass(frozen=True, slots=True)
class TransferDuty:
    """Items go from their holder to another body, and money with them (权随责走、费随事转).

    Attributes:
        items: Codes of the items.
        target: Unit or ``@kind`` that holds them from then on.
        checklist: Id of the list they go to; None to stay on theirs.
        funds_yuan: Money for each item; None if none moves.
        earmarked: For this purpose only.
        decided_by: Body that decided on the use with the committee.
        account: Unit whose special account holds the money.
    """

    items: tuple[str, ...]
    target: Holder
    checklist: str | None = None
    funds_yuan: float | None = None
    earmarked: bool = False
    decided_by: Holder | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class VillageToCommunity:
    """A village becomes a community (村改居).

    Attributes:
        village: Id of the place.
        into: The community; its kind is ``village_to_community`` unless it says otherwise.
        committee: The residents' committee that takes over from the villagers' committee.
        villagers_committee: Id of the body that ends; None if the city has none.
        station: The service station set up for it; None if one serves it already.
    """

    village: str
    into: Place
    committee: Unit
    villagers_committee: str | None = None
    station: Unit | None = None


@dataclass(frozen=True, slots=True)
class Redraw:
    """All places are drawn anew (重新划分).

    Each new place goes to the old place of its level that it shares most ground with; what named an old place
    names those that went to it or, if none did, the one that has most of its ground. Addresses, premises and
    components go by their coordinates, but what lies in a building that is named again stays there. Counts
    that new places do not state are shared out by area, whole numbers with the old sum: an estimate, and
    their source says so.

    Attributes:
        places: New places of all levels.
        outlines: Place to outline as WKB; needed for the places that tile the city.
        moves: Where what has no coordinates goes, as for `Split`.
        levels: The new levels, top to bottom; none if they stay.
        partition: The new level that tiles the city; empty if it stays.
        follows: Old level to the new one that takes over from it, where their names differ: places of a level
            that nothing takes over from end.
    """

    places: tuple[Place, ...]
    outlines: Mapping[str, bytes]
    moves: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    partition: str = ""
    follows: Mapping[str, str] = field(default_factory=dict)


Step = Merge | Split | Abolish | AbolishLevel | Establish | Move | TransferDuty | VillageToCommunity | Redraw
