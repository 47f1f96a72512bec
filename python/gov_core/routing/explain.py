"""Why an event is routed as it is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gov_core.routing.explanation import Explanation, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gov_core.routing.lists import ComponentList, Lists, UnitRef
    from gov_core.routing.route import Route

RuleVerdict = tuple[int, str, int | None, list[str]]
"""A rule; ``won``, ``lost``, ``repeats``, ``nobody``, ``left_out`` or ``misses``; the rule that decides
instead, or if it won which link of its chain found the unit; the dimensions that made the difference."""


_MISSES = 10
"""How many rules that do not apply are told of: those that come nearest."""


def explain(
    event: Mapping[str, Any],
    router: _Router,
    lists: Lists,
    verdicts: Iterable[RuleVerdict],
    omitted: int,
    *,
    nearest: str = "",
) -> Explanation:
    """Puts the answer to an event and what became of each rule into words.

    Args:
        event: The event as given.
        router: Answers it.
        lists: The city.
        verdicts: What became of the rules, in the order in which to tell.
        omitted: How many rules that do not apply are not among `verdicts`.
        nearest: What is near an event that is out of area, if that is known.
    """
    route = router.route(event)
    words = _Words(lists, route, event)
    verdicts = list(verdicts)
    shown = sum(what != "misses" for _, what, _, _ in verdicts) + _MISSES
    rules = [words.verdict(*verdict) for verdict in verdicts[:shown]]
    omitted += len(verdicts[shown:])
    if omitted:
        rules.append(f"{omitted} more do not apply")
    notes = [*filter(None, (nearest, _swapped(event, router, route))), *_unknown(event, route, lists)]
    return Explanation(route, _location(event, route, lists), tuple(rules), tuple(notes))


class _Router(Protocol):
    def route(self, event: Mapping[str, object], /) -> Route: ...


class _Words:
    """Sentences on rules at one place of one city."""

    def __init__(self, lists: Lists, route: Route, event: Mapping[str, Any]) -> None:
        self._lists = lists
        self._route = route
        self._event = event
        self._component = _component(event, lists)

    def verdict(self, rule: int, what: str, number: int | None, dimensions: Sequence[str]) -> str:
        name = f'"{self._lists.rules[rule]}"'
        other = f'"{self._lists.rules[number]}"' if number is not None and what in {"lost", "repeats"} else ""
        match what:
            case "won":
                source = self._lists.rule_sources[rule]
                return f"{name} decides: {self._lead(rule, number or 0)}" + (
                    f"; from {source}" if source else ""
                )
            case "lost":
                return f"{name} applies, but {other} is narrower by {dimensions[0]}"
            case "repeats":
                return f"{name} says the same as {other}, which comes first"
            case "nobody":
                return f"{name} covers the event, but finds no unit: {self._chain(rule)} serves no place here"
            case "left_out":
                return (
                    f"{name} covers the event, but it is excluded by {self._exception(rule, dimensions[0])}"
                )
            case _:
                return f"{name} is about {self._wanted(rule, dimensions)}"

    def _lead(self, rule: int, via: int) -> str:
        """Which link of the chain found the unit, and why it is this unit."""
        if self._component is not None and self._component[4] is not None:
            name, at = self._component[0], self._component[4]
            return (
                f'it sets the limits, and "{self._lists.units[at]}" leads, which manages component "{name}"'
            )
        is_kind, at = self._lists.rule_specs[rule][4][via]
        if not is_kind:
            found = f'it names "{self._lists.units[at]}"'
        else:
            found = f'"{self._route.unit}" is the @{self._lists.kinds[at]} that serves "{self._serving()}"'
            found += ", the lowest that one serves here"
        if via:
            passed = quoted(self._ref(ref) for ref in self._lists.rule_specs[rule][4][:via])
            found = f"{passed} serves no place here; {found}"
        return found

    def _serving(self) -> str:
        """The lowest place at or above the event's that its unit serves."""
        lists = self._lists
        serves = lists.unit_serves[lists.units.index(self._route.unit or "")]
        here = self._above(lists.places, lists.parents, self._route.place)
        # Below the grids nobody is looked for.
        grids = set(lists.grids)
        start = next((at for at, place in enumerate(here) if place in grids), 0)
        return next((lists.places[place] for place in here[start:] if place in serves), "")

    def _exception(self, rule: int, dimension: str) -> str:
        """What a rule leaves out that the event is, or lies below: ``except_areas "C2"``."""
        lists, event = self._lists, self._event
        matters, areas, assets = lists.rule_specs[rule][8:]
        names, parents, value, left_out = {
            "matter": (lists.matters, lists.matter_parents, event.get("matter"), matters),
            "area": (lists.places, lists.parents, self._route.place, areas),
            "asset": (lists.assets, lists.asset_parents, self._asset_class(), assets),
        }[dimension]
        line = self._above(names, parents, value)
        found = next((names[at] for at in line if at in left_out), "")
        return f'except_{dimension}s "{found}"'

    def _asset_class(self) -> object:
        named = self._event.get("asset")
        return named if self._component is None else self._lists.assets[self._component[1]]

    @staticmethod
    def _above(names: Sequence[str], parents: Sequence[int | None], value: object) -> list[int]:
        """Positions of a value and of all above it, from the value up."""
        line = []
        step: int | None = names.index(str(value))
        while step is not None:
            line.append(step)
            step = parents[step]
        return line

    def _chain(self, rule: int) -> str:
        return " > ".join(self._ref(ref) for ref in self._lists.rule_specs[rule][4])

    def _ref(self, ref: UnitRef) -> str:
        is_kind, at = ref
        return f"@{self._lists.kinds[at]}" if is_kind else self._lists.units[at]

    def _wanted(self, rule: int, dimensions: Sequence[str]) -> str:
        matter, area, asset, grade = self._lists.rule_specs[rule][:4]
        wanted = {
            "asset": (self._lists.assets, asset),
            "area": (self._lists.places, area),
            "matter": (self._lists.matters, matter),
            "grade": (self._lists.grades or (), grade),
        }
        return " and ".join(
            f'{dimension} "{names[at]}"'
            for dimension in dimensions
            for names, at in [wanted[dimension]]
            if at is not None
        )


