"""Every code that a city can be told has an entry in the catalogue, and every entry is told by some check."""

import re
from pathlib import Path

import pytest

from gov_core.checker import HARD_RULES, catalogue, diagnostic
from gov_core.city._sheets import BY_PART, SHEETS, references

ROOT = Path(__file__).parents[3]
WORD = r"[a-z][a-z0-9_]*"
#: Families of codes that are not about a city as it stands: events, saved indexes, steps that were refused,
#: roots of the tree of errors.
ELSEWHERE = {
    *("event", "index_file", "coordinate", "gov_core", "io", "rules", "geoarrow", "estate"),
    *("admission", "fund", "division", "reorganisation"),
}
#: What looks like a code and is none: names of files, modules of the extension.
NO_CODE = re.compile(r"\.(csv|toml|geojson|gpkg|parquet|xlsx|html|css|js|png|json|txt|py|_\w+|errors)$")


def literals() -> set[str]:
    """Dotted words in quotes, in all that a city goes through from its folder to its findings."""
    packages = ("checker", "city", "checklists", "organisation", "places", "routing")
    sources = [file for name in packages for file in (ROOT / "python/gov_core" / name).rglob("*.py")]
    sources += [ROOT / "rust/gov-routing/src" / f"{name}.rs" for name in ("geojson", "json", "outline")]
    sources += [ROOT / "rust/gov-core-py/src/error.rs"]
    found: set[str] = set()
    for source in sources:
        text = source.read_text(encoding="utf-8").partition("#[cfg(test)]")[0]
        found.update(re.findall(rf'(?<!f)"({WORD}\.{WORD})"', text))
    return {code for code in found if not NO_CODE.search(code) and code.partition(".")[0] not in ELSEWHERE}


def patterns() -> list[re.Pattern[str]]:
    """Codes that are put together: ``f"{noun}.unknown_{what}"`` as a pattern of what it may become."""
    found = set()
    for name in ("checker", "city"):
        for file in (ROOT / "python/gov_core" / name).rglob("*.py"):
            found.update(re.findall(r'f"((?:[a-z_]|\{[^}"]+\})+\.(?:[a-z_]|\{[^}"]+\})+)"', file.read_text()))
    some = [re.sub(r"\\\{.*?\\\}", WORD, re.escape(code)) for code in found if "{" in code]
    return [re.compile(pattern) for pattern in some]


def test_every_code_has_an_entry() -> None:
    missing = []
    for code in sorted(literals()):
        try:
            diagnostic(code)
        except KeyError:
            missing.append(code)
    assert missing == []


def test_every_entry_is_a_code_of_some_check() -> None:
    known, shapes = literals(), patterns()
    rules = {f"hard_rule.{name}" for name in HARD_RULES}
    stale = [
        code
        for code in catalogue()
        if code not in known | rules
        and not any(shape.fullmatch(code.replace("*.", "item.")) for shape in shapes)
    ]
    assert stale == []


@pytest.mark.parametrize("name", sorted(HARD_RULES))
def test_every_hard_rule_has_an_entry(name: str) -> None:
    assert diagnostic(f"hard_rule.{name}").severity == "error"


def test_every_reference_of_a_table_has_an_entry() -> None:
    for sheet in SHEETS:
        for _, refers in references(sheet.part):
            part = refers.parts[0]
            what = {"places": "place", "grades": "grade"}.get(part) or BY_PART[part].noun
            assert diagnostic(f"{sheet.noun}.unknown_{what}").severity == "error"
            assert not refers.kinds or diagnostic(f"{sheet.noun}.unknown_kind")
            assert not refers.levels or diagnostic(f"{sheet.noun}.unknown_level")


@pytest.mark.parametrize("entry", catalogue().values(), ids=catalogue())
def test_entries_are_told_in_sentences(entry: object) -> None:
    code, severity, title, why, mend = (
        getattr(entry, name) for name in ("code", "severity", "title", "why", "mend")
    )
    assert re.fullmatch(rf"(\*|{WORD})\.{WORD}", code)
    assert severity in {"error", "warning"}
    assert title[0].isupper()
    assert not title.endswith(".")
    assert why.endswith(".")
    assert mend


def test_no_code_stands_in_two_families() -> None:
    folder = ROOT / "python/gov_core/checker/catalogue"
    codes = [
        code
        for file in folder.glob("*.toml")
        for code in re.findall(r'^\["(.+)"\]', file.read_text(), re.MULTILINE)
    ]
    assert sorted(codes) == list(catalogue())


def test_an_unknown_code_has_none() -> None:
    with pytest.raises(KeyError):
        diagnostic("rule.sensible")


def test_a_shared_entry_takes_the_code_it_is_asked_for() -> None:
    assert diagnostic("post.unknown_unit").code == "post.unknown_unit"
    assert diagnostic("post.unknown_unit").title == diagnostic("relation.unknown_unit").title
