"""Clauses 4.18, 5.7.3, 5.7.4 and 6.3.10: which evolutions and which of their points are answered."""

from collections.abc import Mapping
from typing import Any

import pytest

from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.ngsild.broker.asking import read_paging, read_selection
from machi.ngsild.errors import BadRequestData, InvalidRequest, ResourceNotFound, TooManyResults
from machi.ngsild.query.projection import Projection
from machi.ngsild.reading import read_entity
from machi.ngsild.temporal import (
    SCOPE,
    Aggregation,
    IdOrder,
    Slice,
    TemporalAnswer,
    TemporalConsumption,
    TemporalQuery,
    Wish,
    changes,
    consumption,
)
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID
from tests.unit.ngsild.temporal.evolutions import BRAND, SPEED, VEHICLE, City, at, evolution, values

MOST = 5


@pytest.fixture
def city() -> City:
    return City()


def wish(asked: Mapping[str, Any]) -> Wish:
    """What the parameters ask for; `aggrMethods` asks for aggregated values."""
    parameters = {**asked}
    methods = parameters.pop("aggrMethods", None)
    datasets = parameters.pop("datasets", None)
    projection = Projection.parse(
        CONTEXT.expand_term,
        **{name: parameters.pop(name) for name in ("pick", "omit", "attrs") if name in parameters},
    )
    return Wish(
        TemporalQuery.parse(parameters),
        projection,
        datasets,
        None if methods is None else Aggregation.parse(methods.split(","), None),
    )


def retrieve(city: City, **parameters: object) -> TemporalAnswer:
    return TemporalConsumption(city.history, instances=MOST).retrieve(
        DEFAULT_TENANT, VEHICLE, wish(parameters)
    )


def query(city: City, parameters: dict[str, str], order: IdOrder | None = None) -> TemporalAnswer:
    times: dict[str, str] = {
        name: parameters[name] for name in ("timerel", "timeAt", "endTimeAt", "lastN") if name in parameters
    }
    selection = read_selection(parameters, CONTEXT.expand_term)
    answering = TemporalConsumption(city.history, instances=MOST)
    wanted = wish(times or {"timerel": "after", "timeAt": at(0)})
    return answering.query(DEFAULT_TENANT, selection, wanted, read_paging(parameters), order=order)


def shown(slice_: Slice, attribute: str = SPEED) -> list[object]:
    return [point.instance.get("value") for point in slice_.points.get(attribute, [])]


def ids(answer: TemporalAnswer) -> list[str]:
    return [each.head.id for each in answer.slices]


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"timerel": "before", "timeAt": at(3)}, [1, 2]),
        ({"timerel": "after", "timeAt": at(3)}, [3, 4]),
        ({"timerel": "between", "timeAt": at(2), "endTimeAt": at(4)}, [2, 3]),
        ({"lastN": 2}, [4, 3]),
        ({"lastN": 2, "timerel": "before", "timeAt": at(4)}, [3, 2]),
        ({"timerel": "after", "timeAt": at(50)}, []),
    ],
)
def test_the_points_of_the_stretch_asked_for_are_shown(
    city: City, parameters: dict[str, Any], found: list[int]
) -> None:
    city.upsert(evolution(speed=values(3, 1, 4, 2)))

    answer = retrieve(city, **parameters)

    assert shown(answer.slices[0]) == found
    assert answer.content_range is None


def test_points_without_a_time_are_shown_where_no_time_is_asked_for(city: City) -> None:
    city.upsert(evolution(speed=[{"value": "timeless"}, *values(1)]))

    assert shown(retrieve(city).slices[0]) == [1, "timeless"]
    assert shown(retrieve(city, timerel="after", timeAt=at(0)).slices[0]) == [1]
    assert shown(retrieve(city, timeproperty="modifiedAt").slices[0]) in ([1, "timeless"], ["timeless", 1])


