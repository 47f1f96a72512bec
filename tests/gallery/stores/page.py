"""The page docs/plugins/faulty-adapters.md, made of the gallery.

``PYTHONPATH=python:tests python -m gallery.stores.page`` writes it anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gallery.stores.exhibits import FAULTY, MODULES
from gov_core.testing.store import promises

if TYPE_CHECKING:
    from types import ModuleType

    from gallery.stores.faulty import Faulty

PAGE = Path(__file__).parents[3] / "docs/plugins/faulty-adapters.md"

HEAD = """\
# Faulty adapters

A kit of tests is worth what it catches. These are {count} stores that are good but for one bug, each a
small change of the store in memory, in SQLite or in PostgreSQL. Each bug is one that somebody has had; the
link goes to where it is told of. Every one of these stores passes at least nine tenths of the promises that
are put to it, and is caught within a minute by each promise that its row names. The good stores are put to
all promises with twenty seeds before a release, and may not fail one.

The stores are in `tests/gallery/stores`, and are not part of the package. To see one caught:

<!-- not run: the stores are in the repository -->
```sh
PYTHONPATH=python:tests pytest tests/gallery/stores -k bare_serial
```

The tables are made from the classes there; a test holds them to it.
"""


def table(module: ModuleType) -> str:
    """The rows of one module under its heading."""
    heading = module.__name__.rpartition(".")[2].capitalize()
    told = (module.__doc__ or "").split("\n", 1)[0]
    rows = [row(each) for each in FAULTY if each.kind.__module__ == module.__name__]
    head = (f"## {heading}", "", told, "", "| Store | Bug | Caught by |", "| --- | --- | --- |")
    return "\n".join((*head, *rows))


def row(faulty: Faulty) -> str:
    """One faulty store."""
    names = {each.number: each.check.__name__.replace("_", " ") for each in promises()}
    caught = "<br>".join(f"{number} {names[number]}" for number in faulty.promises)
    return (
        f"| `{faulty.name}`<br>({faulty.good}) | {faulty.bug} [{faulty.project}]({faulty.url}) | {caught} |"
    )


def written() -> str:
    """The whole page."""
    return "\n\n".join((HEAD.format(count=len(FAULTY)).rstrip(), *map(table, MODULES))) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(written(), encoding="utf-8")
