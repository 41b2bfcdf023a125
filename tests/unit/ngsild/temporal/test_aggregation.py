"""Clause 4.5.19 and its tables: what each method makes of each kind of value."""

import time

import pytest

from machi.ngsild.entity import VALUE_MEMBER, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.temporal import Aggregation, Point, TimeProperty
from machi.ngsild.temporal.aggregation import MAX_PERIODS, Method

T = "2026-11-24T05:00:00Z"
ALL = [method.value for method in Method]
COUNTS = {"distinctCount", "totalCount"}


def point(value: object, at: str = T, kind: str = "Property") -> Point:
    instance: Instance = {"type": kind, "createdAt": T, "modifiedAt": T, "observedAt": at}
    return Point("urn:a", {**instance, VALUE_MEMBER[kind]: value})  # type: ignore[misc]  # name is data


def aggregate(
    points: list[Point], methods: list[str] | None = None, period: str | None = None
) -> dict[str, object]:
    """For each method its periods; where there is only one period, its value."""
    found = Aggregation.parse(methods or ALL, period).of(points, TimeProperty.OBSERVED_AT, None, None)
    return {
        method.value: periods[0][0] if period is None else [list(row) for row in periods]
        for method, periods in found.items()
    }


def test_numbers_fit_every_method() -> None:
    assert aggregate([point(value) for value in (1, 2, 2, 5)]) == {
        "avg": 2.5, "distinctCount": 3, "max": 5, "min": 1, "stddev": pytest.approx(1.7320508), "sum": 10,
        "sumsq": 34, "totalCount": 4,
    }  # fmt: skip


def test_booleans_count_as_one_and_nothing() -> None:
    found = aggregate([point(value) for value in (True, False, True, True)])

    assert (found["avg"], found["sum"], found["max"], found["min"], found["sumsq"]) == (0.75, 3, 1, 0, 3)
    assert found["distinctCount"] == 2


def test_texts_have_a_first_and_a_last_one() -> None:
    assert aggregate([point(value) for value in ("b", "a", "Z", "b")]) == {
        "distinctCount": 3, "max": "b", "min": "Z", "totalCount": 4,
    }  # fmt: skip


def test_arrays_count_by_their_size() -> None:
    assert aggregate([point(value) for value in ([], [1, 2], [1, 2, 3, 4])]) == {
        "avg": 2, "distinctCount": 3, "max": 4, "min": 0, "sum": 6, "totalCount": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    "points",
    [
        [point({"a": 1}), point({"b": [1], "a": 1}), point({"a": 1, "b": [1]})],
        [point({"type": "Point", "coordinates": [n, 1]}, kind="GeoProperty") for n in (1, 2, 2)],
        [point(f"urn:x:{n}", kind="Relationship") for n in (1, 2, 2)],
        [point([f"urn:x:{n}"], kind="ListRelationship") for n in (1, 2, 2)],
        [point(f"urn:x:{n}") for n in (1, 2, 2)],
        [point(f"https://example.org/{n}", kind="VocabProperty") for n in (1, 2, 2)],
        [point({"en": f"{n}"}, kind="LanguageProperty") for n in (1, 2, 2)],
        [point({"a": n}, kind="JsonProperty") for n in (1, 2, 2)],
    ],
)
def test_what_has_no_order_and_no_size_is_counted(points: list[Point]) -> None:
    assert aggregate(points) == {"distinctCount": 2, "totalCount": 3}


@pytest.mark.parametrize(
    ("values", "least", "most"),
    [
        (["2026-11-24T05:00:00Z", "2026-11-24T05:00:00.5Z", "2025-12-31T23:59:59Z"], 2, 1),
        (["2026-11-24", "2026-02-01", "2026-12-01"], 1, 2),
    ],
)
def test_days_have_a_first_and_a_last_one(values: list[str], least: int, most: int) -> None:
    found = aggregate([point(value) for value in values])

    assert found == {"distinctCount": 3, "max": values[most], "min": values[least], "totalCount": 3}


def test_times_of_day_have_an_average() -> None:
    found = aggregate([point(value) for value in ("08:00:00Z", "08:30:00Z", "09:00:01.5Z")])

    assert found["avg"] == "08:30:00.5Z"
    assert (found["min"], found["max"]) == ("08:00:00Z", "09:00:01.5Z")
    assert "sum" not in found


def test_typed_values_count_by_what_they_hold() -> None:
    assert aggregate([point({"@type": "Number", "@value": value}) for value in (1, 3)])["avg"] == 2


def test_a_list_property_is_an_array() -> None:
    assert aggregate([point([1, 2], kind="ListProperty")])["sum"] == 2


