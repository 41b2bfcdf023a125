"""Clauses 4.11 and 5.7.4.4: which stretch of time a request asks for, and in which order."""

import pytest

from machi.ngsild.entity import Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.temporal import IdOrder, Point, TemporalQuery, TimeProperty
from machi.ngsild.temporal.evolution import sortable

T = "2026-11-24T05:00:00Z"
LATER = "2026-11-24T06:00:00Z"


def point(at: str, member: str = "observedAt") -> Point:
    instance: Instance = {"type": "Property", "value": 1, "createdAt": T, "modifiedAt": T}
    return Point("urn:a", {**instance, member: at})  # type: ignore[misc]  # the member's name is data


@pytest.mark.parametrize(
    ("parameters", "times", "held"),
    [
        ({"timerel": "before", "timeAt": T}, ["2026-11-24T04:59:59.999999Z", T], [True, False]),
        ({"timerel": "after", "timeAt": T}, ["2026-11-24T04:59:59.9Z", T, LATER], [False, True, True]),
        ({"timerel": "between", "timeAt": T, "endTimeAt": LATER}, [T, "2026-11-24T05:59:59Z", LATER],
         [True, True, False]),
        ({"timerel": "after", "timeAt": T},
         ["2026-11-24T05:00:00.000Z", "2026-11-24T05:00:00,0Z"], [True, True]),
        ({"timerel": "before", "timeAt": "2026-11-24T05:00:00.000Z"}, [T], [False]),
        ({}, ["1970-01-01T00:00:00Z", T], [True, True]),
    ],
)  # fmt: skip
def test_the_window_has_an_inclusive_start_and_an_exclusive_end(
    parameters: dict[str, str], times: list[str], held: list[bool]
) -> None:
    window = TemporalQuery.parse(parameters).window

    assert [window.holds(point(time)) for time in times] == held


@pytest.mark.parametrize("by", list(TimeProperty))
def test_the_window_is_of_the_time_property_named(by: TimeProperty) -> None:
    window = TemporalQuery.parse({"timerel": "after", "timeAt": LATER, "timeproperty": by.value}).window

    assert window.holds(point("2026-11-24T07:00:00Z", by.value))
    assert not window.holds(point(T, by.value))
    if by in {TimeProperty.OBSERVED_AT, TimeProperty.DELETED_AT}:
        assert not window.holds(point("2026-11-24T07:00:00Z", "modifiedAt"))


@pytest.mark.parametrize(
    "parameters",
    [
        {"timeAt": T}, {"endTimeAt": T}, {"timerel": "after"}, {"timerel": "between", "timeAt": T},
        {"timerel": "during", "timeAt": T}, {"timerel": "AFTER", "timeAt": T},
        {"timerel": "after", "timeAt": "2026-11-24"}, {"timerel": "after", "timeAt": "yesterday"},
        {"timerel": "after", "timeAt": "2026-11-24T05:00:00+09:00"}, {"timerel": "after", "timeAt": 5},
        {"timerel": "between", "timeAt": T, "endTimeAt": "x"}, {"timeproperty": "expiresAt"},
        {"timeproperty": 5},
        {"lastN": "0"}, {"lastN": "-1"}, {"lastN": "x"}, {"lastN": "1.5"},
    ],
)  # fmt: skip
def test_what_is_no_temporal_query_is_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(BadRequestData):
        TemporalQuery.parse(parameters)


def test_a_query_of_evolutions_needs_a_temporal_query() -> None:
    with pytest.raises(BadRequestData, match="timerel"):
        TemporalQuery.parse({"lastN": "5"}, is_required=True)


def test_only_a_request_that_says_nothing_of_time_wants_points_without_one() -> None:
    assert TemporalQuery.parse({}).wants_everything
    for parameters in ({"lastN": "5"}, {"timeproperty": "observedAt"}, {"timerel": "after", "timeAt": T}):
        assert not TemporalQuery.parse(parameters).wants_everything


def test_the_newest_come_first_where_the_last_are_asked_for() -> None:
    assert TemporalQuery.parse({"lastN": "5"}).is_backwards
    assert not TemporalQuery.parse({}).is_backwards


@pytest.mark.parametrize(
    ("text", "order"),
    [("id", IdOrder.ASCENDING), ("id;asc", IdOrder.ASCENDING), ("id;desc", IdOrder.DESCENDING)],
)
def test_evolutions_can_be_ordered_by_id_locally(text: str, order: IdOrder) -> None:
    assert IdOrder.parse({"orderBy": text, "local": "true"}) is order
    with pytest.raises(BadRequestData, match="local"):
        IdOrder.parse({"orderBy": text})


@pytest.mark.parametrize(
    "parameters",
    [
        {"orderBy": "speed"},
        {"orderBy": "id;up"},
        {"orderBy": "id,type"},
        {"orderBy": "id;dist-asc"},
        {"collation": "???"},
    ],
)
def test_evolutions_cannot_be_ordered_otherwise(parameters: dict[str, str]) -> None:
    with pytest.raises(BadRequestData):
        IdOrder.parse({**parameters, "local": "true"})


def test_no_order_is_no_order() -> None:
    assert IdOrder.parse({"collation": "de"}) is None


@pytest.mark.parametrize(
    ("moment", "key"),
    [
        (T, "2026-11-24T05:00:00.000000"),
        ("2026-11-24T05:00:00.5Z", "2026-11-24T05:00:00.500000"),
        ("2026-11-24T05:00:00,123456Z", "2026-11-24T05:00:00.123456"),
    ],
)
def test_moments_in_any_spelling_order_as_text(moment: str, key: str) -> None:
    assert sortable(moment) == key
