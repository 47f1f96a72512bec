"""Which procedure a matter runs through: a row of a city's ``procedures.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gov_core.fields import Grade, MatterCode, Name, Standing, Word


@dataclass(frozen=True, slots=True)
class ProcedureUse:
    """That cases of a matter, or of a grade, run through a procedure.

    The row of the narrowest matter counts, and of its rows the one that names the grade.

    Attributes:
        matter: Code of a matter; the matters below it are meant too; None for all.
        grade: Grade with which it is reported; None for any.
        procedure: Name of a procedure: shipped, or the city's own of the folder ``procedures``.
        valid_from: First day; None is always.
        valid_to: First day it is valid no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    matter: MatterCode | None
    grade: Grade | None
    procedure: Word
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""
