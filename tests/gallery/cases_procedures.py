"""Procedures that could not run, and matters that run through none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery.case import Case, in_folder, in_parts
from gallery.good import NIGHT_NOISE
from gallery.procedures import LINTED, READ, Broken
from gov_core.cases.procedure_use import ProcedureUse

if TYPE_CHECKING:
    from pathlib import Path

    from gallery.parts import Parts


def _broken(broken: Broken) -> Case:
    def break_(city: Parts) -> None:
        city.set(
            procedure_files=[("broken.toml", broken.file)], procedures=[ProcedureUse(None, None, "broken")]
        )

    def place(field: str) -> str:
        return f"procedures/broken.toml#{field}" if field else "procedures/broken.toml"

    expected = [(code, place(field)) for code, field in ((broken.code, broken.place), *broken.also)]
    return in_parts(broken.code, break_, expected, f"{broken.place} {broken.text[-40:]}")


def _circle(city: Parts) -> None:
    one, other = (NIGHT_NOISE.replace("plain", name) for name in ("day_noise", "night_noise"))
    city.set(procedure_files=[("a.toml", one), ("b.toml", other.replace('"night_noise"', '"day_noise"', 1))])


def _twice(folder: Path) -> None:
    (folder / "procedures" / "other.toml").write_text(NIGHT_NOISE, encoding="utf-8")


CASES: list[Case] = [
    *map(_broken, (*READ, *LINTED)),
    in_parts(
        "procedure.circle",
        _circle,
        [("procedure.circle", "procedures/a.toml"), ("procedure.circle", "procedures/b.toml")],
    ),
    in_folder("procedure.twice", _twice, [("procedure.twice", "procedures/other.toml")]),
    in_parts(
        "procedure.unused",
        lambda city: city.set(procedures=[ProcedureUse(None, None, "plain")]),
        [("procedure.unused", "procedures/night_noise.toml")],
    ),
    in_parts(
        "procedure_use.unknown_procedure",
        lambda city: city.add("procedures", ProcedureUse("order", None, "night")),
        [("procedure_use.unknown_procedure", "procedures#order/")],
    ),
    in_parts(
        "item.unknown_procedure",
        lambda city: city.change("items", "S-1", procedure="night"),
        [("item.unknown_procedure", "items#S-1")],
    ),
    in_parts(
        "procedure_use.unknown_matter",
        lambda city: city.add("procedures", ProcedureUse("ordr", None, "plain")),
        [("procedure_use.unknown_matter", "procedures#ordr/")],
    ),
    in_parts(
        "procedure_use.unknown_grade",
        lambda city: city.add("procedures", ProcedureUse(None, "majr", "plain")),
        [("procedure_use.unknown_grade", "procedures#/majr")],
    ),
    in_parts(
        "procedure_use.grades",
        lambda city: city.add("procedures", ProcedureUse("order", None, "graded")),
        [("procedure_use.grades", "procedures#order/")],
    ),
    in_parts(
        "procedure_use.no_owner",
        lambda city: city.set(
            procedure_files=[("night_noise.toml", f'owners = ["command_centre"]\n{NIGHT_NOISE}')]
        ),
        [("procedure_use.no_owner", "procedures#noise/major")],
    ),
]
