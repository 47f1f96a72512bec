"""Services without a standard, bought from nobody, or given by who is not qualified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.checker._checklists import told
from gov_core.checker._map import some
from gov_core.checklists.standard import service_standards, supplies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.checklists.standard import ServiceStandard
    from gov_core.city import City


def check_standards(city: City) -> Iterator[Finding]:
    """Looks over how services are given."""
    items = {item.code: item for item in city.items}
    for supply in supplies(city):
        item = items[supply.item]
        if supply.bought and supply.registered and not supply.providers:
            message = f'it is supplied as "{item.supply}", and names no registered provider'
            hint = f"name {some(supply.registered)} as its holder, under assist or shared_with"
            yield told(city, "item.unnamed_provider", "items", item.code, message, hint)
        if supply.unqualified:
            message = f'it takes "{item.qualification}", which {some(supply.unqualified)} did not show'
            hint = "add it to the provider once it is shown, or name another"
            yield told(city, "item.unqualified", "items", item.code, message, hint, *supply.unqualified)
        if supply.unsuited:
            message = f"{some(supply.unsuited)} is registered for other matters, or supplies in other ways"
            hint = "correct the item, or the registration"
            yield told(city, "item.unsuited_provider", "items", item.code, message, hint, *supply.unsuited)
    standards = service_standards(city)
    yield from _uneven(city, standards)
    yield from _windows(city, standards)


def _uneven(city: City, standards: tuple[ServiceStandard, ...]) -> Iterator[Finding]:
    """Services that say less than others of their list: where nobody states steps, nobody is told to."""
    items = {item.code: item for item in city.items}
    said: dict[str, set[str]] = {}
    for standard in standards:
        there = {"steps", "materials", "limit"} - set(standard.missing)
        said.setdefault(items[standard.item].checklist, set()).update(there)
    for standard in standards:
        item = items[standard.item]
        missing = [name for name in standard.missing if name in said[item.checklist]]
        # A service that takes no materials is well described; one without steps or a limit is not.
        missing = [name for name in missing if name != "materials"]
        if missing and not item.placeholder:
            message = f"others of its list state {some(missing)}, and it does not"
            yield told(city, "item.no_standard", "items", item.code, message, "fill them in")


def _windows(city: City, standards: tuple[ServiceStandard, ...]) -> Iterator[Finding]:
    """Services of bodies without a window in a city whose other services have them."""
    if not any(standard.windows for standard in standards):
        return
    without: dict[tuple[str, ...], list[str]] = {}
    for standard in standards:
        if not standard.windows:
            without.setdefault(standard.holders, []).append(standard.item)
    for holders, codes in without.items():
        message = f"{some(holders)} has no window for {some(codes)}"
        hint = "add a post of role window_clerk, or give the service to who has one"
        yield told(city, "item.no_window", "items", codes[0], message, hint, *codes[1:])
