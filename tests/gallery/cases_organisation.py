"""Bodies that stand to each other as no bodies can, and rows on them that say nothing or too much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from gallery.case import Case, in_parts
from gallery.good import SPLIT
from gov_core.organisation import Grant, Post, Relation, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery.parts import Parts


@dataclass(frozen=True)
class Adding:
    """Adds rows to the good city, and changes fields of others."""

    rows: tuple[tuple[str, Any], ...] = ()
    fields: tuple[tuple[str, str, dict[str, Any]], ...] = ()

    def __call__(self, city: Parts) -> None:
        for part, row in self.rows:
            city.add(part, row)
        for part, key, fields in self.fields:
            city.change(part, key, **fields)


def adding(**rows: Any) -> Adding:
    """Adds one row a table, or several in a list."""
    listed = [
        (part, row) for part, some in rows.items() for row in (some if isinstance(some, list) else [some])
    ]
    return Adding(tuple(listed))


def changing(part: str, key: str, **fields: Any) -> Adding:
    return Adding(fields=((part, key, fields),))


def each(*changes: Callable[[Parts], None]) -> Callable[[Parts], None]:
    def change(city: Parts) -> None:
        for one in changes:
            one(city)

    return change


def one(code: str, change: Callable[[Parts], None], place: str, about: str = "") -> Case:
    """A city in which one thing is told."""
    return in_parts(code, change, [(code, place)], about)


STAFFED = "@residents_committee"

CASES: list[Case] = [
    # Kinds and roles
    one(
        "unit.kind_near",
        adding(
            units=[Unit(f"SC{n}", "", "comunity_party_org", (f"C{n}",)) for n in (1, 2)],
            relations=Relation("@comunity_party_org", "leads", STAFFED),
        ),
        "units#SC1",
    ),
    one(
        "unit.kind_spelt_twice",
        each(
            changing("units", "ST2", kind="社区工作站", serves=("C2",)),
            # Without the station every rule of the east is out of reach: it is named there outright.
            changing("units", "ST1", serves=("C1", "C2")),
            adding(relations=Relation("ST2", "assists", "ST1")),
        ),
        "units#ST2",
    ),
    one("post.role_near", changing("posts", "P-manager", role="grid_manger"), "posts#P-manager"),
    one("assignment.role_near", changing("assignments", "A-1", role="first_secretry"), "assignments#A-1"),
    one("team.role_near", changing("teams", "T-1", lead="enforcment_officer"), "teams#T-1", "lead"),
    one("team.role_near", changing("teams", "T-1", members=("grid_workr:2",)), "teams#T-1", "member"),
    # Units
    one(
        "unit.not_single",
        adding(
            units=[
                Unit("CENTRE", "", "service_centre", ("S",)),
                Unit("CENTRE1", "", "service_centre", ("C1",)),
            ],
            relations=Relation("@service_centre", "assists", "OFFICE"),
        ),
        "units#CENTRE1",
        "below",
    ),
    one(
        "unit.not_single",
        adding(
            units=[
                Unit("CENTRE1", "", "service_centre", ("C1",)),
                Unit("CENTRE", "", "service_centre", ("S",)),
            ],
            relations=Relation("@service_centre", "assists", "OFFICE"),
        ),
        "units#CENTRE",
        "above",
    ),
    one(
        "unit.serves_nothing",
        adding(
            units=Unit("ESTATE2", "", "property_company"), relations=Relation("OFFICE", "guides", "ESTATE2")
        ),
        "units#ESTATE2",
    ),
    one(
        "unit.left_out",
        adding(
            units=Unit("PO", "", "community_party_org", ("C1",)),
            relations=Relation("@community_party_org", "leads", STAFFED),
        ),
        "units#RC2",
        "led",
    ),
    one(
        "unit.resolves_and_executes",
        adding(grants=Grant(STAFFED, "execute")),
        "units#RC1",
        "kind",
    ),
    one("unit.resolves_and_executes", adding(grants=Grant("RC2", "execute")), "units#RC2", "unit"),
    # Relations
    one(
        "relation.to_itself",
        adding(relations=Relation("OFFICE", "leads", "OFFICE")),
        "relations#OFFICE/leads/OFFICE",
    ),
    one(
        "relation.empty",
        adding(relations=Relation("RC2", "supervises", "@property_company")),
        "relations#RC2/supervises/@property_company",
    ),
    one(
        "relation.cycle",
        adding(
            relations=[
                Relation("OFFICE", "leads", "@community_station"),
                Relation("ST2", "parent_of", "RC2"),
                Relation("RC2", "leads", "OFFICE"),
            ]
        ),
        "relations#OFFICE/leads/@community_station",
    ),
    one(
        "relation.cycle",
        adding(
            relations=[Relation("OFFICE", "leads", "ST1", SPLIT), Relation("ST1", "leads", "OFFICE", SPLIT)],
        ),
        "relations#OFFICE/leads/ST1",
        "in one version",
    ),
    one(
        "relation.contradicts",
        adding(
            relations=[
                Relation(STAFFED, "parallel", "@community_station"),
                Relation("@residents_committee", "parent_of", "ST1"),
            ]
        ),
        "relations#@residents_committee/parallel/@community_station",
    ),
    one(
        "relation.not_dual",
        adding(relations=Relation("@community_station", "dual_managed_by", "OFFICE")),
        "relations#@community_station/dual_managed_by/OFFICE",
        "one",
    ),
    one(
        "relation.not_dual",
        adding(relations=[Relation("ST1", "dual_managed_by", name) for name in ("OFFICE", "BUREAU", "RC1")]),
        "relations#ST1/dual_managed_by/OFFICE",
        "three",
    ),
    # Assignments and posts
    one(
        "post.unknown_unit",
        adding(
            units=Unit("OLD", "", "lighthouse", ("C1",), valid_to=SPLIT),
            posts=Post("P-3", "OLD", "grid_worker"),
        ),
        "posts#P-3",
        "no more",
    ),
    one(
        "assignment.unknown_unit",
        each(
            adding(
                units=Unit("OLD", "", "lighthouse", ("C1",), valid_to=SPLIT),
                relations=Relation("OLD", "assists", "OFFICE", valid_to=SPLIT),
            ),
            changing("assignments", "A-1", appraisers=("OFFICE", "OLD")),
        ),
        "assignments#A-1",
        "no more",
    ),
    one(
        "assignment.to_itself",
        changing("assignments", "A-1", target="OFFICE"),
        "assignments#A-1",
    ),
    one(
        "assignment.appraisers",
        changing("assignments", "A-1", appraisers=("OFFICE",)),
        "assignments#A-1",
        "one",
    ),
    one(
        "assignment.appraisers",
        changing("assignments", "A-1", kind="secondment", appraisers=("OFFICE", "OFFICE")),
        "assignments#A-1",
        "twice",
    ),
    one("assignment.seats", changing("assignments", "A-1", seats=-1), "assignments#A-1"),
    one(
        "assignment.rotation",
        changing("assignments", "A-1", rotates_after_months=0),
        "assignments#A-1",
    ),
    one("post.seats", changing("posts", "P-volunteer", seats=2, seats_max=1), "posts#P-volunteer", "swapped"),
    one("post.seats", changing("posts", "P-volunteer", seats=-2), "posts#P-volunteer", "below zero"),
    one("post.term", changing("posts", "P-manager", term_years=0), "posts#P-manager"),
    one("post.elsewhere", adding(posts=Post("P-3", "ST2", "grid_worker", at="G11")), "posts#P-3", "unit"),
    one(
        "post.elsewhere",
        adding(posts=Post("P-3", "@property_company", "cleaner", at="G12")),
        "posts#P-3",
        "kind",
    ),
    one(
        "assignment.elsewhere",
        changing("assignments", "A-1", target="ST1", at="G21", valid_from=SPLIT),
        "assignments#A-1",
    ),
    one(
        "team.elsewhere",
        changing("teams", "T-1", unit="ESTATE", serves=("G11", "G12")),
        "teams#T-1",
    ),
    # Powers and providers
    one(
        "id.duplicate",
        adding(grants=Grant("@residents_committee", "resolve", held=False)),
        "grants[3]",
        "grants that contradict",
    ),
    one(
        "grant.empty",
        adding(grants=Grant("RC2", "supervise", over="@property_company")),
        "grants#RC2/supervise/@property_company",
    ),
    one(
        "provider.supervises_itself",
        changing("providers", "ESTATE", supervisor="ESTATE"),
        "providers#ESTATE",
    ),
    one("item.no_provider", changing("items", "S-1", supply="purchased"), "items#S-1", "mode"),
    one(
        "item.no_provider",
        changing("items", "S-1", supply="contract", matters=("relief", "lamp")),
        "items#S-1",
        "matter",
    ),
    one(
        "item.no_provider",
        each(
            changing("items", "S-1", supply="contract", assist=("ESTATE",)),
            changing("providers", "ESTATE", matters=("relief",), valid_to=date(2019, 1, 1)),
        ),
        "items#S-1",
        "registration over",
    ),
]
