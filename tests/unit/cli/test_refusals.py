"""The catalogue of refusals has every code that is told, and none that is not."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gov_core import errors
from gov_core.checker import catalogue, diagnostic
from gov_core.cli._refusals import refusal, refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[3] / "python/gov_core"
BINDINGS = Path(__file__).parents[3] / "rust/gov-core-py/src"
#: What begins with the name of the package is most often a module.
FAMILIES = sorted({code.partition(".")[0] for code in refusals()} - {"gov_core"})
#: Names of files.
NO_CODE = {"archive.json", "city.css", "city.html", "city.js", "city.toml", "preset.toml"}
CLASSES = {kind.code for kind in vars(errors).values() if isinstance(getattr(kind, "code", None), str)}
#: Put together in these files as a family and the first words of a call.
BUILT = {
    "actor": ("casework/actors.py",),
    "case": ("cases/decide.py", "cases/deciding/*.py"),
    "integrity": ("storage/auditing.py", "storage/*/_auditing*.py", "archive/reading.py"),
    "keys": ("privacy/keys.py", "privacy/key_file.py"),
    "preset": ("presets/_bounds.py",),
    "reorganisation": ("city/_carry_out.py", "city/_stage.py"),
}


def modules() -> Iterator[Path]:
    """All but those of the kits, which make some codes up."""
    for file in SOURCE.rglob("*.py"):
        if file.relative_to(SOURCE).parts[0] != "testing" or file.parent.name not in {"store", "notifier"}:
            yield file


def told() -> set[str]:
    """Codes in quotes, and those that are put together, of the families of this catalogue."""
    found: set[str] = set()
    for file in (*modules(), *BINDINGS.rglob("*.rs")):
        found |= set(
            re.findall(rf'(?<!f)"((?:{"|".join(FAMILIES)})\.[a-z][a-z0-9_]*)"', file.read_text("utf-8"))
        )
    for family, places in BUILT.items():
        for file in (file for place in places for file in SOURCE.glob(place)):
            calls = re.findall(r'(?:\badd|_add|fault|refuse|_note)\(\s*"([a-z_]+)"', file.read_text("utf-8"))
            found |= {f"{family}.{code}" for code in calls}
    return found - NO_CODE - catalogue().keys()  # of families that cities have, too


def families_of_faults() -> set[str]:
    """The first words of all codes that a fault is made with, whatever family they are of."""
    families = set()
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and "fault" in ast.unparse(node.func).lower()):
                continue
            first = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                families |= set(re.findall(r"^([a-z_]+)\.", first.value))
    return families


def test_no_family_of_codes_is_left_out() -> None:
    families = families_of_faults()
    assert {"case", "event", "deadline", "storage", "geometry"} <= families
    assert families <= {code.partition(".")[0] for code in (*refusals(), *catalogue())}


def test_every_code_is_explained() -> None:
    lacking = []
    for code in told():
        try:
            refusal(code)
        except KeyError:
            lacking.append(code)
    assert sorted(lacking) == []


def test_every_class_of_error_is_explained() -> None:
    assert len(CLASSES) > 40
    for code in CLASSES:
        assert (diagnostic if code in catalogue() else refusal)(code).code == code


def test_every_entry_is_told_somewhere() -> None:
    # What stands in front of the brackets of codes that are put together from a variable.
    sources = "".join(file.read_text("utf-8") for file in SOURCE.rglob("*.py"))
    known = told()
    for code in refusals():
        family, _, end = code.removesuffix("*").partition(".")
        built = code.endswith("*") and re.search(rf'f"{family}\.(?:{end})?\{{', sources)
        assert code in known | CLASSES or built, code


def test_a_code_with_a_changing_end_is_explained() -> None:
    assert refusal("http.503").code == "http.503"
    assert refusal("http.503").title == refusals()["http.*"].title
    with pytest.raises(KeyError):
        refusal("storage.sensible")


@pytest.mark.parametrize("entry", refusals().values(), ids=refusals())
def test_entries_are_told_in_sentences(entry: object) -> None:
    title, why, mend = (getattr(entry, name) for name in ("title", "why", "mend"))
    assert title[0].isupper()
    assert not title.endswith(".")
    assert (why[-1], mend[-1]) == (".", ".")


def test_no_code_stands_in_two_catalogues() -> None:
    assert not refusals().keys() & catalogue().keys()
    codes = [
        code
        for file in (SOURCE / "cli/refusals").glob("*.toml")
        for code in re.findall(r'^\["(.+)"\]', file.read_text("utf-8"), re.MULTILINE)
    ]
    assert sorted(codes) == list(refusals())
