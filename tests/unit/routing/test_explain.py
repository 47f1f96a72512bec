"""Explanations name what decided, what lost and by what, and what was probably meant."""

from __future__ import annotations

import pytest

from gov_core.routing import ReferenceRouter, Router

SOUND = {"lon": 118.05, "lat": 32.05, "matter": "noise", "grade": "urgent"}


@pytest.fixture(scope="module", params=[Router, ReferenceRouter])
def either(request, city):
    return request.param.compile(city)


def test_the_whole_text(either):
    assert str(either.explain(SOUND)).splitlines()[:5] == [
        "(118.05, 32.05) lies in S1 > C1 > G1",
        'routed to "water" by rule "urgent-noise"',
        "rules:",
        '  "urgent-noise" decides: it names "water"',
        '  "any-noise" applies, but "urgent-noise" is narrower by grade',
    ]


def test_a_kind_is_told_with_the_place_it_serves(either):
    words = str(either.explain({**SOUND, "grade": None}))
    assert (
        '"any-noise" decides: "station-1" is the @station that serves "S1", the lowest that one serves here'
        in words
    )
    assert '"urgent-noise" is about grade "urgent"' in words
    assert "resolve within 5 working_day" in words


def test_a_rule_that_finds_nobody_is_told(either):
    words = str(either.explain(lon=118.15, lat=32.05, matter="leak"))
    assert '"leak-at-home" covers the event, but finds no unit: @property serves no place here' in words
    assert '"pipes" decides: it names "water"' in words
    assert 'assisted by "station-1"' in words


def test_links_of_a_chain_that_were_passed_over_are_told(make):
    from gov_core.city import Rule

    city = make(rules=[Rule("R", None, None, None, None, ("@property", "@station"))])
    for kind in (Router, ReferenceRouter):
        words = str(kind.compile(city).explain({**SOUND, "lon": 118.15}))
        assert '"R" decides: "@property" serves no place here; "station-1" is the @station' in words


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"matter": "quiet"}, 'matter "quiet" is none of the city\'s'),
        ({"matter": "noize"}, 'matter "noize" is none of the city\'s; did you mean "noise"?'),
        ({"matter": None}, "the event says no matter"),
        ({"grade": "Urgent"}, 'grade "Urgent" is none of the city\'s; did you mean "urgent"?'),
        ({"asset": "lmap"}, 'asset "lmap" is none of the city\'s; did you mean "lamp"?'),
        ({"place": "G11"}, 'place "G11" is none of the city\'s; did you mean "G1"?'),
    ],
)
def test_what_was_probably_meant(either, change, note):
    assert note in either.explain({**SOUND, **change}).notes


def test_swapped_coordinates_are_noticed(either):
    explanation = either.explain({**SOUND, "lon": 32.05, "lat": 118.05})
    assert explanation.route.status == "bad_coordinate"
    assert explanation.notes == ("it would lie in the city with longitude and latitude swapped",)
    assert either.explain({**SOUND, "lon": 181.0}).notes == ()


def test_the_nearest_grid_is_told(router):
    assert router.explain({**SOUND, "lon": 118.401}).notes == ('the nearest grid is "G4", 94 m away',)
    assert router.explain({**SOUND, "lon": 128.0}).notes == ("no grid lies within 10 km",)


def test_places_are_told_as_given(either):
    assert str(either.explain(place="C1", matter="noise")).startswith(
        'place "C1" is S1 > C1\nrouted to "station-1"'
    )
    assert str(either.explain(place="G9", matter="noise")).startswith(
        'place "G9": not located\nunknown_place:'
    )
    assert "in BD-09 lies in" in str(either.explain({**SOUND, "lon": 118.15, "crs": "BD-09"}))


def test_only_the_nearest_rules_that_do_not_apply_are_told(make):
    from gov_core.city import Matter, Rule

    matters = [Matter("noise", ""), *(Matter(f"m{at}", "") for at in range(70))]
    rules = [Rule(f"R{at}", f"m{at}", "S2" if at else None, None, None, ("water",)) for at in range(70)]
    for kind in (Router, ReferenceRouter):
        told = kind.compile(make(matters=matters, rules=rules)).explain(SOUND).rules
        assert told[0] == '"R0" is about matter "m0"'  # it differs in one thing, the others in two
        assert (len(told), told[-1]) == (11, "60 more do not apply")
