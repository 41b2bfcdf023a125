"""What one measured figure is, and how a list of samples becomes one."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the report."""

    group: str
    name: str
    value: float
    unit: str
    note: str = ""
    limit: float | None = None
    """The budget the issue sets; the report marks a figure above it."""

    @property
    def within(self) -> bool:
        """True if there is no budget or the figure keeps it."""
        return self.limit is None or self.value <= self.limit


def sample(call: Callable[[], object], *, times: int, warm_up: int = 3) -> list[float]:
    """Seconds of each of `times` calls, after `warm_up` calls that do not count."""
    for _ in range(warm_up):
        call()
    seconds = []
    for _ in range(times):
        began = perf_counter()
        call()
        seconds.append(perf_counter() - began)
    return seconds


def p50_ms(seconds: list[float]) -> float:
    """Median in milliseconds."""
    return statistics.median(seconds) * 1000


def p95_ms(seconds: list[float]) -> float:
    """95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000
