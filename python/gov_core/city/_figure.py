"""Figures and terms: what a source counts, claims or names, shown beside what is ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gov_core.fields import Name, Prose, Standing, Word


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a source: a count to check against, or a claim to show as such, never an output of ours.

    Attributes:
        id: Unique in the city.
        name: What is counted, for people.
        value: The number.
        measure: Unit of measure: ``people``, ``km2``, ``%``, ``yuan``, ``bodies`` ...
        on: Day or year it holds for, if stated.
        claim: The source's claim of an effect: shown beside our figures, never computed, never a score.
        note: What to know about it, such as a sum that does not add up.
        standing: What the source claims of it; None for a city's own.
        source: Row of the acceptance table it is from.
    """

    id: Word
    name: Name
    value: float
    measure: Word = ""
    on: date | None = None
    claim: bool = False
    note: Prose = ""
    standing: Standing | None = None
    source: Name = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of an ordered list that a source names: a function, a stage, a meeting, a channel.

    Attributes:
        id: Unique in the city.
        catalogue: Code of the list: ``committee_functions``, ``meetings``, ``channels`` ...
        name: The word, in Chinese.
        english: In English.
        position: Place in the list, from 1; 0 if the list has no order.
        note: What to know about it.
        standing: What the source claims of it; None for a city's own.
        source: Row of the acceptance table it is from.
    """

    id: Word
    catalogue: Word
    name: Name
    english: Name = ""
    position: int = 0
    note: Prose = ""
    standing: Standing | None = None
    source: Name = ""