def test_deletions_are_found_by_their_own_time(city: City) -> None:
    city.upsert(evolution(speed=values(1), brand=values(1)))
    city.provision.bury(DEFAULT_TENANT, VEHICLE, SPEED)

    (slice_,) = retrieve(city, timeproperty="deletedAt").slices

    assert list(slice_.points) == [SPEED]


def test_what_is_not_there_cannot_be_retrieved(city: City) -> None:
    with pytest.raises(ResourceNotFound):
        retrieve(city)


@pytest.mark.parametrize(
    ("projection", "attributes"),
    [
        ({}, {SPEED, BRAND, SCOPE}),
        ({"attrs": "speed"}, {SPEED, SCOPE}),
        ({"pick": "speed,scope"}, {SPEED, SCOPE}),
        ({"omit": "speed"}, {BRAND, SCOPE}),
        ({"omit": "scope"}, {SPEED, BRAND}),
    ],
)
def test_only_the_attributes_asked_for_are_shown(
    city: City, projection: dict[str, str], attributes: set[str]
) -> None:
    city.upsert(evolution(speed=values(1), brand=values(1), scope="/A"))

    assert retrieve(city, **projection).slices[0].points.keys() == attributes


def test_links_cannot_be_followed(city: City) -> None:
    city.upsert(evolution(speed=values(1)))

    with pytest.raises(BadRequestData, match="Relationships"):
        retrieve(city, pick="owner{speed}")


@pytest.mark.parametrize(("datasets", "found"), [({"@none"}, [1]), ({"urn:d:1"}, [2]), ({"urn:d:9"}, [])])
def test_only_the_datasets_asked_for_are_shown(city: City, datasets: set[str], found: list[int]) -> None:
    city.upsert(evolution(speed=[*values(1), *values(2, dataset="urn:d:1")]))

    (slice_,) = retrieve(city, datasets=frozenset(datasets)).slices

    assert shown(slice_) == found
    assert (SPEED in slice_.points) is bool(found)


