"""Rules: who handles which events, and how soon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gov_core.checklists import Limit
from gov_core.fields import AssetCode, Grade, Holder, Holders, MatterCode, Name, PlaceId, Standing, Word


@dataclass(frozen=True, slots=True)
class Rule:
    """Who handles which events, and how soon. None on an axis means any (``*``).

    Attributes:
        id: Unique in the city; part of every answer.
        matter: Code of a matter; the matters below it are meant too.
        area: Id of a place; the places below it are meant too.
        asset: Code of an asset class; the classes below it are meant too.
        grade: One of the city's grades.
        unit: Who leads: unit ids and ``@kind``, the first that exists for the grid takes it.
        assist: Who assists the lead, each a unit id or ``@kind``.
        respond_within: How soon the first answer is due.
        resolve_within: How soon the matter is to be resolved.
        line: Line in rules.csv; 0 if the rule comes from no file.
        except_areas: The rule does not apply in these places, nor below them.
        except_assets: Nor to these asset classes, nor those below them.
        except_matters: Nor to these matters, nor those below them.
        valid_from: First day; None is always.
        valid_to: First day it is valid no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    id: Word
    matter: MatterCode | None
    area: PlaceId | None
    asset: AssetCode | None
    grade: Grade | None
    unit: Holders
    assist: tuple[Holder, ...] = ()
    respond_within: Limit | None = None
    resolve_within: Limit | None = None
    line: int = field(default=0, compare=False)
    except_areas: tuple[PlaceId, ...] = ()
    except_assets: tuple[AssetCode, ...] = ()
    except_matters: tuple[MatterCode, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""
