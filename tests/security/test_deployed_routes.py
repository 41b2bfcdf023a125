"""Every route × every credential, through the front door of the deployed platform."""

import pytest

from machi.core.principal import PrincipalKind, Scope
from machi.http.routes import ROUTES, Route
from tests.security.deployed_city import UNKNOWN_KEY, DeployedCity, bearer, key, stranger
from tests.security.expectations import example_path, needed_scope

CREDENTIALS = (
    "none",
    "unknown key",
    "forged token",
    "reader's key",
    "writer's key",
    "citizen's token",
    "reader's key and citizen's token",
)
REFUSED = {401, 403, 405, 429}


def credential(deployed: DeployedCity, name: str) -> dict[str, str]:
    token = bearer(deployed.hanako.access)
    return {
        "none": {},
        "unknown key": key(UNKNOWN_KEY),
        "forged token": bearer(stranger().token()),
        "reader's key": key(deployed.reader),
        "writer's key": key(deployed.writer),
        "citizen's token": token,
        "reader's key and citizen's token": {**key(deployed.reader), **token},
    }[name]


def verdict(route: Route, name: str) -> int | None:
    """The status of the refusal, None if the caller may go on.

    A credential that could count in the part of the API is checked; any other is not looked at.
    """
    taken = {kind for each in ROUTES if each.area == route.area for kind in each.kinds}
    if "key" in name and PrincipalKind.APPLICATION in taken:
        return 401 if name == "unknown key" else _of_application(route, is_writer=name == "writer's key")
    if "token" in name and PrincipalKind.CITIZEN in taken:
        return 401 if name == "forged token" else _of_citizen(route)
    return None if PrincipalKind.ANONYMOUS in route.kinds else 401


def _of_application(route: Route, *, is_writer: bool) -> int | None:
    if PrincipalKind.APPLICATION not in route.kinds:
        return 403
    needed = needed_scope(route.method, route.template)
    held = {Scope.ENTITIES_READ, *([Scope.ENTITIES_WRITE] if is_writer else [])}
    return None if needed is None or needed in held else 403


def _of_citizen(route: Route) -> int | None:
    """The token of these tests was asked for with the rights to the profile alone."""
    if PrincipalKind.CITIZEN not in route.kinds:
        return 403
    needed = needed_scope(route.method, route.template)
    return None if needed in {None, Scope.PROFILE_READ, Scope.PROFILE_WRITE} else 403


@pytest.mark.parametrize("name", CREDENTIALS)
def test_each_route_opens_for_those_it_was_made_for(deployed: DeployedCity, name: str) -> None:
    sent = credential(deployed, name)
    wrong = []
    for route in ROUTES:
        answer = deployed.send(
            route.method,
            f"{example_path(route)}?type=NoSuchType",
            sent,
            content="{}" if _has_body(route) else None,
        )
        expected = verdict(route, name)
        fits = answer.status_code == expected if expected else answer.status_code not in REFUSED
        # Who meets the limit of tries has been let in: it is counted behind the gate.
        fits = fits or (route.area == "account" and expected is None and answer.status_code == 429)
        if not fits or answer.status_code >= 500:
            wrong.append((route.method, route.template, answer.status_code, expected))
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ngsi-ld",
        "/ngsi-ld/v1",
        "/ngsi-ld/v2/entities",
        "/ngsi-ld/v1/secrets",
        "/citizen/v1/profile/x",
        "/citizen/v1/../../ngsi-ld/v1/entities",
        "/public/v1/..%2f..%2fcitizen/v1/profile",
        "/public/v1/openapi.json",
        "/staff/v1/anything",
    ],
)
def test_a_path_that_is_not_listed_opens_nothing(deployed: DeployedCity, path: str) -> None:
    for sent in ({}, key(deployed.writer), bearer(deployed.hanako.access)):
        answer = deployed.send("GET", path, sent)
        assert answer.status_code in {400, 401, 403, 404}


def test_an_encoded_slash_stays_in_its_segment_on_the_way_through_the_gateway(
    deployed: DeployedCity,
) -> None:
    entity = {
        "id": "urn:ngsi-ld:SecurityProbe:1",
        "type": "SecurityProbe",
        "https://example.org/a/b": {"type": "Property", "value": 1},
        "c": {"type": "Property", "value": 2},
    }
    sent = key(deployed.writer)
    deployed.send("DELETE", f"/ngsi-ld/v1/entities/{entity['id']}", sent)
    assert deployed.send("POST", "/ngsi-ld/v1/entities", sent, json=entity).status_code == 201

    path = f"/ngsi-ld/v1/entities/{entity['id']}/attrs/https%3A%2F%2Fexample.org%2Fa%2Fb"
    dropped = deployed.send("DELETE", path, sent)

    left = deployed.send("GET", f"/ngsi-ld/v1/entities/{entity['id']}", sent).json()
    assert dropped.status_code == 204
    assert "c" in left
    assert not [name for name in left if "example.org" in name]
    assert deployed.send("DELETE", f"/ngsi-ld/v1/entities/{entity['id']}", sent).status_code == 204


def _has_body(route: Route) -> bool:
    return route.method in {"POST", "PUT", "PATCH"}