class TestPartialContent:
    """6.3.10: an answer holds five instances of an attribute here."""

    def test_what_fits_is_whole(self, city: City) -> None:
        city.upsert(evolution(speed=values(*range(1, 6))))

        assert retrieve(city).content_range is None

    @pytest.mark.parametrize(
        ("parameters", "found", "content_range"),
        [
            ({}, [1, 2, 3, 4, 5], f"date-time {at(1)}-{at(5)}/*"),
            ({"timerel": "after", "timeAt": at(0)}, [1, 2, 3, 4, 5], f"date-time {at(0)}-{at(5)}/*"),
            ({"timerel": "before", "timeAt": at(30)}, [1, 2, 3, 4, 5], f"date-time {at(1)}-{at(5)}/*"),
            ({"timerel": "between", "timeAt": at(0), "endTimeAt": at(30)},
             [1, 2, 3, 4, 5], f"date-time {at(0)}-{at(5)}/*"),
            ({"lastN": 8}, [20, 19, 18, 17, 16], f"date-time {at(20)}-{at(16)}/8"),
            ({"lastN": 8, "timerel": "after", "timeAt": at(0)},
             [20, 19, 18, 17, 16], f"date-time {at(20)}-{at(16)}/8"),
            ({"lastN": 8, "timerel": "before", "timeAt": at(10)},
             [9, 8, 7, 6, 5], f"date-time {at(10)}-{at(5)}/8"),
            ({"lastN": 8, "timerel": "between", "timeAt": at(0), "endTimeAt": at(10)}, [9, 8, 7, 6, 5],
             f"date-time {at(10)}-{at(5)}/8"),
        ],
    )  # fmt: skip
    def test_what_does_not_is_cut_and_says_where(
        self, city: City, parameters: dict[str, Any], found: list[int], content_range: str
    ) -> None:
        city.upsert(evolution(speed=values(*range(1, 21))))

        answer = retrieve(city, **parameters)

        assert shown(answer.slices[0]) == found
        assert str(answer.content_range) == content_range

    def test_all_attributes_are_cut_at_one_moment(self, city: City) -> None:
        city.upsert(evolution(speed=values(*range(1, 21)), brand=values(4, 6, 8), owner=values(30)))

        (slice_,) = retrieve(city).slices

        assert shown(slice_) == [1, 2, 3, 4, 5]
        assert shown(slice_, BRAND) == [4]
        assert slice_.points[f"{EXAMPLE}owner"] == []

    def test_points_of_one_moment_are_not_torn_apart(self, city: City) -> None:
        city.upsert(evolution(speed=[*values(1, 2, 3, 4), *(values(5) * 4), *values(6)]))

        answer = retrieve(city)

        assert shown(answer.slices[0]) == [1, 2, 3, 4, 5, 5, 5, 5]
        assert str(answer.content_range).endswith(f"-{at(5)}/*")

    def test_if_nothing_is_beyond_that_moment_it_is_whole(self, city: City) -> None:
        city.upsert(evolution(speed=[*values(1, 2, 3, 4), *(values(5) * 4)]))

        assert retrieve(city).content_range is None

    @pytest.mark.parametrize("direction", ["forwards", "backwards"])
    def test_a_client_that_goes_on_from_there_sees_everything(self, city: City, direction: str) -> None:
        city.upsert(evolution(speed=values(*range(1, 21)), brand=values(*range(0, 60, 7))))
        seen: dict[str, set[object]] = {SPEED: set(), BRAND: set()}
        parameters: dict[str, Any] = {"timerel": "after", "timeAt": at(0)}
        if direction == "backwards":
            parameters = {"timerel": "before", "timeAt": at(60), "lastN": 1_000}
        for _ in range(20):
            answer = retrieve(city, **parameters)
            for attribute, found in seen.items():
                found.update(shown(answer.slices[0], attribute))
            if answer.content_range is None:
                break
            parameters["timeAt"] = answer.content_range.end

        assert seen == {SPEED: set(range(1, 21)), BRAND: set(range(0, 60, 7))}

    def test_no_more_is_read_than_shown(self, city: City) -> None:
        city.upsert(evolution(speed=values(*range(600))))
        city.history.read = 0

        retrieve(city)

        assert city.history.read <= MOST + 1
        assert city.history.expected[-1] == MOST + 1


def test_aggregated_values_are_never_cut(city: City) -> None:
    city.upsert(evolution(speed=values(*range(1, 21))))

    answer = retrieve(city, aggrMethods="sum,totalCount")

    (summary,) = answer.slices[0].aggregated[SPEED]
    assert {method.value: periods[0][0] for method, periods in summary.values.items()} == {
        "sum": 210,
        "totalCount": 20,
    }
    assert answer.content_range is None
    assert answer.slices[0].points == {}


def test_datasets_are_aggregated_apart_and_deletions_not_at_all(city: City) -> None:
    city.upsert(
        evolution(
            speed=[
                *values(1, 2),
                *values(3, dataset="urn:d:1"),
                {"value": "urn:ngsi-ld:null", "observedAt": at(9)},
            ]
        )
    )

    summaries = retrieve(city, aggrMethods="sum").slices[0].aggregated[SPEED]

    assert [(summary.dataset, next(iter(summary.values.values()))[0][0]) for summary in summaries] == [
        (None, 3),
        ("urn:d:1", 3),
    ]


def test_an_attribute_no_method_fits_is_left_out_unless_it_was_named(city: City) -> None:
    city.upsert(evolution(speed=values(1), brand=[{"value": "x", "observedAt": at(1)}]))

    assert retrieve(city, aggrMethods="avg").slices[0].aggregated.keys() == {SPEED}
    assert retrieve(city, aggrMethods="avg,max", attrs="brand").slices[0].aggregated.keys() == {BRAND}
    for named in ({"attrs": "brand"}, {"pick": "brand,speed"}):
        with pytest.raises(InvalidRequest):
            retrieve(city, aggrMethods="avg", **named)


