"""4.3.6.8: what readers of earlier versions get."""

import pytest

from machi.ngsild.broker.versions import NEWEST, Version, amended, preferred_version
from machi.ngsild.entity import Entity
from tests.unit.ngsild.query.builders import entity, expand, instance, prop, text, vocab


@pytest.mark.parametrize(
    ("header", "version"),
    [
        (None, None),
        ("", None),
        ("body=json", None),
        ("ngsi-ld=1.5", (1, 5)),
        ("body=json, ngsi-ld=1.6.1", (1, 6)),
        ('ngsi-ld="1.3"', (1, 3)),
        ("ngsi-ld=2.0", NEWEST),
        ("ngsi-ld=new", None),
    ],
)
def test_the_preference_is_read(header: str | None, version: Version | None) -> None:
    assert preferred_version(header) == version


RICH: Entity = {
    **entity(
        "urn:a:b",
        "A",
        name=text(ja="駅", en="Station"),
        kind=vocab("https://example.org/Kind"),
        data=instance("JsonProperty", "json", {"a": 1}),
        steps=instance("ListProperty", "valueList", [1, 2]),
        stops=instance("ListRelationship", "objectList", ["urn:a:c"]),
        speed=[
            prop(1, datasetId="urn:d:1", unitCode="KMH"),
            prop(2, observedAt="2026-01-01T00:00:00Z", valueType="x", note=vocab("https://example.org/N")),
        ],
    ),
    "type": [expand("A"), expand("B")],
    "scope": ["/a"],
    "expiresAt": "2030-01-01T00:00:00Z",
}


def types_of(found: Entity) -> dict[str, str]:
    return {iri.rpartition("/")[2]: instances[0]["type"] for iri, instances in found["attrs"].items()}


def test_the_newest_version_knows_everything() -> None:
    assert amended(RICH, NEWEST) is RICH


def test_new_attribute_types_become_older_ones() -> None:
    assert types_of(amended(RICH, (1, 7))) == {
        "name": "LanguageProperty",
        "kind": "Property",
        "data": "Property",
        "steps": "Property",
        "stops": "Relationship",
        "speed": "Property",
    }
    oldest = amended(RICH, (1, 3))
    assert types_of(oldest)["name"] == "Property"
    assert oldest["attrs"][expand("name")][0]["value"] == {"ja": "駅", "en": "Station"}
    assert oldest["attrs"][expand("stops")][0]["object"] == ["urn:a:c"]


def test_sub_attributes_too() -> None:
    speed = amended(RICH, (1, 7))["attrs"][expand("speed")][1]

    assert speed["attrs"][expand("note")][0]["type"] == "Property"
    assert "valueType" not in speed


def test_members_are_left_out_that_a_version_does_not_know() -> None:
    assert "expiresAt" not in amended(RICH, (1, 8))
    assert "scope" in amended(RICH, (1, 4))
    assert "scope" not in amended(RICH, (1, 3))


def test_the_first_version_knows_one_type_and_one_instance() -> None:
    first = amended(RICH, (1, 0))

    assert first["type"] == [expand("A")]
    assert [found["value"] for found in first["attrs"][expand("speed")]] == [2]
    assert not {"datasetId", "observedAt", "unitCode"} & first["attrs"][expand("speed")][0].keys()


def test_what_is_old_enough_stays_as_it_is() -> None:
    plain = entity("urn:a:b", "A", speed=prop(1))

    assert amended(plain, (1, 0)) is plain
