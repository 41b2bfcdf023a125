"""Clauses 4.5.4 and 5.6.17.4: bare values take the type of the attribute they meet."""

import pytest

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import (
    NULL,
    is_deletion,
    read_entity,
    read_merge_fragment,
    read_simplified_fragment,
)
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, ID, NOW, document, stamped

POINT = {"type": "Point", "coordinates": [136.8, 35.3]}
URI = "urn:ngsi-ld:Person:1"
LATER = "2026-11-24T06:00:00Z"


def stored(**attributes: object) -> Entity:
    return read_entity(document(**attributes), CONTEXT, NOW)


def read(
    value: object, current: Entity, lang: str | None = None, observed_at: str | None = None
) -> list[Instance]:
    fragment = read_simplified_fragment(
        {"speed": value}, CONTEXT, NOW, current, lang=lang, observed_at=observed_at
    )
    return fragment["attrs"][f"{EXAMPLE}speed"]


@pytest.mark.parametrize(
    ("have", "sent", "kind", "member", "becomes"),
    [
        (5, 6, "Property", "value", 6),
        (5, {"value": 6}, "Property", "value", {"value": 6}),
        (
            5,
            {"type": "Relationship", "object": URI},
            "Property",
            "value",
            {"type": "Relationship", "object": URI},
        ),
        (POINT, POINT, "GeoProperty", "value", POINT),
        ({"object": "urn:x:1"}, URI, "Relationship", "object", URI),
        ({"object": "urn:x:1"}, [URI], "Relationship", "object", [URI]),
        ({"vocab": "Car"}, {"vocab": "Red"}, "VocabProperty", "vocab", f"{EXAMPLE}Red"),
        ({"vocab": "Car"}, "Red", "VocabProperty", "vocab", f"{EXAMPLE}Red"),
        ({"json": {"a": 1}}, {"json": {"b": 1}}, "JsonProperty", "json", {"b": 1}),
        ({"json": {"a": 1}}, {"b": 1}, "JsonProperty", "json", {"b": 1}),
        ({"valueList": [1]}, [2, 3], "ListProperty", "valueList", [2, 3]),
        ({"objectList": ["urn:x:1"]}, [URI], "ListRelationship", "objectList", [URI]),
        (
            {"languageMap": {"en": "x"}},
            {"languageMap": {"ja": "y"}},
            "LanguageProperty",
            "languageMap",
            {"ja": "y"},
        ),
    ],
)
def test_the_type_of_the_attribute_is_preserved(
    have: object, sent: object, kind: str, member: str, becomes: object
) -> None:
    assert read(sent, stored(speed=have)) == [stamped(type=kind, **{member: becomes})]


@pytest.mark.parametrize(
    ("sent", "kind", "member"),
    [
        (5, "Property", "value"),
        (URI, "Property", "value"),
        ({"a": 1}, "Property", "value"),
        (POINT, "GeoProperty", "value"),
        ({"languageMap": {"en": "x"}}, "LanguageProperty", "languageMap"),
        ({"vocab": "Red"}, "VocabProperty", "vocab"),
        ({"json": {"a": 1}}, "JsonProperty", "json"),
    ],
)
def test_a_new_attribute_is_what_its_simplified_form_tells(sent: object, kind: str, member: str) -> None:
    (instance,) = read(sent, stored())

    assert instance["type"] == kind
    assert member in instance


def test_a_text_replaces_one_language_of_a_language_property() -> None:
    current = stored(speed={"languageMap": {"en": "slow", "ja": "遅い"}})

    (instance,) = read("fast", current, lang="en")

    assert instance["languageMap"] == {"en": "fast", "ja": "遅い"}


def test_a_text_without_a_language_is_refused() -> None:
    with pytest.raises(BadRequestData, match="lang"):
        read("fast", stored(speed={"languageMap": {"en": "slow"}}))


def test_the_common_time_is_taken_on_where_there_was_one() -> None:
    with_time = stored(speed={"value": 5, "observedAt": "2026-11-24T04:00:00Z"})

    assert read(6, with_time, observed_at=LATER)[0]["observedAt"] == LATER
    assert "observedAt" not in read(6, with_time)[0]
    assert "observedAt" not in read(6, stored(speed=5), observed_at=LATER)[0]


