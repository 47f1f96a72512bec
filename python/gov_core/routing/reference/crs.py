"""GCJ-02 and BD-09 by their public formulas, one point at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Point = tuple[float, float]

CRS_NAMES = ("EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")


def convert(point: Point, source: str, target: str) -> Point:
    """Converts (longitude, latitude) between two of `CRS_NAMES`."""
    rank = {"EPSG:4326": 0, "EPSG:4490": 0, "GCJ-02": 1, "BD-09": 2}
    at, goal = rank[source], rank[target]
    while at < goal:
        point = (gcj_of_wgs, bd_of_gcj)[at](point)
        at += 1
    while at > goal:
        point = (wgs_of_gcj, gcj_of_bd)[at - 1](point)
        at -= 1
    return point


def gcj_of_wgs(point: Point) -> Point:
    """WGS-84 to GCJ-02; the same outside of the box around China."""
    return _shift(point) if _in_box(point) else point


def wgs_of_gcj(point: Point) -> Point:
    """GCJ-02 to WGS-84."""
    return _invert(_shift, point) if _in_box(point) else point


def bd_of_gcj(point: Point) -> Point:
    """GCJ-02 to BD-09."""
    lon, lat = point
    radius = math.hypot(lon, lat) + 2e-5 * math.sin(math.radians(lat * 3000))
    angle = math.atan2(lat, lon) + 3e-6 * math.cos(math.radians(lon * 3000))
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def gcj_of_bd(point: Point) -> Point:
    """BD-09 to GCJ-02."""
    return _invert(bd_of_gcj, point)


def _in_box(point: Point) -> bool:
    return 72.004 <= point[0] <= 137.8347 and 0.8293 <= point[1] <= 55.8271


def _invert(forward: Callable[[Point], Point], point: Point) -> Point:
    """The fixed point of w := w - (forward(w) - point); each step leaves a hundredth of the error."""
    lon, lat = point
    for _ in range(10):
        there = forward((lon, lat))
        lon, lat = lon - (there[0] - point[0]), lat - (there[1] - point[1])
    return lon, lat


def _shift(point: Point) -> Point:
    semi_major_m, eccentricity_squared = 6378245.0, 0.006693421622965943  # Krasovsky 1940
    x, y = point[0] - 105.0, point[1] - 35.0

    def wave(amplitude: float, half_turns: float) -> float:
        return amplitude * math.sin(half_turns * math.pi)

    common = wave(20, 6 * x) + wave(20, 2 * x)
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north_m += (common + wave(20, y) + wave(40, y / 3) + wave(160, y / 12) + wave(320, y / 30)) * 2 / 3
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east_m += (common + wave(20, x) + wave(40, x / 3) + wave(150, x / 12) + wave(300, x / 30)) * 2 / 3

    latitude = math.radians(point[1])
    m = 1 - eccentricity_squared * math.sin(latitude) ** 2
    radius_north_m = semi_major_m * (1 - eccentricity_squared) / m**1.5
    radius_east_m = semi_major_m / math.sqrt(m) * math.cos(latitude)
    return point[0] + math.degrees(east_m / radius_east_m), point[1] + math.degrees(north_m / radius_north_m)
