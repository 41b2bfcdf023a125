"""How much of an evolution fits in one answer, and what does the answer say of the rest? (clause 6.3.10)

An answer is cut at one moment for all its attributes, so that a client that goes on from there misses
nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from machi.ngsild.errors import TooManyResults
from machi.ngsild.temporal.aggregation import Aggregated
from machi.ngsild.temporal.evolution import Head, Point, TimeProperty
from machi.ngsild.temporal.query import TemporalQuery, TimeRelation

_UNIT = "date-time"
"""What clients of other brokers and ETSI's test suite know; 6.3.10 spells it DateTime (ADR 0067)."""

_LEAST = 100  # bytes of a point, however small its value
MOST_TIES = 1_000
"""Points of one attribute at one moment that are still taken along."""


@dataclass(slots=True)
class Slice:
    """One evolution with the points that an answer shows, in the order of the answer."""

    head: Head
    points: dict[str, list[Point]] = field(default_factory=dict)
    aggregated: dict[str, list["Summary"]] = field(default_factory=dict)
    """In place of points, where values are aggregated."""


def size_of(point: Point) -> int:
    """Bytes of JSON that a point takes, about."""
    value = point.instance.get("value")
    if isinstance(value, int | float):
        return _LEAST
    return _LEAST + (len(value) if isinstance(value, str) else len(orjson.dumps(point.instance)))


@dataclass(frozen=True, slots=True)
class Summary:
    """The aggregated values of one dataset of an attribute."""

    kind: str
    """The type of the attribute."""
    dataset: str | None
    values: Aggregated


@dataclass(frozen=True, slots=True)
class ContentRange:
    """Which stretch of time an answer holds."""

    start: str
    end: str
    size: int | None
    """`lastN`, if that was asked for."""

    def __str__(self) -> str:
        size = "*" if self.size is None else self.size
        return f"{_UNIT} {self.start}-{self.end}/{size}"


def time_of(point: Point, by: TimeProperty) -> str:
    """When a point counts as being, in sortable form: also one without the time property has a place."""
    return point.time(by) or point.time(TimeProperty.MODIFIED_AT) or ""


def take(points: Iterable[Point], most: int, by: TimeProperty) -> Iterator[Point]:
    """As many points as an answer holds, all of the moment it is cut at, and one beyond if there is one.

    Raises:
        TooManyResults: too many are of one moment.
    """
    edge = ""
    for count, point in enumerate(points, 1):
        time = time_of(point, by)
        if count == most:
            edge = time
        if count > MOST_TIES:
            raise TooManyResults(f"more than {MOST_TIES} instances of an attribute at one moment")
        yield point
        if count > most and time != edge:
            return


def cut(slices: Sequence[Slice], most: int, query: TemporalQuery) -> ContentRange | None:
    """Cut the slices of one answer to `most` points of an attribute, or leave them whole: then None.

    An attribute whose points all lie beyond the cut is left without points.
    """
    by, is_backwards = query.by, query.is_backwards
    edges = [
        time_of(points[most - 1], by)
        for each in slices
        for points in each.points.values()
        if len(points) > most
    ]
    if not edges:
        return None
    edge = max(edges) if is_backwards else min(edges)
    kept: list[Point] = []
    total = 0
    for each in slices:
        for attribute, points in each.points.items():
            total += len(points)
            each.points[attribute] = [point for point in points if _is_before(point, edge, query)]
            kept += each.points[attribute]
    return _range(query, kept) if len(kept) < total else None


def _is_before(point: Point, edge: str, query: TemporalQuery) -> bool:
    """Whether an answer cut at the edge still holds the point."""
    time = time_of(point, query.by)
    return time >= edge if query.is_backwards else time <= edge


def _range(query: TemporalQuery, kept: Sequence[Point]) -> ContentRange:
    times = {time_of(point, query.by): _text(point, query.by) for point in kept}
    oldest, newest = times[min(times)], times[max(times)]
    if query.is_backwards:
        start = query.end_time_at if query.relation is TimeRelation.BETWEEN else None
        if query.relation is TimeRelation.BEFORE:
            start = query.time_at
        return ContentRange(start or newest, oldest, query.last_n)
    start = None if query.relation is TimeRelation.BEFORE else query.time_at
    return ContentRange(start or oldest, newest, None)


def _text(point: Point, by: TimeProperty) -> str:
    instance: dict[str, object] = {**point.instance}
    return str(instance.get(by.value) or instance["modifiedAt"])
