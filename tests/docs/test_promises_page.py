"""docs/plugins/promises.md is what the kits put to adapters, and the guide beside it names what there is."""

import re
from pathlib import Path

from gov_core.testing.listing import promises_page
from gov_core.testing.store import harness, promises

PLUGINS = Path(__file__).parents[2] / "docs/plugins"
GUIDE = (PLUGINS / "certify-a-store.md").read_text("utf-8")


def test_the_page_is_as_the_promises_are() -> None:
    """If it is not: gov-core certify --list --markdown > docs/plugins/promises.md."""
    assert (PLUGINS / "promises.md").read_text("utf-8") == promises_page()


def test_the_guide_counts_the_promises() -> None:
    assert f"[{len(promises())} numbered promises]" in GUIDE


def test_the_guide_names_every_hook_and_its_methods() -> None:
    table = {
        hook: set(re.findall(r"`(\w+)\(", methods))
        for hooks, methods in re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", GUIDE, re.MULTILINE)
        for hook in re.findall(r"`(\w+)`", hooks)
    }
    kinds = {
        name: {each for each in vars(kind) if not each.startswith("_")}
        for name, kind in vars(harness).items()
        if getattr(kind, "_is_protocol", False) and name not in ("Harness", "Protocol")
    }
    assert table.keys() == kinds.keys()
    for name, methods in kinds.items():
        assert methods <= table[name]
