"""Clauses 4.5.2, 4.5.3, 4.5.5, 4.5.18 and 4.5.20 to 4.5.24: attributes in normalized and concise form."""

from typing import Any

import pytest

from machi.ngsild.entity import CORE, DEFAULT_VOCABULARY
from machi.ngsild.errors import BadRequestData
from tests.unit.ngsild.reading.documents import EXAMPLE, NOW, attribute, instances, stamped

POINT = {"type": "Point", "coordinates": [136.8, 35.3]}
URI = "urn:ngsi-ld:Person:1"

NORMALIZED: list[tuple[str, str, Any]] = [
    ("Property", "value", 5),
    ("GeoProperty", "value", POINT),
    ("Relationship", "object", URI),
    ("Relationship", "object", [URI, "urn:ngsi-ld:Person:2"]),
    (
        "LanguageProperty",
        "languageMap",
        {"ja": "車", "en": ["car", "vehicle"], "@none": "x", "zh-Hant-TW": "車"},
    ),
    ("VocabProperty", "vocab", "Red"),
    ("VocabProperty", "vocab", ["Red", "Blue"]),
    ("JsonProperty", "json", {"id": 1, "value": None, "@context": "raw"}),
    ("JsonProperty", "json", [{"a": 1}, {}]),
    ("ListProperty", "valueList", [1, "two", [3]]),
    ("ListProperty", "valueList", []),
    ("ListRelationship", "objectList", [URI, "urn:ngsi-ld:Person:2"]),
]
IN_MEMORY = {"Red": f"{EXAMPLE}Red", "Blue": f"{DEFAULT_VOCABULARY}Blue"}


def expected(value: object) -> object:
    """Vocabulary as IRIs, all else as sent."""
    if isinstance(value, list):
        return [IN_MEMORY.get(item, item) if isinstance(item, str) else item for item in value]
    return IN_MEMORY.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(("kind", "member", "value"), NORMALIZED)
def test_every_type_is_read_in_normalized_form(kind: str, member: str, value: object) -> None:
    assert attribute({"type": kind, member: value}) == stamped(type=kind, **{member: expected(value)})


@pytest.mark.parametrize(("kind", "member", "value"), NORMALIZED)
def test_every_type_is_recognised_by_its_value_member(kind: str, member: str, value: object) -> None:
    assert attribute({member: value}) == attribute({"type": kind, member: value})


@pytest.mark.parametrize(("kind", "member", "value"), NORMALIZED)
def test_the_type_may_be_a_full_iri(kind: str, member: str, value: object) -> None:
    assert attribute({"type": CORE + kind, member: value}) == attribute({"type": kind, member: value})


@pytest.mark.parametrize(
    "value", [5, -0.5, "text", True, False, [1, 2], [], {"a": 1}, {}, [{"a": 1}], ["x", {"value": 1}]]
)
def test_a_bare_value_is_a_property(value: object) -> None:
    assert attribute(value) == stamped(type="Property", value=value)


def test_a_bare_geometry_is_a_geo_property() -> None:
    assert attribute(POINT) == stamped(type="GeoProperty", value=POINT)


def test_a_geometry_can_be_the_value_of_a_property_that_says_so() -> None:
    assert attribute({"type": "Property", "value": POINT}) == stamped(type="Property", value=POINT)


def test_objects_of_a_list_may_be_wrapped() -> None:
    wrapped = attribute({"type": "ListRelationship", "objectList": [{"object": URI}, URI]})

    assert wrapped == stamped(type="ListRelationship", objectList=[URI, URI])


@pytest.mark.parametrize(
    "kind", ["property", "Prop", "", 5, None, ["Property"], "TemporalProperty", "Vehicle", "Feature"]
)
def test_there_are_no_other_types(kind: object) -> None:
    with pytest.raises(BadRequestData, match="must be one of Property"):
        attribute({"type": kind, "value": 5})


