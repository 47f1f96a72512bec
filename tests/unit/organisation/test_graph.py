"""Relations put onto units: common ground, provenance, paths, circles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.organisation import Edge, Graph, Relation, Unit

PARENTS = {"S1": None, "S2": None, "C1": "S1", "C2": "S1", "C3": "S2", "G1": "C1", "G2": "C3"}
UNITS = [
    Unit("P1", "", "party", ("C1",)),
    Unit("P3", "", "party", ("C3",)),
    Unit("RC1", "", "committee", ("C1",)),
    Unit("RC2", "", "committee", ("C2",)),
    Unit("RC3", "", "committee", ("C3",)),
    Unit("ST", "", "station", ("C1", "C2")),
    Unit("SO1", "", "office", ("S1",)),
    Unit("SO2", "", "office", ("S2",)),
    Unit("W", "", "watch", ("G1",)),
    Unit("LOST", "", "committee"),
]


def graph_of(*relations: Relation) -> Graph:
    return Graph.of(UNITS, relations, PARENTS)


def pairs(edges: tuple[Edge, ...]) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in edges]


def test_kinds_meet_on_equal_ground() -> None:
    row = Relation("@party", "leads", "@committee")

    graph = graph_of(row)

    assert pairs(graph.edges) == [("P1", "RC1"), ("P3", "RC3")]
    assert {edge.row for edge in graph.edges} == {row}


def test_kinds_meet_above_and_below() -> None:
    assert pairs(graph_of(Relation("@office", "guides", "@committee")).edges) == [
        ("SO1", "RC1"),
        ("SO1", "RC2"),
        ("SO2", "RC3"),
    ]
    assert pairs(graph_of(Relation("@watch", "assists", "@office")).edges) == [("W", "SO1")]


def test_a_unit_meets_a_kind_on_its_ground_only() -> None:
    assert pairs(graph_of(Relation("ST", "serves", "@committee")).edges) == [("ST", "RC1"), ("ST", "RC2")]
    assert pairs(graph_of(Relation("@committee", "supervises", "ST")).edges) == [("RC1", "ST"), ("RC2", "ST")]


def test_two_named_units_need_no_common_ground() -> None:
    assert pairs(graph_of(Relation("SO1", "guides", "LOST")).edges) == [("SO1", "LOST")]


def test_a_row_that_says_nothing_is_told() -> None:
    rows = (
        Relation("@watch", "assists", "SO2"),
        Relation("P1", "leads", "P1"),
        Relation("P1", "leads", "NOBODY"),
        Relation("@lighthouse", "leads", "P1"),
    )

    graph = graph_of(*rows)

    assert graph.edges == ()
    assert graph.empty == rows


def test_the_first_of_two_rows_counts() -> None:
    first, second = Relation("P1", "leads", "RC1"), Relation("@party", "leads", "@committee")

    graph = graph_of(first, second)

    assert [edge.row for edge in graph.edges] == [first, second]
    assert pairs(graph.edges) == [("P1", "RC1"), ("P3", "RC3")]


def test_parallel_holds_both_ways() -> None:
    graph = graph_of(Relation("@committee", "parallel", "@station"))

    assert pairs(graph.whom("ST", "parallel")) == [("ST", "RC1"), ("ST", "RC2")]
    assert pairs(graph.who("parallel", "ST")) == [("RC1", "ST"), ("RC2", "ST")]


def test_questions() -> None:
    graph = graph_of(
        Relation("@office", "leads", "@party"),
        Relation("@party", "leads", "@committee"),
        Relation("ST", "serves", "@committee"),
    )

    assert pairs(graph.who("leads", "RC1")) == [("P1", "RC1")]
    assert pairs(graph.whom("ST", "serves")) == [("ST", "RC1"), ("ST", "RC2")]
    assert pairs(graph.around("RC1")) == [("P1", "RC1"), ("ST", "RC1")]
    assert pairs(graph.line("RC1")) == [("P1", "RC1"), ("SO1", "P1")]
    assert graph.line("SO1") == graph.around("NOBODY") == ()
    assert pairs(graph.path("SO1", "RC1") or ()) == [("SO1", "P1"), ("P1", "RC1")]
    assert graph.path("RC1", "SO1") is None
    assert graph.path("RC1", "RC1") == ()
    assert str(graph.edges[0]) == "SO1 leads (领导) P1"


def test_a_circle_is_told_once_and_the_shortest() -> None:
    graph = graph_of(
        Relation("P1", "leads", "RC1"),
        Relation("RC1", "leads", "ST"),
        Relation("ST", "parent_of", "P1"),
        Relation("RC1", "leads", "P1"),
        Relation("P3", "leads", "RC3"),
        Relation("RC3", "guides", "P3"),
    )

    (circle,) = graph.cycles()

    assert pairs(circle) == [("P1", "RC1"), ("RC1", "P1")]
    assert graph.cycles("parent_of") == ()
    assert pairs(graph.line("P1")) == [("RC1", "P1")]


def test_a_circle_of_places_ends() -> None:
    units = [Unit("A", "", "a", ("X",)), Unit("B", "", "b", ("Y",))]

    graph = Graph.of(units, [Relation("@a", "leads", "@b")], {"X": "Y", "Y": "X"})

    assert pairs(graph.edges) == [("A", "B")]


def test_parents_may_be_a_function() -> None:
    graph = Graph.of(UNITS, [Relation("@office", "leads", "W")], lambda place: PARENTS[place])

    assert pairs(graph.edges) == [("SO1", "W")]


PLACES = [f"p{n}" for n in range(12)]
TREES = st.lists(st.integers(0, 11), min_size=12, max_size=12).map(
    # A parent has a smaller number, so there are no circles.
    lambda above: {f"p{n}": f"p{up % n}" if n and up else None for n, up in enumerate(above)}
)
BODIES = st.lists(
    st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from(PLACES), unique=True, max_size=3)),
    max_size=12,
).map(lambda rows: [Unit(f"u{n}", "", kind, tuple(serves)) for n, (kind, serves) in enumerate(rows)])
ENDS = st.sampled_from(["@a", "@b", "@c", *(f"u{n}" for n in range(6))])


@given(TREES, BODIES, ENDS, ENDS)
def test_edges_are_those_a_reader_would_find(
    parents: dict[str, str | None], units: list[Unit], source: str, target: str
) -> None:
    def path(place: str | None) -> set[str]:
        return set() if place is None else {place} | path(parents[place])

    def meet(one: Unit, other: Unit) -> bool:
        if "@" not in source + target:
            return True
        return any(p in path(q) or q in path(p) for p in one.serves for q in other.serves)

    expected = {
        (one.id, other.id)
        for one in units
        for other in units
        if one.id != other.id
        and source in (one.id, f"@{one.kind}")
        and target in (other.id, f"@{other.kind}")
        and meet(one, other)
    }

    graph = Graph.of(units, [Relation(source, "leads", target)], parents)

    assert sorted(pairs(graph.edges)) == sorted(expected)
    assert Graph.of(units, [Relation(source, "leads", target)], parents).edges == graph.edges


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_circles_are_those_a_reader_would_find(links: list[tuple[int, int]]) -> None:
    units = [Unit(str(n), "", "a") for n in range(8)]
    graph = Graph.of(units, [Relation(str(a), "leads", str(b)) for a, b in links], {})
    reach = {n: {b for a, b in links if a == n and a != b} for n in range(8)}
    for middle in range(8):
        for a in range(8):
            if middle in reach[a]:
                reach[a] |= reach[middle]
    groups = {frozenset(b for b in reach[a] if a in reach[b]) for a in range(8) if a in reach[a]}

    circles = graph.cycles("leads")

    assert len(circles) == len(groups)
    for circle in circles:
        assert [edge.source for edge in circle] == [circle[-1].target, *(e.target for e in circle[:-1])]
        assert any({int(edge.source) for edge in circle} <= group for group in groups)


def test_a_large_city_has_no_more_edges_than_neighbours() -> None:
    communities = [f"C{n}" for n in range(4_000)]
    parents: dict[str, str | None] = {name: f"S{n // 40}" for n, name in enumerate(communities)}
    parents |= {f"S{n}": None for n in range(100)}
    units = [
        *(Unit(f"SO{n}", "", "street_office", (f"S{n}",)) for n in range(100)),
        *(Unit(f"RC-{name}", "", "residents_committee", (name,)) for name in communities),
        *(Unit(f"PO-{name}", "", "community_party_org", (name,)) for name in communities),
        *(
            Unit(f"ST-{n}", "", "community_station", (communities[n], communities[n + 1]))
            for n in range(0, 3_998, 2)
        ),
    ]
    rows = [
        Relation("@street_office", "leads", "@community_party_org"),
        Relation("@community_party_org", "leads", "@residents_committee"),
        Relation("@community_station", "serves", "@residents_committee"),
        Relation("@residents_committee", "supervises", "@community_station"),
    ]

    graph = Graph.of(units, rows, parents)

    assert len(units) > 10_000
    assert len(graph.edges) == 8_000 + 2 * 3_998
    assert graph.cycles() == ()


@pytest.mark.parametrize("kind", ["leads", "parent_of"])
def test_a_long_chain_needs_no_deep_stack(kind: str) -> None:
    units = [Unit(str(n), "", "a") for n in range(5_000)]
    rows = [Relation(str(n), kind, str((n + 1) % 5_000)) for n in range(5_000)]  # type: ignore[arg-type]

    (circle,) = Graph.of(units, rows, {}).cycles()

    assert len(circle) == 5_000
