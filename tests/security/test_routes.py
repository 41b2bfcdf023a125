"""The table of rights is complete, and says what was agreed."""

from pathlib import Path

import pytest

from machi.core.principal import PrincipalKind
from machi.http.routes import ROUTES, Route, kinds_in
from tests.security.city_functions import functions
from tests.security.expectations import BEFORE_AN_ACCOUNT, expected_kinds, needed_scope
from tests.security.not_yet_built import NOT_YET_BUILT

OPENAPI = Path(__file__).with_name("ngsi_ld_openapi_1_8_1.txt")


def is_built(route: Route) -> bool:
    return route.area != "ngsi-ld" or route.template.split("/")[3] not in NOT_YET_BUILT


def test_every_route_of_every_function_is_listed_and_every_listed_route_has_a_function() -> None:
    served = {area: function.served for area, function in functions().items()}

    assert {route.area for route in ROUTES} == served.keys()
    for area, routes in served.items():
        assert all(route.area == area for route in routes)
        missing = {route for route in ROUTES if route.area == area} - routes
        assert missing == {route for route in missing if not is_built(route)}


def test_a_part_that_answers_is_no_longer_called_unbuilt() -> None:
    served = functions()["ngsi-ld"].served

    for part in NOT_YET_BUILT:
        routes = {route for route in ROUTES if route.template.startswith(f"/ngsi-ld/v1/{part}")}
        assert routes, f"{part} is not in the table"
        assert not routes & served, f"{part} is built: strike it from not_yet_built.py"


def test_every_operation_of_the_ngsi_ld_description_is_listed() -> None:
    listed = {
        (route.method, "/".join("{}" if part[:1] == "{" else part for part in route.template.split("/")))
        for route in ROUTES
    }
    rows = [row.split() for row in OPENAPI.read_text().splitlines() if not row.startswith("#")]

    assert len(rows) == 53
    for method, path in rows:
        shape = "/".join("{}" if part[:1] == "{" else part for part in path.split("/"))
        assert (method, f"/ngsi-ld/v1{shape}") in listed


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_each_route_takes_the_right_that_was_agreed(route: Route) -> None:
    assert route.scope is needed_scope(route.method, route.template)
    assert route.kinds == expected_kinds(route.template)


def test_only_what_people_need_before_they_are_known_lets_anybody_in() -> None:
    areas = {route.area for route in ROUTES}
    open_ones = {area for area in areas if PrincipalKind.ANONYMOUS in kinds_in(area)}

    assert open_ones == {"account", "connect", "public"}
    account = [each for each in ROUTES if each.area == "account" and PrincipalKind.ANONYMOUS in each.kinds]
    assert all(each.template.startswith(BEFORE_AN_ACCOUNT) for each in account)
    assert len(account) == 5
    assert kinds_in("nowhere") == frozenset()


def test_no_route_is_listed_twice() -> None:
    assert len({(route.method, route.template) for route in ROUTES}) == len(ROUTES)
