"""Lists that do not add up, and items that say nothing, too much, or what the city denies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gov_core.checker._catalogue import diagnostic
from gov_core.checker._finding import Finding
from gov_core.checker._map import some
from gov_core.errors import Fault
from gov_core.fields import validity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from gov_core.checklists import Checklist, Item, Limit
    from gov_core.city import City

_SPEAKS_OF_NO_MATTER = {"performance", "whistle"}
"""Kinds of lists whose items may well name no matter: how well something is done, who is called."""
_OFF = {"refused", "exited"}
"""States of admission in which an item is on its list no more, or never was."""


def check_checklists(city: City) -> Iterator[Finding]:
    """Looks over lists, items and their limits, each by itself."""
    lists = {checklist.id: checklist for checklist in city.checklists}
    yield from _counts(city)
    yield from _placeholders(city)
    yield from _matters(city, lists)
    yield from _limits(city)
    yield from _limits_by_condition(city)
    yield from _sensitive(city)
    yield from _ended(city)


def told(  # noqa: PLR0917 - read like a sentence: what, where, why, how to mend
    city: City, code: str, part: str, key: str, message: str, hint: str, *ids: str
) -> Finding:
    """A finding on a row of the city, as bad as the catalogue has it."""
    return Finding(diagnostic(code).severity, Fault(code, message, city.where(part, key), hint, (key, *ids)))


def _counts(city: City) -> Iterator[Finding]:
    by_list: dict[str, list[Item]] = {checklist.id: [] for checklist in city.checklists}
    for item in city.items:
        if item.admission not in _OFF:
            by_list[item.checklist].append(item)
    for checklist in city.checklists:
        items = by_list[checklist.id]
        groups = {item.group for item in items if item.group}
        hint = "correct the items, or the number"
        if not items and checklist.expected_count is None:
            message = "the list has no items"
            yield told(city, "checklist.empty", "checklists", checklist.id, message, "add them, or remove it")
            continue
        if checklist.expected_count not in {None, len(items)}:
            message = f"the list has {len(items)} items and is said to have {checklist.expected_count}"
            yield told(city, "checklist.count", "checklists", checklist.id, message, hint)
        if checklist.expected_groups not in {None, len(groups)}:
            message = f"its items form {len(groups)} groups and are said to form {checklist.expected_groups}"
            yield told(city, "checklist.groups", "checklists", checklist.id, message, hint)


def _placeholders(city: City) -> Iterator[Finding]:
    if city.preset:
        return
    for checklist_id, count in Counter(item.checklist for item in city.items if item.placeholder).items():
        total = sum(item.checklist == checklist_id for item in city.items)
        message = f"{count} of {total} items are placeholders: counted, and not named"
        hint = "name them, or say in city.toml which preset the city is made from"
        yield told(city, "checklist.placeholders", "checklists", checklist_id, message, hint)


def _matters(city: City, lists: dict[str, Checklist]) -> Iterator[Finding]:
    above = {matter.code: matter.parent for matter in city.matters}
    for item in city.items:
        if item.placeholder or lists[item.checklist].kind in _SPEAKS_OF_NO_MATTER:
            continue
        hint = "name the matters it covers"
        if not item.matters:
            yield told(city, "item.no_matter", "items", item.code, "the item covers no matter", hint)
        elif all(_is_below(matter, item.except_matters, above) for matter in item.matters):
            message = f"all it covers is excepted: {some(item.matters)}"
            yield told(city, "item.no_matter", "items", item.code, message, hint)


def _is_below(code: str, nodes: Iterable[str], above: dict[str, str | None]) -> bool:
    """Whether a matter is one of some, or below one."""
    step: str | None = code
    while step is not None and step not in nodes:
        step = above[step]
    return step is not None


def _limits(city: City) -> Iterator[Finding]:
    for item in city.items:
        if _longer(item.respond_within, item.resolve_within):
            message = (
                f"respond_within {item.respond_within} is longer than resolve_within {item.resolve_within}"
            )
            yield told(city, "item.limit_order", "items", item.code, message, "are the two swapped?")


def _limits_by_condition(city: City) -> Iterator[Finding]:
    above = {matter.code: matter.parent for matter in city.matters}
    items = {item.code: item for item in city.items}
    for row in city.item_limits:
        key = f"{row.item}/{row.matter or ''}/{row.grade or ''}"
        item = items.get(row.item)
        if item is None:
            message = f'item "{row.item}" has ended or not begun'
            hint = "name the item that took over, or remove the limit"
            yield told(city, "item_limit.expired", "item_limits", key, message, hint)
            continue
        if row.respond_within is None and row.resolve_within is None:
            yield told(
                city,
                "item_limit.empty",
                "item_limits",
                key,
                "the row sets no limit",
                "fill one in, or remove it",
            )
        respond, resolve = row.respond_within, row.resolve_within or item.resolve_within
        if _longer(respond, resolve):
            message = f"respond_within {respond} is longer than resolve_within {resolve}"
            yield told(city, "item_limit.limit_order", "item_limits", key, message, "are the two swapped?")
        outside = row.matter is not None and (
            not _is_below(row.matter, item.matters, above)
            or _is_below(row.matter, item.except_matters, above)
        )
        if outside:
            message = (
                f'condition "{row.matter}" is none of item "{item.code}": {some(item.matters) or "no matter"}'
            )
            hint = "name a matter of the item, or add it to the item"
            yield told(city, "item_limit.outside", "item_limits", key, message, hint, item.code)


def _longer(respond: Limit | None, resolve: Limit | None) -> bool:
    """Whether the answer is due after the end; limits of two units are compared by a calendar alone."""
    if respond is None or resolve is None:
        return False
    return respond.unit == resolve.unit and respond.amount > resolve.amount


def _sensitive(city: City) -> Iterator[Finding]:
    above = {matter.code: matter.parent for matter in city.matters}
    flagged = {matter.code for matter in city.matters if matter.sensitive}
    hint = "set sensitive"
    for matter in city.matters:
        if not matter.sensitive and _is_below(matter.code, flagged, above):
            message = "what is above it is sensitive, and it is not"
            yield told(city, "matter.not_sensitive", "matters", matter.code, message, hint)
    for item in city.items:
        found = [matter for matter in item.matters if _is_below(matter, flagged, above)]
        if found and not item.sensitive:
            message = f"the item covers {some(found)}, which is sensitive, and is not flagged"
            yield told(city, "item.not_sensitive", "items", item.code, message, hint, *found)


def _ended(city: City) -> Iterator[Finding]:
    """Items that ended while nobody took over their matters."""
    rows = city.rows("items")
    children: dict[str | None, list[str]] = {}
    for matter in city.matters:
        children.setdefault(matter.parent, []).append(matter.code)

    def below(code: str) -> Iterator[str]:
        yield code
        for child in children.get(code, ()):
            yield from below(child)

    there: dict[date, list[Item]] = {}
    held: dict[date, set[str]] = {}
    for item in rows:
        day = item.valid_to
        if day is None or item.admission in _OFF:
            continue
        if day not in there:
            there[day] = [row for row in rows if day in validity_of(row)]
            held[day] = {matter for row in there[day] for code in row.matters for matter in below(code)}
        codes = {row.code for row in there[day]}
        if item.code in codes or not codes.isdisjoint(item.successors):
            continue
        lost = [matter for matter in item.matters if matter not in held[day]]
        if lost:
            message = f"it ended on {day}, and nothing took over {some(lost)}"
            hint = "name a successor that is valid from that day, or an item that covers them"
            yield told(city, "item.no_successor", "items", item.code, message, hint, *lost)
