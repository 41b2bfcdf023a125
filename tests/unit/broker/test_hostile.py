"""Requests meant to do harm: each is answered with 4xx, or harmlessly, within a second."""

import base64
import json
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.unit.broker.gateway import Answer, Api, at
from tests.unit.broker.test_entities import CAR, car, speed

SECOND = 1.0
RING = [[139.0 + 0.00001 * n, 35.0 + (n % 7) * 0.001] for n in range(10_000)]
POLYGON = json.dumps([[*RING, [139.2, 36.0], RING[0]]], separators=(",", ":"))


@pytest.fixture(autouse=True)
def _cars(api: Api) -> None:
    api.post("/entityOperations/create", [car(number, speed=speed(number)) for number in range(1, 8)])


def timed(ask: Callable[[], Answer]) -> Answer:
    began = time.process_time()
    answer = ask()
    assert time.process_time() - began < SECOND
    return answer


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "AAAA",
        "0" * 5000,
        "../../etc/passwd",
        "\u0000",
        "eyJhIjoxfQ",
        base64.urlsafe_b64encode(b'["Car",["urn:ngsi-ld:Car:1"]]').decode().rstrip("="),
        base64.urlsafe_b64encode(b"[" * 3000).decode().rstrip("="),
        base64.urlsafe_b64encode(bytes(range(256))).decode().rstrip("="),
    ],
)
def test_a_forged_cursor_is_refused(api: Api, cursor: str) -> None:
    real = api.get("/entities", type="Car", limit="2").link["next"]
    name = real.partition("?")[2].split("=")[0]

    answer = timed(lambda: api.get("/entities", type="Car", limit="2", **{_cursor_name(real, name): cursor}))

    assert (answer.status, answer.error) == (400, "BadRequestData")


def test_a_cursor_of_another_query_is_refused_or_leads_nowhere_else(api: Api) -> None:
    following = api.get("/entities", type="Car", limit="2").link["next"]
    foreign = following.replace("type=Car", "type=Bus")

    answer = api.get(foreign)

    assert answer.status == 400 or answer.json == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", ";".join(f"a{n}=={n}" for n in range(5000))),
        ("q", "(" * 3000 + "a" + ")" * 3000),
        ("q", 'speed~="(a+)+$"' + ";a" * 200 + "|b" * 2000),
        ("q", "speed==" + "9" * 400 + "e" + "9" * 400),
        ("q", "a." * 5000 + "b"),
        ("q", 'speed=="\u0000'),
        ("scopeQ", "(" * 3000 + "/a"),
        ("type", "(" * 3000 + "Car"),
        ("type", ",".join(f"T{n}" for n in range(5000))),
        ("pick", "a{" * 3000),
        ("orderBy", ",".join(f"a{n}" for n in range(5000))),
        ("idPattern", "(" * 3000),
        ("idPattern", "(a{1000}){1000}"),
        ("limit", "9" * 5000),
        ("limit", "-1"),
        ("limit", "1e3"),
        ("limit", "٣"),
        ("offset", "9" * 5000),
        ("coordinates", "[" * 5000),
        ("joinLevel", "9" * 400),
    ],
)
def test_an_unreasonable_parameter_is_refused(api: Api, name: str, value: str) -> None:
    parameters = {"type": "Car", "join": "inline", name: value}
    if name == "coordinates":
        parameters |= {"georel": "within", "geometry": "Polygon"}

    answer = timed(lambda: api.get("/entities", **parameters))

    assert answer.status in {400, 403, 414} or (name == "joinLevel" and answer.status == 200)
    assert value[:200] not in answer.text


def test_patterns_that_backtrack_elsewhere_are_served(api: Api) -> None:
    api.post(
        "/entities",
        {"id": "urn:ngsi-ld:Car:long", "type": "Car", "name": "a" * 50_000 + "!"}
        | {"name": {"type": "Property", "value": "a" * 50_000 + "!"}},
    )

    by_value = timed(lambda: api.get("/entities", type="Car", q='name~="^(a+)+$"'))
    by_id = timed(lambda: api.get("/entities", type="Car", idPattern="^(u|ur|urn|.)*$"))

    assert (by_value.status, by_value.json) == (200, [])
    assert by_id.status == 200


@pytest.mark.parametrize(
    "selectors",
    [
        [{"type": "Car", "idPattern": f"^urn:ngsi-ld:Car:.*{number}$"} for number in range(5_000)],
        [{"type": "Car", "idPattern": f"^urn:ngsi-ld:Car:.*{number}$"} for number in range(65)],
        [{"type": "Car", "id": f"urn:ngsi-ld:Car:{number}"} for number in range(1_001)],
    ],
    ids=["5,000 patterns", "65 patterns", "1,001 ids"],
)
def test_a_query_of_too_many_selectors_is_refused(api: Api, selectors: list[dict[str, str]]) -> None:
    answer = timed(lambda: api.post("/entityOperations/query", {"type": "Query", "entities": selectors}))

    assert (answer.status, answer.error) == (400, "BadRequestData")


@pytest.mark.parametrize(
    "selectors",
    [
        [{"type": "Car", "idPattern": f"^urn:ngsi-ld:Car:.*{number}$"} for number in range(64)],
        [{"type": "Car", "id": f"urn:ngsi-ld:Car:{number}"} for number in range(1_000)],
    ],
    ids=["64 patterns", "1,000 ids"],
)
def test_a_query_of_many_selectors_is_answered_in_time(api: Api, selectors: list[dict[str, str]]) -> None:
    answer = timed(lambda: api.post("/entityOperations/query", {"type": "Query", "entities": selectors}))

    assert (answer.status, len(answer.json)) == (200, 7)


