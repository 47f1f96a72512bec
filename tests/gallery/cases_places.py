"""Codes of places and counts that contradict what the city says elsewhere."""

from collections.abc import Callable

from gallery.case import Case, in_parts
from gallery.parts import Parts

STREET, WEST, EAST = "320812001", "320812001001", "320812001002"


def coded(kind: str = "", **codes: str) -> Callable[[Parts], None]:
    """A city of which some places have codes, all of one kind."""

    def change(city: Parts) -> None:
        for place, code in codes.items():
            city.change("places", place, code=code, kind=kind)

    return change


CASES: list[Case] = [
    in_parts("value.width", coded(C1="3208120０1001"), [("value.width", "places#C1")], "code"),
    in_parts(
        "code.digit",
        coded(C1="3.2E+14", S="32081200l"),
        [("code.digit", "places#C1"), ("code.length", "places#C1"), ("code.digit", "places#S")],
        "spreadsheet",
    ),
    in_parts("code.length", coded(C1="32081200100"), [("code.length", "places#C1")]),
    in_parts("code.zero", coded(C1="320812001000"), [("code.zero", "places#C1")]),
    in_parts("code.duplicate", coded(S=STREET, C1=WEST, C2=WEST), [("code.duplicate", "places#C2")]),
    in_parts(
        "code.parent",
        coded(S=STREET, C1=WEST, C2="320802001002"),
        [("code.parent", "places#C2")],
        "before the merger",
    ),
    in_parts(
        "code.parent",
        coded(S=STREET, G11="01010032081200260100"),
        [("code.parent", "places#G11")],
        "two levels up",
    ),
    in_parts("code.level", coded(S="320812"), [("code.level", "places#S")], "district"),
    in_parts("code.level", coded(G11=WEST), [("code.level", "places#G11")], "community"),
    in_parts("code.band", coded(S="320812100"), [("code.band", "places#S")], "town"),
    in_parts("code.band", coded("town", S="320812001"), [("code.band", "places#S")], "no town"),
    in_parts("code.band", coded(S="320812600"), [("code.band", "places#S")], "beyond"),
    in_parts("code.band", coded(C1="320812001201"), [("code.band", "places#C1")], "village"),
    in_parts("code.band", coded("village", C1=WEST), [("code.band", "places#C1")], "no village"),
    in_parts(
        "place.counts",
        lambda city: city.change("places", "C1", population=2401),
        [("place.counts", "places#C1")],
        "more",
    ),
    in_parts(
        "place.counts",
        lambda city: city.change("places", "B1", households=401),
        [("place.counts", "places#G11")],
        "in buildings",
    ),
]
