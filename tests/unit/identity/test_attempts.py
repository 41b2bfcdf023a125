"""Counting tries."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.identity.attempts import Attempts, Limit, TooManyAttempts
from tests.unit.account.memory import MemoryCounters

NOON = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
LIMIT = Limit("tries", 3, timedelta(hours=1))


class Clocked:
    """Attempts with a clock to move."""

    def __init__(self) -> None:
        self.now = NOON
        self.counters = MemoryCounters()
        self.attempts = Attempts(self.counters, clock=lambda: self.now)

    def goes(self, what: str = "hanako@example.jp", limit: Limit = LIMIT) -> bool:
        try:
            self.attempts.count(limit, what)
        except TooManyAttempts:
            return False
        return True


def test_no_more_tries_than_the_limit_in_one_window() -> None:
    clocked = Clocked()

    assert [clocked.goes() for _ in range(5)] == [True, True, True, False, False]


def test_a_new_window_begins_anew() -> None:
    clocked = Clocked()
    for _ in range(4):
        clocked.goes()
    clocked.now += timedelta(minutes=54)
    assert not clocked.goes()

    clocked.now += timedelta(minutes=1)

    assert clocked.goes()


def test_the_refusal_says_how_long_to_wait() -> None:
    clocked = Clocked()
    for _ in range(3):
        clocked.goes()

    with pytest.raises(TooManyAttempts) as refused:
        clocked.attempts.count(LIMIT, "hanako@example.jp")

    assert refused.value.retry_after_seconds == 55 * 60


def test_tries_of_others_and_under_other_limits_do_not_count() -> None:
    clocked = Clocked()
    for _ in range(3):
        clocked.goes()

    assert clocked.goes("taro@example.jp")
    assert clocked.goes(limit=Limit("other", 3, timedelta(hours=1)))
    assert not clocked.goes()


def test_of_several_limits_each_is_counted_even_if_one_refuses() -> None:
    clocked = Clocked()
    narrow, wide = Limit("narrow", 1, timedelta(hours=1)), Limit("wide", 3, timedelta(days=1))
    tries = [(narrow, "a"), (wide, "b")]
    clocked.attempts.count_all(tries)
    for _ in range(2):
        with pytest.raises(TooManyAttempts):
            clocked.attempts.count_all(tries)

    with pytest.raises(TooManyAttempts) as refused:
        clocked.attempts.count_all(tries)

    assert sorted(clocked.counters.counted.values()) == [4, 4]
    assert refused.value.retry_after_seconds > 3600


def test_what_is_counted_is_not_kept() -> None:
    clocked = Clocked()
    clocked.goes()

    assert "hanako" not in repr(clocked.counters.counted)


@given(st.lists(st.integers(0, 200), max_size=40))
def test_in_any_order_of_times_no_window_takes_more_than_its_limit(minutes: list[int]) -> None:
    clocked = Clocked()
    allowed: dict[int, int] = {}
    for minute in sorted(minutes):
        clocked.now = NOON + timedelta(minutes=minute)
        if clocked.goes():
            window = int(clocked.now.timestamp()) // 3600
            allowed[window] = allowed.get(window, 0) + 1

    assert all(count <= LIMIT.most for count in allowed.values())
