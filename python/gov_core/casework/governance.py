"""What a city says about its cases: where they are, whose they are, by which procedure and calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from gov_core.cases.calendar import Calendar
from gov_core.cases.procedure import read_procedures, shipped_procedures
from gov_core.errors import Fault, ProcedureError
from gov_core.places._nearby import Nearby

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gov_core.cases.case import Service
    from gov_core.cases.procedure import Procedure
    from gov_core.checklists import Item
    from gov_core.city import City
    from gov_core.organisation import Power
    from gov_core.routing import AnyRouter

WHISTLE: Final = "whistle"

_HELD_BY: Final[Mapping[str, tuple[Power, ...]]] = {"supervise": ("supervise", "inspect")}
"""A case is put under supervision (督办) by those who supervise (监督), and by those who inspect (督查)."""

_ONLY_IF_GRANTED: Final = frozenset({"appraise"})
"""Bodies score each other (双向考核) where a city says so: of the papers it is one's advice (N-RULE-7)."""


@dataclass(frozen=True)
class Governance:
    """A city as cases need it.

    Attributes:
        city: Its newest version; cases are decided by the version of their day.
        router: Finds place and body; `RouterHistory` for a city that changes.
        calendar: Which hours count. By default China's; where a limit reaches into a year whose notice is not
            out yet, Monday to Friday count and the deadline is marked provisional. A calendar that raises is
            for arithmetic: here it would turn away every report of December.
        calendars: Earlier calendars, which explain the deadlines that were reckoned by them.
        procedures: The procedures that cases may run through, by name.
        default: Name of the procedure of matters that name none, where the city does not say.
        uses: Code of a matter to the name of its procedure, over what the city says; the matters below it run
            through it too.
    """

    city: City
    router: AnyRouter
    calendar: Calendar = field(default_factory=lambda: Calendar(unknown_years="weekdays"))
    calendars: tuple[Calendar, ...] = ()
    procedures: Mapping[str, Procedure] = field(default_factory=shipped_procedures)
    default: str = "whistle_loop"
    uses: Mapping[str, str] = field(default_factory=dict)
    _versions: dict[date, CityAuthority] = field(default_factory=dict, init=False, repr=False, compare=False)

    _names: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        said = {row.procedure for row in self.city.rows("procedures")}
        said |= {item.procedure for item in self.city.rows("items") if item.procedure}
        unknown = sorted({self.default, *self.uses.values(), *said} - set(self.procedures))
        if unknown:
            raise ProcedureError([_unknown(name, self.procedures) for name in unknown])

    @classmethod
    def of(
        cls,
        city: City,
        *,
        router: AnyRouter | None = None,
        calendar: Calendar | None = None,
        default: str = "whistle_loop",
    ) -> Governance:
        """What a city says about its cases, its own procedures included.

        Args:
            city: Its newest version.
            router: Finds place and body; compiled from all versions of the city if None.
            calendar: Which hours count; that of China if None.
            default: Name of the procedure of matters for which the city names none.

        Raises:
            ProcedureError: A procedure of its own cannot be read, or could not be run to its end, or one is
                named that is not there; every fault.
            CityError: The city cannot be compiled.
        """
        from gov_core.cases.lint import lint
        from gov_core.routing import RouterHistory

        own = read_procedures(dict(city.procedure_files))
        faults = [fault for procedure in own.values() for fault in lint(procedure)]
        if faults:
            raise ProcedureError(faults)
        return cls(
            city,
            router or RouterHistory.compile(city),
            calendar or Calendar(unknown_years="weekdays"),
            procedures={**shipped_procedures(), **own},
            default=default,
        )

    def procedure_of(
        self, matter: str, grade: str = "", *, item: str = "", day: date | None = None
    ) -> Procedure:
        """The procedure of a case: that of its matter, or of the nearest wider matter that has one.

        Args:
            matter: Code of the matter.
            grade: With which it is reported; empty if with none. A later grade does not change the procedure.
            item: Code of the item that is asked for at a window, whose own procedure comes first; empty for
                what is no service.
            day: Of the version of the city; None for the newest.
        """
        city = self.on(day)
        asked = city.item(item)
        if asked is not None and asked.procedure:
            return self.procedures[asked.procedure]
        for code in (*city.wider(matter), ""):
            name = self.uses.get(code) or city.runs.get((code, grade)) or city.runs.get((code, ""))
            if name:
                return self.procedures[name]
        return self.procedures[self.default]

    def on(self, day: date | None) -> CityAuthority:
        """What the city says on a day; None for its newest version."""
        first = self._first_day(day)
        if first not in self._versions:
            city = self.city if day is None else self.city.as_of(day)
            self._versions[first] = CityAuthority(city)
        return self._versions[first]

    @property
    def names(self) -> Mapping[str, str]:
        """Id of a body or place, and code of a matter, to its name in the newest version; bodies first."""
        if not self._names:
            self._names.update({matter.code: matter.name for matter in self.city.matters if matter.name})
            self._names.update({place.id: place.name for place in self.city.places if place.name})
            self._names.update({unit.id: unit.name for unit in self.city.units if unit.name})
        return self._names

    def day_of(self, at: datetime) -> date | None:
        """The day of a time in the city; None for a time without a zone, which no step takes."""
        return None if at.tzinfo is None else at.astimezone(self.calendar.tz).date()

    def calendar_of(self, version: str) -> Calendar:
        """The calendar of a version; the one in force if it is not known."""
        return next((known for known in self.calendars if known.version == version), self.calendar)

    def procedure(self, name: str) -> Procedure:
        """A procedure by its name.

        Raises:
            ProcedureError: ``procedure.unknown``: cases keep the one they began with, so none may be dropped.
        """
        if name not in self.procedures:
            raise ProcedureError([_unknown(name, self.procedures)])
        return self.procedures[name]

    def boundaries(self, day: date) -> str:
        """First day of the version of a day, ISO; empty for the version a city has had from the first."""
        first = self._first_day(day)
        return "" if len(self.city.versions) == 1 or first == date.min else first.isoformat()

    def _first_day(self, day: date | None) -> date:
        versions = self.city.versions
        if day is None:
            return versions[-1]
        return max((first for first in versions if first <= day), default=versions[0])


