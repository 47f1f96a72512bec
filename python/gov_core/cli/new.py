"""``gov-core new``: a city folder to start from, made of a preset."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from gov_core.cli._app import app


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the city is called.")],
    *,
    preset: Annotated[
        str,
        typer.Option(
            "--preset", metavar="PRESET", help="Which model: see gov-core presets.", show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where to write it; NAME if not given."),
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="OPTION", help="Turn an option of the preset on.")
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set a parameter, such as streets=3 or seed=7."),
    ] = None,
) -> None:
    """Write a city folder on the model of a preset; its outlines are generated and say so."""
    from gov_core.cli._report import GREY, tell
    from gov_core.errors import Fault, PresetError
    from gov_core.presets import load

    folder = output or Path(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "name another with -o, or move it away"
        raise PresetError([Fault("preset.folder", "the folder is not empty", str(folder), hint)])
    city = load(preset, **_parameters(parameter or []), city_name=name, options=option or [])
    city.save(folder)
    places = " > ".join(
        f"{sum(place.level == level for place in city.places):,} {level}" for level in city.levels
    )
    tell(f"{preset}: {places}; {len(city.units):,} units -> {folder}")
    tell(f"next: gov-core check {shlex.quote(str(folder))}", GREY)


def _parameters(given: list[str]) -> dict[str, object]:
    """Reads ``streets=3``, ``km2=1.5`` and ``centre=119.0,33.6``.

    Raises:
        PresetError: With everything that is no such pair.
    """
    from gov_core.errors import Fault, PresetError

    read: dict[str, object] = {}
    faults = []
    for pair in given:
        key, equals, text = pair.partition("=")
        values = [_number(piece) for piece in text.split(",")]
        if key in read or key in {"city_name", "options"} or not equals or None in values:
            hint = "such as --set streets=3, each once; NAME and --option say the rest"
            faults.append(Fault("preset.setting", f'"{pair}" sets no parameter', "--set", hint))
        else:
            read[key] = values[0] if len(values) == 1 else tuple(values)
    if faults:
        raise PresetError(faults)
    return read


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None
