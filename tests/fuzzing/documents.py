"""Bodies and parameters that a real client could send, and the same ones spoilt in one place.

What a generator makes of the description alone nearly always stops at the first check. These get further:
they name the same few entities, types and attributes, so that requests meet each other's data.
"""

from typing import Any

from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]

ENTITIES = tuple(f"urn:ngsi-ld:Fuzz:{number}" for number in range(12))
TYPES = ("Car", "Bus", "https://example.org/Boat")
NAMES = ("speed", "name", "owner", "location", "colour", "parts", "https://example.org/depth")
TIMES = (
    "2026-11-24T05:00:00Z",
    "2026-11-24T06:30:00.123456Z",
    "2026-11-25T00:00:00Z",
    "2020-01-01T00:00:00Z",
)
NULL = "urn:ngsi-ld:null"

GROUND: tuple[tuple[str, object], ...] = (
    (
        "/entityOperations/upsert",
        [
            {
                "id": name,
                "type": TYPES[number % 2],
                "scope": "/A/B",
                "speed": {"type": "Property", "value": number, "unitCode": "KMH", "observedAt": TIMES[0]},
                "name": {"type": "LanguageProperty", "languageMap": {"en": "a", "ja": "あ"}},
                "owner": {"type": "Relationship", "object": ENTITIES[number - 1]},
                "location": {"type": "Point", "coordinates": [136.8, 35.3 + number / 100]},
            }
            for number, name in enumerate(ENTITIES)
        ],
    ),
    (
        "/temporal/entities",
        {
            "id": ENTITIES[0],
            "type": "Car",
            "speed": [
                {"type": "Property", "value": number, "observedAt": at} for number, at in enumerate(TIMES)
            ],
        },
    ),
    ("/jsonldContexts", {"@context": {"speed": "https://example.org/speed"}}),
)
"""What is there before each operation is asked: a path and the body to post there."""

_ids, _types, _names, _times = map(st.sampled_from, (ENTITIES, TYPES, NAMES, TIMES))
_written = st.characters(exclude_categories=["Cs", "Cc"])
_datasets = st.sampled_from(["urn:d:1", "urn:d:2", "@none"])
_numbers = st.one_of(st.integers(-5, 200), st.floats(allow_nan=False, allow_infinity=False), st.just(10**30))
_texts = st.one_of(st.sampled_from(["", "a", "日本語", "2026-11-24"]), st.text(_written, max_size=8))
_values = st.recursive(
    _numbers | _texts | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)
_positions = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list)
_rings = st.lists(_positions, min_size=3, max_size=6).map(lambda ring: [*ring, ring[0]])
_geometries = st.one_of(
    st.builds(lambda at: {"type": "Point", "coordinates": at}, _positions),
    st.builds(
        lambda line: {"type": "LineString", "coordinates": line}, st.lists(_positions, min_size=2, max_size=4)
    ),
    st.builds(lambda ring: {"type": "Polygon", "coordinates": [ring]}, _rings),
    st.builds(
        lambda rings: {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}, st.lists(_rings)
    ),
)


def _of(kind: str, member: str, value: Strategy) -> Strategy:
    optional = {
        "observedAt": _times,
        "unitCode": st.just("KMH"),
        "datasetId": _datasets,
        "expiresAt": st.just("2099-01-01T00:00:00Z"),
        "accuracy": _numbers | st.builds(lambda found: {"type": "Property", "value": found}, _values),
        "instanceId": st.just("urn:ngsi-ld:instance:1"),
    }
    return st.fixed_dictionaries({member: value}, optional={"type": st.just(kind), **optional})


attributes = st.one_of(
    _of("Property", "value", _values),
    _of("Property", "value", _values),
    _of("GeoProperty", "value", _geometries),
    _of("Relationship", "object", _ids | st.lists(_ids, min_size=1, max_size=3)),
    _of("LanguageProperty", "languageMap", st.dictionaries(st.sampled_from(["en", "ja", "@none"]), _texts)),
    _of("VocabProperty", "vocab", _types | st.lists(_types)),
    _of("JsonProperty", "json", st.dictionaries(_texts, _values | st.none())),
    _of("ListProperty", "valueList", st.lists(_values)),
    _of("ListRelationship", "objectList", st.lists(st.builds(lambda found: {"object": found}, _ids))),
    _values,
    _geometries,
)
partial = st.fixed_dictionaries(
    {},
    optional={
        "observedAt": _times,
        "datasetId": _datasets,
        "accuracy": _numbers,
        "expiresAt": st.just("2099-01-01T00:00:00Z"),
    },
)
_instances = attributes | st.lists(attributes, min_size=1, max_size=3)
fragments = st.builds(
    lambda head, body: {**body, **head},
    st.fixed_dictionaries(
        {},
        optional={
            "type": _types | st.lists(_types, min_size=1),
            "scope": st.sampled_from(["/A", ["/A/B", "/C"]]),
        },
    ),
    st.dictionaries(_names, _instances, max_size=4),
)
entities = st.builds(
    lambda found, kind, body: {**body, "id": found, "type": kind},
    _ids,
    _types | st.lists(_types, min_size=1),
    fragments,
)
histories = st.dictionaries(_names, st.lists(attributes, min_size=1, max_size=4), min_size=1, max_size=3)
evolutions = st.builds(lambda found, kind, body: {"id": found, "type": kind, **body}, _ids, _types, histories)
_instance = st.builds(lambda found: {"speed": [found]}, attributes)

