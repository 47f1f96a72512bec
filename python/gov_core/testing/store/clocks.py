"""What the index of clocks promises: it gives exactly what fires, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gov_core.storage.protocol import DueClock
from gov_core.testing.store.harness import SECOND, T0
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, clock, row

if TYPE_CHECKING:
    from gov_core.storage.protocol import ClockRow
    from gov_core.testing.store.promises import Trial


@promise("X14", "bronze")
def due_gives_exactly_what_fires_in_order(trial: Trial) -> None:
    """Clocks that fire come by time, then by arrival of their case, then by name; and no other."""
    store, rng = trial.store(), trial.rng
    clocks: dict[str, dict[str, ClockRow]] = {}
    writers: dict[str, Writer] = {}
    for step in range(400):
        case_id = f"c{rng.randrange(60)}"
        writer = writers.setdefault(case_id, Writer(case_id))
        if rng.random() < 0.2:
            store.append(writer.append("x"))  # no row: clocks stay
            continue
        names = rng.sample(["accept", "handle", "report_in"], rng.randrange(4))
        own = [clock(name, rng.randrange(50), rng.randrange(50, 60)) for name in names]
        store.append(writer.append("x", row=row(case_id), clocks=own))
        clocks[case_id] = {each.clock: each for each in own}
        if step % 20:
            continue
        arrival = {each: place for place, each in enumerate(writers)}
        everyone = sorted(
            (each.fires_us, arrival[case], each.clock, DueClock(case, each.clock, each.fires_us, each.due_us))
            for case, own_clocks in clocks.items()
            for each in own_clocks.values()
        )
        assert store.next_due_us() == (everyone[0][0] if everyone else None)
        for second in (-1, 0, 20, 60):
            firing = tuple(each for fires, _, _, each in everyone if fires <= T0 + second * SECOND)
            assert store.due(T0 + second * SECOND) == firing
            assert store.due(T0 + second * SECOND, limit=3) == firing[:3]
            assert store.due(T0 + second * SECOND, limit=0) == ()


@promise("X15", "bronze")
def a_clock_is_given_until_it_is_replaced(trial: Trial) -> None:
    """A clock that has fired is given again and again, until an append puts others in its place."""
    store, writer = trial.store(), Writer("c")
    store.append(writer.append("a", row=row("c"), clocks=[clock("accept", 4, 5), clock("handle", 8, 9)]))
    for _ in range(2):
        assert [each.clock for each in store.due(T0 + 4 * SECOND)] == ["accept"]
        assert store.due(T0 + 4 * SECOND - 1) == ()
        assert store.next_due_us() == T0 + 4 * SECOND
        store = trial.reopen()
    store.append(writer.append("b", row=row("c"), clocks=[clock("handle", 8, 9)]))
    assert [each.clock for each in store.due(10**18)] == ["handle"]
    store.append(writer.append("c", row=row("c")))
    assert store.due(10**18) == ()
    assert store.next_due_us() is None
