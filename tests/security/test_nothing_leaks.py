"""No refusal, and no log line, repeats what was sent."""

from collections.abc import Mapping

import pytest

from machi.core.principal import Principal, Scope
from machi.http.routes import ROUTES, Route
from tests.gateway_double import application, citizen, staff
from tests.security.city_functions import Function, functions, recently

MARK = "zq7secretmark"
HEADERS = {
    "Content-Type": "application/json",
    "Authorization": f"Bearer {MARK}",
    "X-Api-Key": MARK,
    "X-Anything": MARK,
    "Cookie": f"session={MARK}",
    "User-Agent": MARK,
}
BODIES = {
    "no json": f'{{"{MARK}": ',
    "member twice": f'{{"{MARK}": 1, "{MARK}": "{MARK}"}}',
    "nul": f'{{"{MARK}": "\\u0000{MARK}"}}',
    "lone surrogate": f'"{MARK}\\ud800"',
    "nested 1,000 deep": "[" * 1000 + f'"{MARK}"' + "]" * 1000,
    "infinite number": f'{{"{MARK}": 1e999}}',
    "two megabytes": f'{{"{MARK}": "' + "x" * 2_000_000 + '"}',
    "array": f'["{MARK}"]',
    "text": f'"{MARK}"',
    "unknown member": f'{{"{MARK}": "{MARK}"}}',
    "wrong values": f'{{"id": "{MARK}", "type": ["{MARK}"], "nickname": ["{MARK}"], "ward": "{MARK}"}}',
}
WITH_BODY = [route for route in ROUTES if route.method in {"POST", "PUT", "PATCH"}]


@pytest.fixture(scope="module")
def city() -> Mapping[str, Function]:
    return functions()


def entitled(route: Route) -> Principal:
    if route.area in {"citizen", "account", "connect", "partner"}:
        return recently(citizen())
    return staff() if route.area == "staff" else application(*Scope)


def path_with_mark(route: Route) -> str:
    return "/".join(
        f"{MARK}%20%3Cscript%3E" if part.startswith("{") else part for part in route.template.split("/")
    )


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: f"{route.method} {route.template}")
def test_a_hostile_body_is_a_client_error_that_repeats_nothing(
    city: Mapping[str, Function], route: Route, body: str
) -> None:
    function = city[route.area]
    headers = {**HEADERS, "If-Match": '"0"', "Content-Length": str(len(body))}

    answer = function.gateway.send(
        route.method, path_with_mark(route), principal=entitled(route), headers=headers, body=body
    )

    assert answer.status < 500
    if answer.status >= 400:
        assert MARK not in answer.text
    assert MARK not in function.log.text


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_a_refusal_repeats_neither_path_nor_query_nor_header(
    city: Mapping[str, Function], route: Route
) -> None:
    function = city[route.area]
    path = f"{path_with_mark(route)}?limit={MARK}&{MARK}=1&q={MARK}&options={MARK}"

    for principal in (None, citizen(MARK, frozenset()), application(), entitled(route)):
        answer = function.gateway.send(route.method, path, principal=principal, headers=HEADERS)
        assert answer.status < 500
        if answer.status >= 400:
            assert MARK not in answer.text
            assert "<script>" not in answer.text
            assert not [name for name, value in answer.headers.items() if MARK in value]
    assert MARK not in function.log.text


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_every_refusal_is_a_problem_that_no_cache_keeps(city: Mapping[str, Function], route: Route) -> None:
    answer = city[route.area].gateway.send(route.method, path_with_mark(route), principal=application())

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.status >= 400:
        expected = "application/json" if route.area == "ngsi-ld" else "application/problem+json"
        assert answer.headers["content-type"] == expected
        assert answer.json()["status"] == answer.status
        assert answer.json()["title"]
