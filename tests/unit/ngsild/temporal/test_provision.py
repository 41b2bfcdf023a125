"""Clauses 5.6.11 to 5.6.16: what clients do with evolutions."""

from collections.abc import Callable
from typing import Any

import pytest

from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.reading import NULL
from machi.ngsild.temporal import ALL_DATASETS, SCOPE, InstancePlace
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE
from tests.unit.ngsild.temporal.evolutions import BRAND, SPEED, VEHICLE, City, at, evolution, values

NOW = "2026-11-24T05:00:00.000Z"
NOBODY = EntityId("urn:ngsi-ld:Vehicle:nobody")


@pytest.fixture
def city() -> City:
    return City()


def append(city: City, document: object, entity: EntityId = VEHICLE) -> None:
    city.provision.append(DEFAULT_TENANT, entity, document, CONTEXT)


def test_an_evolution_is_created_with_all_its_instances(city: City) -> None:
    assert city.upsert(evolution(speed=values(1, 2), brand="x"))

    assert city.values() == [1, 2]
    head = city.history.head(DEFAULT_TENANT, VEHICLE)
    assert head is not None
    assert head.types == (f"{EXAMPLE}Vehicle",)
    assert head.attributes == {SPEED, BRAND}
    assert head.created_at == NOW


def test_every_instance_gets_an_id_and_the_times_of_the_system(city: City) -> None:
    sent = {**values(1)[0], "instanceId": "urn:mine", "createdAt": "1999-01-01T00:00:00Z", "modifiedAt": "x"}
    city.upsert(evolution(speed=[sent, *values(2)]))

    one, two = city.points()
    assert one.id != two.id
    assert "urn:mine" not in {one.id, two.id}
    assert (one.instance["createdAt"], one.instance["modifiedAt"]) == (NOW, NOW)


def test_a_second_upsert_adds_instances_and_types(city: City) -> None:
    city.upsert(evolution(speed=values(1)))

    assert not city.upsert({**evolution(speed=values(2)), "type": "Car"})

    assert city.values() == [1, 2]
    head = city.history.head(DEFAULT_TENANT, VEHICLE)
    assert head is not None
    assert head.types == (f"{EXAMPLE}Vehicle", f"{EXAMPLE}Car")


def test_an_upsert_corrects_the_instance_of_the_same_dataset_and_moment(city: City) -> None:
    city.upsert(evolution(speed=[*values(1, 2), *values(2, dataset="urn:d:1")]))
    before = _by_dataset_and_time(city)
    city.watch.pass_by(hours=1)

    city.upsert(evolution(speed=[{"value": 99, "observedAt": "2026-11-24T05:02:00.000Z"}, *values(3)]))

    after = _by_dataset_and_time(city)
    assert len(after) == 4
    corrected = after[(None, "2026-11-24T05:02:00.000Z")]
    assert corrected["value"] == 99
    assert corrected["instanceId"] == before[(None, at(2))]["instanceId"]
    assert (corrected["createdAt"], corrected["modifiedAt"]) == (NOW, "2026-11-24T06:00:00.000Z")
    assert after[("urn:d:1", at(2))]["value"] == 2


def test_appending_never_corrects(city: City) -> None:
    city.upsert(evolution(speed=values(1)))

    append(city, {"speed": values(1), "brand": [{"value": "x"}]})

    assert city.values() == [1, 1]
    assert city.values(BRAND) == ["x"]


def test_what_is_simplified_is_read_as_well(city: City) -> None:
    city.upsert(
        evolution(
            speed={"type": "Property", "values": [[5, at(1)], [6, at(2)]], "unitCode": "KMH"},
            brand={"type": "LanguageProperty", "languageMaps": [[{"languageMap": {"en": "x"}}, at(1)]]},
            owner={"type": "Relationship", "objects": [["urn:x:1", at(1)]]},
        )
    )

    assert city.values() == [5, 6]
    assert {point.instance["unitCode"] for point in city.points()} == {"KMH"}
    assert city.points(BRAND)[0].instance["languageMap"] == {"en": "x"}
    assert city.points(f"{EXAMPLE}owner")[0].instance["object"] == "urn:x:1"


