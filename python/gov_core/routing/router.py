"""`Router`: events in; out comes each with its grid, its unit, its limits and the rule that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gov_core import _core
from gov_core.errors import IndexFileError, RuleError
from gov_core.routing.addresses import ADDRESS, ANSWERS, AddressedTable
from gov_core.routing.crs import convert
from gov_core.routing.explain import explain
from gov_core.routing.findings import Wording
from gov_core.routing.frames import INPUT_COLUMNS, Frame
from gov_core.routing.index import GridIndex
from gov_core.routing.layers import PREFIX, Layers
from gov_core.routing.lists import Lists
from gov_core.routing.route import STATUSES, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gov_core.city import City
    from gov_core.errors import Fault
    from gov_core.routing.addresses import Addresses
    from gov_core.routing.explanation import Explanation

NEAREST_WITHIN_M = 10_000.0
"""How far `Router.route_batch` looks for the nearest grid of an event that lies in none, in metres."""

_FORMAT = 1
"""Counts up whenever the same city would be answered differently."""


class Router:
    """Routes the events of one city: where each is, who handles it, by when, and which rule says so.

    What an event says:

    * ``lon``, ``lat``: degrees. Missing is ``no_location``; NaN, infinite or beyond 180 and 90 is
      ``bad_coordinate``, even if a place is given.
    * ``crs`` (optional): ``EPSG:4326``, ``EPSG:4490``, ``GCJ-02`` or ``BD-09``; missing is the city's.
      Coordinates are converted to the city's system; any other name is ``bad_coordinate``.
    * ``place`` (optional): the id of a place, which wins over coordinates. A place above the grids is enough
      where all grids below it have the same answer; else the event is ``no_location``.
    * ``address`` (optional, in a city with an address table): wins over coordinates if the table knows the
      one place it is in (`gov_core.places.AddressBook`); else it is not looked at.
    * ``matter``: the code of a matter; missing is ``unknown_matter``.
    * ``grade``: one of the city's; missing means that only rules for any grade apply. Not looked at if the
      city has no grades.
    * ``asset`` (optional): the code of an asset class, likewise; not looked at if the city has none. Or the
      id of a component: its class counts, its manager leads in place of whom the rule finds, and the event
      happens where it is, if neither a place nor a pair of coordinates says otherwise.

    Ids are text. An integer stands for its decimal text (101 for ``"101"``), an empty text for nothing. The
    rule on borders is that of `GridIndex`.

    Routers are immutable and may be used by many threads. They pickle; the index travels along.

    Examples:
        >>> import shapely
        >>> from gov_core.city import City, Matter, Place, Rule, Unit
        >>> city = City.from_parts(
        ...     name="Two grids",
        ...     levels=["street", "grid"],
        ...     places=[Place("S", "", "street"), Place("W", "", "grid", "S"), Place("E", "", "grid", "S")],
        ...     geometries={
        ...         "W": shapely.box(118.0, 32, 118.1, 32.1).wkb,
        ...         "E": shapely.box(118.1, 32, 118.2, 32.1).wkb,
        ...     },
        ...     units=[Unit("ST", "", "station", ("S",))],
        ...     matters=[Matter("noise", "")],
        ...     rules=[Rule("R", matter=None, area=None, asset=None, grade=None, unit=("@station",))],
        ... )
        >>> route = Router.compile(city).route(lon=118.1, lat=32.05, matter="noise")
        >>> route.path, route.unit, route.rule
        ('S/E', 'ST', 'R')

    Attributes:
        warnings: What is odd about the rules and did not stop them from being compiled.
        digest: Says which answers to expect: equal for equal cities, whatever the order of their files.
    """

    __slots__ = (
        "_addresses",
        "_assists",
        "_core",
        "_index",
        "_layers",
        "_limits",
        "_lists",
        "_paths",
        "_places",
        "_rules",
        "_threads",
        "_units",
        "digest",
        "warnings",
    )

    def __init__(self, lists: Lists, index: GridIndex, threads: int = 1) -> None:
        core, findings, unlisted = _core.Router.compile(index, lists)
        found = Wording(lists).faults(findings, unlisted)
        if core is None:
            raise RuleError(found)
        self._core, self._lists, self._index, self._threads = core, lists, index, threads
        self.warnings: tuple[Fault, ...] = found
        self.digest = f"{_FORMAT}:{lists.digest}"
        # A key of -1 is "none": the last entry.
        self._places = [*(lists.places[at] for at in core.places), None]
        self._paths = [*(lists.paths[at] for at in core.places), None]
        self._units = [*lists.units, None]
        self._rules = [*lists.rules, None]
        self._assists = [*(tuple(lists.units[at] for at in group) for group in core.assists), ()]
        limits = [*lists.limits, None]
        pairs = ((spec[6], spec[7]) for spec in lists.rule_specs)
        self._limits = [tuple(limits[-1 if at is None else at] for at in pair) for pair in pairs]
        self._limits.append((None, None))
        self._layers: Layers | None = None
        self._addresses = None if lists.addresses is None else lists.addresses.over(index)

    @classmethod
    def compile(cls, city: City, *, index: GridIndex | None = None, threads: int = 1) -> Router:
        """Compiles a city's rules onto its grids.

        Args:
            city: The city.
            index: The index of ``city.geometries``, if it is there already; else it is built.
            threads: Threads for building and for batches; the answers are the same for any number.

        Raises:
            CoverageError: Grids overlap.
            GeometryError: An outline is no clear area.
            RuleError: Rules contradict each other, or two units claim the same place: all faults at once,
                each with a case that shows it.
            IndexFileError: `index` is of another city.
            ValueError: `index` has another number of grids.
        """
        if index is None:
            index = GridIndex.build(city.geometries, ids=city.grids, digest=city.digest, threads=threads)
        elif index.ids not in (None, city.grids) or index.digest not in ("", city.digest):
            message = f"the index is of another city, or of another version of {city.name}"
            raise IndexFileError(message, "", "build it again", "index_file.other_city")
        return cls(Lists.of(city), index, threads)

    @property
    def index(self) -> GridIndex:
        """The index of the grids."""
        return self._index

    @property
    def layers(self) -> Layers:
        """The layers of the city; indexed when they are first asked for.

        Raises:
            GeometryError: Outlines of areas cannot be read.
        """
        if self._layers is None:
            self._layers = Layers(self._lists.layers, self._lists.crs)
        return self._layers

    @property
    def addresses(self) -> Addresses | None:
        """The address table of the city; None if it has none."""
        return self._addresses

    @property
    def matters(self) -> tuple[str, ...]:
        """Codes of the matters; a dictionary over them is looked up once a batch, not once an event."""
        return tuple(self._lists.matters)

    def route(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Route:
        """Routes one event.

        Args:
            event: A mapping with the fields above; what else it holds is not looked at.
            **fields: The same as keywords, instead of `event`.

        Raises:
            EventError: A value is of a wrong type; all such values at once.
        """
        event = fields if event is None else event
        if self._addresses is not None and (addressed := self._addresses.read(event)) is not None:
            return addressed.answered(self.route(addressed.event))
        place, rule, unit, assist, status = self._core.route(event)
        respond_within, resolve_within = self._limits[rule]
        return Route(
            self._places[place],
            self._paths[place],
            self._units[unit],
            self._rules[rule],
            self._assists[assist],
            respond_within,
            resolve_within,
            STATUSES[status],
        )

    def route_batch(self, events: object, *, precision: bool = False, layers: bool = False) -> Any:  # noqa: ANN401 - the kind of `events`
        """Routes a table of events.

        The result has the rows of `events` in their order, its columns untouched, and after them ``place``,
        ``path``, ``unit``, ``rule``, ``respond_within``, ``resolve_within``, ``status``, and ``assist`` (ids
        joined by ``;``) if any rule has assistants. They are Arrow dictionaries of text, the same for every
        batch of a router, null where there is no answer. A column ``place`` of the events becomes
        ``place_given``.

        Events with a column ``address``, in a city with an address table, get ``located_by`` and
        ``disagree_m``, too, see `Route`.

        Args:
            events: A DataFrame of polars or pandas, a table or record batch of pyarrow or arro3, a relation
                of duckdb, or anything with the Arrow PyCapsule interface. lon and lat are read in place if
                they are float64 and converted if they are other numbers. In a DataFrame of pandas NaN is
                "missing".
            precision: Append how sure the location is, too: ``border_m``, metres to the border of the grid
                (null where the coordinates did not decide); and for events out of area ``nearest_place`` and
                ``nearest_m``, the nearest grid and the metres to it (null beyond `NEAREST_WITHIN_M`).
            layers: Append, too, a column ``layer_<id>`` of text for each layer of the city: the areas of it
                that hold the coordinates of the event, ids joined by ``;`` (null where none does).

        Returns:
            The same kind of table; an `arro3.core.Table` for relations and for classes not named above.

        Raises:
            EventError: A column is missing, of a wrong type, there twice, or has the name of an answer; all
                at once.
            GeometryError: Outlines of layers cannot be read.
        """
        more = [PREFIX + name for name in self.layers.names] if layers else []
        frame = Frame.of(events, [*more, *ANSWERS] if self._addresses is not None else more)
        within_m = NEAREST_WITHIN_M if precision else None
        if self._addresses is not None and ADDRESS in frame.names:
            table = AddressedTable(frame.select((*INPUT_COLUMNS, ADDRESS)), lambda _: self._addresses)
            answers = table.attach(self._core.route_batch(table.columns, within_m, self._threads))
        else:
            answers = self._core.route_batch(frame.select(INPUT_COLUMNS), within_m, self._threads)
        if layers:
            answers = self._with_layers(answers, frame)
        return frame.attach(answers)

    def _with_layers(self, answers: Any, frame: Frame) -> Any:  # noqa: ANN401 - tables of arro3
        from arro3.core import ChunkedArray, Table

        events = Table(frame.select(("lon", "lat", "crs")))
        answers = Table(answers)
        for name, column in self.layers.columns(events, self._threads).items():
            answers = answers.append_column(name, ChunkedArray([column]))
        return answers

    def route_stream(
        self, batches: Iterable[Any], *, precision: bool = False, layers: bool = False
    ) -> Iterator[Any]:
        """Routes batch by batch, as `route_batch`; all results have one schema.

        Args:
            batches: Record batches of one schema, for example an `arro3.core.RecordBatchReader`.
            precision: As for `route_batch`.
            layers: As for `route_batch`.
        """
        return (self.route_batch(batch, precision=precision, layers=layers) for batch in batches)

    def explain(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Explanation:
        """Says in words how the answer for one event comes about; arguments as for `route`."""
        event = fields if event is None else event
        if self._addresses is not None and (addressed := self._addresses.read(event)) is not None:
            return addressed.explained(self.explain(addressed.event))
        verdicts, omitted = self._core.explain(event)
        return explain(event, self, self._lists, verdicts, omitted, nearest=self._nearest(event))

    def _nearest(self, event: Mapping[str, Any]) -> str:
        """The nearest grid of an event that is out of area, in words."""
        if self.route(event).status != "out_of_area":
            return ""
        city = self._lists.crs
        lon, lat = convert(event["lon"], event["lat"], source=event.get("crs") or city, target=city)
        near = self._index.locate_nearest(float(lon), float(lat), within_m=NEAREST_WITHIN_M)
        if near is None:
            return f"no grid lies within {NEAREST_WITHIN_M / 1000:.0f} km"
        return f'the nearest grid is "{self._places[near.slot]}", {near.distance_m:.0f} m away'

    def __reduce__(self) -> tuple[type[Router], tuple[Lists, GridIndex, int]]:
        return Router, (self._lists, self._index, self._threads)

    def __repr__(self) -> str:
        return (
            f"Router(grids={len(self._index)}, rules={len(self._lists.rules)}, digest={self.digest[:14]!r})"
        )
