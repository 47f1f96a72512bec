"""The table of states and triggers is checked when it is read."""

from __future__ import annotations

import pytest

from gov_core.cases import commands, events
from gov_core.cases.commands import Command
from gov_core.cases.deciding import DECIDERS
from gov_core.cases.events import CaseEvent
from gov_core.cases.machine import MACHINE, read_machine

_SMALL = """
[groups]
open = ["new"]
ended = ["done"]
[states]
new = { chinese = "新" }
done = { chinese = "完" }
[triggers.begin]
chinese = "始"
from = [""]
to = "new"
who = { system = "all" }
[triggers.end]
chinese = "终"
from = ["new"]
to = "done"
who = { system = "all" }
"""


def test_the_machine_has_the_states_and_every_one_can_end() -> None:
    assert len(MACHINE.states) == 21
    assert MACHINE.open | MACHINE.ended < set(MACHINE.states)


def test_every_trigger_has_a_command_a_decider_and_an_event() -> None:
    commanded = {kind.trigger for kind in _kinds(commands, Command)}
    told = {kind.trigger for kind in _kinds(events, CaseEvent)}
    assert set(MACHINE.triggers) == commanded == told == set(DECIDERS)


def _kinds(module, base):
    named = (kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, base))
    return [kind for kind in named if "trigger" in vars(kind)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('to = "done"', 'to = "new"'), 'state "done" is never reached; state "new" can never end'),
        (('from = ["new"]', 'from = ["old"]'), 'no state "old"'),
        (('from = ["new"]', 'from = ["done"]'), "can never end"),
        (('to = "done"\nwho = { system', 'to = "done"\nwho = { king'), 'no role "king"'),
        (
            (
                '"终"\nfrom = ["new"]\nto = "done"\nwho = { system = "all" }',
                '"终"\nfrom = ["new"]\nto = "done"\nwho = {}',
            ),
            "nobody may",
        ),
        (
            ('to = "new"\nwho = { system = "all" }', 'to = "new"\nwho = { system = "near" }'),
            'no relation "near"',
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(change: tuple[str, str], told: str) -> None:
    assert _SMALL.replace(*change) != _SMALL
    with pytest.raises(ValueError, match=told):
        read_machine(_SMALL.replace(*change))


def test_a_dead_trigger_is_refused() -> None:
    dead = '[triggers.wake]\nchinese = "醒"\nfrom = ["asleep"]\nto = "new"\nwho = { system = "all" }\n'
    table = _SMALL.replace("[triggers.begin]", 'asleep = { chinese = "眠" }\n[triggers.begin]') + dead
    with pytest.raises(ValueError, match='state "asleep" is never reached; trigger wake is dead'):
        read_machine(table)