@pytest.mark.parametrize(("kind", "member"), sorted({(kind, member) for kind, member, _ in NORMALIZED}))
def test_a_type_needs_the_member_of_its_value_and_bears_no_other(kind: str, member: str) -> None:
    values = {member: value for _, member, value in NORMALIZED}
    for other, value in values.items():
        if other != member:
            with pytest.raises(BadRequestData):
                attribute({"type": kind, other: value})
            with pytest.raises(BadRequestData):
                attribute({"type": kind, other: value, member: values[member]})
            with pytest.raises(BadRequestData):
                attribute({other: value, member: values[member]})
    with pytest.raises(BadRequestData, match=f'must have "{member}"'):
        attribute({"type": kind})


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Property", "value": None}, None, {"value": None},
        {"type": "Relationship", "object": 5}, {"type": "Relationship", "object": "Person1"},
        {"type": "Relationship", "object": []}, {"type": "Relationship", "object": [URI, "x"]},
        {"type": "Relationship", "object": {"@id": URI}}, {"object": None},
        {"type": "GeoProperty", "value": "Point"}, {"type": "GeoProperty", "value": {"type": "Point"}},
        {"type": "GeoProperty", "value": [136.8, 35.3]},
        {"type": "GeoProperty", "value": {"type": "GeometryCollection", "geometries": []}},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [200, 0]}},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["136.8", "35.3"]}},
        {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1]]]}},
        {"type": "LanguageProperty", "languageMap": "text"}, {"type": "LanguageProperty", "languageMap": {}},
        {"type": "LanguageProperty", "languageMap": {"en": 5}},
        {"type": "LanguageProperty", "languageMap": {"en": []}},
        {"type": "LanguageProperty", "languageMap": {"": "x"}}, {"languageMap": {"not a tag": "x"}},
        {"type": "LanguageProperty", "languageMap": {"en": ["a", 5]}}, {"languageMap": {"en": None}},
        {"type": "VocabProperty", "vocab": 5}, {"type": "VocabProperty", "vocab": []},
        {"type": "VocabProperty", "vocab": ["Red", 5]}, {"vocab": {"a": 1}}, {"vocab": ""}, {"vocab": "@id"},
        {"type": "JsonProperty", "json": 5}, {"type": "JsonProperty", "json": "text"}, {"json": [1]},
        {"json": None},
        {"type": "ListProperty", "valueList": 5}, {"type": "ListProperty", "valueList": {"a": 1}},
        {"type": "ListRelationship", "objectList": URI}, {"objectList": []}, {"objectList": [5]},
        {"objectList": [{"object": URI, "more": 1}]}, {"objectList": [{"object": "x"}]},
    ],
)  # fmt: skip
def test_a_value_its_type_does_not_admit_is_refused(value: object) -> None:
    with pytest.raises(BadRequestData, match="attribute 1"):
        attribute(value)


def test_a_geometry_may_come_as_json_text() -> None:
    text = '{"type": "Point", "coordinates": [136.8, 35.3]}'

    assert attribute({"type": "GeoProperty", "value": text}) == stamped(type="GeoProperty", value=POINT)


@pytest.mark.parametrize("name", ["location", "observationSpace", "operationSpace"])
def test_the_geo_properties_of_the_core_hold_geometries_only(name: str) -> None:
    assert attribute(POINT, name)["type"] == "GeoProperty"
    for value in (5, {"a": 1}, {"type": "Property", "value": POINT}):
        with pytest.raises(BadRequestData, match="GeoProperty"):
            attribute(value, name)


def test_metadata_is_kept() -> None:
    sent = {
        "type": "Property", "value": 5, "unitCode": "KMH", "observedAt": "2026-11-24T04:00:00Z",
        "datasetId": "urn:ngsi-ld:Dataset:gps", "valueType": "Red", "expiresAt": "2027-01-01T00:00:00.000Z",
    }  # fmt: skip

    assert attribute(sent) == stamped(**{**sent, "valueType": f"{EXAMPLE}Red"})


@pytest.mark.parametrize(("sent", "kept"), [("Car", f"{EXAMPLE}Car"), (["Car"], [f"{EXAMPLE}Car"])])
def test_the_type_of_the_object_is_kept_as_an_iri(sent: object, kept: object) -> None:
    assert attribute({"object": URI, "objectType": sent})["objectType"] == kept