def test_where_the_kind_of_value_changes_the_newest_kind_counts() -> None:
    points = [
        point("off", "2026-11-24T05:00:00Z"),
        point(3, "2026-11-24T05:01:00Z"),
        point(5, "2026-11-24T05:02:00Z"),
    ]

    found = aggregate(points)

    assert (found["max"], found["totalCount"]) == (5, 3)


def test_one_value_deviates_from_nothing() -> None:
    assert aggregate([point(7)])["stddev"] == 0


def test_what_no_number_can_show_is_left_out() -> None:
    found = aggregate([point(1e308), point(1e308)])

    assert "sum" not in found
    assert "sumsq" not in found
    assert found["max"] == 1e308
    assert aggregate([point(2**63 - 1), point(2**63 - 1)])["sum"] == float(2**64 - 2)


def test_periods_begin_where_the_range_begins_and_empty_ones_are_left_out() -> None:
    points = [point(n, f"2026-11-24T{n:02d}:30:00Z") for n in (5, 6, 9)]
    aggregation = Aggregation.parse(["sum"], "PT2H")

    found = aggregation.of(
        points, TimeProperty.OBSERVED_AT, "2026-11-24T05:00:00.000000", "2026-11-24T20:00:00.000000"
    )

    assert found == {
        Method.SUM: [
            (11, "2026-11-24T05:00:00Z", "2026-11-24T07:00:00Z"),
            (9, "2026-11-24T09:00:00Z", "2026-11-24T11:00:00Z"),
        ]
    }


def test_without_a_start_periods_begin_with_the_first_value() -> None:
    points = [
        point(1, "2026-11-24T12:04:00Z"),
        point(2, "2026-11-24T12:03:00Z"),
        point(3, "2026-11-24T13:03:00Z"),
    ]

    assert aggregate(points, ["sum"], "PT1H") == {
        "sum": [
            [3, "2026-11-24T12:03:00Z", "2026-11-24T13:03:00Z"],
            [3, "2026-11-24T13:03:00Z", "2026-11-24T14:03:00Z"],
        ]
    }


def test_months_are_periods_of_the_calendar() -> None:
    points = [point(1, f"2026-{month:02d}-15T00:00:00Z") for month in (1, 2, 3)]
    aggregation = Aggregation.parse(["totalCount"], "P1M")

    found = aggregation.of(points, TimeProperty.OBSERVED_AT, "2026-01-01T00:00:00.000000", None)

    assert [(begin, end) for _, begin, end in found[Method.TOTAL]] == [
        ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
    ]


@pytest.mark.parametrize("period", [None, "PT0S", "P0D"])
@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (None, None, ("2026-11-24T05:00:00Z", "2026-11-24T07:00:00Z")),
        ("2026-11-24T00:00:00.000000", None, ("2026-11-24T00:00:00Z", "2026-11-24T07:00:00Z")),
        (None, "2026-11-25T00:00:00.500000", ("2026-11-24T05:00:00Z", "2026-11-25T00:00:00.5Z")),
    ],
)
def test_a_period_of_zero_spans_the_whole_range(
    period: str | None, start: str | None, end: str | None, span: tuple[str, str]
) -> None:
    points = [point(1, "2026-11-24T05:00:00Z"), point(2, "2026-11-24T07:00:00Z")]

    found = Aggregation.parse(["sum"], period).of(points, TimeProperty.OBSERVED_AT, start, end)

    assert found == {Method.SUM: [(3, *span)]}


def test_points_without_the_time_do_not_count() -> None:
    points = [point(1), Point("urn:a", {"type": "Property", "value": 9, "createdAt": T, "modifiedAt": T})]

    assert aggregate(points, ["sum"]) == {"sum": 1}
    assert aggregate(points[1:], ["sum"]) == {}


@pytest.mark.parametrize("methods", [None, [], ["mean"], ["sum", "AVG"], [""]])
def test_there_are_no_other_methods(methods: list[str] | None) -> None:
    with pytest.raises(BadRequestData):
        Aggregation.parse(methods, None)


def test_too_many_periods_are_refused() -> None:
    points = [point(1, f"2026-11-24T05:00:00.{number:06d}Z") for number in range(MAX_PERIODS + 1)]

    with pytest.raises(BadRequestData, match="periods"):
        Aggregation.parse(["sum"], "PT0.000001S").of(points, TimeProperty.OBSERVED_AT, None, None)


def test_ten_thousand_values_are_aggregated_in_far_less_than_a_second() -> None:
    points = [
        point(n * 0.5, f"2026-11-{1 + n // 1440 % 28:02d}T{n // 60 % 24:02d}:{n % 60:02d}:00Z")
        for n in range(10_000)
    ]
    begin = time.perf_counter()

    found = Aggregation.parse(ALL, "PT1H").of(points, TimeProperty.OBSERVED_AT, None, None)

    assert time.perf_counter() - begin < 0.8
    assert sum(int(str(row[0])) for row in found[Method.TOTAL]) == 10_000
