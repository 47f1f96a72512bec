"""Names: asked for within a deadline, whatever other names do."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from gov_core.notifications.adapters.addresses import Guard, target_of
from gov_core.notifications.adapters.resolving import Resolver

if TYPE_CHECKING:
    from gov_core.notifications.adapters.addresses import Address

FOUND = ip_address("1.1.1.1")


class Names:
    """A resolver that is silent about some names until it is let go, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.let_go = threading.Event()

    def __call__(self, host: str, _port: int) -> list[Address]:
        self.asked[host] += 1
        if host.startswith("slow"):
            self.let_go.wait(30)
        if "nobody" in host:
            raise OSError("there is no such name")
        return [] if "empty" in host else [FOUND]


def test_names_that_are_slow_hold_no_other_name_up() -> None:
    names = Names()
    guard = Guard(resolve=names)
    for number in range(20):
        with pytest.raises(TimeoutError):
            guard.addresses(target_of(f"https://slow-{number}.example/"), 0.01)
    assert guard.addresses(target_of("https://quick.example/"), 10) == [FOUND]
    names.let_go.set()


def test_a_slow_name_is_asked_for_once_at_a_time_and_then_anew() -> None:
    names = Names()
    resolver = Resolver(names)
    for _ in range(5):
        with pytest.raises(TimeoutError):
            resolver.addresses("slow.example", 443, 0.01)
    assert names.asked["slow.example"] <= 1
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(resolver.addresses, "slow.example", 443, 30) for _ in range(8)]
        names.let_go.set()
        assert [each.result() for each in waiting] == [[FOUND]] * 8
    before = names.asked["slow.example"]
    assert resolver.addresses("slow.example", 443, 30) == [FOUND]
    assert names.asked["slow.example"] == before + 1


@pytest.mark.parametrize("host", ["nobody.example", "empty.example", "slow-nobody.example"])
def test_a_name_without_an_address_is_an_error_each_time(host: str) -> None:
    names = Names()
    names.let_go.set()
    resolver = Resolver(names)
    for _ in range(3):
        with pytest.raises(OSError, match=r"no such name|no address"):
            resolver.addresses(host, 443, 30)
    assert names.asked[host] == 3


def test_where_no_thread_can_be_made_the_name_is_not_found_and_can_be_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    resolver = Resolver(Names())
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", full)
        with pytest.raises(OSError, match="start new thread"):
            resolver.addresses("quick.example", 443, 1)
    assert resolver.addresses("quick.example", 443, 30) == [FOUND]
