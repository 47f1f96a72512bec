"""What compiling rules found, in the words of the city."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.routing.lists import Lists


class Finding(TypedDict):
    """As the extension reports it: a kind, positions in the city's lists, and a cell that shows it."""

    kind: str
    positions: list[int]
    cell: tuple[int, int, int | None, int | None] | None
    message: str


class Wording:
    """Turns findings into faults that name rules, units and places."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def faults(self, findings: Iterable[Finding], unlisted: int) -> tuple[Fault, ...]:
        """All findings; `unlisted` tells how many more there are."""
        findings = list(findings)
        dead = {finding["positions"][0] for finding in findings if finding["kind"] == "unreachable"}
        # An item is read as several rules, some of which may decide everywhere where a wider one would.
        alive = (
            {self._case(rule) for rule in range(len(self._lists.rules)) if rule not in dead} if dead else ()
        )
        faults = [
            self._fault(finding)
            for finding in findings
            if finding["kind"] != "unreachable" or self._case(finding["positions"][0]) not in alive
        ]
        if unlisted:
            faults.append(Fault("rule.more", f"{unlisted} more of the same are not listed"))
        return tuple(faults)

    def _fault(self, finding: Finding) -> Fault:
        match finding["kind"], finding["positions"]:
            case "conflict", [first, second]:
                message = (
                    f"{self._rule(second)} contradicts {self._rule(first)}: both apply {self._cell(finding)}"
                )
                return Fault("rule.conflict", message, self._place(second), "make one of them narrower")
            case "tie", [kind, place, first, second, rule]:
                message = (
                    f"{self._rule(rule)} asks for @{self._lists.kinds[kind]} {self._cell(finding)}, and both "
                    f'"{self._lists.units[first]}" and "{self._lists.units[second]}" '
                    f'serve "{self._lists.places[place]}"'
                )
                return Fault(
                    "rule.tie", message, self._place(rule), "let only one unit of a kind serve a place"
                )
            case "duplicate", [first, second]:
                message = f"{self._rule(second)} repeats {self._rule(first)}"
                return Fault("rule.duplicate", message, self._place(second), "drop one of them")
            case "crossing", [winner, loser]:
                message = (
                    f"{self._rule(winner)} is narrower by area, {self._rule(loser)} by matter; "
                    f"the first decides {self._cell(finding)}"
                )
                return Fault("rule.crossing", message, self._place(loser), "add a rule for where they meet")
            case "unreachable", [rule]:
                message = (
                    f"{self._rule(rule)} never decides: others do wherever it applies, or it finds no unit"
                )
                return Fault("rule.unreachable", message, self._place(rule), "drop it, or make it narrower")
            case _:
                return Fault("rule.invalid", finding["message"], "rules.csv")

    def _rule(self, rule: int) -> str:
        return f'rule "{self._lists.rules[rule]}"'

    def _case(self, rule: int) -> tuple[str, int | None]:
        """Where a rule is from, and its matter."""
        return self._place(rule), self._lists.rule_specs[rule][0]

    def _place(self, rule: int) -> str:
        return self._lists.rule_places[rule]

    def _cell(self, finding: Finding) -> str:
        """Where a finding shows: ``to matter "noise" in grid "G-1"``."""
        if finding["cell"] is None:
            return "somewhere"
        slot, matter, grade, asset = finding["cell"]
        words = (
            f'to matter "{self._lists.matters[matter]}" in "{self._lists.places[self._lists.grids[slot]]}"'
        )
        if grade is not None and self._lists.grades is not None:
            words += f', grade "{self._lists.grades[grade]}"'
        if asset is not None:
            words += f', asset "{self._lists.assets[asset]}"'
        return words
