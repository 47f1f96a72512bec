"""Which CRS a city is in, and how the outlines of a file get there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gov_core.city._closest import Closest

if TYPE_CHECKING:
    from gov_core.city._draft import Draft

KNOWN = ("EPSG:4326", "EPSG:4490", "GCJ-02", "BD-09")
"""What a city may be in. All are longitude and latitude in degrees."""

_ALIKE = {"EPSG:4326", "EPSG:4490"}
"""WGS-84 and CGCS2000 differ by centimetres and count as equal."""

_SHIFTED = {"GCJ-02", "BD-09"}
"""Known to no registry: a file that names a CRS cannot mean them."""

_NAME = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[\d.]*:)?(CRS84|\d{1,9})", re.IGNORECASE)
_NEEDS_GEO = 'pip install "gov-core[geo]" brings pyproj, which knows other CRS'
_closest = Closest(KNOWN)


@dataclass(frozen=True, slots=True)
class Reference:
    """The CRS a city states.

    Attributes:
        stated: As written in city.toml.
        final: What the city ends up in: the stated one if the router knows it, else EPSG:4326.
    """

    stated: str
    final: str


def reference(stated: str, where: str, draft: Draft) -> Reference | None:
    """Reads the CRS of a city, or None after a fault."""
    if stated in KNOWN:
        return Reference(stated, stated)
    if hint := _closest(stated):
        draft.fault("crs.unknown", f'CRS "{stated}" is not known', where, hint)
        return None
    try:
        import pyproj
    except ImportError:
        draft.fault(
            "crs.unknown", f'CRS "{stated}" is not known', where, f"known: {', '.join(KNOWN)}; {_NEEDS_GEO}"
        )
        return None
    try:
        pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError:
        draft.fault(
            "crs.unknown",
            f'CRS "{stated}" is not known',
            where,
            f"known: {', '.join(KNOWN)}, and those of PROJ",
        )
        return None
    return Reference(stated, "EPSG:4326")


def plain_name(name: str) -> str:
    """``EPSG:4490`` for ``urn:ogc:def:crs:EPSG::4490`` and other spellings of the same."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return name
    return "EPSG:4326" if found[2].upper() == "CRS84" else f"{found[1].upper()}:{found[2]}"


def contradicts(of_file: str, stated: str) -> bool:
    """Whether a GeoJSON file names another CRS than its city states."""
    of_file = plain_name(of_file)
    return of_file != plain_name(stated) and not {of_file, plain_name(stated)} <= _ALIKE


def source_of(of_file: str | None, city: Reference, file: str, draft: Draft) -> str | None:
    """The CRS to convert the outlines of a file from, or None after a fault."""
    if of_file is None:
        return city.stated
    if city.stated in _SHIFTED:
        message = f"the file says {plain_name(of_file)}, the city says {city.stated}"
        draft.fault(
            "crs.contradiction",
            message,
            file,
            "state the CRS of the file in city.toml, or save the file without one",
        )
        return None
    return plain_name(of_file)


def convert(outlines: list[bytes], source: str, target: str, file: str, draft: Draft) -> list[bytes] | None:
    """Converts sound outlines between two CRS, or gives None after a fault."""
    if source == target or {source, target} <= _ALIKE or not outlines:
        return outlines
    import numpy as np
    import shapely

    try:
        import pyproj
    except ImportError:
        draft.fault("crs.unknown", f"the outlines are in {source}, the city in {target}", file, _NEEDS_GEO)
        return None
    try:
        transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        draft.fault("crs.unknown", f"no way from {source} to {target}: {error}", file)
        return None

    def columns(points: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return list(shapely.to_wkb(shapely.transform(shapely.from_wkb(outlines), columns), byte_order=1))
