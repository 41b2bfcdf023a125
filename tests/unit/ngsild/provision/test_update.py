"""5.6.2 Update Attributes, 5.5.8 Partial Update Patch."""

import pytest

from machi.ngsild.provision import SCOPE, update
from machi.ngsild.reading import NULL
from tests.unit.ngsild.provision.builders import (
    BEFORE,
    NOW,
    fragment,
    gone,
    had,
    instance_of,
    sent,
    stored,
    value_of,
)
from tests.unit.ngsild.query.builders import expand

SET_A = "urn:ngsi-ld:Dataset:A"


def test_the_whole_attribute_is_replaced_as_in_example_2() -> None:
    entity = stored(temperature=[had(25, unitCode="CEL", observedAt="2022-03-14T01:59:26.535Z")])

    outcome = update(entity, fragment(temperature=[sent(100, observedAt="2022-03-14T13:00:00.000Z")]), NOW)

    temperature = instance_of(outcome.entity, "temperature")
    assert temperature["value"] == 100
    assert temperature["observedAt"] == "2022-03-14T13:00:00.000Z"
    assert "unitCode" not in temperature
    assert (temperature["createdAt"], temperature["modifiedAt"]) == (BEFORE, NOW)


def test_a_null_deletes_the_attribute_as_in_example_3() -> None:
    outcome = update(stored(temperature=[had(25)], humidity=[had(60)]), fragment(temperature=[gone()]), NOW)

    assert list(outcome.entity["attrs"]) == [expand("humidity")]
    assert outcome.is_complete


def test_a_null_deletes_only_the_dataset_it_names() -> None:
    entity = stored(speed=[had(50), had(51, datasetId=SET_A)])

    outcome = update(entity, fragment(speed=[gone(datasetId=SET_A)]), NOW)

    assert value_of(outcome.entity, "speed") == 50
    assert len(outcome.entity["attrs"][expand("speed")]) == 1


def test_a_missing_attribute_is_appended() -> None:
    outcome = update(stored(), fragment(speed=[sent(60)]), NOW)

    assert value_of(outcome.entity, "speed") == 60


def test_a_missing_dataset_is_appended() -> None:
    outcome = update(stored(speed=[had(50)]), fragment(speed=[sent(60, datasetId=SET_A)]), NOW)

    assert value_of(outcome.entity, "speed") == 50
    assert value_of(outcome.entity, "speed", SET_A) == 60


def test_a_null_for_what_is_not_there_changes_nothing() -> None:
    entity = stored(speed=[had(50)])

    outcome = update(entity, fragment(colour=[gone()], speed=[gone(datasetId=SET_A)]), NOW)

    assert outcome.entity is entity
    assert outcome.is_complete


def test_a_scope_is_replaced_where_there_is_one() -> None:
    outcome = update({**stored(), "scope": ["/a"]}, {**fragment(), "scope": ["/b"]}, NOW)

    assert outcome.entity["scope"] == ["/b"]


def test_a_scope_is_not_added_where_there_is_none() -> None:
    outcome = update(stored(), {**fragment(), "scope": ["/b"]}, NOW)

    assert "scope" not in outcome.entity
    assert [left.attribute for left in outcome.not_updated] == [SCOPE]


@pytest.mark.parametrize("member", ["scope", "expiresAt"])
def test_a_null_takes_away_scope_and_expiry(member: str) -> None:
    entity = {**stored(), "scope": ["/a"], "expiresAt": "2030-01-01T00:00:00Z"}

    outcome = update(entity, {**fragment(), member: NULL}, NOW)  # type: ignore[misc, arg-type]

    assert member not in outcome.entity


def test_types_are_added() -> None:
    outcome = update(stored(("Thing",)), {**fragment(), "type": [expand("Car")]}, NOW)

    assert outcome.entity["type"] == [expand("Thing"), expand("Car")]
