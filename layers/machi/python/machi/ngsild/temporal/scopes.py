"""When was an entity in the scopes asked for? (clauses 4.18 and 5.7.4.4)

A scope counts from the time it is set until the next one is set or it is removed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from machi.ngsild.query.scope import ScopeQuery
from machi.ngsild.reading import NULL
from machi.ngsild.temporal.evolution import Point, TimeProperty
from machi.ngsild.temporal.partial import time_of

_SET = TimeProperty.OBSERVED_AT


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of time in a matching scope; `end` is None if it lasts."""

    start: str
    end: str | None

    def holds(self, time: str) -> bool:
        """True if a time (in sortable form) lies in it."""
        return self.start <= time and (self.end is None or time < self.end)


def stays(points: Iterable[Point], scopes: ScopeQuery) -> list[Stay]:
    """The stretches of time in which the scope matched, from all points of the scope."""
    ordered = sorted(points, key=lambda point: time_of(point, _SET))
    starts = [time_of(point, _SET) for point in ordered]
    ends: list[str | None] = [*starts[1:], None]
    return [
        Stay(start, end)
        for point, start, end in zip(ordered, starts, ends, strict=False)
        if scopes.matches(_scopes_of(point))
    ]


def _scopes_of(point: Point) -> list[str] | None:
    value = point.instance.get("value")
    if value == NULL or value is None:
        return None
    return value if isinstance(value, list) else [value]