def _component(event: Mapping[str, Any], lists: Lists) -> ComponentList | None:
    """The component that an event names; the code of a class is that of a class."""
    named = event.get("asset")
    if named in (None, "") or str(named) in lists.assets:
        return None
    return next((component for component in lists.components if component[0] == str(named)), None)


def _location(event: Mapping[str, Any], route: Route, lists: Lists) -> str:
    given = event.get("place")
    component = _component(event, lists)
    if component is not None and given in (None, "") and None in (event.get("lon"), event.get("lat")):
        names = "not located" if route.path is None else f"in {route.path.replace('/', ' > ')}"
        return f'component "{component[0]}" of class "{lists.assets[component[1]]}": {names}'
    point = f"({event.get('lon')}, {event.get('lat')})"
    if event.get("crs"):
        point += f" in {event['crs']}"
    if route.path is None:
        where = point if given in (None, "") else f'place "{given}"'
        return f"{where}: not located"
    names = route.path.replace("/", " > ")
    return f"{point} lies in {names}" if given in (None, "") else f'place "{given}" is {names}'


def _swapped(event: Mapping[str, Any], router: _Router, route: Route) -> str:
    """Says so if the event would lie in the city with longitude and latitude swapped."""
    if route.status in {"bad_coordinate", "out_of_area"}:
        lon, lat = event.get("lat"), event.get("lon")
        if router.route({**event, "lon": lon, "lat": lat, "place": None}).place is not None:
            return "it would lie in the city with longitude and latitude swapped"
    return ""


def _unknown(event: Mapping[str, Any], route: Route, lists: Lists) -> Iterator[str]:
    from gov_core.city._closest import Closest  # a city may be described without the package

    known: dict[str, Sequence[str]] = {
        "place": lists.places,
        "matter": lists.matters,
        "grade": lists.grades or (),
        "asset": lists.assets,
    }
    for name, ids in known.items():
        value = event.get(name)
        if route.status == f"unknown_{name}":
            if value in (None, ""):
                yield f"the event says no {name}"
                continue
            yield "; ".join(
                filter(None, (f'{name} "{value}" is none of the city\'s', Closest(ids)(str(value))))
            )