def three(city: City) -> None:
    for number in (3, 1, 2):
        identifier = f"urn:ngsi-ld:Vehicle:{number}"
        city.upsert(evolution(identifier, speed=values(number, 10 * number), scope=f"/Area{number}"))
    city.upsert({**evolution("urn:ngsi-ld:Car:1", brand=values(5)), "type": "Car"})


V1, V2, V3, C1 = (
    EntityId(f"urn:ngsi-ld:{name}") for name in ("Vehicle:1", "Vehicle:2", "Vehicle:3", "Car:1")
)


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"type": "Vehicle"}, [V1, V2, V3]),
        ({"type": "Vehicle,Car"}, [C1, V1, V2, V3]),
        ({"id": f"{V2},{C1}"}, [C1, V2]),
        ({"type": "Vehicle", "idPattern": "[13]$"}, [V1, V3]),
        ({"attrs": "brand"}, [C1]),
        ({"type": "Vehicle", "q": "speed>25"}, [V3]),
        ({"type": "Vehicle", "q": "speed==10"}, [V1]),
        ({"type": "Vehicle", "q": "speed==20", "timerel": "before", "timeAt": at(15)}, []),
        ({"type": "Vehicle", "timerel": "after", "timeAt": at(15)}, [V2, V3]),
        ({"type": "Nothing"}, []),
    ],
)
def test_evolutions_are_selected_by_what_they_were_in_that_time(
    city: City, parameters: dict[str, Any], found: list[str]
) -> None:
    three(city)

    assert ids(query(city, parameters)) == found


def test_evolutions_are_selected_by_where_they_were(city: City) -> None:
    for number, longitude in ((1, 136.0), (2, 137.0)):
        point = {"type": "Point", "coordinates": [longitude, 35.0]}
        location = [{"type": "GeoProperty", "value": point, "observedAt": at(number)}]
        city.upsert(evolution(f"urn:ngsi-ld:Vehicle:{number}", location=location))
    near = {"georel": "near;maxDistance==1000", "geometry": "Point", "coordinates": "[137.0,35.0]"}

    assert ids(query(city, near)) == [V2]
    assert ids(query(city, {**near, "timerel": "before", "timeAt": at(2)})) == []


def test_a_query_does_not_follow_links(city: City) -> None:
    with pytest.raises(BadRequestData, match="Relationships"):
        query(city, {"q": "owner{speed}==1"})


def test_pages_of_evolutions_follow_one_another(city: City) -> None:
    three(city)
    first = query(city, {"type": "Vehicle", "limit": "2"})
    second = query(city, {"type": "Vehicle", "limit": "2", **(first.links.next or {})})

    assert (ids(first), ids(second)) == ([V1, V2], [V3])
    assert (first.links.prev, second.links.next) == (None, None)
    assert ids(query(city, {"type": "Vehicle", "limit": "2", **(second.links.prev or {})})) == [V1, V2]


def test_pages_can_be_counted_off(city: City) -> None:
    three(city)

    page = query(city, {"type": "Vehicle", "limit": "1", "offset": "1", "count": "true"})

    assert ids(page) == [V2]
    assert (page.links.next, page.links.prev, page.count) == ({"offset": "2"}, {"offset": "0"}, 3)
    assert query(city, {"type": "Vehicle", "limit": "0", "count": "true"}).count == 3


@pytest.mark.parametrize(("order", "found"), [(IdOrder.ASCENDING, [C1, V1]), (IdOrder.DESCENDING, [V3, V2])])
def test_evolutions_can_be_ordered_by_id(city: City, order: IdOrder, found: list[str]) -> None:
    three(city)

    page = query(city, {"type": "Vehicle,Car", "limit": "2"}, order)

    assert ids(page) == found
    assert page.links.next == {"offset": "2"}


