"""Hard rules on bodies: for each, what makes the good city keep it, and what then breaks it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery.case import Case, in_parts
from gallery.cases_organisation import adding, changing, each
from gov_core.organisation import Grant, Post, Relation, Team, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery.parts import Parts

    Change = Callable[[Parts], None]


@dataclass(frozen=True)
class Rule:
    """A hard rule with a city that keeps it, and ways to break it.

    Attributes:
        name: Name of the rule.
        keep: Turns the good city into one that keeps the rule.
        breaks: What it is called, the change, and the places of the findings, all of this rule.
    """

    name: str
    keep: Change
    breaks: tuple[tuple[str, Change, tuple[str, ...]], ...]

    def kept(self, city: Parts) -> None:
        self.keep(city)
        city.set(hard_rules=[self.name])

    def cases(self) -> list[Case]:
        code = f"hard_rule.{self.name}"
        return [
            in_parts(code, each(self.kept, change), [(code, place) for place in places], about)
            for about, change, places in self.breaks
        ]


def instead(old: str, new: Relation) -> Change:
    """One relation in the place of another."""

    def change(city: Parts) -> None:
        city.drop("relations", old)
        city.add("relations", new)

    return change


def dropping(part: str, key: str) -> Change:
    return lambda city: city.drop(part, key)


def unit(name: str, kind: str, *serves: str) -> Unit:
    return Unit(name, "", kind, serves)


NOTHING: Change = adding()
SERVICE_STATIONS = adding(
    units=[Unit(f"SS{n}", "", "service_station", (f"C{n}",), "private_non_enterprise") for n in (1, 2)],
    grants=Grant("@service_station", "serve"),
)
PARTY = adding(
    units=[unit(f"PO{n}", "community_party_org", f"C{n}") for n in (1, 2)],
    grants=Grant("@community_party_org", "lead"),
)
CENTRE = adding(units=unit("CENTRE", "service_centre", "S"), grants=Grant("@service_centre", "execute"))
COMMITTEE, STATION = "@residents_committee", "@community_station"

RULES = (
    Rule(
        "separation_of_powers",
        NOTHING,
        (("one", adding(grants=Grant("RC1", "execute")), ("units#RC1",)),),
    ),
    Rule(
        "four_layers",
        each(
            PARTY,
            adding(
                units=[unit(f"SC{n}", "supervision_committee", f"C{n}") for n in (1, 2)],
                grants=Grant("@supervision_committee", "supervise"),
            ),
        ),
        (("supervision", changing("units", "SC2", serves=("C1",)), ("places#C2",)),),
    ),
    Rule(
        "committee_is_parent",
        each(
            SERVICE_STATIONS,
            adding(
                relations=[
                    Relation(COMMITTEE, "parent_of", STATION),
                    Relation(COMMITTEE, "parent_of", "@service_station"),
                ]
            ),
        ),
        (
            (
                "service station",
                instead(f"{COMMITTEE}/parent_of/@service_station", Relation("RC1", "parent_of", "SS1")),
                ("units#SS2",),
            ),
            (
                "workstation",
                instead(f"{COMMITTEE}/parent_of/{STATION}", Relation("RC2", "parent_of", "ST2")),
                ("units#ST1",),
            ),
        ),
    ),
    Rule(
        "committee_supervises_workstation",
        adding(relations=Relation(COMMITTEE, "supervises", STATION)),
        (
            (
                "one of them",
                instead(f"{COMMITTEE}/supervises/{STATION}", Relation("RC1", "supervises", "ST1")),
                ("units#ST2",),
            ),
            (
                "one of two committees",
                each(
                    changing("units", "ST1", serves=("C1", "C2")),
                    dropping("units", "ST2"),
                    instead(f"{COMMITTEE}/supervises/{STATION}", Relation("RC1", "supervises", "ST1")),
                ),
                ("units#ST1",),
            ),
        ),
    ),
    Rule(
        "committee_guides_service_station",
        each(SERVICE_STATIONS, adding(relations=Relation(COMMITTEE, "guides", "@service_station"))),
        (
            (
                "one of them",
                instead(f"{COMMITTEE}/guides/@service_station", Relation("RC2", "guides", "SS2")),
                ("units#SS1",),
            ),
        ),
    ),
    Rule(
        "service_station_private",
        SERVICE_STATIONS,
        (
            ("enterprise", changing("units", "SS1", legal_form="enterprise"), ("units#SS1",)),
            ("not stated", changing("units", "SS2", legal_form=None), ("units#SS2",)),
        ),
    ),
    Rule(
        "party_committee_scope",
        PARTY,
        (
            ("none", changing("units", "PO2", serves=("C1",)), ("places#C1", "places#C2")),
            ("part of one", changing("units", "PO2", serves=("C2", "G12")), ("units#PO2",)),
        ),
    ),
    Rule(
        "party_org_per_station",
        PARTY,
        (("two", changing("units", "PO2", serves=("C1", "C2")), ("units#PO2", "units#ST1")),),
    ),
    Rule(
        "two_stations_per_committee",
        adding(
            units=[
                *(unit(f"MS{n}", "mass_service_station", f"C{n}") for n in (1, 2)),
                *(unit(f"OW{n}", "order_workstation", f"C{n}") for n in (1, 2)),
            ],
            relations=[
                Relation(COMMITTEE, "parent_of", "@mass_service_station"),
                Relation(COMMITTEE, "parent_of", "@order_workstation"),
            ],
        ),
        (
            ("three", adding(units=unit("MS3", "mass_service_station", "C1")), ("units#RC1",)),
            ("one", changing("units", "OW2", serves=("C1",)), ("units#RC1", "units#RC2")),
        ),
    ),
    Rule(
        "committee_assists_only",
        each(CENTRE, adding(relations=Relation(COMMITTEE, "assists", "@service_centre"))),
        (
            ("serves", adding(grants=Grant("RC2", "serve")), ("units#RC2",)),
            (
                "does not assist",
                instead(f"{COMMITTEE}/assists/@service_centre", Relation("RC1", "assists", "CENTRE")),
                ("units#RC2",),
            ),
        ),
    ),
    Rule(
        "council_and_centre_apart",
        each(
            CENTRE,
            adding(
                units=unit("COUNCIL", "residents_council", "S"),
                relations=Relation("@residents_council", "supervises", "@service_centre"),
            ),
        ),
        (
            (
                "not supervised",
                instead(
                    "@residents_council/supervises/@service_centre", Relation("COUNCIL", "guides", "CENTRE")
                ),
                ("units#CENTRE",),
            ),
            (
                "bound",
                adding(relations=Relation("CENTRE", "member_of", "COUNCIL")),
                ("relations#CENTRE/member_of/COUNCIL",),
            ),
        ),
    ),
    Rule(
        "centre_and_committee_apart",
        each(CENTRE, adding(relations=Relation(COMMITTEE, "assists", "@service_centre"))),
        (
            (
                "bound",
                adding(relations=Relation("@service_centre", "parent_of", COMMITTEE)),
                (f"relations#@service_centre/parent_of/{COMMITTEE}",),
            ),
        ),
    ),
    Rule(
        "four_in_one",
        each(
            PARTY,
            changing("places", "C1", kind="closed"),
            adding(
                units=unit("OWNERS", "owners_committee", "G11"),
                grants=Grant("@owners_committee", "resolve"),
            ),
        ),
        (("no owners", changing("units", "OWNERS", serves=("C2",)), ("places#C1",)),),
    ),
    Rule(
        "dual_management",
        NOTHING,
        (("none", changing("assignments", "A-1", appraisers=()), ("assignments#A-1",)),),
    ),
    Rule(
        "one_enforcement_team",
        adding(
            units=[
                unit("TEAM", "street_enforcement_bureau", "S"),
                unit("SQUAD", "urban_management_squadron", "S"),
            ],
            relations=Relation("SQUAD", "member_of", "TEAM"),
        ),
        (
            (
                "on its own",
                instead("SQUAD/member_of/TEAM", Relation("TEAM", "guides", "SQUAD")),
                ("units#SQUAD",),
            ),
            (
                "two",
                adding(
                    units=unit("OTHER", "enforcement_office", "S"),
                    relations=Relation("OFFICE", "guides", "OTHER"),
                ),
                ("places#S",),
            ),
        ),
    ),
    Rule(
        "dual_commanders",
        adding(posts=Post("P-command", STATION, "指挥长", 2, at="@community")),
        (
            ("one", changing("posts", "P-command", seats=1), ("places#C1", "places#C2")),
            ("one place", changing("posts", "P-command", at="C1"), ("places#C2",)),
            (
                "three in a team",
                changing("teams", "T-1", commanders=("commander:3",), serves=("C2",)),
                ("places#C2",),
            ),
            ("none", dropping("posts", "P-command"), ("places#C1", "places#C2")),
        ),
    ),
    Rule(
        "four_forces",
        adding(
            teams=[
                Team(f"T-{force}", "", force, ("@grid",))  # type: ignore[arg-type]
                for force in ("party", "police", "safety")
            ]
        ),
        # In 2020 the one grid of the east became two: each version is told of.
        (("no police", changing("teams", "T-police", serves=("C1",)), ("places#G20", "places#G21")),),
    ),
    Rule(
        "two_whistle_levels",
        adding(
            grants=[
                Grant("@street_office", "whistle", over="@urban_management_bureau"),
                Grant("@street_office", "report_in"),
                Grant(COMMITTEE, "whistle", over="@street_office"),
                Grant("@urban_management_bureau", "report_in"),
            ]
        ),
        (
            ("department", dropping("grants", "@urban_management_bureau/report_in/"), ("units#BUREAU",)),
            ("street", dropping("grants", "@street_office/report_in/"), ("units#OFFICE",)),
            (
                "community",
                each(
                    dropping("grants", f"{COMMITTEE}/whistle/@street_office"),
                    adding(grants=Grant("RC1", "whistle", over="OFFICE")),
                ),
                ("places#C2",),
            ),
        ),
    ),
)

CASES: list[Case] = [case for rule in RULES for case in rule.cases()]
