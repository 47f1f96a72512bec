"""A map of a city as one HTML file that opens anywhere without a network: areas coloured by load."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from gov_core.report._html import as_json, borders, embedded, escape, features, fill
from gov_core.report.load import HIDDEN, NO_EVENTS, Scale, shown_loads

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gov_core.city import City
    from gov_core.report.bulletin import Bulletin
    from gov_core.report.outlines import Outlines


def write_html(
    path: Path,
    city: City,
    outlines: Outlines,
    statuses: Mapping[str, Mapping[str, int]],
    bulletin: Bulletin,
) -> None:
    """Write the page. Everything is inlined: the map library, its licence, outlines and counts.

    Args:
        path: File to write.
        city: Names and hierarchy.
        outlines: The areas to colour.
        statuses: Events of each area by status.
        bulletin: Totals and streets.
    """
    page, vendor = files("gov_core.report") / "page", files("gov_core.report") / "vendor"
    data = _data(city, outlines, statuses, bulletin)
    parts = {
        "title": escape(bulletin.city),
        "library_css": (vendor / "maplibre-gl.css").read_text("utf-8"),
        "library_js": (vendor / "maplibre-gl.js").read_text("utf-8"),
        "licence": escape((vendor / "maplibre-gl.LICENSE.txt").read_text("utf-8")),
        "css": (page / "map.css").read_text("utf-8"),
        "js": (page / "map.js").read_text("utf-8"),
        "data": embedded(data),
    }
    path.write_text(fill("map.html", parts), encoding="utf-8")


def _data(
    city: City, outlines: Outlines, statuses: Mapping[str, Mapping[str, int]], bulletin: Bulletin
) -> str:
    """Return what the page shows as one JSON text."""
    import shapely

    loads = {area: sum(statuses.get(area, {}).values()) for area in outlines.areas.ids}
    scale = Scale.fit(list(loads.values()))
    told = shown_loads(city, statuses, outlines.areas.ids, bulletin.smallest)
    ranks = _ranks({area: n for area, n in told.items() if n is not None})
    names = {place.id: place.name for place in city.places}
    areas = [
        {
            "id": area,
            "index": index,
            "name": names[area],
            "n": told[area],
            "rank": ranks.get(area),
            "colour": HIDDEN if told[area] is None else scale.colour(loads[area]),
            "above": city.path(area)[:-1],
            "statuses": {} if told[area] is None else dict(statuses.get(area, {})),
        }
        for index, area in enumerate(outlines.areas.ids)
    ]
    west, south, east, north = shapely.total_bounds(outlines.areas.shapes).tolist()
    top = outlines.wider[0] if outlines.wider else outlines.areas
    streets = dict(zip(top.ids, top.shapes, strict=True))
    rows = [row for row in bulletin.streets if row.id in streets]
    street_shapes = np.array([streets[row.id] for row in rows], dtype=object)
    boxes = shapely.bounds(street_shapes).reshape(-1, 4).tolist()
    hidden = [[HIDDEN, "–"]] if None in told.values() else []
    values = {
        "name": bulletin.city,
        "level": outlines.areas.level,
        "levels": city.levels[: city.levels.index(outlines.areas.level) + 1],
        "grids": outlines.grids,
        "tolerance_m": outlines.tolerance_m,
        "events": bulletin.events,
        "box": [west, south, east, north],
        # Areas are named once they are about 80 pixels wide, on a world of 512 * 2**zoom pixels.
        "label_zoom": round(float(np.log2(80 * len(areas) ** 0.5 / 512 * 360 / (east - west))), 1),
        "smallest": bulletin.smallest,
        "legend": [[NO_EVENTS, "0"], *hidden, *zip(scale.colours, scale.labels, strict=True)],
        "statuses": [{"id": row.id, "events": row.events} for row in bulletin.statuses],
        "streets": [
            {"id": row.id, "name": row.name, "events": row.events, "box": box}
            for row, box in zip(rows, boxes, strict=True)
        ],
        "names": {place: names[place] for level in outlines.wider for place in level.ids},
    }
    area_names = [{"name": area["name"] or area["id"]} for area in areas]
    street_names = [{"name": row.name or row.id, "events": row.events or 0} for row in rows]
    collections = {
        "areas": features(areas, outlines.areas.shapes),
        "area_points": features(area_names, shapely.point_on_surface(outlines.areas.shapes)),
        "street_points": features(street_names, shapely.point_on_surface(street_shapes)),
    }
    lines = ",".join(features([{}], borders(level.rings)) for level in outlines.wider)
    members = [f"{as_json(key)}:{as_json(value)}" for key, value in values.items()]
    members += [f"{as_json(key)}:{text}" for key, text in collections.items()]
    return f'{{{",".join(members)},"lines":[{lines}]}}'


def _ranks(loads: Mapping[str, int]) -> dict[str, int]:
    """Return 1 for the area with most events; areas with as many share a rank."""
    above = np.sort(np.array(list(loads.values())))
    return {area: int(len(above) - np.searchsorted(above, n, side="right")) + 1 for area, n in loads.items()}
