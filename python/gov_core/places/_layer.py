"""Jurisdictions laid over the same ground beside the grids: police beats, business districts, parks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from gov_core.fields import Name, Refers, Text, UnitId, Word

LAYER_KINDS: dict[str, str] = {
    "police_beat": "警务区",
    "business_district": "商圈",
    "park": "园区",
    "scenic_area": "景区",
    "sector": "行业",
}
"""Kind to the word of the field: where a Party frame or a force is laid over the grids (N-STR-2, N-STR-4)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One set of jurisdictions beside the main partition.

    Attributes:
        id: Unique among layers.
        name: For people; may be empty.
        kind: One of `LAYER_KINDS`, or a city's own.
        overlaps: Whether its areas may overlap each other.
        covers: Whether its areas must cover the city.
        source: Where it is from.
    """

    id: Word
    name: Name
    kind: Word = ""
    overlaps: bool = False
    covers: bool = False
    source: Name = ""


@dataclass(frozen=True, slots=True)
class LayerArea:
    """One area of a layer.

    Attributes:
        id: Unique among the areas of all layers.
        name: For people; may be empty.
        layer: Id of its layer.
        unit: Unit whose jurisdiction it is, if one is named.
        wkb: Polygon or multipolygon in the city's CRS.
    """

    id: Word
    name: Name
    layer: Annotated[str, Text("word"), Refers(("layers",))]
    unit: UnitId | None = None
    wkb: bytes = field(default=b"", repr=False)
