"""Clauses 4.5.6 to 4.5.9, 4.5.19 and 6.3.11: evolutions in their three representations."""

from typing import Any

import pytest

from machi.core.ids import DEFAULT_TENANT
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.projection import Projection
from machi.ngsild.reading import NULL
from machi.ngsild.rendering import TemporalFormat, TemporalRenderer, TemporalView
from machi.ngsild.temporal import Aggregation, TemporalConsumption, TemporalQuery, TimeProperty, Wish
from machi.ngsild.temporal.reading import read_evolution
from tests.unit.ngsild.reading.documents import CONTEXT, ID
from tests.unit.ngsild.temporal.evolutions import SPEED, VEHICLE, City, at, evolution, values

NOW = "2026-11-24T05:00:00.000Z"
VALUES = TemporalView(TemporalFormat.VALUES)


@pytest.fixture
def city() -> City:
    return City()


def shown(city: City, view: TemporalView | None = None, **parameters: object) -> dict[str, Any]:
    """The evolution as it is answered; `aggrMethods` asks for aggregated values."""
    methods, period = parameters.pop("aggrMethods", None), parameters.pop("aggrPeriodDuration", None)
    aggregation = Aggregation.parse(str(methods).split(","), str(period)) if methods else None
    wish = Wish(TemporalQuery.parse(parameters), aggregation=aggregation)
    answer = TemporalConsumption(city.history, instances=100).retrieve(DEFAULT_TENANT, VEHICLE, wish)
    return TemporalRenderer(CONTEXT, view or TemporalView()).evolution(answer.slices[0])


def without_ids(instances: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert all(instance.pop("instanceId").startswith("urn:ngsi-ld:Instance:") for instance in instances)
    return instances


def test_an_attribute_is_an_array_of_its_instances(city: City) -> None:
    city.upsert(evolution(speed=[{**values(1)[0], "unitCode": "KMH", "accuracy": 0.9}, *values(2)]))

    answer = shown(city)

    assert (answer["id"], answer["type"]) == (ID, "Vehicle")
    assert without_ids(answer["speed"]) == [
        {"type": "Property", "value": 1, "observedAt": at(1), "unitCode": "KMH",
         "accuracy": {"type": "Property", "value": 0.9}},
        {"type": "Property", "value": 2, "observedAt": at(2)},
    ]  # fmt: skip


def test_one_instance_is_an_array_too(city: City) -> None:
    city.upsert(evolution(speed=values(1)))

    assert isinstance(shown(city)["speed"], list)


@pytest.mark.parametrize("by", [TimeProperty.CREATED_AT, TimeProperty.MODIFIED_AT])
def test_the_time_asked_for_is_shown(city: City, by: TimeProperty) -> None:
    city.upsert(evolution(speed=values(1)))

    (instance,) = shown(city, TemporalView(by=by), timeproperty=by.value)["speed"]

    assert instance[by.value] == NOW
    assert "createdAt" not in shown(city)["speed"][0]


def test_a_deletion_tells_when(city: City) -> None:
    city.upsert(evolution(speed=values(1)))
    city.provision.bury(DEFAULT_TENANT, VEHICLE, SPEED)

    (instance,) = without_ids(shown(city, timeproperty="deletedAt")["speed"])

    assert instance == {"type": "Property", "value": NULL, "deletedAt": NOW}


def test_system_attributes_are_shown_on_request(city: City) -> None:
    city.upsert(evolution(speed=values(1)))

    answer = shown(city, TemporalView(system_attributes=True))

    assert answer["createdAt"] == NOW
    assert (answer["speed"][0]["createdAt"], answer["speed"][0]["modifiedAt"]) == (NOW, NOW)
    assert "createdAt" not in shown(city)


def test_the_scope_is_an_attribute_of_an_evolution(city: City) -> None:
    city.upsert(
        evolution(scope=[{"value": "/A", "observedAt": at(1)}, {"value": ["/A", "/B"], "observedAt": at(2)}])
    )

    assert without_ids(shown(city)["scope"]) == [
        {"type": "Property", "value": "/A", "observedAt": at(1)},
        {"type": "Property", "value": ["/A", "/B"], "observedAt": at(2)},
    ]
    assert shown(city, VALUES)["scope"] == {
        "type": "Property",
        "values": [["/A", at(1)], [["/A", "/B"], at(2)]],
    }


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"value": 5}, {"type": "Property", "values": [[5, at(1)]]}),
        ({"value": {"type": "Point", "coordinates": [1, 2]}},
         {"type": "GeoProperty", "values": [[{"type": "Point", "coordinates": [1, 2]}, at(1)]]}),
        ({"object": "urn:x:1"}, {"type": "Relationship", "objects": [["urn:x:1", at(1)]]}),
        ({"object": ["urn:x:1"]}, {"type": "Relationship", "objects": [[["urn:x:1"], at(1)]]}),
        ({"languageMap": {"en": "x"}},
         {"type": "LanguageProperty", "languageMaps": [[{"languageMap": {"en": "x"}}, at(1)]]}),
        ({"vocab": "Red"}, {"type": "VocabProperty", "vocabs": [[{"vocab": "Red"}, at(1)]]}),
        ({"json": {"a": 1}}, {"type": "JsonProperty", "jsons": [[{"json": {"a": 1}}, at(1)]]}),
        ({"valueList": [1, 2]}, {"type": "ListProperty", "valueLists": [[[1, 2], at(1)]]}),
        ({"objectList": ["urn:x:1"]}, {"type": "ListRelationship", "objectLists": [[["urn:x:1"], at(1)]]}),
    ],
)  # fmt: skip
def test_values_are_pairs_with_their_time(city: City, sent: dict[str, Any], expected: dict[str, Any]) -> None:
    city.upsert(evolution(speed=[{**sent, "observedAt": at(1), "accuracy": 1}]))

    assert shown(city, VALUES)["speed"] == expected


