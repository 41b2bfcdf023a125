"""Clauses 5.4, 5.5.4, 5.5.8 and 5.5.12: parts of entities, and what is to go from them."""

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import (
    NULL,
    Nulls,
    checked_instance,
    is_deletion,
    read_attribute,
    read_entity,
    read_fragment,
)
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID, NOW, document, patch, stamped

SPEED = f"{EXAMPLE}speed"
WITH_NULLS = [Nulls.UPDATE, Nulls.MERGE]
DELETIONS = [
    NULL, {"type": "Property", "value": NULL}, {"value": NULL}, {"type": "Relationship", "object": NULL},
    {"object": NULL, "datasetId": "urn:d:1"}, {"languageMap": {"@none": NULL}},
    {"type": "GeoProperty", "value": NULL},
    {"type": "ListProperty", "valueList": [NULL]}, {"objectList": [NULL]}, {"vocab": NULL}, {"json": NULL},
    {"languageMap": NULL}, {"type": "ListRelationship", "objectList": NULL},
]  # fmt: skip


def test_a_fragment_needs_neither_id_nor_type() -> None:
    assert read_fragment({}, CONTEXT, NOW, Nulls.FORBIDDEN) == {"attrs": {}}


def test_a_fragment_may_bring_id_types_scope_and_expiry() -> None:
    sent = {"id": ID, "type": "Car", "scope": "/A", "expiresAt": "2027-01-01T00:00:00Z", "@context": "x"}

    assert read_fragment(sent, CONTEXT, NOW, Nulls.FORBIDDEN) == {
        "id": ID, "type": [f"{EXAMPLE}Car"], "scope": ["/A"], "expiresAt": "2027-01-01T00:00:00Z",
        "attrs": {},
    }  # fmt: skip


@pytest.mark.parametrize("sent", [[], "x", None, {"id": "x"}, {"type": []}, {"id": NULL}, {"type": NULL}])
@pytest.mark.parametrize("nulls", list(Nulls))
def test_what_is_no_fragment_is_refused(sent: object, nulls: Nulls) -> None:
    with pytest.raises(BadRequestData):
        read_fragment(sent, CONTEXT, NOW, nulls)


@pytest.mark.parametrize("nulls", WITH_NULLS)
def test_scope_and_expiry_can_be_taken_away(nulls: Nulls) -> None:
    fragment = read_fragment({"scope": NULL, "expiresAt": NULL}, CONTEXT, NOW, nulls)

    assert (fragment["scope"], fragment["expiresAt"]) == (NULL, NULL)


@pytest.mark.parametrize("sent", DELETIONS)
@pytest.mark.parametrize("nulls", WITH_NULLS)
def test_every_spelling_of_a_deletion_is_recognised(sent: object, nulls: Nulls) -> None:
    (instance,) = patch(sent, nulls)

    assert is_deletion(instance)
    assert instance.get("datasetId") == (sent.get("datasetId") if isinstance(sent, dict) else None)


@pytest.mark.parametrize("sent", [*DELETIONS, {"value": 5, "accuracy": NULL}, {"value": 5, "unitCode": NULL}])
def test_no_deletion_is_allowed_where_nothing_is_updated(sent: object) -> None:
    with pytest.raises(BadRequestData):
        patch(sent, Nulls.FORBIDDEN)
    with pytest.raises(BadRequestData):
        read_entity(document(speed=sent), CONTEXT, NOW)


@pytest.mark.parametrize("sent", [5, {"value": "null"}, {"value": ["null"]}, {"languageMap": {"en": "x"}}])
def test_nothing_else_is_a_deletion(sent: object) -> None:
    assert not is_deletion(patch(sent, Nulls.MERGE)[0])


@pytest.mark.parametrize("nulls", WITH_NULLS)
def test_members_and_sub_attributes_can_be_taken_away(nulls: Nulls) -> None:
    (instance,) = patch({"type": "Property", "value": 5, "unitCode": NULL, "accuracy": NULL}, nulls)

    assert instance["unitCode"] == NULL
    assert is_deletion(instance["attrs"][f"{EXAMPLE}accuracy"][0])


