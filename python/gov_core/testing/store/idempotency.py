"""What a store promises about commands: each is applied once, for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from gov_core.errors import CommandReusedError, ConcurrencyConflictError
from gov_core.storage.protocol import NEW, START, AppendResult, Head
from gov_core.testing.store.concurrency import restless
from gov_core.testing.store.harness import SECOND
from gov_core.testing.store.promises import promise
from gov_core.testing.store.writing import Writer, append, digest, everything, row

if TYPE_CHECKING:
    from gov_core.storage.protocol import Append
    from gov_core.testing.store.promises import Trial

YEAR: Final = 366 * 24 * 3600 * SECOND


@promise("S21", "bronze")
def a_command_is_applied_once(trial: Trial) -> None:
    """The same command again gives its first result, marked as a duplicate, and writes nothing."""
    store, writer = trial.store(), Writer("c")
    first = writer.append("a", "b", row=row("c", state="first"))
    done = store.append(first)
    assert not done.duplicate
    store.append(writer.append("c", row=row("c", state="second")))
    for _ in range(3):
        assert store.append(first) == done._replace(duplicate=True)
    assert store.head("c") == writer.head
    assert store.case_row("c") == row("c", state="second")
    assert len(everything(store)) == 3


@promise("S22", "bronze")
def a_command_is_known_after_opening_again(trial: Trial) -> None:
    """A store that was closed and opened knows every command that it has applied."""
    store, writer = trial.store(), Writer("c")
    items = [writer.append(note) for note in "abc"]
    done = [store.append(item) for item in items]
    store = trial.reopen()
    for item, result in zip(items, done, strict=True):
        assert store.append(item) == result._replace(duplicate=True)
    assert len(everything(store)) == 3


@promise("S23", "bronze")
def a_command_id_is_not_used_twice(trial: Trial) -> None:
    """A known command id with another digest is refused, by append and by command_result alike."""
    store, writer = trial.store(), Writer("c")
    first = writer.append("a")
    store.append(first)
    for each in trial.twice():
        with pytest.raises(CommandReusedError):
            each.append(first._replace(digest=digest("other")))
        with pytest.raises(CommandReusedError):
            each.append(writer.append("more", command_id=first.command_id))
        with pytest.raises(CommandReusedError):
            each.command_result(first.command_id, digest("other"))
        store = each
    (result,) = store.append_many([first._replace(digest=digest("other"))])
    assert isinstance(result, CommandReusedError)
    assert len(everything(store)) == 1


@promise("S24", "bronze")
def of_one_command_sent_at_once_one_is_applied(trial: Trial) -> None:
    """One command from many threads at once is applied once, and all get its one result.

    Let the database refuse a second record of the same id; to look first and write then is not enough.
    """
    store = trial.store()
    for turn in range(trial.times(4)):
        item = append(f"c{turn}", NEW, "a", "b", command_id=f"same{turn}")
        with restless(), ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda _, item=item: store.append(item), range(24)))
        assert sorted(result.duplicate for result in results) == [False] + [True] * 23
        assert {result[:3] for result in results} == {results[0][:3]}
        assert len(store.read_case(f"c{turn}")) == 2


@promise("S25", "bronze")
def command_ids_are_one_for_all_cases(trial: Trial) -> None:
    """A command id that one case has used is known for every other one."""
    store, writer = trial.store(), Writer("c")
    first = writer.append("a")
    done = store.append(first)
    other = append("d", NEW, "a", command_id=first.command_id)
    with pytest.raises(CommandReusedError):
        store.append(other._replace(digest=digest("other")))
    assert store.append(other._replace(digest=first.digest)) == done._replace(duplicate=True)
    assert store.head("d") == NEW
    assert len(everything(store)) == 1


@promise("S26", "bronze")
def a_retry_is_answered_whatever_it_expects(trial: Trial) -> None:
    """A retry gets the first result, though the case has moved on or the retry was decided on another head.

    Look for the command before you compare heads.
    """
    store, writer = trial.store(), Writer("c")
    first = writer.append("a")
    done = store.append(first)
    for note in "bcd":
        store.append(writer.append(note))
    assert store.append(first) == done._replace(duplicate=True)
    again = append("c", writer.head, "a", command_id=first.command_id)._replace(digest=first.digest)
    assert store.append(again) == done._replace(duplicate=True)
    stale = append("c", first.expected, "a", command_id="another")
    with pytest.raises(ConcurrencyConflictError):
        store.append(stale)
    assert store.head("c") == writer.head


@promise("S27", "bronze", limit_s=600)
def command_ids_never_expire(trial: Trial) -> None:
    """The first command is known after a hundred thousand others and after years, and so are all of these."""
    store = trial.store()
    count, step = trial.times(100_000), 1_000
    first = append("first", NEW, "a", command_id="first")
    done = store.append(first)

    def other(number: int) -> Append:
        return append(f"c{number}", NEW, "a", command_id=f"x{number}")

    for start in range(0, count, step):
        store.append_many([other(number) for number in range(start, min(start + step, count))])
    trial.clock.now_us += 10 * YEAR
    for each in trial.twice():
        assert each.append(first) == done._replace(duplicate=True)
        numbers = [0, count - 1, *(trial.rng.randrange(count) for _ in range(500))]
        results = each.append_many([other(number) for number in numbers])
        assert all(isinstance(result, AppendResult) and result.duplicate for result in results)
        store = each
    read, cursor = 0, START
    while (page := store.read_feed(cursor, limit=10 * step)).events:
        read, cursor = read + len(page.events), page.next
    assert read == count + 1
    trial.figures["commands"] = count + 1


@promise("S28", "bronze")
def what_a_command_led_to_is_told(trial: Trial) -> None:
    """command_result gives the first result of a command, and None for one that was never applied."""
    store, writer = trial.store(), Writer("c")
    first = writer.append("a", "b")
    done = store.append(first)
    store.append(writer.append("c"))
    refused = append("c", Head(9, bytes(32)), "x", command_id="refused")
    with pytest.raises(ConcurrencyConflictError):
        store.append(refused)
    for each in trial.twice():
        assert each.command_result(first.command_id) == done._replace(duplicate=True)
        assert each.command_result(first.command_id, first.digest) == done._replace(duplicate=True)
        assert each.command_result("never") is None
        assert each.command_result("refused") is None
        assert each.command_result("refused", refused.digest) is None