def test_a_deletion_may_be_part_of_an_evolution(city: City) -> None:
    city.upsert(evolution(speed=[*values(1), {"type": "Property", "value": NULL}]))

    gone = next(point.instance for point in city.points() if point.instance["value"] == NULL)
    assert gone["deletedAt"] == NOW


def test_a_plain_scope_is_observed_when_it_is_written(city: City) -> None:
    city.upsert(evolution(scope=["/A", "/B"]))

    (point,) = city.points(SCOPE)
    assert (point.instance["value"], point.instance["observedAt"]) == (["/A", "/B"], NOW)


def test_a_scope_may_have_an_evolution_of_its_own(city: City) -> None:
    city.upsert(evolution(scope=[{"type": "Property", "value": "/A", "observedAt": at(1)}, {"value": NULL}]))

    assert city.values(SCOPE) == [NULL, ["/A"]]


@pytest.mark.parametrize(
    "document",
    [
        [], 5, {}, {"id": VEHICLE}, {"type": "Vehicle"}, {"id": "x", "type": "Vehicle"},
        evolution(speed=[{"type": "Property"}]), evolution(speed=[{"value": 1, "observedAt": "x"}]),
        evolution(speed={"type": "Property", "values": [[1]]}),
        evolution(speed={"type": "Property", "values": 5}),
        evolution(speed={"type": "Property", "values": [[1, "x"]]}), evolution(scope="a-b"),
        evolution(scope=[{"value": 5}]), evolution(scope=[{"type": "Relationship", "value": "/A"}]),
        evolution(scope=[{"value": "/A", "observedAt": 5}]), evolution(speed=[{"value": {"a": NULL}}]),
        evolution(speed=[{"value": 1, "unitCode": NULL}]), {**evolution(), "id": NULL},
    ],
)  # fmt: skip
def test_what_is_no_evolution_is_refused(city: City, document: object) -> None:
    with pytest.raises(BadRequestData):
        city.upsert(document)

    assert city.history.heads == {}


def test_nothing_can_be_done_with_what_is_not_there(city: City) -> None:
    place = InstancePlace(NOBODY, SPEED, "urn:x")
    provision = city.provision
    actions: list[Callable[[], object]] = [
        lambda: append(city, {"speed": values(1)}, NOBODY),
        lambda: provision.delete_attribute(DEFAULT_TENANT, NOBODY, SPEED),
        lambda: provision.replace_instance(DEFAULT_TENANT, place, {"speed": values(1)}, CONTEXT),
        lambda: provision.delete_instance(DEFAULT_TENANT, place),
        lambda: provision.delete(DEFAULT_TENANT, NOBODY),
    ]
    for action in actions:
        with pytest.raises(ResourceNotFound):
            action()


def test_the_id_of_a_fragment_is_that_of_the_evolution(city: City) -> None:
    city.upsert(evolution(speed=values(1)))

    with pytest.raises(BadRequestData, match="id"):
        append(city, evolution(NOBODY, speed=values(2)))


@pytest.mark.parametrize(("dataset", "left"), [(None, [2, 3]), ("urn:d:1", [1, 3]), (ALL_DATASETS, [])])
def test_an_attribute_is_deleted_by_dataset_or_whole(
    city: City, dataset: str | None, left: list[int]
) -> None:
    sent = [*values(1), *values(2, dataset="urn:d:1"), *values(3, dataset="urn:d:2")]
    city.upsert(evolution(speed=sent, brand="x"))

    city.provision.delete_attribute(DEFAULT_TENANT, VEHICLE, SPEED, dataset)

    assert city.values() == left
    assert city.values(BRAND) == ["x"]


