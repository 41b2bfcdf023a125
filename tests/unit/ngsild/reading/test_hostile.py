"""Documents made to hurt: refused quickly, whatever they are."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import (
    NULL,
    Nulls,
    read_attribute,
    read_entity,
    read_fragment,
    read_simplified_fragment,
)
from tests.unit.ngsild.reading.documents import CONTEXT, EXAMPLE, NOW, document


def nested(levels: int, wrap: Callable[[Any], Any], core: object = 1) -> Any:  # noqa: ANN401  # any JSON
    for _ in range(levels):
        core = wrap(core)
    return core


HOSTILE = {
    "deep value": {"speed": {"value": nested(90, lambda inner: [inner])}},
    "deep object": {"speed": {"value": nested(90, lambda inner: {"a": inner})}},
    "deep raw json": {"speed": {"json": nested(90, lambda inner: {"a": inner})}},
    "deep sub-attributes": {"speed": nested(30, lambda inner: {"value": 1, "accuracy": inner})},
    "many attributes": {f"a{number}": number for number in range(5_000)},
    "many instances": {"speed": [{"value": 1, "datasetId": f"urn:d:{number}"} for number in range(5_000)]},
    "many sub-attributes": {"speed": {"value": 1, **{f"a{number}": number for number in range(5_000)}}},
    "many vertices": {"speed": {"type": "MultiPoint", "coordinates": [[0.0, 0.0]] * 10_000}},
    "a polygon of 10,000 vertices": {"speed": {"type": "Polygon", "coordinates": [[[0.0, 0.0]] * 10_000]}},
    "many objects": {"speed": {"object": ["urn:x:1"] * 100_000}},
    "a long name": {"a" * 1_000_000: 1},
    "a long uri": {"speed": {"object": "urn:x:" + "a" * 1_000_000}},
    "a long language tag": {"speed": {"languageMap": {"a-" * 500_000: "x"}}},
    "a long moment": {"speed": {"value": 1, "observedAt": "2" * 1_000_000}},
    "a long scope": {"scope": "/a" * 500_000 + "-"},
    "many types": {"type": ["T"] * 100_000},
    "a huge number": {"speed": 10**400},
    "a geometry in a text": {"speed": {"type": "GeoProperty", "value": "[" * 100_000}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_in_a_moment(name: str) -> None:
    begin = time.perf_counter()

    with pytest.raises(BadRequestData):
        read_entity({**document(), **HOSTILE[name]}, CONTEXT, NOW)

    assert time.perf_counter() - begin < 1


_NAMES = st.sampled_from(
    ["id", "type", "@id", "@type", "scope", "@context", "expiresAt", "value", "object", "languageMap",
     "vocab",     "json", "valueList", "objectList", "observedAt", "unitCode", "datasetId", "objectType",
     "valueType",
     "speed",
     "location", "ngsildproof", "entityIdSealed", "dataset", "coordinates", "@value", "@list", "createdAt",
     "a:b"]
)  # fmt: skip
_TEXTS = st.sampled_from(
    ["Property", "GeoProperty", "Relationship", "LanguageProperty", "JsonProperty", "ListRelationship",
     "Point",     "urn:x:1", NULL, "@none", "2026-11-24T05:00:00Z", "en", "", "@json", "Vehicle", "\ud800",
     "{}"]
)  # fmt: skip
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=25,
)
_OBJECTS = st.dictionaries(_NAMES, _ANYTHING, max_size=6)


@given(_OBJECTS | _ANYTHING, st.sampled_from(list(Nulls)))
@settings(max_examples=500, deadline=None)
def test_whatever_comes_is_read_or_refused_in_the_words_of_the_specification(
    source: object, nulls: Nulls
) -> None:
    point = {"type": "Point", "coordinates": [1, 2]}
    current = read_entity(document(speed={"languageMap": {"en": "x"}}, location=point), CONTEXT, NOW)
    for reading in (
        lambda: read_entity(source, CONTEXT, NOW),
        lambda: read_entity({**document(), **source} if isinstance(source, dict) else source, CONTEXT, NOW),
        lambda: read_fragment(source, CONTEXT, NOW, nulls),
        lambda: read_attribute(source, CONTEXT, NOW, nulls, EXAMPLE + "speed"),
        lambda: read_simplified_fragment(source, CONTEXT, NOW, current, lang="en"),
    ):
        try:
            reading()
        except BadRequestData as refusal:
            assert "\ud800" not in str(refusal)  # noqa: PT017  # a refusal is one of two right answers
