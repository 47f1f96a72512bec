"""A city as one HTML file that opens without a network: map, bodies, checklists, norms and figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gov_core.checklists import CHECKLIST_NAMES
from gov_core.organisation import KINDS, RELATION_NAMES
from gov_core.places._people import SMALL
from gov_core.places.small_counts import too_small
from gov_core.report._html import as_json, borders, embedded, escape, features, fill
from gov_core.report.outlines import Outlines
from gov_core.report.tally import sensitive_matters

if TYPE_CHECKING:
    from pathlib import Path

    from gov_core.checklists import Item
    from gov_core.city import City

_COLOURS = ("#cfe0d2", "#e8dcc3", "#d5dcea", "#ead3cd", "#ddd6e8", "#d9e4c8", "#cfe3e6", "#ecdfd2")


def write_city_page(path: Path, city: City) -> None:
    """Write the page. Everything is inlined: both libraries, their licences, outlines and tables.

    Sensitive matters stay out of it, with what lies below them and the items and rules that name them, and so
    do small counts of people.

    Args:
        path: File to write.
        city: Its coordinates should be in EPSG:4326 or EPSG:4490; others are shown as they are.
    """
    page, vendor = files("gov_core.report") / "page", files("gov_core.report") / "vendor"
    licences = "\n\n".join(
        (vendor / f"{library}.LICENSE.txt").read_text("utf-8") for library in ("maplibre-gl", "echarts")
    )
    parts = {
        "title": escape(city.name),
        "library_css": (vendor / "maplibre-gl.css").read_text("utf-8"),
        "library_js": (vendor / "maplibre-gl.js").read_text("utf-8"),
        "charts_js": (vendor / "echarts.js").read_text("utf-8"),
        "licences": escape(licences),
        "css": (page / "map.css").read_text("utf-8") + (page / "city.css").read_text("utf-8"),
        "js": (page / "city.js").read_text("utf-8"),
        "data": embedded(_data(city)),
    }
    path.write_text(fill("city.html", parts), encoding="utf-8")


def _data(city: City) -> str:
    """Return what the page shows as one JSON text."""
    import shapely

    outlines = Outlines.of(city)
    names = {place.id: place.name for place in city.places}
    above = {area: city.path(area)[:-1] for area in outlines.areas.ids}
    tops = {
        name: at for at, name in enumerate(dict.fromkeys(path[0] if path else "" for path in above.values()))
    }
    areas = [
        {
            "id": area,
            "index": at,
            "colour": _COLOURS[tops[above[area][0] if above[area] else ""] % len(_COLOURS)],
        }
        for at, area in enumerate(outlines.areas.ids)
    ]
    top = outlines.wider[0] if outlines.wider else outlines.areas
    west, south, east, north = shapely.total_bounds(outlines.areas.shapes).tolist()
    sensitive = sensitive_matters(city)
    items = [item for item in city.items if not item.sensitive and sensitive.isdisjoint(item.matters)]
    rules = [rule for rule in city.rules if rule.matter not in sensitive]
    values = {
        "name": city.name,
        "preset": city.preset,
        "levels": city.levels,
        "counts": Counter(place.level for place in city.places),
        "tolerance_m": outlines.tolerance_m,
        "small_cells": SMALL,
        "generated": any(place.source == "generated" for place in city.places),
        "hidden_items": len(city.items) - len(items),
        "hidden_rules": len(city.rules) - len(rules),
        "box": [west, south, east, north],
        "places": [_place(place) for place in city.places],
        "units": [
            {
                "id": unit.id,
                "name": unit.name,
                "kind": unit.kind,
                "serves": unit.serves,
                "standing": unit.standing,
                "source": unit.source,
            }
            for unit in city.units
        ],
        "kinds": _kinds(city),
        "graph": _graph(city),
        "lists": _lists(city, items),
        "rules": [
            {
                "id": rule.id,
                "matter": rule.matter,
                "area": rule.area,
                "grade": rule.grade,
                "unit": rule.unit,
                "resolve_within": _text(rule.resolve_within),
            }
            for rule in rules
        ],
        "norms": [_row(norm, "id measure per least most source") for norm in city.norms],
        "figures": [_row(figure, "id name value measure claim note source") for figure in city.figures],
        "terms": [_row(term, "catalogue position name english source standing") for term in city.terms],
    }
    collections = {
        "areas": features(areas, outlines.areas.shapes),
        "points": features(
            [{"name": names[place] or place} for place in top.ids], shapely.point_on_surface(top.shapes)
        ),
    }
    lines = ",".join(features([{}], borders(level.rings)) for level in outlines.wider)
    members = [f"{as_json(key)}:{as_json(value)}" for key, value in values.items()]
    members += [f"{as_json(key)}:{text}" for key, text in collections.items()]
    return f'{{{",".join(members)},"lines":[{lines}]}}'


def _place(place: Any) -> dict[str, object]:  # noqa: ANN401  # a place
    found = _row(place, "id name level parent code kind source")
    for count in ("households", "population"):
        number = getattr(place, count)
        found[count] = None if number is None else f"< {SMALL}" if too_small(number, SMALL) else number
    return found


def _kinds(city: City) -> dict[str, dict[str, object]]:
    """Return the names of all kinds of bodies that the city has or speaks of."""
    asked = {end.removeprefix("@") for edge in city.relations for end in (edge.source, edge.target)}
    found: dict[str, dict[str, object]] = {}
    for code in sorted({unit.kind for unit in city.units} | {kind for kind in asked if kind in KINDS}):
        known = KINDS.find(code)
        if known is not None:
            found[code] = {"name": known.chinese, "english": known.english, "layer": known.layer}
    return found


def _graph(city: City) -> dict[str, list[dict[str, Any]]]:
    """Return the relations between kinds of bodies: those of each city would hide one another."""
    kinds = {unit.id: unit.kind for unit in city.units}
    counts = Counter(unit.kind for unit in city.units)
    edges: dict[tuple[str, str, str], str | None] = {}
    for relation in city.relations:
        ends = [
            end.removeprefix("@") if end.startswith("@") else kinds.get(end, "")
            for end in (relation.source, relation.target)
        ]
        edges.setdefault((ends[0], ends[1], relation.relation), relation.standing)
    between: Counter[tuple[str, str]] = Counter()
    drawn: list[dict[str, Any]] = []
    for (source, target, kind), standing in edges.items():
        # Several relations between two kinds bend apart.
        curve = 0.18 * between[source, target]
        between[source, target] += 1
        drawn.append(
            {
                "source": source,
                "target": target,
                "name": RELATION_NAMES[kind],
                "standing": standing,
                "curve": round(curve, 2),
            }
        )
    return {"nodes": [{"kind": kind, "count": count} for kind, count in counts.items()], "edges": drawn}


def _lists(city: City, shown: list[Item]) -> list[dict[str, object]]:
    matters = {matter.code: matter.name or matter.code for matter in city.matters}
    units = {unit.id: unit.name or unit.id for unit in city.units}
    of_list: dict[str, list[Item]] = defaultdict(list)
    for item in shown:
        of_list[item.checklist].append(item)
    found = []
    for checklist in city.checklists:
        holder = checklist.holder
        known = KINDS.find(holder.removeprefix("@")) if holder.startswith("@") else None
        items = [
            {
                **_row(item, "code title placeholder standing"),
                "matters": [matters[code] for code in item.matters],
                "resolve_within": _text(item.resolve_within),
            }
            for item in of_list[checklist.id]
        ]
        found.append(
            {
                **_row(checklist, "id title"),
                "kind_name": CHECKLIST_NAMES[checklist.kind],
                "holder_name": known.chinese if known else units.get(holder, holder),
                "expected": checklist.expected_count,
                "items": items,
            }
        )
    return found


def _row(row: object, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
