"""Stores that answer wrongly when they are asked: pages, the past, snapshots, lists and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

from gallery.stores.faulty import faulty
from gov_core.storage import lists
from gov_core.storage.lists import NEVER, Place
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import CaseFilter, CasePage, RecordedAt, RecordedEvent

if TYPE_CHECKING:
    from gov_core.storage.protocol import AsOf, CaseRow, Snapshot

_matches = lists.matches


@faulty("osm_poi_matchmaker #79", "https://github.com/KAMI911/osm_poi_matchmaker/issues/79", "S29")
class PageEdge(MemoryCaseStore):
    """The second page of a case begins one event too late."""

    def read_case(
        self, case_id: str, *, after: int = 0, limit: int | None = None, **options: Any
    ) -> tuple[RecordedEvent, ...]:
        start = after + 1 if after > 0 and limit is not None else after
        return super().read_case(case_id, after=start, limit=limit, **options)


@faulty("GORM #1042", "https://github.com/go-gorm/gorm/issues/1042", "S30")
class ZeroIsNoLimit(MemoryCaseStore):
    """A limit of 0 is taken for none."""

    def read_case(
        self, case_id: str, *, limit: int | None = None, **options: Any
    ) -> tuple[RecordedEvent, ...]:
        return super().read_case(case_id, limit=limit or None, **options)


@faulty("Neotoma #1757", "https://github.com/markmhendrickson/neotoma/issues/1757", "S33")
class AsOfTheCallersClock(MemoryCaseStore):
    """As of a time gives what had happened by then, in place of what the store knew."""

    def read_case(
        self, case_id: str, *, as_of: AsOf | None = None, limit: int | None = None, **options: Any
    ) -> tuple[RecordedEvent, ...]:
        if not isinstance(as_of, RecordedAt):
            return super().read_case(case_id, as_of=as_of, limit=limit, **options)
        events = super().read_case(case_id, **options)
        return tuple(each for each in events if each.envelope.at_us <= as_of.recorded_us)[:limit]


@faulty("Edomata #390", "https://github.com/hnaderi/edomata/pull/390", "S36 S38")
class NewestSnapshot(MemoryCaseStore):
    """The newest snapshot is given, also to who asks for the case as it was before."""

    def load_snapshot(
        self, case_id: str, *, at_or_before: int | None = None, **options: Any
    ) -> Snapshot | None:
        del at_or_before
        return super().load_snapshot(case_id, **options)


@faulty("Axon Framework #566", "https://github.com/AxonIQ/AxonFramework/issues/566", "S38")
class SnapshotOfAnySchema(MemoryCaseStore):
    """A snapshot that another release has written is given as if this one could read it."""

    def load_snapshot(self, case_id: str, *, schema: int, **options: Any) -> Snapshot | None:
        del schema
        with self._use():
            case = self._cases.get(case_id)
            schemas = {snapshot.schema for snapshot in case.snapshots.values()} if case else ()
        found = (
            super(SnapshotOfAnySchema, self).load_snapshot(case_id, schema=each, **options)
            for each in schemas
        )
        return max((each for each in found if each), default=None)


class _Sorted(MemoryCaseStore):
    """Makes lists by going through all cases; subclasses change one step."""

    def _order(self, row: CaseRow, arrival: int, order: Any) -> Any:
        return lists.place_of(row, arrival, order)

    def _follows(self, key: Any, start: Place) -> bool:
        return bool(key > start)

    def query_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008 - immutable
        *,
        order: Any = "due",
        after: str | None = None,
        limit: int = 100,
        deadline_s: float | None = None,
    ) -> CasePage:
        start = lists.asked(where, order, after, limit).start
        with self._use(deadline_s):
            found = sorted(
                (key, case.row)
                for case in self._cases.values()
                if case.row is not None
                and lists.matches(case.row, where)
                and self._follows(key := self._order(case.row, case.arrival, order), start)
            )
        rows = tuple(row for _, row in found[:limit])
        return CasePage(rows, lists.token(order, found[limit - 1][0]) if len(found) > limit else None)


@faulty("lablup/backend.ai #14731", "https://github.com/lablup/backend.ai/issues/14731", "X10")
class CursorWithoutTieBreaker(_Sorted):
    """The next page begins behind the last time of the page before, and leaves out who shares it."""

    def _follows(self, key: Any, start: Place) -> bool:
        return bool(key.key > start.key) if start.arrival else True


@faulty("Open mSupply #12291", "https://github.com/msupply-foundation/open-msupply/issues/12291", "X10")
class TiesInAnyOrder(_Sorted):
    """Cases with the same time come in an order of their own, not as they came in."""

    def _order(self, row: CaseRow, arrival: int, order: Any) -> Any:
        return lists.place_of(row, NEVER - arrival if order == "opened" else arrival, order)


@faulty("taskcluster #3278", "https://github.com/taskcluster/taskcluster/issues/3278", "X11")
class PagesByOffset(MemoryCaseStore):
    """The next page begins so many rows behind the first, wherever these have gone."""

    def query_cases(
        self,
        where: CaseFilter = CaseFilter(),  # noqa: B008 - immutable
        *,
        order: Any = "due",
        after: str | None = None,
        limit: int = 100,
        **options: Any,
    ) -> CasePage:
        start = lists.asked(where, order, after, limit).start
        offset = start.key if after else 0
        rows = super().query_cases(where, order=order, limit=lists.MOST, **options).rows[max(offset, 0) :]
        more = len(rows) > limit
        return CasePage(rows[:limit], lists.token(order, Place(offset + limit, 0)) if more else None)


@faulty("authentik #25093", "https://github.com/goauthentik/authentik/pull/25093", "X10")
class PlacesByPrefix(MemoryCaseStore):
    """Who lies in a place is found by comparing texts, so that the first grid has all that begin like it."""

    def query_cases(self, *arguments: Any, **options: Any) -> CasePage:
        with mock.patch.object(lists, "matches", _matches_by_prefix):
            return super().query_cases(*arguments, **options)


def _matches_by_prefix(row: CaseRow, where: CaseFilter) -> bool:
    place = where.place
    inside = place is None or any(part.startswith(place) for part in (row.place, *row.path.split("/")))
    return inside and _matches(row, where._replace(place=None))


@faulty("django-workers #3", "https://github.com/geekforbrains/django-workers/issues/3", "X14")
class ClocksStay(MemoryCaseStore):
    """A clock that was replaced by a later one still fires at its old time."""

    def _drop_stale(self) -> bool:
        while self._due:
            _, _, clock, case_id = self._due[0]
            if clock in self._cases[case_id].clocks:
                return True
            self._due.pop(0)
            self._due.sort()
        return False
