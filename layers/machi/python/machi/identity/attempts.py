"""How often something may be tried: by address, by account, by place in the network.

Counters stand in the closed-class table and forget what they counted: only a hash of it is kept, and that
for the length of one window.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from machi.core.clock import Clock
from machi.core.errors import MachiError


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries there are in a window of time."""

    name: str
    most: int
    window: timedelta


class TooManyAttempts(MachiError):
    """No try is left in this window."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many attempts; try again later")
        self.retry_after_seconds = max(1, int(retry_after.total_seconds()))


class AttemptCounters(Protocol):
    """Where tries are counted."""

    def add(self, counter: str, window: int, forget_at: datetime) -> int:
        """Count one more try and say how many there are now; atomic.

        Args:
            counter: of what, hashed.
            window: in which window, by its beginning in seconds since 1970.
            forget_at: when the counter may go.
        """


class Attempts:
    """Counts tries and refuses those that are too many."""

    def __init__(self, counters: AttemptCounters, *, clock: Clock) -> None:
        self._counters = counters
        self._clock = clock

    def count(self, limit: Limit, what: str) -> None:
        """Count a try, before anything is done about it.

        Args:
            limit: which one; its name keeps counters apart.
            what: whose tries, for example an address. Kept as a hash only.

        Raises:
            TooManyAttempts: this one is beyond the limit.
        """
        now, width = self._clock(), int(limit.window.total_seconds())
        begin = int(now.timestamp()) // width * width
        end = datetime.fromtimestamp(begin, now.tzinfo) + limit.window
        counted = self._counters.add(_hash(limit.name, what), begin, end + limit.window)
        if counted > limit.most:
            raise TooManyAttempts(end - now)

    def count_all(self, tries: Iterable[tuple[Limit, str]]) -> None:
        """Count a try against several limits.

        Every one of them is counted even where one refuses, so that the answer tells nothing about which.

        Raises:
            TooManyAttempts: it is beyond one of the limits.
        """
        refused: TooManyAttempts | None = None
        for limit, what in tries:
            try:
                self.count(limit, what)
            except TooManyAttempts as found:
                refused = found if refused is None else max(refused, found, key=_wait)
        if refused is not None:
            raise refused


def _wait(refusal: TooManyAttempts) -> int:
    return refusal.retry_after_seconds


def _hash(name: str, what: str) -> str:
    return hashlib.sha256(f"{name}\0{what}".encode()).hexdigest()
