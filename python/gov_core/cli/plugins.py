"""``gov-core plugins``: which adapters there are, from which packages, and whether they are what they say."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from gov_core.cli._app import app


@app.command("plugins")
def plugins(
    *,
    opened: Annotated[
        list[str] | None,
        typer.Option("--open", metavar="URL", help="Open this store too, and show what it says of itself."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List stores, notifiers and providers of keys that there are; exits with 1 if one cannot be used."""
    from gov_core.errors import GovCoreError
    from gov_core.storage.opening import open_store, public

    rows = _built_in() + _brought()
    for url in opened or ():
        row: dict[str, Any] = {"group": "gov_core.storage", "name": public(url)}
        rows.append(row)
        try:
            store = open_store(url)
        except GovCoreError as error:
            row["error"] = str(error)
            continue
        said = store.describe()
        store.close()
        row |= {
            "adapter": said.name,
            "contract_version": said.contract_version,
            "durability": said.durability,
            "capabilities": sorted(said.capabilities),
        }
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n" if as_json else _lines(rows))
    if any("error" in row for row in rows):
        raise typer.Exit(1)


def _built_in() -> list[dict[str, Any]]:
    """What comes with gov_core."""
    from gov_core import __version__
    from gov_core.notifications.channels import KINDS
    from gov_core.notifications.protocol import NOTIFIER_CONTRACT
    from gov_core.privacy.keys import CONTRACT_VERSION as KEYS_CONTRACT
    from gov_core.privacy.opening import PROVIDERS
    from gov_core.storage.opening import BUILT_IN
    from gov_core.storage.protocol import CONTRACT_VERSION

    of_groups = {
        "gov_core.storage": (BUILT_IN, CONTRACT_VERSION),
        "gov_core.notifications": (KINDS, NOTIFIER_CONTRACT),
        "gov_core.keys": (PROVIDERS, KEYS_CONTRACT),
    }
    return [
        {
            "group": group,
            "name": name,
            "package": "gov-core",
            "version": __version__,
            "contract_version": contract,
            "comes_with": "gov_core",
        }
        for group, (names, contract) in of_groups.items()
        for name in names
    ]


def _brought() -> list[dict[str, Any]]:
    """What other packages bring; each is imported, so that one that cannot be is seen now."""
    from gov_core.errors import PluginError
    from gov_core.plugins import GROUPS, contract_of, installed, load

    rows: list[dict[str, Any]] = []
    for plugin in (plugin for group in GROUPS for plugin in installed(group)):
        row: dict[str, Any] = plugin._asdict()
        rows.append(row)
        try:
            row["contract_version"] = contract_of(load(plugin))
        except PluginError as error:
            row["error"] = str(error)
    return rows


def _lines(rows: list[dict[str, Any]]) -> str:
    """One line for each, with what is wrong or what it can below it."""
    lines = []
    for row in rows:
        kind = row["group"].removeprefix("gov_core.")
        contract = row.get("contract_version")
        package = f"{row.get('package', '')} {row.get('version', '')}".strip() or row.get("adapter", "")
        if "comes_with" in row:
            package = f"comes with {row['comes_with']} {row['version']}"
        lines.append(f"{kind:<14} {row['name']:<16} {package:<32} contract {contract or 'not said'}")
        if "capabilities" in row:
            lines.append(f"{'':<14} survives: {row['durability']}; can: {', '.join(row['capabilities'])}")
        if "error" in row:
            lines.append(f"{'':<14} {row['error']}")
    return "".join(f"{line.rstrip()}\n" for line in lines)
