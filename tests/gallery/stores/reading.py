"""Stores that answer wrongly when they are asked: pages, the past, snapshots, lists and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gallery.stores.faulty import faulty
from gov_core.storage import lists
from gov_core.storage.lists import Place
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.protocol import CaseFilter, CasePage, RecordedEvent

if TYPE_CHECKING:
    from gov_core.storage.protocol import CaseRow

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


def _matches_by_prefix(row: CaseRow, where: CaseFilter) -> bool:
    place = where.place
    inside = place is None or any(part.startswith(place) for part in (row.place, *row.path.split("/")))
    return inside and _matches(row, where._replace(place=None))