def test_instances_without_a_time_are_deleted_too(city: City) -> None:
    city.upsert(evolution(speed=[{"value": 1}, {"value": 2}], brand="x"))

    city.provision.delete_attribute(DEFAULT_TENANT, VEHICLE, SPEED)

    assert city.values() == []


@pytest.mark.parametrize(("attribute", "dataset"), [(BRAND, None), (SPEED, "urn:d:9")])
def test_what_an_evolution_does_not_have_cannot_be_deleted(
    city: City, attribute: str, dataset: str | None
) -> None:
    city.upsert(evolution(speed=values(1)))

    with pytest.raises(ResourceNotFound):
        city.provision.delete_attribute(DEFAULT_TENANT, VEHICLE, attribute, dataset)


def test_an_instance_is_replaced_whole_but_for_its_id_and_creation(city: City) -> None:
    city.upsert(evolution(speed=[{**values(1)[0], "unitCode": "KMH"}, *values(2)]))
    old = city.points()[0]
    city.watch.pass_by(hours=1)

    city.provision.replace_instance(
        DEFAULT_TENANT, InstancePlace(VEHICLE, SPEED, old.id), {"speed": values(30)}, CONTEXT
    )

    new = city.points()[-1]
    assert new.instance == {
        "type": "Property", "value": 30, "observedAt": at(30), "createdAt": NOW,
        "modifiedAt": "2026-11-24T06:00:00.000Z", "instanceId": old.id,
    }  # fmt: skip
    assert city.values() == [2, 30]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"brand": values(1)},
        {"speed": values(1, 2)},
        {"speed": values(1), "brand": values(1)},
        [],
        {"speed": []},
    ],
)
def test_an_instance_is_replaced_by_exactly_one(city: City, document: object) -> None:
    city.upsert(evolution(speed=values(1)))
    place = InstancePlace(VEHICLE, SPEED, city.points()[0].id)

    with pytest.raises(BadRequestData):
        city.provision.replace_instance(DEFAULT_TENANT, place, document, CONTEXT)


def test_an_instance_is_deleted_by_its_id(city: City) -> None:
    city.upsert(evolution(speed=values(1, 2)))

    city.provision.delete_instance(DEFAULT_TENANT, InstancePlace(VEHICLE, SPEED, city.points()[0].id))

    assert city.values() == [2]
    for place in (InstancePlace(VEHICLE, SPEED, "urn:x"), InstancePlace(VEHICLE, BRAND, city.points()[0].id)):
        with pytest.raises(ResourceNotFound):
            city.provision.delete_instance(DEFAULT_TENANT, place)


def test_an_evolution_is_deleted_whole(city: City) -> None:
    city.upsert(evolution(speed=values(1), scope="/A"))

    city.provision.delete(DEFAULT_TENANT, VEHICLE)

    assert city.history.heads == {}
    assert city.points() == city.points(SCOPE) == []


def test_the_deletion_of_an_attribute_can_be_recorded_where_there_is_only_an_evolution(city: City) -> None:
    city.upsert(evolution(speed=[*values(1, 2), *values(2, dataset="urn:d:1")], scope="/A"))
    bury = city.provision.bury

    assert bury(DEFAULT_TENANT, VEHICLE, SPEED)
    assert not bury(DEFAULT_TENANT, VEHICLE, SPEED)
    assert bury(DEFAULT_TENANT, VEHICLE, SPEED, ALL_DATASETS)
    assert bury(DEFAULT_TENANT, VEHICLE, SCOPE)
    assert not bury(DEFAULT_TENANT, VEHICLE, BRAND)
    assert not bury(DEFAULT_TENANT, NOBODY, SPEED)

    gone = [point for point in city.points() if "deletedAt" in point.instance]
    assert {point.dataset for point in gone} == {None, "urn:d:1"}
    assert {point.instance["value"] for point in gone} == {NULL}


def _by_dataset_and_time(city: City) -> dict[tuple[str | None, str], dict[str, Any]]:
    return {(point.dataset, point.instance["observedAt"]): {**point.instance} for point in city.points()}
