"""The parts of a city that are tables: what each holds, what identifies a row, where it is kept."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, cast, get_type_hints

from gov_core.cases.procedure_use import ProcedureUse
from gov_core.cases.subscription import Subscription
from gov_core.checklists import Checklist, Item, ItemLimit, Matter, Transfer
from gov_core.city._column import Column, columns_of
from gov_core.city._figure import Figure, Term
from gov_core.city._rule import Rule
from gov_core.fields import Refers, Text
from gov_core.organisation import Assignment, Grant, Post, Provider, Relation, System, Team, Unit
from gov_core.places import Address, Asset, AssetClass, Layer, LayerArea, Norm, Place, Premises

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a city.

    Attributes:
        part: Attribute of `City` and stem of the file: ``units`` is in units.csv.
        record: Class of its rows.
        noun: What one row is called, first half of the codes of its faults.
        key: Fields that tell rows apart; several rows may have one key if their validity does not overlap.
        drawn: Every row has an outline: the table is a map.
    """

    part: str
    record: type[Any]
    noun: str
    key: tuple[str, ...] = ("id",)
    drawn: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its file, in order."""
        return columns_of(self.part, cast("Hashable", self.record), self.noun)

    def key_of(self, row: object) -> str:
        """The key of a row as one text."""
        return "/".join(str(getattr(row, field) or "") for field in self.key)


PLACES = Sheet("places", Place, "place", drawn=True)
"""Properties of the features of the map are its columns."""

SHEETS: tuple[Sheet, ...] = (
    Sheet("units", Unit, "unit"),
    Sheet("matters", Matter, "matter", ("code",)),
    Sheet("asset_classes", AssetClass, "asset", ("code",)),
    Sheet("rules", Rule, "rule"),
    Sheet("relations", Relation, "relation", ("source", "relation", "target")),
    Sheet("posts", Post, "post"),
    Sheet("assignments", Assignment, "assignment"),
    Sheet("grants", Grant, "grant", ("holder", "power", "over")),
    Sheet("teams", Team, "team"),
    Sheet("providers", Provider, "provider", ("unit",)),
    Sheet("systems", System, "system"),
    Sheet("layers", Layer, "layer"),
    Sheet("layer_areas", LayerArea, "layer_area", drawn=True),
    Sheet("assets", Asset, "component"),
    Sheet("premises", Premises, "premises"),
    Sheet("addresses", Address, "address"),
    Sheet("checklists", Checklist, "checklist"),
    Sheet("items", Item, "item", ("code",)),
    Sheet("item_limits", ItemLimit, "item_limit", ("item", "matter", "grade")),
    Sheet("transfers", Transfer, "transfer", ("item", "source", "target")),
    Sheet("procedures", ProcedureUse, "procedure_use", ("matter", "grade")),
    Sheet("subscriptions", Subscription, "subscription", ("event", "matter", "to", "channel")),
    Sheet("norms", Norm, "norm"),
    Sheet("figures", Figure, "figure"),
    Sheet("terms", Term, "term"),
)
"""All tables; places have outlines and come from a map."""

OUTLASTING = ("providers", "systems", "item_limits", "transfers")
"""Tables whose rows may be valid longer than the units and items they tell of."""

FIRST = ("units", "matters", "rules")
"""The tables that a folder of format 1 had to have."""

BY_PART: Mapping[str, Sheet] = {sheet.part: sheet for sheet in SHEETS}


@dataclass(frozen=True, slots=True)
class TextField:
    """A field of a table that holds texts.

    Attributes:
        field: Its name.
        role: How its texts are judged, see `gov_core.fields.Text`.
        refers: What they may name; None for texts that name nothing.
        optional: An empty text is no fault.
    """

    field: str
    role: str
    refers: Refers | None
    optional: bool

    def values(self, row: object) -> Iterator[str]:
        """The texts of a row that are to be judged, without the ``@`` of a kind or level."""
        for value in self.named(row):
            if value or not self.optional:
                marked = self.refers is not None and (self.refers.kinds or self.refers.levels)
                yield value.removeprefix("@") if marked else value

    def named(self, row: object) -> Iterator[str]:
        """The texts of a row as they stand; none for None."""
        value = getattr(row, self.field)
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield from value


@cache
def words_of(part: str) -> tuple[TextField, ...]:
    """The fields of a table that hold texts, in order."""
    record = BY_PART[part].record
    defaults = {field.name: field.default for field in fields(record)}
    hints = get_type_hints(record, include_extras=True)
    return tuple(
        TextField(
            name,
            text.role,
            next((mark for mark in marks if isinstance(mark, Refers)), None),
            defaults[name] == "",
        )
        for name, hint in hints.items()
        for marks in _marks(hint)
        for text in marks
        if isinstance(text, Text)
    )


def references(part: str) -> tuple[tuple[str, Refers], ...]:
    """The fields of a table that name something, with what they may name."""
    return tuple((word.field, word.refers) for word in words_of(part) if word.refers is not None)


def _marks(hint: Any) -> Iterator[tuple[object, ...]]:  # noqa: ANN401  # any annotation
    if marks := getattr(hint, "__metadata__", ()):
        yield marks
    for inner in getattr(hint, "__args__", ()):
        yield from _marks(inner)
