"""When an attempt is made: the schedule, the rate, endpoints that are left alone; no clock but a number."""

from __future__ import annotations

from math import inf, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gov_core.notifications.breaker import Breaker, BreakerRule
from gov_core.notifications.rate import Bucket, Rate
from gov_core.notifications.schedule import TEN_STEPS, Schedule

SECONDS = st.floats(0, 1e6)


@given(st.integers(1, 10), st.integers(0, 2**32))
def test_a_wait_is_drawn_from_nothing_to_its_step(attempt: int, seed: int) -> None:
    wait = Schedule().wait_s(attempt, Random(seed))
    assert wait is not None
    assert 0 <= wait <= TEN_STEPS[attempt - 1]


def test_waits_fill_their_step() -> None:
    waits = [Schedule().wait_s(6, Random(seed)) or 0.0 for seed in range(400)]
    step = TEN_STEPS[5]
    assert min(waits) < step * 0.05
    assert max(waits) > step * 0.95
    assert abs(sum(waits) / len(waits) - step / 2) < step * 0.1


def test_steps_grow_and_the_last_failure_gives_up() -> None:
    assert len(TEN_STEPS) == 10
    assert list(TEN_STEPS) == sorted(set(TEN_STEPS))
    assert Schedule().wait_s(11, Random(0)) is None


@given(st.integers(1, 10), st.floats(allow_nan=True, allow_infinity=True), st.integers(0, 99))
def test_what_a_receiver_asks_for_is_bounded(attempt: int, asked: float, seed: int) -> None:
    wait = Schedule(longest_s=3600).wait_s(attempt, Random(seed), asked)
    drawn = Schedule(longest_s=3600).wait_s(attempt, Random(seed))
    assert wait is not None
    assert drawn is not None
    assert drawn <= wait <= max(drawn, 3600)
    if 0 < asked <= 3600:
        assert wait >= asked


@pytest.mark.parametrize("asked", [nan, -inf, -1.0, 0.0])
def test_what_is_no_time_to_wait_is_passed_over(asked: float) -> None:
    assert Schedule().wait_s(1, Random(3), asked) == Schedule().wait_s(1, Random(3))


@given(st.floats(0.01, 1000), st.integers(1, 50), st.lists(st.floats(0, 10), max_size=200))
def test_no_more_passes_than_the_rate(per_s: float, burst: int, pauses: list[float]) -> None:
    now, passed = 100.0, 0
    bucket = Bucket(Rate(per_s, burst), now)
    for pause in pauses:
        now += pause
        passed += bucket.take(now)
        assert passed <= burst + per_s * (now - 100.0) + 1e-6


@given(st.floats(0.01, 1000), st.integers(1, 50))
def test_a_bucket_says_when_it_gives_again(per_s: float, burst: int) -> None:
    bucket = Bucket(Rate(per_s, burst), 0.0)
    assert [bucket.take(0.0) for _ in range(burst + 1)] == [True] * burst + [False]
    wait = bucket.wait_s(0.0)
    assert wait == pytest.approx(1 / per_s)
    assert bucket.take(wait * (1 + 1e-9) + 1e-9)


def test_a_clock_that_steps_back_gives_nothing() -> None:
    bucket = Bucket(Rate(1.0, 1), 100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
    assert not bucket.take(50.5)
    assert bucket.take(51.0)


RULE = BreakerRule(failures=3, first_s=5, longest_s=15)


def test_failures_in_a_row_open_it_for_longer_and_longer() -> None:
    breaker = Breaker(RULE)
    assert [breaker.failed(0.0) for _ in range(3)] == [False, False, True]
    now, waits = 0.0, []
    for _ in range(4):
        waits.append(breaker.wait_s(now))
        assert not breaker.admit(now + waits[-1] - 0.001)
        now += waits[-1]
        assert breaker.admit(now)
        assert not breaker.admit(now)  # one attempt alone
        assert breaker.failed(now)
    assert waits == [5, 10, 15, 15]


def test_one_that_is_taken_closes_it() -> None:
    breaker = Breaker(RULE)
    for _ in range(3):
        breaker.failed(0.0)
    assert breaker.admit(5.0)
    breaker.taken()
    assert breaker.admit(5.0)
    assert breaker.admit(5.0)
    assert [breaker.failed(6.0) for _ in range(3)] == [False, False, True]
    assert breaker.wait_s(6.0) == 5


def test_failures_between_others_do_not_count_up() -> None:
    breaker = Breaker(RULE)
    for _ in range(20):
        breaker.failed(0.0)
        breaker.failed(0.0)
        breaker.taken()
    assert breaker.admit(0.0)


def test_attempts_that_were_under_way_do_not_lengthen_it() -> None:
    breaker = Breaker(RULE)
    assert [breaker.failed(0.0) for _ in range(8)] == [False, False, True, *[False] * 5]
    assert breaker.wait_s(0.0) == 5


@given(st.lists(st.tuples(st.booleans(), SECONDS), max_size=60))
def test_it_never_stays_shut_for_ever(history: list[tuple[bool, float]]) -> None:
    breaker, now = Breaker(RULE), 0.0
    for taken, pause in history:
        now += pause
        if breaker.admit(now):
            breaker.taken() if taken else breaker.failed(now)
    assert breaker.wait_s(now) <= RULE.longest_s
    assert breaker.admit(now + RULE.longest_s)
