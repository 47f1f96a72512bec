"""``gov-core presets``: the models a city can be made of."""

from __future__ import annotations

import inspect
import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from gov_core.cli._app import app


@app.command("presets")
def list_presets(
    name: Annotated[str, typer.Argument(metavar="PRESET", help="Tell all of one.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """List the presets that gov-core new makes a city of; with a name, tell all of one."""
    from gov_core.presets import NAMES, builder, describe

    if as_json:
        found: list[dict[str, Any]] = [asdict(describe(one)) for one in ([name] if name else NAMES)]
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    if not name:
        width = max(map(len, NAMES))
        for one in NAMES:
            sys.stdout.write(f"{one:{width}}  {describe(one).title}: {describe(one).english}\n")
        return
    own = describe(name)
    lines = [
        f"{own.name}  {own.title}",
        own.english,
        "",
        f"paper       {own.paper}{', which proposes it' if own.proposal else ''}",
        f"levels      {' > '.join(own.levels)}; {own.partition} tiles the city",
        f"grades      {', '.join(own.grades) or 'none'}",
        f"hard rules  {', '.join(own.hard_rules) or 'none'}",
        "",
        "parameters, for --set:",
        *(
            f"  {parameter.name} = {parameter.default}"
            for parameter in inspect.signature(builder(name)).parameters.values()
            if parameter.name not in {"city_name", "options"}
        ),
    ]
    if own.options:
        lines += ["", "options, off unless --option names them:"]
        lines += [f"  {option.name}  {option.title} ({', '.join(option.sources)})" for option in own.options]
    sys.stdout.write("\n".join(lines) + "\n")
