"""Posts, and assignments of posts from one body to another: numbers of seats, never who sits there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from gov_core.fields import Holder, Name, Spot, Standing, Word

AssignmentKind = Literal["secondment", "liaison", "rotation", "first_secretary", "sinking"]
"""选派, 挂钩联系, 轮岗, 第一书记, 下沉."""
ASSIGNMENT_KINDS: tuple[str, ...] = get_args(AssignmentKind)


@dataclass(frozen=True, slots=True)
class Post:
    """Seats of one role in a body (岗位): how many, how filled. No person is named anywhere.

    Attributes:
        id: Unique in the city.
        body: The body, or ``@kind``: each body of that kind.
        role: Code of the role, such as ``grid_manager``; `gov_core.organisation.ROLES` knows those of the
            field.
        seats: Fewest seats.
        seats_max: Most seats; None for as many as `seats`, 0 for no upper limit (7+X).
        at: The seats are for one place, or ``@level``: that many for each place of the level.
        full_time: Full-time (专职) or part-time (兼职), if stated.
        elected: Filled by election, if stated.
        term_years: Length of a term, if there is one.
        skills: Lines of service that one seat covers (一岗多能); empty if not stated.
        pay_grade: Grade of performance pay of the post (岗位绩效级差), as a label.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        source: Where it is from.
    """

    id: Word
    body: Holder
    role: Word
    seats: int = 1
    seats_max: int | None = None
    at: Spot | None = None
    full_time: bool | None = None
    elected: bool | None = None
    term_years: int | None = None
    skills: tuple[Word, ...] = ()
    pay_grade: Name = ""
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    source: Name = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Seats that one body fills in another (选派, 下沉, 挂钩联系).

    Attributes:
        id: Unique in the city.
        kind: ``secondment``, ``liaison``, ``rotation``, ``first_secretary`` or ``sinking``.
        source: Body that sends.
        target: Body that receives.
        role: Role there.
        seats: How many; 0 if not stated.
        appraisers: Bodies that appraise them; two where management is dual (双重管理和考核).
        at: The place they go to, or ``@level``.
        rotates_after_months: After how long they rotate between grids; None if they do not.
        valid_from: First day; None is always.
        valid_to: First day it is no more.
        standing: What the source claims of it; None for a city's own.
        origin: Where it is from.
    """

    id: Word
    kind: AssignmentKind
    source: Holder
    target: Holder
    role: Word
    seats: int = 0
    appraisers: tuple[Holder, ...] = ()
    at: Spot | None = None
    rotates_after_months: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    standing: Standing | None = None
    origin: Name = ""
