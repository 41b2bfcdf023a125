"""Clauses 4.5.1 to 4.5.5 and 4.5.18 to 4.5.24: entities in normalized, concise and simplified form."""

from typing import Any

import pytest

from machi.ngsild.context.processing import core_context
from machi.ngsild.entity import Entity
from machi.ngsild.query.projection import Projection
from machi.ngsild.reading import read_entity
from machi.ngsild.rendering import Format, Renderer, View, with_context
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID, NOW, document

POINT = {"type": "Point", "coordinates": [136.8, 35.3]}
URI = "urn:ngsi-ld:Person:1"


def entity(**attributes: object) -> Entity:
    return read_entity(document(**attributes), CONTEXT, NOW)


def shown(value: object, view: View) -> Any:  # noqa: ANN401  # any JSON
    """How the attribute `speed` with this value is shown."""
    return Renderer(CONTEXT, view).entity(entity(speed=value))["speed"]


NORMALIZED, CONCISE, SIMPLIFIED = View(), View(Format.CONCISE), View(Format.SIMPLIFIED)


@pytest.mark.parametrize(
    ("normalized", "concise", "simplified"),
    [
        ({"type": "Property", "value": 5}, 5, 5),
        ({"type": "Property", "value": {"a": 1}}, {"a": 1}, {"a": 1}),
        ({"type": "Property", "value": [1, 2]}, [1, 2], [1, 2]),
        ({"type": "Property", "value": {"type": "x"}}, {"value": {"type": "x"}}, {"type": "x"}),
        ({"type": "Property", "value": {"value": 1}}, {"value": {"value": 1}}, {"value": 1}),
        ({"type": "Property", "value": [{"value": 1}]}, {"value": [{"value": 1}]}, [{"value": 1}]),
        ({"type": "Property", "value": POINT}, {"type": "Property", "value": POINT}, POINT),
        ({"type": "Property", "value": 5, "unitCode": "KMH"}, {"value": 5, "unitCode": "KMH"}, 5),
        ({"type": "GeoProperty", "value": POINT}, POINT, POINT),
        ({"type": "GeoProperty", "value": POINT, "observedAt": NOW},
         {"value": POINT, "observedAt": NOW}, POINT),
        ({"type": "Relationship", "object": URI}, {"object": URI}, URI),
        ({"type": "Relationship", "object": [URI]}, {"object": [URI]}, [URI]),
        ({"type": "LanguageProperty", "languageMap": {"en": "x"}},) + ({"languageMap": {"en": "x"}},) * 2,
        ({"type": "VocabProperty", "vocab": "Red"},) + ({"vocab": "Red"},) * 2,
        ({"type": "VocabProperty", "vocab": ["Red", "Blue"]},) + ({"vocab": ["Red", "Blue"]},) * 2,
        ({"type": "JsonProperty", "json": {"id": 1}},) + ({"json": {"id": 1}},) * 2,
        ({"type": "ListProperty", "valueList": [1]}, {"valueList": [1]}, [1]),
        ({"type": "ListRelationship", "objectList": [{"object": URI}]}, {"objectList": [URI]}, [URI]),
        ({"type": "Property", "value": 5, "valueType": "Red"}, {"value": 5, "valueType": "Red"}, 5),
        ({"type": "Relationship", "object": URI, "objectType": "Car"},
         {"object": URI, "objectType": "Car"}, URI),
    ],
)  # fmt: skip
def test_each_type_in_each_form(normalized: object, concise: object, simplified: object) -> None:
    assert shown(normalized, NORMALIZED) == normalized
    assert shown(normalized, CONCISE) == concise
    assert shown(normalized, SIMPLIFIED) == simplified


def test_sub_attributes_have_the_form_of_the_whole() -> None:
    sent = {"value": 5, "accuracy": {"value": 0.9, "owner": {"object": URI}}}

    assert shown(sent, CONCISE) == {"value": 5, "accuracy": {"value": 0.9, "owner": {"object": URI}}}
    assert shown(sent, SIMPLIFIED) == 5
    owner = {"type": "Relationship", "object": URI}
    assert shown(sent, NORMALIZED)["accuracy"] == {"type": "Property", "value": 0.9, "owner": owner}


