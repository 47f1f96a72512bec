"""docs/reference/cli.md names every command, argument and option, and none that is not there."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
import typer

from gov_core import cli
from gov_core.cli._app import app

for module in iter_modules(cli.__path__):
    if not module.name.startswith("_"):
        import_module(f"gov_core.cli.{module.name}")  # each adds its command

PAGE = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text(encoding="utf-8")
COMMANDS = {}
for name, command in typer.main.get_command(app).commands.items():
    # A group stands for its commands: gov-core case show.
    COMMANDS |= {f"{name} {own}": it for own, it in getattr(command, "commands", {}).items()} or {
        name: command
    }


def section(command: str) -> str:
    """The part of the page under a command's heading."""
    found = re.search(rf"^## gov-core {command}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"cli.md has no section '## gov-core {command}'"
    return found[1]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_section_names_every_option_and_no_other(name: str) -> None:
    command = COMMANDS[name]
    real = {opt for param in command.params if param.param_type_name == "option" for opt in param.opts}
    told = set(re.findall(r"^\| `(--?[a-z-]+)", section(name), re.MULTILINE))
    assert {opt for opt in real if opt.startswith("--")} == told


def test_no_section_without_a_command() -> None:
    assert set(re.findall(r"^## gov-core (.+)$", PAGE, re.MULTILINE)) == set(COMMANDS)
