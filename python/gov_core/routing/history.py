"""Versions of a city over time: each event is routed by the one that was valid when it was reported."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from gov_core import _core
from gov_core.errors import EventError, Fault
from gov_core.routing.addresses import ADDRESS, ANSWERS, AddressedTable
from gov_core.routing.explanation import Explanation
from gov_core.routing.frames import INPUT_COLUMNS, Frame
from gov_core.routing.index import GridIndex
from gov_core.routing.route import Route
from gov_core.routing.router import NEAREST_WITHIN_M, Router

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gov_core.city import City
    from gov_core.routing.addresses import Addresses
    from gov_core.routing.route import Status

CHINA = timezone(timedelta(hours=8), "China")
"""The clock of China; it has known no daylight saving time since 1991."""

Time = datetime | date | str
"""A moment: a datetime, a date (midnight), or either in ISO 8601."""


class RouterHistory:
    """Routers of one city, each valid from some moment until the next is.

    An event is routed by the version valid at its ``reported_at``. One reported before the first version,
    without a time, or with one that cannot be read is under no rule: ``no_rule`` without place and unit,
    unless it is ``bad_coordinate`` or ``no_location`` anyway. A version is valid from its moment on, that
    moment included.

    Args:
        versions: Pairs of when a version becomes valid and its router, in any order.
        clock: What times without a zone are read by, both in `versions` and in events.
        threads: Threads for batches; the answers are the same for any number.

    Raises:
        ValueError: No version, or two from the same moment.
    """

    def __init__(
        self, versions: Iterable[tuple[Time, Router]], *, clock: tzinfo = CHINA, threads: int = 1
    ) -> None:
        dated = sorted(
            ((_moment(start, clock), router) for start, router in versions), key=lambda item: item[0]
        )
        if not dated:
            raise ValueError("a history needs at least one version")
        self._starts = [start for start, _ in dated]
        self._routers = [router for _, router in dated]
        for earlier, later in zip(self._starts, self._starts[1:], strict=False):
            if earlier == later:
                raise ValueError(f"two versions are valid from {later.isoformat()}")
        self._clock, self._threads = clock, threads
        self._core = _core.RouterHistory(
            [router._core for router in self._routers],  # noqa: SLF001 - one family
            [_micros(start.astimezone(clock).replace(tzinfo=UTC)) for start in self._starts],
            [_micros(start) for start in self._starts],
        )

    @classmethod
    def compile(cls, city: City, *, clock: tzinfo = CHINA, threads: int = 1) -> RouterHistory:
        """Compiles every version of a city, each valid from the midnight its first day begins with.

        A city that has always been the same is one version, valid from ever. Versions with the same map share
        its index.

        Args:
            city: Any version of it.
            clock: Whose midnight.
            threads: As for `Router.compile`.

        Raises:
            CoverageError, GeometryError, RuleError: As `Router.compile`, for the first version that cannot
                be compiled.
        """
        versions: list[tuple[Time, Router]] = []
        maps: dict[tuple[tuple[str, ...], tuple[bytes, ...]], GridIndex] = {}
        for day in city.versions:
            valid = city.as_of(day)
            grids = (valid.grids, valid.geometries)
            if grids not in maps:
                maps[grids] = GridIndex.build(valid.geometries, ids=valid.grids, threads=threads)
            versions.append((day, Router.compile(valid, index=maps[grids], threads=threads)))
        return cls(versions, clock=clock, threads=threads)

    @property
    def versions(self) -> tuple[tuple[datetime, Router], ...]:
        """When each version becomes valid, and its router; the earliest first."""
        return tuple(zip(self._starts, self._routers, strict=True))

    @property
    def digest(self) -> str:
        """Says which answers to expect: equal for histories with equal versions from equal moments."""
        state = hashlib.sha256()
        for start, router in self.versions:
            state.update(f"{_micros(start)} {router.digest}\n".encode())
        return f"history:{state.hexdigest()}"

    def at(self, moment: Time) -> Router | None:
        """The router valid at a moment; None before the first.

        Raises:
            ValueError: Text that is no moment.
        """
        version = bisect_right(self._starts, _moment(moment, self._clock))
        return self._routers[version - 1] if version else None

    def route(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Route:
        """Routes one event by its ``reported_at``: a datetime, a date or ISO text."""
        event = fields if event is None else event
        router = self._valid(event)
        if router is not None:
            return router.route(event)
        status: Status = "no_rule"
        if self._routers[0].route(event).status == "bad_coordinate":
            status = "bad_coordinate"
        elif event.get("place") in (None, "") and None in (event.get("lon"), event.get("lat")):
            status = "no_location"
        return Route(None, None, None, None, (), None, None, status)

    def route_batch(self, events: object, *, precision: bool = False) -> Any:  # noqa: ANN401 - the kind of `events`
        """Routes a table of events, as `Router.route_batch` and by their column ``reported_at``.

        The column holds timestamps, dates or ISO 8601 text. The dictionaries of the answers are those of all
        versions together.

        Args:
            events: As for `Router.route_batch`.
            precision: As for `Router.route_batch`, measured on the map of each event's version.

        Raises:
            EventError: As `Router.route_batch`, for the columns any version needs.
        """
        looks_up = any(router.addresses is not None for router in self._routers)
        frame = Frame.of(events, ANSWERS if looks_up else ())
        columns = (*INPUT_COLUMNS, "reported_at")
        within_m = NEAREST_WITHIN_M if precision else None
        if not looks_up or ADDRESS not in frame.names:
            return frame.attach(self._core.route_batch(frame.select(columns), within_m, self._threads))
        table = AddressedTable(frame.select((*columns, ADDRESS)), self._addresses_by_row(frame))
        return frame.attach(table.attach(self._core.route_batch(table.columns, within_m, self._threads)))

    def _addresses_by_row(self, frame: Frame) -> Callable[[int], Addresses | None]:
        """Which address table the rows of a table are looked up in: that of the version valid then."""
        from arro3.core import Table

        events = Table(frame.select(("reported_at",)))
        if not events.column_names:
            return lambda _: None
        times = events.column("reported_at").to_pylist()
        routers = {time: self._valid({"reported_at": time}) for time in set(times)}

        def addresses(row: int) -> Addresses | None:
            router = routers[times[row]]
            return None if router is None else router.addresses

        return addresses

    def route_stream(self, batches: Iterable[Any], *, precision: bool = False) -> Iterator[Any]:
        """Routes batch by batch, as `route_batch`; all results have one schema."""
        return (self.route_batch(batch, precision=precision) for batch in batches)

    def explain(self, event: Mapping[str, object] | None = None, /, **fields: object) -> Explanation:
        """Says in words how the answer for one event comes about; arguments as for `route`."""
        event = fields if event is None else event
        router = self._valid(event)
        if router is not None:
            return router.explain(event)
        first = self._starts[0].astimezone(self._clock).isoformat()
        when = event.get("reported_at")
        location = f"reported at {when}: no version of the city is valid then, the first is from {first}"
        return Explanation(self.route(event), location, (), ())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.versions, self._clock, self._threads)

    def __repr__(self) -> str:
        return f"RouterHistory({len(self._routers)} versions from {self._starts[0].isoformat()})"

    def _valid(self, event: Mapping[str, object]) -> Router | None:
        reported = event.get("reported_at")
        if reported is None:
            return None
        if isinstance(reported, str):
            version = self._core.version(reported)
            return None if version is None else self._routers[version]
        if isinstance(reported, date):
            return self.at(reported)
        message = f'"reported_at" is {type(reported).__name__}, not a datetime, a date or ISO 8601 text'
        raise EventError([Fault("event.wrong_type", message, "reported_at", "convert it first")])


def _restore(versions: Iterable[tuple[Time, Router]], clock: tzinfo, threads: int) -> RouterHistory:
    return RouterHistory(versions, clock=clock, threads=threads)


def _moment(time: Time, clock: tzinfo) -> datetime:
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    elif not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day, tzinfo=clock)
    return time if time.tzinfo is not None else time.replace(tzinfo=clock)


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