@pytest.mark.parametrize(
    "members",
    [
        {"unitCode": 5}, {"unitCode": ""}, {"unitCode": None},
        {"unitCode": {"type": "Property", "value": "C62"}},
        {"observedAt": "yesterday"}, {"observedAt": "2026-11-24T04:00:00+09:00"}, {"observedAt": None},
        {"observedAt": {"type": "Property", "value": "2026-11-24T04:00:00Z"}}, {"expiresAt": "never"},
        {"datasetId": "gps"}, {"datasetId": 5}, {"datasetId": None}, {"valueType": 5}, {"valueType": ["Red"]},
        {"objectType": "Car"}, {"entity": {}}, {"entityList": []}, {"previousValue": 4}, {"lang": "en"},
        {"entityIdSealed": "x"}, {"entityTypeSealed": "x"}, {"@context": {}},
    ],
)  # fmt: skip
def test_a_property_bears_no_wrong_metadata(members: dict[str, object]) -> None:
    with pytest.raises(BadRequestData, match="attribute 1"):
        attribute({"type": "Property", "value": 5, **members})


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [row for row in NORMALIZED if row[0] not in {"Property", "GeoProperty", "ListProperty"}],
)
def test_what_has_no_unit_bears_no_unit_code(kind: str, member: str, value: object) -> None:
    with pytest.raises(BadRequestData, match="unitCode"):
        attribute({"type": kind, member: value, "unitCode": "KMH"})


def test_a_relationship_bears_no_value_type() -> None:
    with pytest.raises(BadRequestData, match="valueType"):
        attribute({"object": URI, "valueType": "Red"})


def test_what_the_system_sets_is_ignored() -> None:
    sent = {"value": 5, "createdAt": "x", "modifiedAt": 5, "deletedAt": None, "instanceId": "urn:x:1"}

    assert attribute(sent) == stamped(type="Property", value=5)


def test_sub_attributes_are_read_like_attributes_to_any_depth() -> None:
    read = attribute(
        {
            "value": 5,
            "accuracy": {"type": "Property", "value": 0.9, "owner": {"object": URI, "brand": "bare"}},
        }
    )

    owner = stamped(
        type="Relationship", object=URI, attrs={f"{EXAMPLE}brand": [stamped(type="Property", value="bare")]}
    )
    accuracy = stamped(type="Property", value=0.9, attrs={f"{EXAMPLE}owner": [owner]})
    assert read == stamped(type="Property", value=5, attrs={f"{EXAMPLE}accuracy": [accuracy]})


def test_only_a_proof_is_sealed() -> None:
    proof = {
        "type": "Property",
        "value": {"type": "DataIntegrityProof"},
        "entityIdSealed": "urn:x",
        "entityTypeSealed": "Car",
    }

    sealed = attribute(proof, "ngsildproof")

    assert sealed == stamped(**{**proof, "entityTypeSealed": f"{EXAMPLE}Car"})


def test_several_instances_are_told_apart_by_their_datasets() -> None:
    sent = [
        {"value": 5},
        {"value": 6, "datasetId": "urn:d:gps"},
        {"type": "Relationship", "object": URI, "datasetId": "urn:d:2"},
    ]

    assert [instance.get("datasetId") for instance in instances(sent)] == [None, "urn:d:gps", "urn:d:2"]


def test_the_default_instance_has_no_dataset() -> None:
    assert "datasetId" not in attribute({"value": 5, "datasetId": "@none"})


@pytest.mark.parametrize(
    "sent",
    [
        [{"value": 5}, {"value": 6}],
        [{"value": 5}, {"value": 6, "datasetId": "@none"}],
        [{"value": 5, "datasetId": "urn:d:1"}, {"value": 6, "datasetId": "urn:d:1"}],
    ],
)
def test_two_instances_of_one_dataset_are_refused(sent: object) -> None:
    with pytest.raises(BadRequestData, match="datasetIds"):
        attribute(sent)


def test_every_instance_carries_the_time_of_reading() -> None:
    read = attribute({"value": 5, "accuracy": 0.9})

    assert read["createdAt"] == read["modifiedAt"] == NOW
    assert read["attrs"][f"{EXAMPLE}accuracy"][0]["createdAt"] == NOW
