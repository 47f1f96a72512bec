"""The store whose calls are awaited: the same calls, threads that are few, cancelling that is whole."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from gov_core.errors import ConcurrencyConflictError, DeadlineExceededError, StoreClosedError
from gov_core.storage.asynchronous import AsyncCaseStore
from gov_core.storage.describing import CALLS
from gov_core.storage.memory import MemoryCaseStore
from gov_core.storage.outbox import Sent
from gov_core.storage.protocol import START, CaseStore
from gov_core.storage.sqlite import SqliteCaseStore
from gov_core.testing.store.outbox import tell
from gov_core.testing.store.writing import Writer, row

if TYPE_CHECKING:
    from pathlib import Path


class Slow(MemoryCaseStore):
    """As a store whose appends take a while."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.at_once = self.most_at_once = 0
        self._count = threading.Lock()

    def append(self, *arguments: Any, **options: Any) -> Any:
        with self._count:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        self.go_on.wait(10)
        try:
            return super().append(*arguments, **options)
        finally:
            with self._count:
                self.at_once -= 1


@pytest.mark.parametrize("name", CALLS)
def test_calls_are_those_of_the_contract(name: str) -> None:
    theirs, ours = (inspect.signature(getattr(kind, name)) for kind in (CaseStore, AsyncCaseStore))
    assert list(ours.parameters.values()) == list(theirs.parameters.values())
    if name == "dump":
        assert ours.return_annotation == f"Async{theirs.return_annotation}"
        assert inspect.isasyncgenfunction(AsyncCaseStore.dump)
    else:
        assert ours.return_annotation == theirs.return_annotation
        assert inspect.iscoroutinefunction(getattr(AsyncCaseStore, name))


def test_a_case_goes_through(fast_folder: Path) -> None:
    async def use() -> None:
        async with AsyncCaseStore(SqliteCaseStore(fast_folder / "cases.db")) as store:
            writer = Writer("c")
            await store.append(writer.append("a", row=row("c")))
            with pytest.raises(ConcurrencyConflictError):
                await store.append(Writer("c").append("b", command_id="other"))
            await store.append_many(
                [tell(Writer(f"d{number}"), (f"m{number}", "a")) for number in range(1_500)]
            )
            assert await store.case_row("c") == row("c")
            claims = await store.outbox_claim("w", lease_us=10**9)
            assert await store.outbox_settle([Sent(claims[0].message.id, claims[0].token)]) == [None]
            entries = [entry async for entry in store.dump()]
            assert len(entries) > 4_500
            async with AsyncCaseStore(MemoryCaseStore()) as copy:
                await copy.restore((await store.describe()).store, entries)
                assert (await copy.verify()).sound
                assert await copy.head("c") == writer.head
        with pytest.raises(StoreClosedError):
            await store.head("c")
        await store.close()

    asyncio.run(use())


def test_threads_are_few_and_deadlines_run_while_calls_wait_for_one() -> None:
    async def use() -> None:
        slow = Slow()
        store = AsyncCaseStore(slow, threads=2)
        calls = [asyncio.ensure_future(store.append(Writer(f"c{number}").append("x"))) for number in range(6)]
        late = asyncio.ensure_future(store.head("c", deadline_s=0.02))
        await asyncio.sleep(0.1)
        slow.go_on.set()
        with pytest.raises(DeadlineExceededError):
            await late
        assert [result.head.version for result in await asyncio.gather(*calls)] == [1] * 6
        assert slow.most_at_once == 2
        await store.close()

    asyncio.run(use())


def test_a_cancelled_append_is_whole_or_not_begun() -> None:
    async def use() -> None:
        slow = Slow()
        store = AsyncCaseStore(slow, threads=1)
        items = [Writer(f"c{number}").append("x", "y") for number in range(3)]
        calls = [asyncio.ensure_future(store.append(item)) for item in items]
        await asyncio.to_thread(slow.begun.wait, 10)
        for call in calls[:2]:
            call.cancel()
        results = await asyncio.gather(*calls[:2], return_exceptions=True)
        assert {type(result) for result in results} == {asyncio.CancelledError}
        slow.go_on.set()
        await calls[2]
        # The one that ran went on to its end; the one that had not begun never did.
        assert [(await store.head(item.case_id)).version for item in items] == [2, 0, 2]
        assert (await store.append(items[0])).duplicate
        await store.close()

    asyncio.run(use())


def test_those_who_wait_for_news_hold_up_nobody() -> None:
    async def use() -> None:
        store = AsyncCaseStore(MemoryCaseStore(), threads=2)
        waiting = [asyncio.ensure_future(store.wait(START, timeout_s=30)) for _ in range(5)]
        await asyncio.sleep(0.05)
        started = time.monotonic()
        assert await store.wait(START, timeout_s=0) is False
        await store.append(Writer("c").append("x"))
        assert await asyncio.gather(*waiting) == [True] * 5
        assert time.monotonic() - started < 20
        abandoned = asyncio.ensure_future(store.wait((await store.read_feed()).next, timeout_s=1_000))
        await asyncio.sleep(0.02)
        abandoned.cancel()
        await store.close()
        assert time.monotonic() - started < 20

    asyncio.run(use())
