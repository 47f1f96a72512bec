"""The tables of docs/reference/permissions.md are made from the machine of a case.

``PYTHONPATH=python python tests/docs/test_permissions_page.py`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gov_core.cases.machine import MACHINE, PROGRAMS, RELATIONS, ROLE_NAMES, ROLES, SIGHTS
from gov_core.cases.procedure import ALWAYS_APART

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gov_core.cases.machine import Trigger

PAGE = Path(__file__).parents[2] / "docs/reference/permissions.md"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def relations(cell: frozenset[str]) -> str:
    return " ".join(word for word in RELATIONS if word in cell)


def states(trigger: Trigger) -> str:
    """From where: a group by its name where all of it is."""
    rest, words = set(trigger.sources), []
    for name, group in (("open", MACHINE.open), ("ended", MACHINE.ended)):
        if group <= rest:
            words.append(f"*{name}*")
            rest -= group
    return ", ".join((*words, *(state for state in MACHINE.states if state in rest))) or "nothing"


def asks(trigger: Trigger) -> str:
    """What it asks for beyond who and where."""
    flags = {
        "reason": trigger.reason,
        "evidence": trigger.evidence,
        "on the lists": trigger.lists,
        "an account": trigger.account,
        "level": trigger.on_the_spot,
    }
    return ", ".join(
        (*(word for word, asked in flags.items() if asked), *(f"{kind} done" for kind in trigger.awaits))
    )


def triggers() -> str:
    rows = (
        (
            f"`{trigger.name}`",
            trigger.chinese,
            states(trigger),
            ", ".join(trigger.targets),
            "; ".join(f"{role}: {relations(cell)}" for role, cell in trigger.who.items()),
            trigger.act or "",
            asks(trigger),
        )
        for trigger in MACHINE.triggers.values()
    )
    return table(("trigger", "", "from", "to", "who: relations", "counts as", "asks for"), rows)


def roles() -> str:
    may = {
        role: [name for name, trigger in MACHINE.triggers.items() if role in trigger.who] for role in ROLES
    }
    rows = (
        (f"`{role}`", ROLE_NAMES[role], "yes" if role in PROGRAMS else "", ", ".join(may[role]))
        for role in ROLES
    )
    return table(("role", "", "program", "triggers"), rows)


def duties() -> str:
    by = {"body": "one body, or one account", "person": "one account"}
    acts = {
        act: ", ".join(name for name, trigger in MACHINE.triggers.items() if trigger.act == act)
        for rule in ALWAYS_APART
        for act in (rule.first, rule.second)
    }
    rows = (
        (f"{rule.first} ({acts[rule.first]})", f"{rule.second} ({acts[rule.second]})", by[rule.by])
        for rule in ALWAYS_APART
    )
    return table(("first", "second", "not of"), rows)


def levels() -> str:
    names = ("grid", "community", "street", "department", "leaders of the district")
    return table(
        ("role", "level"), ((role, f"{level} ({names[level]})") for role, level in MACHINE.levels.items())
    )


def sight() -> str:
    rows = (
        (f"`{role}`", *(relations(MACHINE.sight[what].get(role, frozenset())) for what in SIGHTS))
        for role in ROLES
    )
    return table(("role", *SIGHTS), rows)


TABLES = {"triggers": triggers, "roles": roles, "duties": duties, "levels": levels, "sight": sight}


def page(text: str) -> str:
    """The page with its tables made anew."""
    for name, made in TABLES.items():
        between = rf"<!-- {name} -->\n.*?<!-- /{name} -->"
        new = f"<!-- {name} -->\n{made()}\n<!-- /{name} -->"
        text, count = re.subn(between, new.replace("\\", r"\\"), text, flags=re.DOTALL)
        assert count == 1, name
    return text


def test_the_tables_are_those_of_the_machine() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