def test_a_polygon_with_ten_thousand_corners_is_answered_in_time(api: Api) -> None:
    query = {
        "type": "Query",
        "entities": [{"type": "Car"}],
        "geoQ": {"georel": "intersects", "geometry": "Polygon", "coordinates": json.loads(POLYGON)},
    }

    answer = timed(lambda: api.post("/entityOperations/query", query))

    assert answer.status in {200, 400}


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"id":"urn:a:b","type":"T","a":{"type":"Property","value":' + "9" * 5000 + "}}",
        '{"id":"urn:a:b","type":"T","a":{"type":"Property","value":1e999}}',
        '{"id":"urn:a:b","type":"T","a":{"type":"Property","value":NaN}}',
        '{"id":"urn:a:b","type":"T","a":{"type":"Property","value":"\\ud800"}}',
        '{"id":"urn:a:b","type":"T","\\ud800":{"type":"Property","value":1}}',
        '{"id":"urn:a:b\\u0000","type":"T"}',
        '{"id":"urn:a:b","id":"urn:a:c","type":"T"}',
        '{"id":"urn:a:b","type":' + json.dumps([f"T{n}" for n in range(5000)]) + "}",
        '{"id":"urn:a:b","type":"T","scope":' + json.dumps([f"/S{n}" for n in range(5000)]) + "}",
        '{"id":"urn:a:' + "b" * 5000 + '","type":"T"}',
        '{"id":"urn:a:b","type":"T","a":' + '{"type":"Property","value":1,"a":' * 300 + "1" + "}" * 301,
        '{"id":"urn:a:b","type":"T","p":{"type":"GeoProperty","value":{"type":"Polygon","coordinates":[]}}}',
        '{"id":"urn:a:b","type":"T","p":{"type":"GeoProperty","value":{"type":"Point","coordinates":[1e308,9]}}}',
        "\u0000",
        "",
        "null",
        "7",
    ],
)
def test_an_unreasonable_body_is_refused(api: Api, body: str) -> None:
    answer = timed(lambda: api("POST", "/entities", text=body))

    assert answer.status in {400, 411, 413}
    assert (
        api.get("/entities", idPattern=".*", local="true", count="true", limit="0").headers[
            "ngsild-results-count"
        ]
        == "7"
    )


@pytest.mark.parametrize("kind", [{"@value": 1}, [["Property"]], {}, 7, None])
def test_a_type_that_is_no_text_breaks_nothing_wherever_it_stands(api: Api, kind: object) -> None:
    odd = {"type": kind, "value": ["/a"]}
    evolution = {"id": CAR, "type": "Car", "speed": [speed(1)]}
    places: list[tuple[str, str, object]] = [
        ("POST", "/entities", {"id": "urn:a:b", "type": "T", "a": odd}),
        (
            "POST",
            "/entities",
            {"id": "urn:a:b", "type": "T", "a": {"type": "Property", "value": 1, "b": odd}},
        ),
        ("POST", "/temporal/entities", evolution | {"scope": [odd]}),
        ("POST", "/temporal/entities", evolution | {"a": [odd]}),
        ("PATCH", at(CAR), {"a": odd}),
        ("PATCH", at(CAR), {"a": {"b": odd}}),
        ("PATCH", at(CAR, "attrs"), {"a": odd}),
        ("PUT", at(CAR, "attrs", "speed"), odd),
        ("PATCH", at(CAR, "attrs", "speed"), odd),
    ]

    statuses = {api(method, path, document=document).status for method, path, document in places}

    assert statuses <= {201, 204, 400}
    assert 400 in statuses


def test_bytes_that_are_no_text_are_refused(api: Api) -> None:
    answer = api.get("/entities/urn%3Angsi-ld%3ACar%3A%FF%FE")

    assert answer.status in {400, 404}


@pytest.mark.parametrize("tenant", ["a b", "../x", "x" * 500, "\u2603", "a\u0000b", "{}"])
def test_a_tenant_with_an_impossible_name_is_refused(api: Api, tenant: str) -> None:
    answer = api.get(at(CAR), headers={"NGSILD-Tenant": tenant})

    assert answer.status in {400, 404}


@pytest.mark.parametrize(
    "context",
    ["http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "http://127.0.0.1:1/x", "gopher://x/"],
)
def test_contexts_are_not_fetched_from_within(api: Api, context: str) -> None:
    header = f'<{context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'

    answer = timed(lambda: api.get("/entities", type="Car", headers={"Link": header}))

    assert answer.status in {400, 504}
    assert "root:" not in answer.text


def test_a_batch_of_too_many_is_refused_whole(api: Api) -> None:
    answer = timed(lambda: api.post("/entityOperations/create", [car(number) for number in range(2001)]))

    assert answer.status in {400, 403, 413}


def test_a_header_that_names_a_strange_entity_map_makes_a_new_one(api: Api) -> None:
    strange = {"NGSILD-EntityMap": "../" + quote("\u0000") * 100}

    assert api.get("/entities", type="Car", headers=strange).status in {201, 400}


def _cursor_name(link: str, fallback: str) -> str:
    names = [part.partition("=")[0] for part in link.partition("?")[2].split("&")]
    return next((name for name in names if name not in {"type", "limit"}), fallback)