q_texts = st.one_of(
    st.sampled_from(
        [
            "speed>10",
            "speed",
            "!name",
            'name=="a"',
            "speed==1..5;name",
            "(speed>1|name);owner",
            "speed==1.5,2",
            "name~=^a",
            "name!~=(a+)+$",
            "owner{Car}.speed>1",
            "speed.accuracy>1",
            'name[en]=="a"',
            "observedAt>1",
            "speed==2026-11-24T05:00:00Z",
            "speed|name;owner",
            "colour==1;(d",
        ]
    ),
    st.text(alphabet="ab=<>!~;|().[],\"'{}^$*+ 1日", max_size=20),
)
_patterns = st.sampled_from([".*", "urn:.*:1$", "(a+)+$", "^urn", "(?=a)"])
_georels = st.sampled_from(
    [
        "near;maxDistance==5000",
        "near;minDistance==1000",
        "within",
        "contains",
        "intersects",
        "equals",
        "disjoint",
        "overlaps",
        "near",
    ]
)
_members = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)
_type_texts = st.sampled_from([*TYPES, "Car,Bus", "Car|Bus", "(Car;Bus)", "*", "(" * 40])
_scope_texts = st.sampled_from(["/A", "/A/#", "/+/B", "/#", "A;B", "(/A|/C);/A"])

_geo_queries = st.builds(
    lambda rel, shape: {"georel": rel, "geometry": shape["type"], "coordinates": shape["coordinates"]},
    _georels,
    _geometries,
)
_temporal_queries = st.fixed_dictionaries(
    {"timerel": st.sampled_from(["before", "after", "between"]), "timeAt": _times},
    optional={
        "endTimeAt": _times,
        "timeproperty": st.sampled_from(["observedAt", "createdAt", "modifiedAt", "deletedAt"]),
        "lastN": st.integers(0, 5),
        "aggrMethods": st.lists(
            st.sampled_from(["sum", "avg", "max", "stddev", "totalCount", "no"]), max_size=3
        ),
        "aggrPeriodDuration": st.sampled_from(["PT1H", "P1D", "PT0S", "PT1S", "x"]),
    },
)
_selectors = st.fixed_dictionaries(
    {"type": _type_texts}, optional={"id": _ids | st.lists(_ids, min_size=1), "idPattern": _patterns}
)
queries = st.fixed_dictionaries(
    {"type": st.just("Query")},
    optional={
        "entities": st.lists(_selectors, min_size=1, max_size=2),
        "attrs": _members,
        "pick": _members,
        "omit": _members,
        "q": q_texts,
        "geoQ": _geo_queries,
        "scopeQ": _scope_texts,
        "lang": st.sampled_from(["ja", "en,ja;q=0.5", "*"]),
        "datasetId": st.lists(_datasets, min_size=1),
        "containedBy": st.lists(_ids),
        "join": st.sampled_from(["flat", "inline", "@none"]),
        "joinLevel": st.integers(0, 12),
        "orderBy": st.lists(st.sampled_from(["speed", "name;desc", "location;dist-asc"]), min_size=1),
        "temporalQ": _temporal_queries,
    },
)
maps = st.fixed_dictionaries(
    {"type": st.just("EntityMap"), "expiresAt": st.sampled_from(["2099-01-01T00:00:00Z", *TIMES])},
    optional={"id": _ids, "entityMap": st.dictionaries(_ids, st.lists(st.just("@none")))},
)
inner_contexts = st.one_of(
    st.dictionaries(
        st.sampled_from([*NAMES, "Car", "@vocab", "@base", "@version", "@import", "a:b"]),
        st.one_of(
            st.sampled_from(["https://example.org/x", "owner:x", "@id", "@type", "", 1.1]),
            st.none(),
            st.fixed_dictionaries(
                {"@id": st.just("https://example.org/y")}, optional={"@type": st.just("@json")}
            ),
        ),
        max_size=4,
    ),
    st.just("https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"),
)
context_values = inner_contexts | st.lists(inner_contexts, max_size=3)
contexts = st.builds(lambda found: {"@context": found}, context_values)

