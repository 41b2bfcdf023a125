"""5.6.4 Partial Attribute Update."""

import pytest

from machi.ngsild.entity import Instance
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.provision import update_attribute
from machi.ngsild.reading import NULL
from tests.unit.ngsild.provision.builders import (
    BEFORE,
    NOW,
    gone,
    had,
    instance_of,
    one,
    part,
    sent,
    stored,
    value_of,
)
from tests.unit.ngsild.query.builders import expand

SET_A = "urn:ngsi-ld:Dataset:A"
SPEED = expand("speed")


def test_only_what_is_sent_changes_as_in_example_1() -> None:
    entity = stored(speed=[had(25, unitCode="KMH", observedAt="2022-03-14T01:59:26.535Z")])

    outcome = update_attribute(
        entity, SPEED, [part(type="Property", value=100, observedAt="2022-03-14T13:00:00.000Z")], NOW
    )

    speed = instance_of(outcome.entity, "speed")
    assert speed["value"] == 100
    assert speed["unitCode"] == "KMH"
    assert speed["observedAt"] == "2022-03-14T13:00:00.000Z"
    assert (speed["createdAt"], speed["modifiedAt"]) == (BEFORE, NOW)
    assert outcome.entity["modifiedAt"] == NOW


def test_sub_attributes_are_replaced_one_by_one() -> None:
    entity = stored(speed=[had(25, source=[had("radar")], accuracy=[had(0.5)])])

    outcome = update_attribute(
        entity, SPEED, [part(attrs={expand("source"): [sent("gps")], expand("note"): [sent("new")]})], NOW
    )

    subs = instance_of(outcome.entity, "speed")["attrs"]
    assert subs[expand("source")][0]["value"] == "gps"
    assert subs[expand("source")][0]["createdAt"] == BEFORE
    assert subs[expand("accuracy")] == [had(0.5)]
    assert subs[expand("note")][0]["value"] == "new"


def test_nulls_take_away_members_and_sub_attributes() -> None:
    entity = stored(speed=[had(25, unitCode="KMH", source=[had("radar")])])

    outcome = update_attribute(
        entity,
        SPEED,
        [part(unitCode=NULL, attrs={expand("source"): [gone()], expand("none"): [gone()]})],
        NOW,
    )

    speed = instance_of(outcome.entity, "speed")
    assert "unitCode" not in speed
    assert "attrs" not in speed


def test_a_null_value_deletes_the_instance() -> None:
    entity = stored(speed=[had(25), had(26, datasetId=SET_A)])

    outcome = update_attribute(entity, SPEED, [part(type="Property", value=NULL)], NOW)

    assert [item.get("datasetId") for item in outcome.entity["attrs"][SPEED]] == [SET_A]


def test_the_last_instance_takes_the_attribute_with_it() -> None:
    outcome = update_attribute(stored(speed=[had(25)]), SPEED, [part(type="Property", value=NULL)], NOW)

    assert outcome.entity["attrs"] == {}


def test_the_dataset_decides_which_instance_is_meant() -> None:
    entity = stored(speed=[had(25), had(26, datasetId=SET_A)])

    outcome = update_attribute(entity, SPEED, [part(value=99, datasetId=SET_A)], NOW)

    assert value_of(outcome.entity, "speed") == 25
    assert value_of(outcome.entity, "speed", SET_A) == 99


@pytest.mark.parametrize("dataset", [{"datasetId": "urn:ngsi-ld:Dataset:B"}, {}])
def test_an_instance_that_is_not_there_is_not_found(dataset: dict[str, str]) -> None:
    entity = stored(speed=[had(26, datasetId=SET_A)])

    with pytest.raises(ResourceNotFound):
        update_attribute(entity, SPEED, [part(value=1, **dataset)], NOW)


@pytest.mark.parametrize(
    "patch",
    [part(type="Relationship", object="urn:a:b"), part(object="urn:a:b"), part(languageMap={"ja": "x"})],
)
def test_the_type_of_an_attribute_cannot_change(patch: Instance) -> None:
    with pytest.raises(BadRequestData):
        update_attribute(stored(speed=[had(25)]), SPEED, [patch], NOW)


def test_a_property_may_change_to_a_geometry_in_no_way() -> None:
    place = one("GeoProperty", "value", {"type": "Point", "coordinates": [1, 2]}, NOW)

    with pytest.raises(BadRequestData):
        update_attribute(stored(speed=[had(25)]), SPEED, [place], NOW)


def test_a_body_that_says_nothing_is_refused() -> None:
    with pytest.raises(BadRequestData):
        update_attribute(stored(speed=[had(25)]), SPEED, [part()], NOW)
