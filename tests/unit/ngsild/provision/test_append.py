"""5.6.3 Append Attributes."""

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.provision import SCOPE, Existing, append
from tests.unit.ngsild.provision.builders import (
    BEFORE,
    NOW,
    fragment,
    had,
    instance_of,
    sent,
    stored,
    value_of,
)
from tests.unit.ngsild.query.builders import expand

SET_A = "urn:ngsi-ld:Dataset:A"


def test_new_attributes_are_added_and_the_others_stay() -> None:
    entity = stored(speed=[had(50)])

    outcome = append(entity, fragment(colour=[sent("red")]), NOW)

    assert value_of(outcome.entity, "speed") == 50
    assert value_of(outcome.entity, "colour") == "red"
    assert outcome.entity["modifiedAt"] == NOW
    assert outcome.updated == (expand("colour"),)
    assert outcome.is_complete


def test_an_attribute_that_is_there_is_replaced_and_keeps_its_creation_time() -> None:
    outcome = append(stored(speed=[had(50, unitCode="KMH")]), fragment(speed=[sent(60)]), NOW)

    speed = instance_of(outcome.entity, "speed")
    assert (speed["value"], speed["createdAt"], speed["modifiedAt"]) == (60, BEFORE, NOW)
    assert "unitCode" not in speed


def test_instances_of_other_datasets_are_left_alone() -> None:
    entity = stored(speed=[had(50), had(51, datasetId=SET_A)])

    outcome = append(entity, fragment(speed=[sent(61, datasetId=SET_A)]), NOW)

    assert value_of(outcome.entity, "speed") == 50
    assert value_of(outcome.entity, "speed", SET_A) == 61


def test_without_overwriting_what_is_there_stays_and_is_reported() -> None:
    entity = stored(speed=[had(50)])

    outcome = append(entity, fragment(speed=[sent(60)], colour=[sent("red")]), NOW, Existing.LEFT)

    assert value_of(outcome.entity, "speed") == 50
    assert value_of(outcome.entity, "colour") == "red"
    assert outcome.updated == (expand("colour"),)
    assert [left.attribute for left in outcome.not_updated] == [expand("speed")]


def test_without_overwriting_a_new_dataset_of_an_attribute_is_added() -> None:
    outcome = append(stored(speed=[had(50)]), fragment(speed=[sent(60, datasetId=SET_A)]), NOW, Existing.LEFT)

    assert value_of(outcome.entity, "speed", SET_A) == 60
    assert outcome.is_complete


def test_nothing_is_written_where_nothing_could_be_appended() -> None:
    entity = stored(speed=[had(50)])

    outcome = append(entity, fragment(speed=[sent(60)]), NOW, Existing.LEFT)

    assert outcome.entity is entity


def test_types_are_added_to_those_there() -> None:
    outcome = append(stored(("Thing",)), {**fragment(), "type": [expand("Car"), expand("Thing")]}, NOW)

    assert outcome.entity["type"] == [expand("Thing"), expand("Car")]


@pytest.mark.parametrize(
    ("existing", "expected"),
    [(Existing.REPLACED, ["/b"]), (Existing.LEFT, ["/a", "/b"])],
)
def test_scopes_replace_or_join_those_there(existing: Existing, expected: list[str]) -> None:
    outcome = append({**stored(), "scope": ["/a"]}, {**fragment(), "scope": ["/b"]}, NOW, existing)

    assert outcome.entity["scope"] == expected
    assert outcome.updated == (SCOPE,)


def test_a_fragment_of_another_entity_is_refused() -> None:
    with pytest.raises(BadRequestData):
        append(stored(), {**fragment(), "id": "urn:ngsi-ld:Thing:2"}, NOW)


def test_the_entity_that_came_in_is_not_changed() -> None:
    entity = stored(speed=[had(50)])

    append(entity, fragment(speed=[sent(60)], colour=[sent("red")]), NOW)

    assert entity == stored(speed=[had(50)])
