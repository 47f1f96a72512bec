"""The catalogue of refusals has every code that is told, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gov_core import errors
from gov_core.checker import catalogue
from gov_core.cli._refusals import refusal, refusals

SOURCE = Path(__file__).parents[3] / "python/gov_core"
FAMILIES = sorted({code.partition(".")[0] for code in refusals()})
#: The name of a file in an archive.
NO_CODE = {"archive.json"}
#: Put together in these files as a family and the first words of a call.
BUILT = {
    "integrity": ("storage/auditing.py", "storage/*/_auditing*.py", "archive/reading.py"),
    "keys": ("privacy/keys.py", "privacy/key_file.py"),
}


def told() -> set[str]:
    """Codes in quotes in all modules but the kits, which make some up, and those that are put together."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        if file.relative_to(SOURCE).parts[0] == "testing" and file.parent.name in {"store", "notifier"}:
            continue
        found |= set(
            re.findall(rf'(?<!f)"((?:{"|".join(FAMILIES)})\.[a-z][a-z0-9_]*)"', file.read_text("utf-8"))
        )
    for family, places in BUILT.items():
        for file in (file for place in places for file in SOURCE.glob(place)):
            calls = re.findall(r'(?:\badd|_add|_fault)\(\s*"([a-z_]+)"', file.read_text("utf-8"))
            found |= {f"{family}.{code}" for code in calls}
    return found - NO_CODE - catalogue().keys()  # of families that cities have, too


def test_every_code_is_explained() -> None:
    lacking = []
    for code in told():
        try:
            refusal(code)
        except KeyError:
            lacking.append(code)
    assert sorted(lacking) == []


def test_every_class_of_error_of_these_families_is_explained() -> None:
    codes = [
        kind.code for kind in vars(errors).values() if hasattr(kind, "code") and isinstance(kind.code, str)
    ]
    mine = [code for code in codes if code.partition(".")[0] in FAMILIES]
    assert len(mine) > 20
    assert [refusal(code).code for code in mine] == mine


def test_every_entry_is_told_somewhere() -> None:
    # What stands in front of the brackets of codes that are put together from a variable.
    sources = "".join(file.read_text("utf-8") for file in SOURCE.rglob("*.py"))
    known = told()
    for code in refusals():
        built = code.endswith("*") and re.search(rf'f"{re.escape(code[:-1].partition(".")[0])}\.\{{', sources)
        assert code in known or built, code


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
