"""What personal data may be opened for: a closed list, and what each purpose needs."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from gov_core.errors import Fault, RevealRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Purpose(NamedTuple):
    """What something is opened for.

    Attributes:
        code: ``visit``.
        chinese: Its word in the field.
        may: Names of what it ever needs.
        shows: Of these, what it shows unless more is asked for by name.
        program: Whether only programs open for it: a person with this purpose is refused.
    """

    code: str
    chinese: str
    may: tuple[str, ...]
    shows: tuple[str, ...]
    program: bool


def _shipped() -> dict[str, Purpose]:
    table = tomllib.loads((files(__package__) / "purposes.toml").read_text("utf-8"))
    return {
        code: Purpose(code, row["chinese"], tuple(row["may"]), tuple(row["shows"]), row.get("program", False))
        for code, row in table.items()
    }


PURPOSES: Final[Mapping[str, Purpose]] = _shipped()


def purpose_of(code: str) -> Purpose:
    """A purpose by its code.

    Raises:
        RevealRefusedError: ``privacy.no_purpose``: there is none of that code.
    """
    found = PURPOSES.get(code)
    if found is None:
        hint = f"purposes are: {', '.join(PURPOSES)}"
        raise RevealRefusedError([Fault("privacy.no_purpose", f"{code!r} is no purpose", "", hint)])
    return found
