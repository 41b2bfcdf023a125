"""Reading what was written gives the entity back: in normalized and in concise form, under any context."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from machi.ngsild.context.processing import core_context
from machi.ngsild.reading import read_entity
from machi.ngsild.rendering import Format, Renderer, View
from tests.unit.ngsild.reading.documents import CONTEXT, ID, NOW

_texts = st.sampled_from(
    ["", "a", "type", "Point", "Property", "urn:x:1", "日本語", "2026-11-24T05:00:00Z", "@none"]
)
_keys = st.sampled_from(
    ["a", "type", "value", "object", "json", "coordinates", "observedAt", "unitCode", "x y", ""]
)
_json = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)
_degrees = st.floats(-90, 90)
_position = st.lists(_degrees, min_size=2, max_size=2)
_geometry = st.builds(lambda at: {"type": "Point", "coordinates": at}, _position) | st.builds(
    lambda line: {"type": "LineString", "coordinates": line}, st.lists(_position, min_size=2, max_size=4)
)
_uri = st.sampled_from(["urn:x:1", "urn:x:2", "https://example.org/#a"])
_name = st.sampled_from(["Red", "Blue", "Not-a-name", "https://example.org/x", "with space"])
_languages = st.dictionaries(
    st.sampled_from(["en", "ja", "@none"]), _texts | st.lists(_texts, min_size=1), min_size=1
)
_common = st.fixed_dictionaries(
    {}, optional={"observedAt": st.just("2026-11-24T05:00:00.5Z"), "expiresAt": st.just(NOW)}
)
_unit = st.fixed_dictionaries(
    {}, optional={"unitCode": st.just("KMH"), "valueType": st.sampled_from(["Red", "Int"])}
)
_target = st.fixed_dictionaries({}, optional={"objectType": st.sampled_from(["Car", ["Car", "Bus"]])})


def _of(kind: str, member: str, value: st.SearchStrategy[Any], *more: st.SearchStrategy[Any]) -> Any:  # noqa: ANN401
    return st.builds(
        lambda value, *members: (
            {"type": kind, member: value} | {k: v for part in members for k, v in part.items()}
        ),
        value,
        _common,
        *more,
    )


_flat = st.one_of(
    _of("Property", "value", _json, _unit),
    _of("Property", "value", _geometry, _unit),
    _of("GeoProperty", "value", _geometry, _unit),
    _of("Relationship", "object", _uri | st.lists(_uri, min_size=1, max_size=3), _target),
    _of("LanguageProperty", "languageMap", _languages),
    _of("VocabProperty", "vocab", _name | st.lists(_name, min_size=1, max_size=3)),
    _of("JsonProperty", "json", st.dictionaries(_keys, _json | st.none(), max_size=3)),
    _of("ListProperty", "valueList", st.lists(_json, max_size=3)),
    _of("ListRelationship", "objectList", st.lists(_uri, min_size=1, max_size=3), _target),
)
_attribute = st.recursive(
    _flat,
    lambda sub: st.builds(
        lambda outer, name, inner: {**outer, name: inner}, _flat, st.sampled_from(["accuracy", "owner"]), sub
    ),
    max_leaves=4,
)
_instances = st.lists(_attribute, min_size=2, max_size=3).map(
    lambda found: [{**one, "datasetId": f"urn:d:{i}"} if i else one for i, one in enumerate(found)]
)
_entities = st.builds(
    lambda types, scope, attrs: {"id": ID, "type": types, **scope, **attrs},
    st.lists(st.sampled_from(["Vehicle", "Car", "Other"]), min_size=1, unique=True),
    st.fixed_dictionaries({}, optional={"scope": st.sampled_from(["/A", ["/A", "B"]])}),
    st.dictionaries(
        st.sampled_from(["speed", "brand", "unmapped", "速度"]), _attribute | _instances, max_size=3
    ),
)


@given(_entities, st.sampled_from([Format.NORMALIZED, Format.CONCISE]), st.booleans())
@settings(max_examples=400, deadline=None)
def test_what_was_written_is_read_back(
    document: dict[str, Any], format_: Format, is_other_context: bool
) -> None:
    context = core_context() if is_other_context else CONTEXT
    entity = read_entity(document, CONTEXT, NOW)

    written = Renderer(context, View(format_, system_attributes=True)).entity(entity)

    assert read_entity(written, context, NOW) == entity
