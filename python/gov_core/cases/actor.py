"""Who acts: a role, a body and the ground it answers for, never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gov_core.cases._record import Record
from gov_core.cases.machine import Relation, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gives a command, as the app vouches for it.

    Attributes:
        role: The role in which it is given.
        body: Id of the unit it is given for; empty for a reporter.
        person: Opaque id of the account, so that two approvals are seen to be of two; never a name.
        areas: Paths of the places the body answers for, ids from the top level down joined by ``/``; the
            empty path is the whole city.
        behalf: Body that has delegated the power; empty if none has.
        until: When a delegation ends, with a time zone; needed with `behalf`.
    """

    role: Role
    body: str = ""
    person: str = ""
    areas: tuple[str, ...] = ()
    behalf: str = ""
    until: datetime | None = None

    @property
    def acting(self) -> str:
        """The body whose power is used: the one that delegated, if one has."""
        return self.behalf or self.body

    @property
    def bodies(self) -> tuple[str, ...]:
        """The bodies whose hand it is: the one that acts, and the one whose power it uses."""
        if self.behalf and self.body:
            return (self.body, self.behalf)
        return (self.acting,) if self.acting else ()

    def covers(self, path: str) -> bool:
        """Whether a place lies in what the actor answers for; an unknown one lies in whole cities only.

        Args:
            path: Ids from the top level down, joined by ``/``; empty if the place is not known.
        """
        for area in self.areas:  # noqa: SIM110  # each step asks, and a generator takes three times as long
            if not area or path == area or path.startswith(f"{area}/"):
                return True
        return False


@dataclass(frozen=True)
class By(Record):
    """Who did something, as an event keeps it.

    Attributes:
        role: In which role.
        body: For which unit; empty for a reporter.
        person: Opaque id of the account; empty for systems and anonymous reporters.
        relation: The relation to the case that allowed it.
        via: Body that acted in place of `body`, by delegation; empty if it acted itself.
    """

    role: Role
    body: str = ""
    person: str = ""
    relation: Relation = "all"
    via: str = ""


SCHEDULER: Final = Actor("scheduler", "scheduler", areas=("",))
"""What fires clocks, ends rests and does what follows by itself."""

ROUTER: Final = Actor("router", "router", areas=("",))
"""What says where a case is and whose."""

IMPORTER: Final = Actor("importer", "importer", areas=("",))
"""What brings reports from elsewhere, and knows duplicates."""

ARCHIVIST: Final = Actor("archivist", "archivist", areas=("",))
"""What puts ended cases into the archive."""
