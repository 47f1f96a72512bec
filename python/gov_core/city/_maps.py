"""Maps of a city folder, of any form and in any CRS, as features in the CRS of the city."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from gov_core import _core
from gov_core.city import _crs, _sources
from gov_core.city._files import MAPS
from gov_core.city._personal import identity_numbers, personal_name

if TYPE_CHECKING:
    from gov_core.city._draft import Draft
    from gov_core.city._files import Files
    from gov_core.city._sources import Feature, Source


@dataclass(frozen=True, slots=True)
class Maps:
    """Reads the maps of a folder.

    Attributes:
        files: Of the folder.
        reference: CRS of the city; None if it could not be read.
        encoding: Of files that do not say theirs.
        draft: Takes the faults.
    """

    files: Files
    reference: _crs.Reference | None
    encoding: str
    draft: Draft

    def read(self, part: str) -> tuple[str, list[Feature] | None]:
        """The file of a part, empty if there is none, and its features, None after a fault."""
        there = self.files.of(part, MAPS)
        if len(there) != 1:
            return "".join(there[:1]), None
        source = self._source(there[0])
        if source is None or refuse_persons(source.features, there[0], self.draft):
            return there[0], None
        return there[0], source.features

    def _source(self, file: str) -> Source | None:
        if file.endswith(".geojson"):
            return self._from_geojson(file)
        if not self.files.fits(file):
            return None
        path = self.files.folder / file
        if file.endswith(".parquet"):
            return self._judged(_sources.read_parquet(path, self.draft), file)
        return self._judged(_sources.read_ogr(path, self.encoding, self.draft), file)

    def _from_geojson(self, file: str) -> Source | None:
        data, reference = self.files.read(file), self.reference
        if data is None:
            return None
        native = reference is not None and reference.stated == reference.final
        source = _sources.read_geojson(data, file, degrees=native, draft=self.draft)
        if source is None or reference is None:
            return source
        if source.crs is not None and _crs.contradicts(source.crs, reference.stated):
            message = f"the file says {source.crs}, city.toml says {reference.stated}"
            self.draft.fault("crs.contradiction", message, file, "correct the wrong one")
        elif not native:
            self._convert(source.features, reference.stated, reference.final, file)
        return source

    def _judged(self, source: Source | None, file: str) -> Source | None:
        """Judges and converts the outlines of a file that is no GeoJSON."""
        if source is None or self.reference is None:
            return source
        origin = _crs.source_of(source.crs, self.reference, file, self.draft)
        if origin is None:
            return source
        target = self.reference.final
        native = origin == target or not _crs.contradicts(origin, target)
        check_outlines(source.features, degrees=native)
        if not native:
            self._convert(source.features, origin, target, file)
        return source

    def _convert(self, features: list[Feature], origin: str, target: str, file: str) -> None:
        drawn = [feature for feature in features if feature.wkb is not None]
        outlines = [feature.wkb for feature in drawn if feature.wkb]
        converted = _crs.convert(outlines, origin, target, file, self.draft)
        if converted is not None:
            for feature, wkb in zip(drawn, converted, strict=True):
                feature.wkb = wkb
            check_outlines(drawn, degrees=True)


def check_outlines(features: list[Feature], *, degrees: bool) -> None:
    """Notes the flaws of every outline and puts the sound ones in one form."""
    drawn = [feature for feature in features if feature.wkb is not None]
    judged = _core.check_outlines([feature.wkb for feature in drawn if feature.wkb is not None], degrees)
    for feature, (wkb, had_heights, flaws) in zip(drawn, judged, strict=True):
        feature.wkb = wkb
        feature.had_heights |= had_heights
        feature.flaws += flaws


def refuse_persons(features: list[Feature], file: str, draft: Draft) -> bool:
    """Refuses a map that lists people in any of its properties, and says whether it did."""
    before = len(draft.faults)
    for name in dict.fromkeys(chain.from_iterable(feature.properties for feature in features)):
        flaw = personal_name(name)
        values = (feature.properties.get(name) for feature in features)
        draft.flaw(flaw or identity_numbers(name, values), file)
    return len(draft.faults) > before
