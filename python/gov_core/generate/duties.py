"""The rules of a generated city: who handles what, how soon, and where it is otherwise.

No two of them cross (one narrower by area, the other by matter): exceptions by area, by grade and by asset
class are made for different matters.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gov_core.city import Limit, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from gov_core.generate.catalogue import Entry

# Matters that streets and communities may take over, and those of things that an estate owns.
_BY_STREET = ("E01-06-1", "E01-06-2", "E01-07-1", "E05-02-1")
_BY_COMMUNITY = ("E06-03-1", "E06-04-2")
_BY_ESTATE = ("C01-06-1", "C01-06-3", "C01-08-1", "C03-02-1", "C03-02-2", "E06-02-1", "E06-02-3", "E06-06-2")
_WHOLE_DAY = Limit(1, "working_day")


def rules(
    rng: np.random.Generator, entries: Sequence[Entry], streets: Sequence[str], communities: Sequence[str]
) -> Iterator[Rule]:
    """Yield the rules: one for anything, one a matter, then the exceptions.

    Args:
        rng: Picks the streets (one in six) and communities (one in twenty-five) with rules of their own.
        entries: The matters with who leads and how soon.
        streets: Ids.
        communities: Ids.
    """
    anything = ("@community_station", "@street_office")
    yield Rule("R-any", None, None, None, None, anything, (), _WHOLE_DAY, Limit(5, "working_day"))
    usual = {entry.matter.code: _usual(entry) for entry in entries}
    # A class that is handled as anything else is needs no rule of its own.
    yield from (rule for rule in usual.values() if "-" in str(rule.matter) or rule.unit != anything)
    for code, rule in usual.items():
        yield from _by_grade(code, rule)
    for code in _BY_ESTATE:
        chain = ("@property_company", "@street_property_centre")
        yield replace(usual[code], id=f"R-{code}-estate", asset="estate", unit=chain, assist=())
    yield replace(
        usual["E06-06-1"],
        id="R-E06-06-1-lift",
        asset="estate.lift",
        unit=("@property_company", "@street_property_centre"),
        assist=("@market_regulation_bureau",),
    )
    for area in _pick(rng, streets, 6):
        for code in _BY_STREET:
            assist = ("@enforcement_team",)
            yield replace(
                usual[code], id=f"R-{code}-{area}", area=area, unit=("@street_office",), assist=assist
            )
    for area in _pick(rng, communities, 25):
        for code in _BY_COMMUNITY:
            soon = Limit(2, "urgent_hour")
            yield replace(
                usual[code],
                id=f"R-{code}-{area}",
                area=area,
                unit=("@community_station",),
                respond_within=Limit(1, "urgent_hour"),
                resolve_within=soon,
            )


def _usual(entry: Entry) -> Rule:
    code = entry.matter.code
    chain = (entry.unit,) if entry.unit == "@street_office" else (entry.unit, "@street_office")
    respond, resolve = entry.respond_within or _WHOLE_DAY, entry.resolve_within or Limit(5, "working_day")
    return Rule(f"R-{code}", code, None, None, None, chain, (), respond, resolve)


def _by_grade(code: str, usual: Rule) -> Iterator[Rule]:
    """Yield what is otherwise if it is grave: emergencies get help, site matters are handled within hours."""
    if code.startswith(("E04-", "C01-0", "C02-")) and usual.resolve_within == Limit(2, "urgent_hour"):
        soon = Limit(1, "urgent_hour")
        assist = tuple(kind for kind in ("@emergency_bureau", "@street_office") if kind != usual.unit[0])
        yield replace(
            usual,
            id=f"R-{code}-major",
            grade="major",
            assist=assist,
            respond_within=soon,
            resolve_within=soon,
        )
    elif code.startswith("E03-") and code.count("-") == 2:
        for grade, hours in (("larger", 4), ("major", 2)):
            yield replace(
                usual,
                id=f"R-{code}-{grade}",
                grade=grade,
                assist=("@street_office",),
                respond_within=Limit(1, "urgent_hour"),
                resolve_within=Limit(hours, "urgent_hour"),
            )


def _pick(rng: np.random.Generator, places: Sequence[str], one_in: int) -> list[str]:
    count = max(1, len(places) // one_in)
    return [places[i] for i in sorted(rng.choice(len(places), count, replace=False).tolist())]