def _unknown(name: str, procedures: Mapping[str, Procedure]) -> Fault:
    hint = f"there are: {', '.join(procedures)}"
    return Fault("procedure.unknown", f'there is no procedure "{name}"', hint=hint, ids=(name,))


class CityAuthority:
    """What one version of a city says about its bodies; an `Authority` of decisions.

    Args:
        city: One version.

    Attributes:
        city: The same.
        runs: Matter and grade, empty for any, to the name of the procedure they run through.
    """

    def __init__(self, city: City) -> None:
        self.city = city
        self._units = {unit.id: unit for unit in city.units}
        self._serves = {unit.id: frozenset(unit.serves) for unit in city.units}
        self._tops = {place.id for place in city.places if place.parent is None}
        self._items = {item.code: item for item in city.items}
        self.runs = {(row.matter or "", row.grade or ""): row.procedure for row in city.procedures}
        self._parents = {matter.code: matter.parent for matter in city.matters}
        self._sensitive = {matter.code for matter in city.matters if matter.sensitive}
        self._home = {matter.code for matter in city.matters if matter.home}
        self._nearby = Nearby(city.grids, city.geometries)
        self._listed: dict[str, set[str | None]] = {}
        self._led: set[tuple[str, str | None]] = set()
        for rule in city.effective_rules:
            self._led.update((holder, rule.matter) for holder in rule.unit)
            for holder in (*rule.unit, *rule.assist):
                self._listed.setdefault(holder, set()).add(rule.matter)
        self._granted = {grant.power for grant in city.grants if grant.held}
        lists = {checklist.id for checklist in city.checklists if checklist.kind == WHISTLE}
        self._catalogue = {item.code: item.matters for item in city.items if item.checklist in lists}
        for item in city.items:
            if item.checklist in lists:  # whom an item of the catalogue names may be called for its matters
                for holder in (*item.holder, *item.shared_with, *item.assist):
                    self._listed.setdefault(holder, set()).update(item.matters or (None,))

    def wider(self, matter: str) -> tuple[str, ...]:
        """A matter and the matters above it, the narrowest first."""
        found: list[str] = []
        step: str | None = matter
        while step is not None and step not in found:
            found.append(step)
            step = self._parents.get(step)
        return tuple(found)

    def serves(self, unit: str, path: str) -> bool:
        """Whether a body serves a place, or one it lies in."""
        return not self._serves.get(unit, frozenset()).isdisjoint(path.split("/"))

    def lists(self, unit: str, matter: str) -> bool:
        """Whether some rule or list gives a body, or its kind, the matter or a wider one."""
        known = self._units.get(unit)
        if known is None:
            return False
        listed = self._listed.get(unit, set()) | self._listed.get(f"@{known.kind}", set())
        return None in listed or not listed.isdisjoint(self.wider(matter))

    def holds(self, body: str, power: Power, over: str = "") -> bool:
        """Whether a body holds a power, over another if one is named.

        What the city grants to somebody is held by nobody else; what it grants to nobody is left to roles.
        Only scoring bodies has to be granted in every city that grants anything.
        """
        powers = _HELD_BY.get(power, (power,))
        if self._granted.isdisjoint(powers):
            return power not in _ONLY_IF_GRANTED or not self.city.grants
        if body not in self._units or (over and over not in self._units):
            return False
        return any(self.city.powers.holds(body, one, over or None) for one in powers)

    def may_handle(self, body: str, matter: str) -> bool:
        """Whether a body of the city may carry a matter out: rule or list has it lead, or nothing bars it."""
        known = self._units.get(body)
        if known is None:
            return False
        names = (body, f"@{known.kind}")
        if any((name, code) in self._led for name in names for code in (None, *self.wider(matter))):
            return True
        execution = self.city.powers.holds(body, "execute")
        return execution.held or execution.grant is None

    def in_catalogue(self, item: str, matter: str) -> bool:
        """Whether an item of the whistle catalogue covers a matter; without a catalogue none is named."""
        if not self._catalogue:
            return not item
        matters = self._catalogue.get(item)
        return matters is not None and (not matters or not set(matters).isdisjoint(self.wider(matter)))

    def item_for(self, matter: str) -> str:
        """The first item of the whistle catalogue that covers a matter; empty if none does."""
        return next((item for item in self._catalogue if self.in_catalogue(item, matter)), "")

    def knows(self, body: str) -> bool:
        """Whether there is such a body."""
        return body in self._units

    def item(self, code: str) -> Item | None:
        """The item of a list by its code; None if there is none."""
        return self._items.get(code)

    def offices(self, service: Service) -> tuple[str, ...]:
        """The bodies that work on a service: those that the item of its list names, where its station serves.

        Args:
            service: What is asked for.
        """
        item = self._items.get(service.item)
        if item is None:
            return ()
        grounds = ["/".join(self.city.path(place)) for place in self._serves.get(service.station, ())]
        return tuple(
            dict.fromkeys(
                unit
                for holder in (*item.holder, *item.shared_with, *item.assist)
                for unit in (self._of_kind(holder[1:]) if holder.startswith("@") else (holder,))
                if any(self.serves(unit, ground) for ground in grounds)
            )
        )

    def owner(self, path: str, kinds: tuple[str, ...]) -> str:
        """The body in charge of a place: of the first of the kinds that serves it; empty if none does.

        Args:
            path: Ids from the top level down, joined by ``/``; empty if the place is not known.
            kinds: Kinds of units, the first that there is counts.
        """
        for kind in kinds:
            for unit in self._of_kind(kind):
                if not path or self.serves(unit, path):
                    return unit
        return ""

    def sensitive(self, matter: str) -> bool:
        """Whether a matter, or a wider one, stays out of maps and bulletins."""
        return any(code in self._sensitive for code in self.wider(matter))

    def home(self, matter: str) -> bool:
        """Whether a matter, or a wider one, is about a home: its point, room and evidence are sealed."""
        return any(code in self._home for code in self.wider(matter))

    def grids_near(self, lon: float, lat: float, metres: float) -> tuple[str, ...]:
        """Ids of the grids within a distance of a point, those that hold it included, the nearest first.

        Args:
            lon: Degrees, in the CRS of the city.
            lat: As `lon`.
            metres: How far at most.

        Raises:
            ValueError: A number is NaN or infinite, or the distance is negative.
        """
        return self._nearby.within(lon, lat, metres)

    def areas(self, body: str) -> tuple[str, ...]:
        """Paths of the places a body serves: the empty one if that is all; none for an unknown body."""
        if self._tops <= self._serves.get(body, frozenset()):
            return ("",)
        return tuple("/".join(self.city.path(place)) for place in sorted(self._serves.get(body, ())))

    def _of_kind(self, kind: str) -> tuple[str, ...]:
        return tuple(unit.id for unit in self.city.units if unit.kind == kind)