def test_datasets_are_addressed_by_name() -> None:
    current = stored(speed=[{"value": 1}, {"object": URI, "datasetId": "urn:d:1"}])

    sent = {"dataset": {"@none": 2, "urn:d:1": "urn:x:2", "urn:d:2": 3}}

    assert read(sent, current) == [
        stamped(type="Property", value=2),
        stamped(type="Relationship", object="urn:x:2", datasetId="urn:d:1"),
        stamped(type="Property", value=3, datasetId="urn:d:2"),
    ]


@pytest.mark.parametrize(
    "have", [5, {"object": URI}, {"languageMap": {"en": "x"}}, POINT, {"valueList": [1]}]
)
def test_a_null_takes_the_attribute_away(have: object) -> None:
    assert is_deletion(read(NULL, stored(speed=have))[0])


@pytest.mark.parametrize(
    ("have", "sent"),
    [(POINT, 5), ({"object": URI}, "no uri"), ({"valueList": [1]}, 5), (5, None), (5, {"dataset": 5}),
     (5, {"dataset": {}}),     (5, {"dataset": {"not a uri": 5}}), ({"json": {}}, 5)],
)  # fmt: skip
def test_a_value_that_does_not_fit_the_attribute_is_refused(have: object, sent: object) -> None:
    with pytest.raises(BadRequestData):
        read(sent, stored(speed=have))


def test_the_head_is_read_as_ever() -> None:
    sent = {"id": ID, "type": "Car", "scope": "/A", "expiresAt": NULL, "@context": "x", "createdAt": "x"}

    fragment = read_simplified_fragment(sent, CONTEXT, NOW, stored())

    assert fragment == {"id": ID, "type": [f"{EXAMPLE}Car"], "scope": ["/A"], "expiresAt": NULL, "attrs": {}}


@pytest.mark.parametrize("sent", [[], 5, None, {"bad-name": 5}, {"speed": 5, f"{EXAMPLE}speed": 6}])
def test_what_is_no_fragment_is_refused(sent: object) -> None:
    with pytest.raises(BadRequestData):
        read_simplified_fragment(sent, CONTEXT, NOW, stored())


class TestBareValuesInConciseForm:
    """5.6.17.4: also among attributes in concise form a bare value keeps the type it meets."""

    @staticmethod
    def read(value: object, current: Entity, lang: str | None = None) -> list[Instance]:
        fragment = read_merge_fragment({"type": "Car", "speed": value}, CONTEXT, NOW, current, lang=lang)
        return fragment["attrs"][f"{EXAMPLE}speed"]

    @pytest.mark.parametrize(
        ("have", "sent", "kind", "member", "becomes"),
        [
            ({"object": "urn:x:1"}, URI, "Relationship", "object", URI),
            ({"vocab": "Car"}, "Red", "VocabProperty", "vocab", f"{EXAMPLE}Red"),
            ({"json": {"a": 1}}, {"b": 1}, "JsonProperty", "json", {"b": 1}),
            ({"valueList": [1]}, [2, 3], "ListProperty", "valueList", [2, 3]),
            ({"objectList": ["urn:x:1"]}, [URI], "ListRelationship", "objectList", [URI]),
            ({"type": "Property", "value": POINT}, POINT, "Property", "value", POINT),
            (POINT, POINT, "GeoProperty", "value", POINT),
            (5, {"dataset": {"a": 1}}, "Property", "value", {"dataset": {"a": 1}}),
            (5, {"object": URI}, "Relationship", "object", URI),
        ],
    )
    def test_the_type_is_preserved(
        self, have: object, sent: object, kind: str, member: str, becomes: object
    ) -> None:
        assert self.read(sent, stored(speed=have)) == [stamped(type=kind, **{member: becomes})]

    def test_what_the_type_does_not_admit_is_refused(self) -> None:
        with pytest.raises(BadRequestData, match="URI"):
            self.read(5, stored(speed={"object": URI}))

    def test_a_text_needs_its_language(self) -> None:
        current = stored(speed={"languageMap": {"en": "x"}})

        assert self.read("y", current, "ja")[0]["languageMap"] == {"en": "x", "ja": "y"}
        with pytest.raises(BadRequestData, match="lang"):
            self.read("y", current)

    def test_the_null_still_deletes(self) -> None:
        assert is_deletion(self.read(NULL, stored(speed={"object": URI}))[0])