def test_one_type_and_one_scope_are_shown_plainly_and_several_as_arrays() -> None:
    one = Renderer(CONTEXT).entity(entity(scope="/A"))
    several = Renderer(CONTEXT).entity(
        read_entity({"id": ID, "type": ["Car", "Vehicle"], "scope": ["/A", "/B"]}, CONTEXT, NOW)
    )

    assert (one["id"], one["type"], one["scope"]) == (ID, "Vehicle", "/A")
    assert (several["type"], several["scope"]) == (["Car", "Vehicle"], ["/A", "/B"])


def test_names_are_those_of_the_readers_context() -> None:
    read = Renderer(core_context()).entity(entity(speed=5, location=POINT))

    assert set(read) == {"id", "type", f"{EXAMPLE}speed", "location"}
    assert read["type"] == f"{EXAMPLE}Vehicle"


@pytest.mark.parametrize("format_", list(Format))
def test_system_attributes_are_shown_on_request_only(format_: Format) -> None:
    full = entity(speed={"value": 5, "expiresAt": NOW, "accuracy": 1}, expiresAt=NOW)

    plain = Renderer(CONTEXT, View(format_)).entity(full)
    with_system = Renderer(CONTEXT, View(format_, system_attributes=True)).entity(full)

    assert not {"createdAt", "modifiedAt", "expiresAt"} & plain.keys()
    assert {"createdAt", "modifiedAt", "expiresAt"} <= with_system.keys()
    if format_ is not Format.SIMPLIFIED:
        speed: Any = with_system["speed"]
        assert (speed["createdAt"], speed["modifiedAt"], speed["expiresAt"]) == (NOW, NOW, NOW)
        assert speed["accuracy"]["createdAt"] == NOW


SEVERAL = [{"value": 1}, {"value": 2, "datasetId": "urn:d:1"}, {"object": URI, "datasetId": "urn:d:2"}]


def test_several_instances_are_an_array_or_in_simplified_form_a_map() -> None:
    assert shown(SEVERAL, NORMALIZED) == [
        {"type": "Property", "value": 1},
        {"type": "Property", "value": 2, "datasetId": "urn:d:1"},
        {"type": "Relationship", "object": URI, "datasetId": "urn:d:2"},
    ]
    assert shown(SEVERAL, CONCISE) == [{"value": 1}, *SEVERAL[1:]], (
        "a bare 1 would make a list of values of it"
    )
    assert shown(SEVERAL, SIMPLIFIED) == {"dataset": {"@none": 1, "urn:d:1": 2, "urn:d:2": URI}}


@pytest.mark.parametrize(
    ("datasets", "normalized", "simplified"),
    [
        ({"@none"}, {"type": "Property", "value": 1}, 1),
        ({"urn:d:1"}, {"type": "Property", "value": 2, "datasetId": "urn:d:1"}, 2),
        ({"urn:d:1", "@none"},
         [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:d:1"}],
         {"dataset": {"@none": 1, "urn:d:1": 2}}),
    ],
)  # fmt: skip
def test_only_the_datasets_asked_for_are_shown(
    datasets: set[str], normalized: object, simplified: object
) -> None:
    assert shown(SEVERAL, View(datasets=frozenset(datasets))) == normalized
    assert shown(SEVERAL, View(Format.SIMPLIFIED, datasets=frozenset(datasets))) == simplified


def test_an_attribute_without_the_dataset_is_left_out() -> None:
    view = View(datasets=frozenset({"urn:d:9"}))

    assert "speed" not in Renderer(CONTEXT, view).entity(entity(speed=SEVERAL))


def test_what_a_projection_took_away_is_not_shown() -> None:
    projected = Projection.parse(CONTEXT.expand_term, pick="speed").apply(
        entity(speed=5, brand="x", scope="/A")
    )

    assert Renderer(CONTEXT, SIMPLIFIED).entity(projected) == {"speed": 5}


def test_a_proof_shows_its_sealed_members() -> None:
    proof = {"type": "Property", "value": {"a": 1}, "entityIdSealed": "urn:x", "entityTypeSealed": "Car"}

    assert Renderer(CONTEXT).entity(entity(ngsildproof=proof))["ngsildproof"] == proof


def test_json_ld_answers_carry_the_context() -> None:
    answer = with_context({"id": ID}, CONTEXT)

    assert answer == {"id": ID, "@context": CONTEXT.json}


def test_rendering_leaves_the_entity_as_it_was() -> None:
    full = entity(speed=SEVERAL, owner={"objectList": [URI]}, brand={"vocab": ["Red"]})
    before = repr(full)

    for format_ in Format:
        Renderer(CONTEXT, View(format_, system_attributes=True)).entity(full)

    assert repr(full) == before
