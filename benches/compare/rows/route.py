"""route: Router.route_batch at 10k grids x 217 matters x 3 grades: columns in, Arrow dictionaries out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from compare.goal import Goal, at_least, only
from compare.inputs import city_folder, events_file
from compare.trial import Record, contest, per_item, timed

if TYPE_CHECKING:
    import pyarrow as pa

    from gov_core.city import City

GRIDS = 10_000
EVENTS = 1_000_000
#: Rows that the reference router (rtree, shapely and loops) answers too.
SAMPLE = 5_000
RATES = {"dictionary": 20e6, "integer": 20e6, "text": 8e6}


def run() -> list[Record]:
    records = [contest("route", "gov_core", codes=codes) for codes in RATES]
    records.append(contest("route", "gov_core", threads=2, codes="dictionary", workers=2))
    return records


def goals(records: list[Record]) -> list[Goal]:
    found = []
    for codes, rate in RATES.items():
        ns = only(records, codes=codes, threads=1)["ns"]
        what = f"matters and grades as {codes}, {ns:.1f} ns/event"
        found.append(at_least(what, 1e3 / ns, rate / 1e6, "M events/s"))
    two = only(records, threads=2)["ns"]
    found.append(Goal("dictionary, two threads", "", f"{1e3 / two:.3g} M events/s"))
    return found


def gov_core(codes: str, workers: int = 1) -> Record:
    """An event table of pyarrow in, the same with the answers out."""
    from gov_core import _core
    from gov_core.city import City
    from gov_core.routing import ReferenceRouter, Router

    city = City.load(city_folder(GRIDS))
    events = load_events(codes)
    if codes == "integer":
        city = numbered(city)
    router = Router.compile(city, threads=workers)
    seconds, routed = timed(lambda: router.route_batch(events))
    check(routed, events, ReferenceRouter.compile(city))
    return per_item(seconds, len(events)) | {
        "level": _core.cpu_level,
        "rules": len(city.rules),
        "matters": len(city.matters),
    }


def load_events(codes: str) -> pa.Table:
    """The events, one chunk a column; matters and grades as dictionaries, text or numbers."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    events = pq.read_table(events_file(GRIDS, EVENTS)).combine_chunks()
    if codes == "dictionary":
        return events
    for name in ("matter", "grade"):
        column = events[name].cast(pa.string())
        if codes == "integer":
            column = pa.array(np.array([numbers()[name][code] for code in column.to_pylist()]))
        events = events.set_column(events.schema.get_field_index(name), name, column)
    return events.combine_chunks()


def numbers() -> dict[str, dict[str, int]]:
    """What matters and grades are called where they are numbers: their positions."""
    from gov_core.city import City

    if not _NUMBERS:
        city = City.load(city_folder(GRIDS))
        _NUMBERS["matter"] = {matter.code: at for at, matter in enumerate(city.matters)}
        _NUMBERS["grade"] = {grade: at for at, grade in enumerate(city.grades or ())}
    return _NUMBERS


_NUMBERS: dict[str, dict[str, int]] = {}


def numbered(city: City) -> City:
    """The same city with numbers for codes of matters and names of grades."""
    from gov_core.city import City

    def number(kind: str, code: str | None) -> str | None:
        return None if code is None else str(numbers()[kind][code])

    matters = [
        replace(matter, code=number("matter", matter.code), parent=number("matter", matter.parent))
        for matter in city.matters
    ]
    rules = [
        replace(rule, matter=number("matter", rule.matter), grade=number("grade", rule.grade))
        for rule in city.rules
    ]
    return City.from_parts(
        name=city.name,
        levels=city.levels,
        grades=[number("grade", grade) for grade in city.grades or ()],
        places=city.places,
        geometries=dict(zip(city.grids, city.geometries, strict=True)),
        units=city.units,
        matters=matters,
        asset_classes=city.asset_classes,
        rules=rules,
    )


def check(routed: Any, events: pa.Table, reference: Any) -> None:  # noqa: ANN401 - frames have no type in common
    """Assert that a sample is answered as the reference router does, and that no row is missing."""
    assert routed.num_rows == len(events)
    rows = np.sort(np.random.default_rng(3).choice(len(events), min(SAMPLE, len(events)), replace=False))
    wanted = reference.route_batch(events.take(rows))
    found = routed.take(rows)
    for name in ("place", "path", "unit", "rule", "respond_within", "resolve_within", "status"):
        assert found[name].to_pylist() == wanted[name].to_pylist(), f"column {name} differs"
