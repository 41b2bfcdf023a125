"""5.6.5 Delete Attribute, 5.6.18 and 5.6.19 Replace, and what a purge leaves (5.6.21)."""

import pytest

from machi.ngsild.entity import Entity
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.provision import (
    SCOPE,
    Instances,
    delete_attribute,
    drop_attributes,
    keep_attributes,
    replace_attribute,
    replace_entity,
)
from tests.unit.ngsild.provision.builders import BEFORE, NOW, had, instance_of, sent, stored, value_of
from tests.unit.ngsild.query.builders import expand

SET_A = "urn:ngsi-ld:Dataset:A"
SPEED, COLOUR = expand("speed"), expand("colour")


def test_without_dataset_the_default_instance_is_deleted() -> None:
    outcome = delete_attribute(stored(speed=[had(1), had(2, datasetId=SET_A)]), SPEED, NOW)

    assert outcome.entity["attrs"][SPEED] == [had(2, datasetId=SET_A)]
    assert outcome.entity["modifiedAt"] == NOW


def test_with_dataset_its_instance_is_deleted() -> None:
    outcome = delete_attribute(stored(speed=[had(1), had(2, datasetId=SET_A)]), SPEED, NOW, dataset=SET_A)

    assert outcome.entity["attrs"][SPEED] == [had(1)]


def test_all_instances_can_be_deleted_at_once() -> None:
    entity = stored(speed=[had(1), had(2, datasetId=SET_A)], colour=[had("red")])

    outcome = delete_attribute(entity, SPEED, NOW, instances=Instances.ALL)

    assert list(outcome.entity["attrs"]) == [COLOUR]


@pytest.mark.parametrize(("iri", "dataset"), [(COLOUR, None), (SPEED, SET_A)])
def test_what_is_not_there_cannot_be_deleted(iri: str, dataset: str | None) -> None:
    with pytest.raises(ResourceNotFound):
        delete_attribute(stored(speed=[had(1)]), iri, NOW, dataset=dataset)


def test_the_default_instance_may_be_missing_too() -> None:
    with pytest.raises(ResourceNotFound):
        delete_attribute(stored(speed=[had(1, datasetId=SET_A)]), SPEED, NOW)


def test_the_scope_can_be_deleted_like_an_attribute() -> None:
    outcome = delete_attribute({**stored(), "scope": ["/a"]}, SCOPE, NOW)

    assert "scope" not in outcome.entity
    with pytest.raises(ResourceNotFound):
        delete_attribute(stored(), SCOPE, NOW)


def test_a_replaced_entity_keeps_only_its_creation_time() -> None:
    new: Entity = {**stored(("Car",), colour=[sent("red")]), "createdAt": NOW, "modifiedAt": NOW}

    outcome = replace_entity({**stored(speed=[had(1)]), "scope": ["/a"]}, new)

    assert outcome.entity == {**new, "createdAt": BEFORE}


def test_an_entity_is_not_replaced_by_another() -> None:
    with pytest.raises(BadRequestData):
        replace_entity(stored(), {**stored(), "id": "urn:ngsi-ld:Thing:2"})


def test_a_replaced_attribute_keeps_only_its_creation_time() -> None:
    outcome = replace_attribute(stored(speed=[had(1, unitCode="KMH")]), SPEED, [sent(2)], NOW)

    assert instance_of(outcome.entity, "speed") == {**sent(2), "createdAt": BEFORE}


def test_other_datasets_survive_a_replacement() -> None:
    entity = stored(speed=[had(1), had(2, datasetId=SET_A)])

    outcome = replace_attribute(entity, SPEED, [sent(3, datasetId=SET_A)], NOW)

    assert value_of(outcome.entity, "speed") == 1
    assert value_of(outcome.entity, "speed", SET_A) == 3


def test_an_attribute_that_is_not_there_is_not_replaced() -> None:
    with pytest.raises(ResourceNotFound):
        replace_attribute(stored(speed=[had(1)]), SPEED, [sent(3, datasetId=SET_A)], NOW)


def test_dropping_takes_the_named_attributes() -> None:
    outcome = drop_attributes({**stored(speed=[had(1)], colour=[had("red")]), "scope": ["/a"]}, {SPEED}, NOW)

    assert list(outcome.entity["attrs"]) == [COLOUR]
    assert outcome.entity["scope"] == ["/a"]


def test_keeping_takes_all_others() -> None:
    outcome = keep_attributes({**stored(speed=[had(1)], colour=[had("red")]), "scope": ["/a"]}, {SPEED}, NOW)

    assert list(outcome.entity["attrs"]) == [SPEED]
    assert "scope" not in outcome.entity


def test_dropping_what_is_not_there_changes_nothing() -> None:
    entity = stored(speed=[had(1)])

    assert drop_attributes(entity, {COLOUR}, NOW).entity is entity
