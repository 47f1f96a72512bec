"""What carries a row of the papers: records of presets, words, hard rules, diagnostics, tests, pages.

A carrier is written as

- ``QINGHE/posts/windows``: a record of a preset with all its options; ``QINGHE/units`` for all of a table
  that name the row;
- ``QINGHE/hard_rules/three_grades``, ``QINGHE/levels``, ``QINGHE/grades``: what a preset says of itself;
- ``procedures/whistle_loop``: the stages of a procedure, its grades and its levels of whistle;
- ``KINDS/street_office``, ``ROLES/grid_manager``, ``code/norm.breach``: words and diagnostics of the package;
- ``tests/...::test_...``, ``examples/...``, ``docs/...#section``: a test, an example, a section of a page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gov_core import presets
from gov_core.cases.procedure import shipped_procedures
from gov_core.checker import catalogue
from gov_core.city._sheets import SHEETS
from gov_core.organisation import KINDS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gov_core.cases import Procedure

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\b[QYJLZDGNHS]-[A-Z]+-\d+\b")
MANY = 8
"""So many records of one shape are named one by one; more are counted."""
_COUNTED = {"units", "items", "providers", "systems"}
_WORDS = {"source", "origin", "standing", "english", "note", "wkb", "sources"}


@dataclass(frozen=True)
class Held:
    """One thing that carries a row.

    Attributes:
        base: Where it is: ``QINGHE/posts``, ``KINDS``.
        key: Which it is there.
        record: A record, or what a preset or the catalogue says, as a text.
        rows: Rows of the papers that it names.
        option: It is there only with an option.
        proposal: All of its preset is proposed.
    """

    base: str
    key: str
    record: Any
    rows: frozenset[str] = frozenset()
    option: bool = False
    proposal: bool = False

    @property
    def carrier(self) -> str:
        return f"{self.base}/{self.key}" if self.key else self.base

    @property
    def standing(self) -> str | None:
        """What the record says is claimed; None where it says nothing, and for words of several papers."""
        return None if self.base in {"KINDS", "ROLES"} else getattr(self.record, "standing", None)


@dataclass(frozen=True)
class Carried:
    """All that may carry a row.

    Attributes:
        rows: Row to carrier to what it stands for.
        things: Carrier to the one thing it stands for.
    """

    rows: dict[str, dict[str, list[Held]]] = field(default_factory=dict)
    things: dict[str, Held] = field(default_factory=dict)

    def by(self, row: str, carriers: Iterable[str]) -> dict[str, list[Held]]:
        """What carries a row: whatever names it, and the carriers that are given."""
        found = dict(self.rows.get(row, {}))
        for carrier in carriers:
            thing = self.things.get(carrier) or _text(carrier, row)
            if carrier not in found and thing:
                found[carrier] = [thing]
        return found


def carried() -> Carried:
    """Looks through the package; takes seconds."""
    things = {held.carrier: held for held in (*_of_presets(), *_of_package())}
    tables: dict[str, dict[str, list[Held]]] = defaultdict(lambda: defaultdict(list))
    for held in things.values():
        for row in held.rows:
            tables[row][held.base if held.base.count("/") else held.carrier].append(held)
    rows = {
        row: {held[0].carrier if len(held) == 1 else base: held for base, held in found.items()}
        for row, found in tables.items()
    }
    return Carried(rows, things)


def _of_presets() -> Iterator[Held]:
    sources = {code: entry.source for code, entry in catalogue().items()}
    for name in presets.NAMES:
        about = presets.describe(name)
        bare = presets.load(name)
        full = presets.load(name, options=[option.name for option in about.options])
        for sheet in SHEETS:
            always = {sheet.key_of(row) for row in bare.rows(sheet.part)}
            for row in full.rows(sheet.part):
                said = f"{getattr(row, 'origin', '')};{getattr(row, 'source', '')}"
                key = sheet.key_of(row)
                named = frozenset(ROW.findall(said))
                yield Held(f"{name}/{sheet.part}", key, row, named, key not in always, about.proposal)
        for rule in bare.hard_rules:
            named = frozenset(ROW.findall(sources[f"hard_rule.{rule}"]))
            yield Held(f"{name}/hard_rules", rule, "held to it", named)
        yield Held(f"{name}/levels", "", " > ".join(bare.levels))
        yield Held(f"{name}/grades", "", " > ".join(bare.grades or ()))


def _of_package() -> Iterator[Held]:
    for base, words in (("KINDS", KINDS), ("ROLES", ROLES)):
        for word in words.values():
            yield Held(base, word.code, word, frozenset(filter(ROW.match, word.sources)))
    for name, procedure in shipped_procedures().items():
        yield Held("procedures", name, _procedure(procedure), frozenset(ROW.findall(procedure.source)))
    for code, entry in catalogue().items():
        if not code.startswith("hard_rule."):
            yield Held("code", code, entry.severity, frozenset(ROW.findall(entry.source)))


def _procedure(procedure: Procedure) -> str:
    """Its stages in their order, its grades, its levels of whistle."""
    parts = (
        " > ".join(stage.chinese for stage in procedure.stages),
        "、".join(grade.chinese for grade in procedure.grades),
        "、".join(level.name for level in procedure.whistles),
    )
    return "; ".join(filter(None, parts))


def _text(carrier: str, row: str) -> Held | None:
    """A test, an example, or a section that names the row."""
    path, _, mark = carrier.partition("#" if "#" in carrier else "::")
    file = ROOT / path
    if not path.startswith(("tests/", "examples/", "docs/")) or not file.is_file():
        return None
    text = file.read_text(encoding="utf-8")
    if "#" in carrier:
        parts = re.split("^##+ ", text, flags=re.MULTILINE)
        sections = {part.partition("\n")[0].lower(): part for part in parts}
        there = row in ROW.findall(sections.get(mark.replace("-", " "), ""))
    else:
        there = not mark or f"def {mark}(" in text
    kind = {"tests": "a test", "examples": "an example", "docs": "in words"}[path.partition("/")[0]]
    return Held(path, mark, kind, frozenset({row})) if there else None


def described(held: Iterable[Held]) -> str:
    """What is carried, in a compact text: records of one shape together, ordered terms in their order."""
    records = list(held)
    if isinstance(records[0].record, str):
        return "; ".join(str(one.record) for one in records)
    if records[0].base.endswith("/terms"):
        return _terms([one.record for one in records])
    shapes: dict[str, list[Held]] = defaultdict(list)
    for one in records:
        shapes[_shape(one)].append(one)
    return "; ".join(
        f"{len(alike)} x {shape}" if _counted(alike) else f"{'、'.join(map(_label, alike))}: {shape}"
        for shape, alike in shapes.items()
    )


def fields_of(held: list[Held]) -> list[str]:
    """The fields that the description of what carries a row says something of."""
    if isinstance(held[0].record, str):
        return []
    if held[0].base.endswith("/terms"):
        return ["catalogue", "name", "position"]
    alike = [one for one in held if _shape(one) == _shape(held[0])]
    return [*_shown(held[0]), *([] if _counted(alike) else [_name_field(held[0].record)])]


def _terms(records: list[Any]) -> str:
    lists: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        lists[record.catalogue].append(record)
    parts = []
    for name, terms in lists.items():
        placed = sorted((term for term in terms if term.position), key=lambda term: term.position)
        loose = "、".join(term.name for term in terms if not term.position)
        ordered = " > ".join(f"{term.position} {term.name}" for term in placed)
        parts.append(f"{name}: {'; '.join(part for part in (ordered, loose) if part)}")
    return "; ".join(parts)


def _counted(alike: list[Held]) -> bool:
    """Whether names say nothing: too many of the ground, or placeholders for what has no name."""
    return alike[0].base.partition("/")[2] in _COUNTED and (len(alike) > MANY or _placeholder(alike[0]))


def _placeholder(held: Held) -> bool:
    return getattr(held.record, "placeholder", False)


def _name_field(record: Any) -> str:
    names = {one.name for one in fields(record)}
    return next(
        name for name in ("chinese", "name", "title", "id", "holder", "unit", "source") if name in names
    )


def _label(held: Held) -> str:
    record = held.record
    if held.base.endswith("/relations"):
        return f"{record.source} -> {record.target}"
    if held.base.endswith("/grants"):
        return f"{record.holder} -> {record.over}" if record.over else record.holder
    label = str(getattr(record, _name_field(record)))
    serves = getattr(record, "serves", ())
    return f"{label}[{'、'.join(serves)}]" if len(serves) > 1 and len(serves) <= MANY else label


def _shown(held: Held) -> list[str]:
    """Fields with a value that is not the usual one, without those that say which record it is."""
    hidden = {*_WORDS, "id", "code", "serves", _name_field(held.record)}
    if held.base.endswith("/relations"):
        hidden.add("target")
    elif held.base.endswith("/grants"):
        hidden.add("over")
    elif held.base.endswith("/systems") and _placeholder(held):
        hidden.add("unit")
    return [
        one.name
        for one in fields(held.record)
        if one.name not in hidden
        and (one.default is MISSING or getattr(held.record, one.name) != one.default)
        and getattr(held.record, one.name) not in (None, (), "")
    ]


def _shape(held: Held) -> str:
    return " ".join(f"{name}={_cell(getattr(held.record, name))}" for name in _shown(held)) or "there"


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