def test_datasets_and_types_are_series_of_their_own(city: City) -> None:
    city.upsert(
        evolution(
            speed=[*values(1), *values(2, dataset="urn:d:1"), {"object": "urn:x:1", "observedAt": at(3)}]
        )
    )

    assert shown(city, VALUES)["speed"] == [
        {"type": "Property", "values": [[1, at(1)]]},
        {"type": "Property", "values": [[2, at(2)]], "datasetId": "urn:d:1"},
        {"type": "Relationship", "objects": [["urn:x:1", at(3)]]},
    ]


def test_values_that_were_written_are_read_back(city: City) -> None:
    sent = evolution(
        speed=[*values(1, 2)],
        brand=[{"languageMap": {"en": "x"}, "observedAt": at(1)}],
        owner=[{"objectList": ["urn:x:1"], "observedAt": at(1)}],
    )
    city.upsert(sent)

    again = read_evolution(shown(city, VALUES), CONTEXT, NOW)

    first = read_evolution(sent, CONTEXT, NOW)
    assert _content(again.points) == _content(first.points)


def test_normalized_instances_that_were_written_are_read_back(city: City) -> None:
    sent = evolution(speed=values(1, 2), scope=[{"value": "/A", "observedAt": at(1)}])
    city.upsert(sent)

    assert _content(read_evolution(shown(city), CONTEXT, NOW).points) == _content(
        read_evolution(sent, CONTEXT, NOW).points
    )


@pytest.mark.parametrize("format_", [TemporalFormat.NORMALIZED, TemporalFormat.VALUES])
def test_languages_are_reduced_to_the_one_asked_for(city: City, format_: TemporalFormat) -> None:
    city.upsert(evolution(brand=[{"languageMap": {"en": "car", "ja": "車"}, "observedAt": at(1)}]))

    brand = shown(city, TemporalView(format_, language="ja"))["brand"]

    if format_ is TemporalFormat.VALUES:
        assert brand == {"type": "Property", "values": [["車", at(1)]]}
    else:
        assert without_ids(brand) == [{"type": "Property", "value": "車", "lang": "ja", "observedAt": at(1)}]


def test_what_is_no_language_is_refused() -> None:
    with pytest.raises(BadRequestData):
        TemporalView(language="?")


def test_aggregated_values_stand_with_their_periods(city: City) -> None:
    city.upsert(evolution(speed=values(1, 2, 61), owner=[{"object": "urn:x:1", "observedAt": at(1)}]))

    answer = shown(
        city, TemporalView(TemporalFormat.AGGREGATED), aggrMethods="avg,totalCount",
        aggrPeriodDuration="PT1H",
        timerel="after", timeAt=at(0),
    )  # fmt: skip

    first, second = (
        ["2026-11-24T05:00:00Z", "2026-11-24T06:00:00Z"],
        ["2026-11-24T06:00:00Z", "2026-11-24T07:00:00Z"],
    )
    assert answer["speed"] == {
        "type": "Property", "avg": [[1.5, *first], [61, *second]], "totalCount": [[2, *first], [1, *second]],
    }  # fmt: skip
    assert answer["owner"] == {"type": "Relationship", "totalCount": [[1, *first]]}


def test_id_and_type_can_be_left_out(city: City) -> None:
    city.upsert(evolution(speed=values(1)))
    projection = Projection.parse(CONTEXT.expand_term, pick="speed")

    assert shown(city, TemporalView(projection=projection)).keys() == {"speed"}


def test_an_attribute_that_was_cut_off_is_an_empty_array(city: City) -> None:
    city.upsert(evolution(speed=values(*range(1, 20)), brand=values(50)))
    answer = TemporalConsumption(city.history, instances=5).retrieve(
        DEFAULT_TENANT, VEHICLE, Wish(TemporalQuery())
    )

    assert TemporalRenderer(CONTEXT, VALUES).evolution(answer.slices[0])["brand"] == []


def _content(points: Any) -> list[Any]:  # noqa: ANN401  # points, whatever holds them
    """Everything but the ids."""
    plain = [
        {name: item for name, item in point.instance.items() if name != "instanceId"} for point in points
    ]
    return sorted(zip([point.attribute for point in points], map(str, plain), strict=True))
