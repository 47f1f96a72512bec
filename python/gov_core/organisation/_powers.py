"""Whether a body may do something, and which grant decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gov_core.organisation._ground import Ground, Parents
from gov_core.organisation._power import POWER_NAMES, POWERS, Grant, Power
from gov_core.organisation._unit import Unit


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a body holds a power.

    Attributes:
        held: Whether it does; a decision is true if so.
        grant: The grant that decided; None if there is none, and the power is not held.
        words: The same for people.
    """

    held: bool
    grant: Grant | None
    words: str

    def __bool__(self) -> bool:
        return self.held


class Powers:
    """Who may do what. What no grant gives is not held."""

    def __init__(self, grants: Iterable[Grant], units: Iterable[Unit], ground: Ground | None) -> None:
        self._units = {unit.id: unit for unit in units}
        self._ground = ground
        self._grants: dict[tuple[str, str], list[Grant]] = {}
        for grant in grants:
            self._grants.setdefault((grant.holder, grant.power), []).append(grant)

    @classmethod
    def of(cls, grants: Iterable[Grant], units: Iterable[Unit], parents: Parents | None = None) -> Powers:
        """Puts grants onto units.

        Args:
            grants: Rows of one day.
            units: Bodies.
            parents: Place to the place above it. With it, a power that is not granted over one named body
                reaches bodies with common ground only; without, all.
        """
        units = tuple(units)
        return cls(grants, units, None if parents is None else Ground(units, parents))

    def holds(self, unit: str, power: Power, over: str | None = None) -> Decision:
        """Whether a unit holds a power.

        A grant to the unit wins over one to its kind; of those, one over the named body wins over one over
        its kind, and that over one without ``over``; of two that are alike, the one that bars.

        Args:
            unit: Id of the body that would act.
            power: What it would do.
            over: Id of the body it would do it to; None asks whether it holds the power over any.

        Raises:
            KeyError: There is no such unit.
        """
        holder = self._units[unit]
        grants = [
            grant for name in (unit, f"@{holder.kind}") for grant in self._grants.get((name, power), ())
        ]
        what = f'"{power}" ({POWER_NAMES[power]})'
        if over is None:
            return self._in_general(unit, what, grants)
        body = self._units[over]
        near = self._ground is None or self._ground.share(unit, over)
        reached = [
            grant
            for grant in grants
            if grant.over == over or (near and grant.over in (None, f"@{body.kind}"))
        ]
        if not reached and any(grant.over in (None, f"@{body.kind}") for grant in grants):
            words = f'"{unit}" does not hold {what} over "{over}": they serve no common ground'
            return Decision(held=False, grant=None, words=words)
        return _decision(unit, f'{what} over "{over}"', max(reached, key=_weight, default=None))

    def _in_general(self, unit: str, what: str, grants: list[Grant]) -> Decision:
        """The decision on a power over no body in particular."""
        general = max((grant for grant in grants if grant.over is None), key=_weight, default=None)
        if general is not None and general.held:
            return _decision(unit, what, general)
        # What is barred in general may be granted over some bodies, unless the bar is to the unit itself
        # and the grant to its kind.
        least = 0 if general is None else _weight(general)[0]
        some = [grant for grant in grants if grant.over and grant.held and _weight(grant)[0] >= least]
        # Of equals the last by name is the one that is shown: the order of rows says nothing.
        shown = max(some, key=lambda grant: (_weight(grant), grant.over or ""), default=general)
        return _decision(unit, what, shown)


def _weight(grant: Grant) -> tuple[int, int, bool]:
    """How much a grant weighs against others that apply."""
    over = 0 if grant.over is None else 1 if grant.over.startswith("@") else 2
    return (0 if grant.holder.startswith("@") else 1, over, not grant.held)


def _decision(unit: str, what: str, grant: Grant | None) -> Decision:
    if grant is None:
        return Decision(held=False, grant=None, words=f'"{unit}" does not hold {what}: no grant gives it')
    verb = "holds" if grant.held else "is barred from"
    by = "" if grant.holder == unit else f' as "{grant.holder}"'
    over = f', over "{grant.over}"' if grant.over and " over " not in what else ""
    source = f" [{grant.source}]" if grant.source else ""
    return Decision(held=grant.held, grant=grant, words=f'"{unit}" {verb} {what}{over}{by}{source}')


def power_table(grants: Iterable[Grant]) -> str:
    """Who may do what, as a table in Markdown: a row a holder, a column a power that some grant names.

    Cells say ``yes``, ``no`` for what is barred, ``over X`` for what is limited, and nothing for what no
    grant gives, which is not held either.
    """
    cells: dict[str, dict[str, list[str]]] = {}
    for grant in grants:
        word = "yes" if grant.held else "no"
        limited = f"{'' if grant.held else 'not '}over {grant.over}" if grant.over else word
        marked = f"{limited} ({grant.standing})" if grant.standing not in (None, "practised") else limited
        cells.setdefault(grant.holder, {}).setdefault(grant.power, []).append(marked)
    columns = [power for power in POWERS if any(power in row for row in cells.values())]
    lines = [
        ["", *(f"{power} {POWER_NAMES[power]}" for power in columns)],
        ["---"] * (len(columns) + 1),
        *([holder, *("; ".join(row.get(power, ())) for power in columns)] for holder, row in cells.items()),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