@pytest.mark.parametrize("nulls", list(Nulls))
def test_a_dataset_cannot_be_taken_away(nulls: Nulls) -> None:
    with pytest.raises(BadRequestData, match="datasetId"):
        patch({"value": 5, "datasetId": NULL}, nulls)


def test_only_a_merge_takes_parts_out_of_values() -> None:
    inside = [{"value": {"a": NULL}}, {"languageMap": {"en": NULL, "ja": "x"}}]
    for sent in inside:
        assert not is_deletion(patch(sent, Nulls.MERGE)[0])
        with pytest.raises(BadRequestData):
            patch(sent, Nulls.UPDATE)


@pytest.mark.parametrize(
    "sent", [{"type": "Property"}, {"type": "Property", "unitCode": "KMH"}, {"unitCode": "KMH"}]
)
def test_an_update_brings_whole_attributes(sent: object) -> None:
    with pytest.raises(BadRequestData):
        patch(sent, Nulls.UPDATE)


@pytest.mark.parametrize(
    "sent", [{"type": "Property", "unitCode": "KMH"}, {"unitCode": "KMH"}, {"observedAt": NOW}]
)
def test_a_merge_may_bring_metadata_alone(sent: dict[str, object]) -> None:
    assert patch(sent, Nulls.MERGE) == [stamped(**sent)]


def test_an_attribute_for_partial_update_may_lack_type_and_value() -> None:
    read = read_attribute({"unitCode": "KMH", "accuracy": 0.9}, CONTEXT, NOW, Nulls.UPDATE, SPEED)

    accuracy = stamped(type="Property", value=0.9)
    assert read == [stamped(unitCode="KMH", attrs={f"{EXAMPLE}accuracy": [accuracy]})]


def test_a_value_alone_leaves_the_type_open_in_a_partial_update() -> None:
    assert read_attribute({"value": 5}, CONTEXT, NOW, Nulls.UPDATE, SPEED) == [stamped(value=5)]


def test_a_null_deletes_the_attribute_in_a_partial_update() -> None:
    assert is_deletion(read_attribute({"value": NULL}, CONTEXT, NOW, Nulls.UPDATE, SPEED)[0])


@pytest.mark.parametrize("sent", [5, "text", None, [{"value": 5}], True])
def test_a_partial_update_is_one_object(sent: object) -> None:
    with pytest.raises(BadRequestData):
        read_attribute(sent, CONTEXT, NOW, Nulls.UPDATE, SPEED)


@pytest.mark.parametrize(
    "sent", [{"value": 5, "object": "urn:x:1"}, {"type": "Property", "object": "urn:x:1"}]
)
def test_a_partial_update_has_one_value_of_its_type(sent: object) -> None:
    with pytest.raises(BadRequestData):
        read_attribute(sent, CONTEXT, NOW, Nulls.UPDATE, SPEED)


def test_an_attribute_that_replaces_is_whole_and_may_have_several_instances() -> None:
    sent = [{"value": 5}, {"value": 6, "datasetId": "urn:d:1"}]

    assert len(read_attribute(sent, CONTEXT, NOW, Nulls.FORBIDDEN, SPEED)) == 2
    with pytest.raises(BadRequestData):
        read_attribute({"unitCode": "KMH"}, CONTEXT, NOW, Nulls.FORBIDDEN, SPEED)


def test_the_context_in_the_body_of_an_attribute_is_not_part_of_it() -> None:
    sent = {"value": 5, "@context": "https://example.org/c"}

    assert read_attribute(sent, CONTEXT, NOW, Nulls.UPDATE, SPEED) == [stamped(value=5)]


def test_what_a_merge_has_put_together_can_be_checked() -> None:
    good = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 2]}}
    checked_instance(stamped(**good))  # type: ignore[arg-type]  # an Instance written briefly
    for bad in (
        {"type": "GeoProperty", "value": 5},
        {"type": "Property"},
        {"type": "Relationship", "object": "x"},
    ):
        with pytest.raises(BadRequestData):
            checked_instance(stamped(**bad))  # type: ignore[arg-type]  # as above