_batches = st.lists(entities, min_size=1, max_size=6)
BODIES: dict[str, Strategy] = {
    "POST /entities": entities,
    "PATCH /entities/{entityId}": fragments,
    "PUT /entities/{entityId}": fragments | entities,
    "POST /entities/{entityId}/attrs": fragments,
    "PATCH /entities/{entityId}/attrs": fragments,
    "PATCH /entities/{entityId}/attrs/{attrId}": attributes | partial,
    "PUT /entities/{entityId}/attrs/{attrId}": attributes,
    "POST /entityOperations/create": _batches,
    "POST /entityOperations/upsert": _batches,
    "POST /entityOperations/update": _batches,
    "POST /entityOperations/merge": _batches,
    "POST /entityOperations/delete": st.lists(_ids, max_size=4),
    "POST /entityOperations/query": queries,
    "POST /temporal/entities": evolutions,
    "POST /temporal/entities/{entityId}/attrs": histories,
    "PATCH /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}": _instance | histories,
    "POST /temporal/entityOperations/query": queries,
    "POST /jsonldContexts": contexts,
    "PATCH /entityMap/{entityMapId}": maps,
}
"""By the operation; a test holds it to the description."""

PARAMETERS: dict[str, Strategy] = {
    "id": st.lists(_ids, min_size=1, max_size=3).map(",".join),
    "type": _type_texts,
    "idPattern": _patterns,
    "attrs": _members.map(",".join),
    "pick": _members.map(",".join),
    "omit": _members.map(",".join),
    "q": q_texts,
    "scopeQ": _scope_texts,
    "geoproperty": st.sampled_from(["location", "observationSpace", "speed"]),
    "join": st.sampled_from(["flat", "inline", "@none", "x"]),
    "joinLevel": st.integers(-1, 12).map(str),
    "containedBy": _ids,
    "limit": st.integers(-1, 1001).map(str),
    "count": st.sampled_from(["true", "false", "maybe"]),
    "entityMap": st.just("true"),
    "lang": st.sampled_from(["ja", "en;q=0.1,*", "x" * 2000]),
    "datasetId": _datasets,
    "deleteAll": st.sampled_from(["true", "false"]),
    "observedAt": _times,
    "timeproperty": st.sampled_from(["observedAt", "createdAt", "modifiedAt", "deletedAt"]),
    "lastN": st.integers(0, 5).map(str),
    "aggrMethods": st.sampled_from(["sum,avg", "totalCount,distinctCount,min,max,stddev,sumsq", "mode"]),
    "aggrPeriodDuration": st.sampled_from(["PT1H", "P1D", "PT0S", "PT1S", "P1Y", "x"]),
    "details": st.sampled_from(["true", "false"]),
    "kind": st.sampled_from(["Cached", "Hosted", "ImplicitlyCreated"]),
    "reload": st.sampled_from(["true", "false"]),
    "local": st.sampled_from(["true", "true", "true", "false"]),
    "csf": st.just("endpoint==1"),
}
"""Values for parameters that can stand alone. `options` and `format` come from the description."""

TOGETHER: tuple[dict[str, Strategy], ...] = (
    {
        "georel": _georels,
        "geometry": st.just("Point"),
        "coordinates": st.sampled_from(["[136.8,35.3]", "[0,0]", "[1e400,0]", "["]),
    },
    {
        "georel": _georels,
        "geometry": st.just("Polygon"),
        "coordinates": st.sampled_from(["[[[0,0],[1,0],[1,1],[0,0]]]", "[[[0,0],[1,1],[0,1],[1,0],[0,0]]]"]),
    },
    {"georel": _georels, "geometry": st.just("LineString"), "coordinates": st.just("[[0,0],[1,1]]")},
    {"timerel": st.sampled_from(["before", "after"]), "timeAt": _times},
    {"timerel": st.just("between"), "timeAt": st.just(TIMES[3]), "endTimeAt": _times},
)
"""Values for parameters that need each other."""


def _deep(levels: int) -> object:
    made: object = 1
    for _ in range(levels):
        made = [made]
    return made


_poison = st.one_of(
    st.sampled_from(
        [
            None,
            True,
            10**400,
            -1,
            "",
            NULL,
            "a\u0000b",
            "\ud800",
            [],
            {},
            [[]],
            {"@value": 1},
            {"type": "Property"},
            "@context",
            {"@context": "x"},
            "urn:x:" + "a" * 3000,
        ]
    ),
    st.integers(10, 300).map(_deep),
)


@st.composite
def spoilt(draw: st.DrawFn, documents: Strategy) -> object:
    """A document with something that does not belong, in one place, or without something that does."""
    return _spoil(draw, draw(documents))


def _spoil(draw: st.DrawFn, part: object) -> object:
    if not isinstance(part, dict | list) or not part or draw(st.integers(0, 3)) == 0:
        return draw(_poison)
    if isinstance(part, list):
        at = draw(st.integers(0, len(part) - 1))
        return [*part[:at], _spoil(draw, part[at]), *part[at + 1 :]]
    key = draw(st.sampled_from(sorted(part)))
    if draw(st.integers(0, 5)) == 0:
        return {name: value for name, value in part.items() if name != key}
    return {**part, key: _spoil(draw, part[key])}
