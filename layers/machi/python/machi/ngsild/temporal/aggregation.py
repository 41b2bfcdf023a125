"""What do the values of an attribute come to in each period? (clause 4.5.19)

Which method fits which kind of value stands in tables 4.5.19.1-1 to -3. A period without values is left out:
the ranges of queries may be endless.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum

import orjson

from machi.ngsild.entity import VALUE_MEMBER
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.comparison import untyped
from machi.ngsild.query.expression import Kind
from machi.ngsild.query.moments import is_real, moment
from machi.ngsild.reading import is_uri
from machi.ngsild.temporal.duration import WHOLE_RANGE, Duration
from machi.ngsild.temporal.evolution import Point, TimeProperty

MAX_PERIODS = 10_000
"""Periods of one attribute in an answer."""


class Method(StrEnum):
    """What `aggrMethods` may name."""

    AVERAGE = "avg"
    DISTINCT = "distinctCount"
    MAXIMUM = "max"
    MINIMUM = "min"
    DEVIATION = "stddev"
    SUM = "sum"
    SUM_OF_SQUARES = "sumsq"
    TOTAL = "totalCount"


class Sort(Enum):
    """The kinds of values that the tables tell apart."""

    TEXT = "JSON String"
    NUMBER = "JSON Number"
    """Booleans count as 1 and 0."""
    ARRAY = "JSON Array"
    """By its size."""
    OBJECT = "JSON Object"
    DAY = "DateTime or Date"
    TIME = "Time"
    URI = "URI"
    RELATIONSHIP = "Relationship"


_RELATIONSHIPS = frozenset({"Relationship", "ListRelationship"})
_COUNTS = frozenset({Method.DISTINCT, Method.TOTAL})
_EXTREMES = frozenset({Method.MINIMUM, Method.MAXIMUM})
_FITTING: Mapping[Sort, frozenset[Method]] = {
    Sort.TEXT: _COUNTS | _EXTREMES,
    Sort.NUMBER: frozenset(Method),
    Sort.ARRAY: frozenset(Method) - {Method.DEVIATION, Method.SUM_OF_SQUARES},
    Sort.OBJECT: _COUNTS,
    Sort.DAY: _COUNTS | _EXTREMES,
    Sort.TIME: _COUNTS | _EXTREMES | {Method.AVERAGE},
    Sort.URI: _COUNTS,
    Sort.RELATIONSHIP: _COUNTS,
}

Span = tuple[str, str]
"""Begin and end of a period, as DateTimes."""
Aggregated = Mapping[Method, list[tuple[object, str, str]]]
"""For each method that fits, the value of each period, with its begin and end."""


@dataclass(frozen=True, slots=True)
class Aggregation:
    """What a request asks to be computed."""

    methods: tuple[Method, ...]
    period: Duration = WHOLE_RANGE

    @classmethod
    def parse(cls, methods: Sequence[str] | None, period: str | None) -> "Aggregation":
        """Read `aggrMethods` and `aggrPeriodDuration`.

        Raises:
            BadRequestData: there is no method, an unknown one, or no such duration.
        """
        if not methods:
            raise BadRequestData("aggregated values need aggrMethods")
        if not set(methods) <= set(Method):
            raise BadRequestData(f"aggrMethods must list some of {', '.join(Method)}")
        chosen = tuple(dict.fromkeys(map(Method, methods)))
        return cls(chosen, WHOLE_RANGE if period is None else Duration.parse(period))

    def of(self, points: Sequence[Point], by: TimeProperty, start: str | None, end: str | None) -> Aggregated:
        """Aggregate the points of one attribute, in any order.

        `start` and `end` bound the range of the query (in sortable form), as far as it has bounds. An
        attribute no method fits gives an empty result.

        Raises:
            BadRequestData: the range has too many periods.
        """
        timed = [(_moment(time), point) for point in points if (time := point.time(by)) is not None]
        timed.sort(key=lambda pair: pair[0])
        if not timed:
            return {}
        origin = timed[0][0] if start is None else _moment(start)
        last = timed[-1][0] if end is None else _moment(end)
        periods: dict[int, list[_Value]] = {}
        for when, point in timed:
            number = 0 if self.period.is_zero else self.period.number(origin, when)
            periods.setdefault(number, []).append(_value(point))
        if len(periods) > MAX_PERIODS:
            raise BadRequestData(f"more than {MAX_PERIODS} periods; ask for longer ones or a shorter range")
        return self._computed(periods, origin, last)

    def _computed(
        self, periods: Mapping[int, "list[_Value]"], origin: datetime, last: datetime
    ) -> Aggregated:
        result: dict[Method, list[tuple[object, str, str]]] = {}
        for number, values in periods.items():
            begin, end = self._span(number, origin, last)
            for method in self.methods:
                found = _compute(method, values)
                if found is not None:
                    result.setdefault(method, []).append((found, begin, end))
        return result

    def _span(self, number: int, origin: datetime, last: datetime) -> Span:
        if self.period.is_zero:
            return shown(origin), shown(last)
        return shown(self.period.after(origin, number)), shown(self.period.after(origin, number + 1))


def shown(when: datetime) -> str:
    """A DateTime with as many decimals as it needs, mostly none."""
    text = when.replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if when.microsecond else text) + "Z"


_Value = tuple[Sort, object, object]
"""The kind; what is computed with (a number, the size of an array, text, or anything); the value itself."""


def _value(point: Point) -> _Value:
    instance = point.instance
    kind = instance["type"]
    raw = untyped(instance.get(VALUE_MEMBER[kind]))
    if kind in _RELATIONSHIPS:
        return Sort.RELATIONSHIP, raw, raw
    if kind == "VocabProperty":
        return Sort.URI, raw, raw
    return *_sorted_out(raw), raw


def _sorted_out(raw: object) -> tuple[Sort, object]:
    if isinstance(raw, int | float):
        return Sort.NUMBER, int(raw) if isinstance(raw, bool) else raw
    if isinstance(raw, list):
        return Sort.ARRAY, len(raw)
    if not isinstance(raw, str):
        return Sort.OBJECT, raw
    when = moment(raw)
    if when is not None and is_real(when):
        return (Sort.TIME if when[0] is Kind.TIME else Sort.DAY), raw
    return (Sort.URI if is_uri(raw) else Sort.TEXT), raw


def _compute(method: Method, values: Sequence[_Value]) -> object:
    """The result of a method over the values it fits; None if it fits none, or the result is no number.

    Where the kind of value has changed, the kind of the newest counts for all but the counts.
    """
    if method is Method.TOTAL:
        return len(values)
    if method is Method.DISTINCT:
        return len({orjson.dumps(raw, option=orjson.OPT_SORT_KEYS) for _, _, raw in values})
    sort = next((kind for kind, _, _ in reversed(values) if method in _FITTING[kind]), None)
    if sort is None:
        return None
    alike = [plain for kind, plain, _ in values if kind is sort]
    if sort is Sort.TIME and method is Method.AVERAGE:
        return _mean_time([text for text in alike if isinstance(text, str)])
    if sort in {Sort.NUMBER, Sort.ARRAY}:
        return _number(_NUMERIC[method], [number for number in alike if isinstance(number, int | float)])
    texts = [text for text in alike if isinstance(text, str)]
    return _extreme(method, texts, _time_key if sort in {Sort.DAY, Sort.TIME} else str)


def _extreme(method: Method, texts: Iterable[str], key: Callable[[str], str]) -> str:
    return max(texts, key=key) if method is Method.MAXIMUM else min(texts, key=key)


def _time_key(text: str) -> str:
    found = moment(text)
    return text if found is None else found[1]


def _mean_time(texts: Sequence[str]) -> str:
    """The average time of day."""
    seconds = [_seconds(text) for text in texts]
    mean = round(sum(seconds) / len(seconds), 6)
    whole, fraction = divmod(round(mean * 1_000_000), 1_000_000)
    clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{clock}.{fraction:06d}".rstrip("0") + "Z" if fraction else clock + "Z"


def _seconds(text: str) -> float:
    hours, minutes, seconds = text.removesuffix("Z").replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _deviation(numbers: Sequence[float]) -> float:
    """Of the sample; a single value deviates from nothing. (`statistics` is exact and 50 times slower.)"""
    if len(numbers) == 1:
        return 0.0
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1))


_NUMERIC: Mapping[Method, Callable[[Sequence[float]], float]] = {
    Method.AVERAGE: lambda numbers: math.fsum(numbers) / len(numbers),
    Method.MAXIMUM: max,
    Method.MINIMUM: min,
    Method.DEVIATION: _deviation,
    Method.SUM: sum,
    Method.SUM_OF_SQUARES: lambda numbers: sum(number * number for number in numbers),
}
_LARGEST_WHOLE = 2**63


def _number(method: Callable[[Sequence[float]], float], numbers: Sequence[float]) -> float | None:
    """The result as JSON can show it: None beyond all bounds, a float where a whole number has no room."""
    try:
        number = method(numbers)
        if isinstance(number, int):
            return number if -_LARGEST_WHOLE <= number < _LARGEST_WHOLE else float(number)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _moment(sortable_time: str) -> datetime:
    return datetime.fromisoformat(sortable_time).replace(tzinfo=UTC)
