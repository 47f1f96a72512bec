"""What a diagnostic counts as in a city that has its own mind about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast, get_args

from gov_core.checker._catalogue import catalogue, diagnostic
from gov_core.checker._finding import Finding
from gov_core.city._closest import Closest
from gov_core.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.checker._finding import Severity
    from gov_core.city import City

Level = Literal["error", "warning", "off"]
LEVELS: tuple[str, ...] = get_args(Level)


def apply_severities(city: City, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Gives each finding the severity the city has for its code, and leaves out those that are off."""
    levels = dict(city.severities)
    for finding in findings:
        level = levels.get(finding.fault.code, finding.severity)
        if level in LEVELS and level != finding.severity:
            if level == "off":
                continue
            yield replace(finding, severity=cast("Severity", level))
        else:
            yield finding


def check_severities(city: City) -> Iterator[Finding]:
    """Finds settings that change nothing: codes that no check gives, and levels that are none."""
    for code, level in city.severities:
        where = city.where("severities", code)
        try:
            diagnostic(code)
        except KeyError:
            hint = Closest(catalogue())(code) or "gov-core explain lists all codes"
            fault = Fault("severity.unknown_code", f'there is no diagnostic "{code}"', where, hint, (code,))
            yield Finding("error", fault)
        if level not in LEVELS:
            message = f'{code} cannot count as "{level}"'
            hint = Closest(LEVELS)(level) or f"write one of {', '.join(LEVELS)}"
            yield Finding("error", Fault("severity.unknown_level", message, where, hint, (code,)))