def test_a_page_is_cut_at_one_moment_for_all_its_evolutions(city: City) -> None:
    city.upsert(evolution(V1, speed=values(*range(1, 21))))
    city.upsert(evolution(V2, speed=values(2, 3, 4, 12)))

    answer = query(city, {"type": "Vehicle"})

    assert [shown(each) for each in answer.slices] == [[1, 2, 3, 4, 5], [2, 3, 4]]
    assert str(answer.content_range) == f"date-time {at(0)}-{at(5)}/*"


class TestScopes:
    """4.18: a scope counts from when it is set until the next is set or it is removed."""

    @pytest.fixture(autouse=True)
    def moving(self, city: City) -> None:
        scope = [
            {"type": "Property", "value": value, "observedAt": at(minute)}
            for minute, value in ((0, "/A"), (10, ["/A/B", "/C"]), (20, "urn:ngsi-ld:null"), (30, "/A"))
        ]
        city.upsert(evolution(speed=values(5, 15, 25, 35), scope=scope))

    @pytest.mark.parametrize(
        ("scopes", "found"),
        [
            ("/A", [5, 35]),
            ("/A/#", [5, 15, 35]),
            ("/C", [15]),
            ("(/A/B;/C)", [15]),
            ("/D", []),
            ("/#", [5, 15, 35]),
        ],
    )
    def test_points_count_while_the_scope_matched(self, city: City, scopes: str, found: list[int]) -> None:
        answer = query(city, {"type": "Vehicle", "scopeQ": scopes})

        assert [value for each in answer.slices for value in shown(each)] == found
        assert bool(answer.slices) is bool(found)

    def test_the_scope_in_force_when_the_window_began_is_shown(self, city: City) -> None:
        (slice_,) = retrieve(city, timerel="after", timeAt=at(12)).slices

        assert shown(slice_, SCOPE) == [["/A/B", "/C"], "urn:ngsi-ld:null", ["/A"]]


def test_an_entity_and_its_evolution_agree(city: City) -> None:
    before = None
    for minute in range(4):
        entity = read_entity({"id": ID, "type": "Vehicle", "speed": minute}, CONTEXT, at(minute))
        found = changes(before, entity, version=minute, at=at(minute))
        city.history.record(DEFAULT_TENANT, found.head, found.points)
        before = entity

    answer = retrieve(city, timeproperty="modifiedAt", timerel="between", timeAt=at(1), endTimeAt=at(3))

    assert shown(answer.slices[0]) == [1, 2]


@pytest.fixture
def large(city: City, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Twelve evolutions of 3 KB, where an answer holds 10."""
    monkeypatch.setattr(consumption, "PAGE_BYTES", 10_000)
    names = [f"urn:ngsi-ld:Vehicle:{number}" for number in range(10, 22)]
    for name in names:
        note = [{"type": "Property", "value": "x" * 3_000, "observedAt": at(1)}]
        city.upsert(evolution(name, speed=note))
    return names


@pytest.mark.parametrize("place", [{}, {"offset": "0"}])
def test_a_page_of_evolutions_ends_before_it_is_too_large(
    city: City, large: list[str], place: dict[str, str]
) -> None:
    found, following = list[list[str]](), place
    while True:
        page = query(city, {"type": "Vehicle", "limit": "10", **following})
        found.append(ids(page))
        if page.links.next is None:
            break
        following = dict(page.links.next)

    assert max(map(len, found)) == 3
    assert sorted(name for names in found for name in names) == large


def test_one_evolution_that_is_too_large_is_refused(city: City, large: list[str]) -> None:
    note = [{"type": "Property", "value": "x" * 3_000, "observedAt": at(minute)} for minute in range(4)]
    city.upsert(evolution(brand=note))

    with pytest.raises(TooManyResults):
        retrieve(city)


def test_points_too_large_to_be_aggregated_are_refused(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumption, "MOST_BYTES", 10_000)
    note = [{"type": "Property", "value": "x" * 3_000, "observedAt": at(minute)} for minute in range(4)]
    city.upsert(evolution(brand=note))

    with pytest.raises(TooManyResults):
        retrieve(city, aggrMethods="min")
