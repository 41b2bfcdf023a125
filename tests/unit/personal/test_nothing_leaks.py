"""Whether something withheld exists makes no difference to any answer: not a byte, not a read."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from machi.core.ids import CitizenId
from tests.unit.broker.gateway import Answer
from tests.unit.personal.city import ADVISER, HANAKO, KENCOM, STEPS, TARO, City, entity_id

_Q = (
    "weight",
    "!weight",
    "weight==51",
    "weight!=51",
    "weight>1",
    "weight>=51",
    "weight<100",
    "weight<=51",
    "weight==50..60",
    "weight==50,51",
    "steps==3000",
    "steps>0;weight>0",
    "steps>0|weight>0",
    "(weight>0);(steps>0)",
    'weight~="5.*"',
    'weight!~="5.*"',
    "weight.unitCode",
    "location[type]==%22Point%22",
    "refCitizen",
    "createdAt>2020-01-01T00:00:00Z",
    "modifiedAt<2030-01-01T00:00:00Z",
    "weight.modifiedAt>2020-01-01T00:00:00Z",
    "refCitizen{steps}>0",
)
_GEO = tuple(
    f"georel={relation}&geometry={geometry}&coordinates={coordinates}"
    for relation, geometry, coordinates in (
        ("near;maxDistance==1000000", "Point", "[136.8,35.3]"),
        ("near;minDistance==1", "Point", "[136.8,35.3]"),
        ("within", "Polygon", "[[[136,35],[137,35],[137,36],[136,36],[136,35]]]"),
        ("contains", "Point", "[136.8,35.3]"),
        ("intersects", "Polygon", "[[[136,35],[137,35],[137,36],[136,36],[136,35]]]"),
        ("overlaps", "Polygon", "[[[136,35],[137,35],[137,36],[136,36],[136,35]]]"),
        ("equals", "Point", "[136.8,35.3]"),
        ("disjoint", "Point", "[0,0]"),
    )
)
_OPTIONS = (
    "type=HealthActivity",
    "type=Unknown,HealthActivity",
    "type=(HealthActivity)",
    f"id={entity_id(TARO)}",
    f"id={entity_id(TARO)},{entity_id(HANAKO)}",
    "type=HealthActivity&idPattern=.*taro.*",
    "type=HealthActivity&attrs=weight",
    "type=HealthActivity&attrs=steps",
    "type=HealthActivity&pick=weight",
    "type=HealthActivity&omit=steps",
    "type=HealthActivity&count=true",
    "type=HealthActivity&count=true&limit=0",
    "type=HealthActivity&limit=1",
    "type=HealthActivity&limit=1&offset=1",
    "type=HealthActivity&offset=5",
    "type=HealthActivity&orderBy=weight",
    "type=HealthActivity&orderBy=!modifiedAt",
    "type=HealthActivity&orderBy=geo:distance&geometry=Point&coordinates=[136,35]",
    "type=HealthActivity&options=sysAttrs",
    "type=HealthActivity&options=keyValues",
    "type=HealthActivity&format=concise",
    "type=HealthActivity&lang=ja",
    "type=HealthActivity&scopeQ=/a/%23",
    "type=HealthActivity&join=flat&joinLevel=2",
    "type=HealthActivity&join=inline",
    "type=HealthActivity&datasetId=@none",
    "type=HealthActivity&csf=a==1",
    "local=true&type=HealthActivity",
)
_PATHS = (
    *(f"/entities?type=HealthActivity&q={quote(q, safe='%()[]{}')}" for q in _Q),
    *(f"/entities?type=HealthActivity&q={quote(q, safe='%()[]{}')}&count=true&limit=0" for q in _Q),
    *(f"/entities?type=HealthActivity&{geo}" for geo in _GEO),
    *(f"/entities?{option}" for option in _OPTIONS),
    f"/entities/{entity_id(TARO)}",
    f"/entities/{entity_id(TARO)}?attrs=weight",
    f"/entities/{entity_id(TARO)}?type=HealthActivity",
    f"/entities/{entity_id(TARO)}?options=sysAttrs",
    "/types",
    "/attributes",
)


@dataclass(frozen=True)
class Pair:
    """The same city with and without what is withheld."""

    full: City
    bare: City


def _city(*, is_full: bool, partly: bool) -> City:
    """Of Hanako's the adviser may see the steps if `partly`; of Taro's nothing."""
    city = City()
    for citizen in (HANAKO, TARO):
        city.agrees(citizen, KENCOM)
    if partly:
        weight: dict[str, object] = {} if is_full else {"weight": None, "location": None}
        _record(city, HANAKO, weight)
        city.agrees(HANAKO, ADVISER, STEPS)
    if is_full:
        _record(city, TARO, {})
    return city


def _record(city: City, citizen: CitizenId, changes: dict[str, object]) -> None:
    document = {
        "id": entity_id(citizen),
        "type": "HealthActivity",
        "refCitizen": {"type": "Relationship", "object": city.name_of(citizen, KENCOM)},
        "steps": {"type": "Property", "value": 3000},
        "weight": {"type": "Property", "value": 51, "unitCode": "KGM"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [136.8, 35.3]}},
        **changes,
    }
    sent = {name: value for name, value in document.items() if value is not None}
    assert city.ask(KENCOM, "POST", "/entities", document=sent).status == 201


@pytest.fixture(scope="module", params=[False, True], ids=["no consent", "consent to the steps of one"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    made = Pair(_city(is_full=True, partly=request.param), _city(is_full=False, partly=request.param))
    yield made
    made.full.close()
    made.bare.close()


def _told(answer: Answer) -> tuple[int, dict[str, str], str]:
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status, headers, answer.text


@pytest.mark.parametrize("path", _PATHS)
def test_no_answer_differs_by_a_byte(pair: Pair, path: str) -> None:
    full, bare = (city.ask(ADVISER, "GET", path) for city in (pair.full, pair.bare))
    # Consents are made at the same moment in both, but their ids are random, and stand in cursors.
    assert _without_cursors(_told(full)) == _without_cursors(_told(bare))


def test_the_queries_find_something_where_they_may(pair: Pair) -> None:
    found = pair.full.ask(KENCOM, "GET", "/entities?type=HealthActivity")
    assert len(found.json) >= 1


@pytest.mark.parametrize("document", [{"type": "Query", "entities": [{"type": "HealthActivity"}]}])
@pytest.mark.parametrize("q", _Q)
def test_no_posted_query_differs_either(pair: Pair, document: dict[str, object], q: str) -> None:
    sent = {**document, "q": q.replace("%22", '"')}
    full, bare = (
        city.ask(ADVISER, "POST", "/entityOperations/query", document=sent) for city in (pair.full, pair.bare)
    )
    assert _told(full) == _told(bare)


def test_a_withheld_entity_is_looked_for_with_the_same_reads_as_none(pair: Pair) -> None:
    reads = []
    for name in (entity_id(TARO), entity_id(TARO, 99)):
        before = pair.full.entities.reads
        assert pair.full.ask(ADVISER, "GET", f"/entities/{name}").status == 404
        reads.append(pair.full.entities.reads - before)
    assert reads[0] == reads[1] > 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", f"/entities/{entity_id(TARO)}/attrs"),
        ("PATCH", f"/entities/{entity_id(TARO)}"),
        ("POST", f"/entities/{entity_id(TARO)}/attrs"),
        ("DELETE", f"/entities/{entity_id(TARO)}"),
        ("DELETE", f"/entities/{entity_id(TARO)}/attrs/weight"),
    ],
)
def test_no_attempt_to_change_tells(pair: Pair, method: str, path: str) -> None:
    document = None if method == "DELETE" else {"steps": {"type": "Property", "value": 1}}
    full, bare = (city.ask(ADVISER, method, path, document=document) for city in (pair.full, pair.bare))
    assert _told(full) == _told(bare)


def _without_cursors(told: tuple[int, dict[str, str], str]) -> tuple[int, dict[str, str], str]:
    status, headers, text = told
    return status, {name: value.split("cursor=")[0] for name, value in headers.items()}, text
