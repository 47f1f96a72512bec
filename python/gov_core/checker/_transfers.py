"""Duties that moved without their money (费随事转)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gov_core.checker._checklists import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gov_core.checker._finding import Finding
    from gov_core.checklists import Transfer
    from gov_core.city import City


def check_transfers(city: City) -> Iterator[Finding]:
    """Finds transfers without money, or with money that may go elsewhere, and transfers nobody recorded."""
    recorded: dict[str, list[Transfer]] = {}
    for row in city.transfers:
        recorded.setdefault(row.item, []).append(row)
        for code, message, hint in _amiss(row):
            key = f"{row.item}/{row.source}/{row.target}"
            yield told(city, code, "transfers", key, message, hint, row.item)
    for item in city.items:
        if item.transferred_from is None:
            continue
        rows = recorded.get(item.code, [])
        if not rows:
            message = f"it came from {item.transferred_from}, and no transfer says whether money came with it"
            yield told(city, "item.no_transfer", "items", item.code, message, "add a row to transfers")
        elif not any(row.source == item.transferred_from for row in rows):
            message = f"it came from {item.transferred_from}, and its transfer from {rows[-1].source}"
            yield told(city, "item.other_transfer", "items", item.code, message, "correct one of them")


def _amiss(row: Transfer) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a transfer: (code, message, hint)."""
    if row.source == row.target:
        yield "transfer.to_itself", "the duty moves from a body to itself", "correct source or target"
    if row.funds_yuan is not None and not (math.isfinite(row.funds_yuan) and row.funds_yuan >= 0):
        yield "transfer.amount", f"{row.funds_yuan} yuan is no amount", "0 or more"
        return
    if not row.funds_yuan:
        yield "transfer.unfunded", "no money moves with the duty", "state funds_yuan, or leave the duty"
        return
    if not row.earmarked:
        yield "transfer.not_earmarked", "the money is not for this purpose only", "set earmarked"
    if row.decided_by is None:
        hint = "name in decided_by who decided on its use together with the committee"
        yield "transfer.undecided", "no collective decision on the money is recorded", hint
    if row.account is None:
        yield "transfer.no_account", "the money is in no special account", "name its unit in account"
