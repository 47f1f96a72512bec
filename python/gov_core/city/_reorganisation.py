"""Reorganisations (机构与区划调整): one version of a city into the next, with what became of everything.

A reorganisation is data: a day, and steps in the order they happen. Applying it touches nothing but values,
and says all that is wrong with it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gov_core.city._carry_out import carry_out
from gov_core.city._diff import Change, diff
from gov_core.city._join import join

if TYPE_CHECKING:
    from datetime import date

    from gov_core.city._city import City
    from gov_core.city._step import Step
    from gov_core.city._successions import Successions


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """Steps that take effect on one day.

    Attributes:
        on: First day of the new version.
        steps: In the order they happen; each sees what the ones before it left.
        title: For people.
        source: The decision or paper it follows.

    Examples:
        >>> from datetime import date
        >>> from gov_core.city import Merge, Reorganisation, Unit
        >>> from gov_core.generate import generate_city
        >>> city = generate_city(grids=40, seed=1)
        >>> two = [unit.id for unit in city.units if unit.kind == "residents_committee"][:2]
        >>> one = Merge(tuple(two), Unit("RC-NEW", "", "residents_committee"))
        >>> outcome = Reorganisation(date(2026, 1, 1), (one,)).apply(city)
        >>> outcome.successors("units", two[0])
        ('RC-NEW',)
    """

    on: date
    steps: tuple[Step, ...]
    title: str = ""
    source: str = ""

    def apply(self, city: City) -> Outcome:
        """Turns the version of a city before `on` into the next.

        Args:
            city: The city; where it has versions, the one valid the day before.

        Raises:
            CityError: With everything that does not work out: steps that name what is not there, rows left
                without the place or body they name, and whatever `City.from_parts` refuses of the result.
        """
        before, after, successions = carry_out(self.steps, self.on, self.source, city)
        return Outcome(self, before, after, successions)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reorganisation led to.

    Attributes:
        reorganisation: What was applied.
        before: The city of the day before, by itself.
        after: The city of the day, by itself.
    """

    reorganisation: Reorganisation
    before: City
    after: City
    _successions: Successions

    def successors(self, part: str, key: str) -> tuple[str, ...]:
        """Keys of what took over from a row: itself if it stayed, none if it ended without a successor.

        Args:
            part: ``units``, ``places``, ``items`` ...
            key: Its key before.
        """
        return self._successions.of(part, key)

    @property
    def joined(self) -> City:
        """Both versions as one city: rows that ended, those that stayed, and those that began.

        Tables without dates (matters, asset classes, layers, figures, terms) hold for all versions: they have
        the rows of both, and of two with one key the newer.

        Raises:
            ValueError: The levels of places changed, or which of them tiles the city: two cities cannot be
                one then, and a `RouterHistory` holds both.
        """
        before, after = self.before, self.after
        if (before.levels, before.partition) != (after.levels, after.partition):
            raise ValueError("the levels of places changed: keep both cities, each valid for its time")
        return join(self.before, self.after, self.reorganisation.on, self._successions)

    def changes(self) -> tuple[Change, ...]:
        """What is different, row by row: `diff` of the two versions."""
        return diff(self.before, self.after)
