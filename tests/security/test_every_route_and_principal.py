"""Every route × every kind of principal, against the real functions in this process."""

from collections.abc import Mapping

import pytest

from machi.core.principal import ANONYMOUS, STAFF_SCOPES, Principal, PrincipalKind, Scope
from machi.http.routes import ROUTES, Route
from tests.gateway_double import EVERY_SCOPE, Answer, application, citizen, staff
from tests.security.city_functions import Function, functions, recently
from tests.security.expectations import example_path, expected_kinds, needed_scope

PRINCIPALS: Mapping[str, Principal | None] = {
    "around the authorizer": None,
    "anonymous": ANONYMOUS,
    "anonymous with every scope": Principal(PrincipalKind.ANONYMOUS, scopes=EVERY_SCOPE),
    "application without scope": application(),
    **{f"application with {scope}": application(scope) for scope in Scope},
    "application with every scope": application(*Scope),
    "citizen without scope": citizen(scopes=frozenset()),
    **{f"citizen with {scope}": citizen(scopes=frozenset({scope})) for scope in Scope},
    "citizen with every scope": citizen(),
    "staff without scope": staff(frozenset()),
    **{f"staff with {scope}": staff(frozenset({scope})) for scope in sorted(STAFF_SCOPES)},
    "staff with every scope": staff(),
}
_PROBLEMS = {401: "unauthenticated", 403: "forbidden"}


@pytest.fixture(scope="module")
def city() -> Mapping[str, Function]:
    return functions()


def verdict(route: Route, principal: Principal | None) -> int | None:
    """The status of the refusal, None if the principal may go on."""
    if principal is None:
        return 401
    if principal.kind not in expected_kinds(route.template):
        return 401 if principal.kind is PrincipalKind.ANONYMOUS else 403
    needed = needed_scope(route.method, route.template)
    return 403 if needed is not None and needed not in principal.scopes else None


@pytest.mark.parametrize("route", ROUTES, ids=[f"{route.method} {route.template}" for route in ROUTES])
def test_a_route_opens_for_those_it_was_made_for(city: Mapping[str, Function], route: Route) -> None:
    wrong = []
    for name, each in PRINCIPALS.items():
        principal = None if each is None else recently(each)
        answer = city[route.area].gateway.send(
            route.method,
            example_path(route),
            principal=principal,
            headers={"Content-Type": "application/json"},
        )
        expected = verdict(route, principal)
        if not _fits(answer, expected):
            wrong.append((name, answer.status, expected))
    assert wrong == []


def _fits(answer: Answer, expected: int | None) -> bool:
    if expected is None:
        return answer.status not in {401, 403, 405} and answer.status < 500
    return answer.status == expected and answer.problem == _PROBLEMS[expected]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "LINK", "get", "GET "])
def test_a_method_that_is_not_listed_opens_nothing(city: Mapping[str, Function], method: str) -> None:
    for area, path in (
        ("ngsi-ld", "/ngsi-ld/v1/entities"),
        ("citizen", "/citizen/v1/profile"),
        ("account", "/account/v1/account"),
        ("connect", "/connect/consent"),
        ("partner", "/partner/v1/userinfo"),
        ("public", "/public/v1/health"),
        ("staff", "/staff/v1/queue"),
    ):
        principal = citizen() if area in {"citizen", "account", "connect", "partner"} else application(*Scope)
        principal = staff() if area == "staff" else principal
        assert city[area].gateway.send(method, path, principal=principal).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ngsi-ld",
        "/ngsi-ld/v1",
        "/ngsi-ld/v2/entities",
        "/ngsi-ld/v1/ENTITIES",
        "/ngsi-ld/v1//entities",
        "/ngsi-ld/v1/entities/../../../citizen/v1/profile",
        "/ngsi-ld/v1/entities/%2e%2e/%2e%2e/citizen/v1/profile",
        "/ngsi-ld%2fv1%2fentities",
        "/citizen/v1/profile/taro",
        "/citizen/v1/profiles",
        "/account/v1/accounts",
        "/account/v1/registrations/x",
        "/account/v1/identities",
        "/staff/v1/citizens",
        "/staff/v1/citizens/hanako",
        "/openapi.json",
        "/docs",
        "/redoc",
    ],
)
def test_a_path_that_is_not_listed_opens_nothing(city: Mapping[str, Function], path: str) -> None:
    for function in city.values():
        for principal in (application(*Scope), citizen(), staff()):
            assert function.gateway.send("GET", path, principal=principal).status == 404


def test_one_function_does_not_serve_the_routes_of_another(city: Mapping[str, Function]) -> None:
    for area, function in city.items():
        for route in ROUTES:
            if route.area != area:
                for principal in (application(*Scope), citizen(), staff()):
                    answer = function.gateway.send(route.method, example_path(route), principal=principal)
                    assert answer.status in {403, 404}
