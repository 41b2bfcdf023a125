"""Which route a path belongs to."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.core.principal import PrincipalKind
from machi.http.errors import InvalidRequest, MethodNotAllowed, RouteNotFound
from machi.http.route_index import RouteIndex
from machi.http.routes import ROUTES, Route

KINDS = frozenset({PrincipalKind.APPLICATION})
INDEX = RouteIndex(ROUTES)


def index(*rows: str) -> RouteIndex:
    pairs = (row.split(" ") for row in rows)
    return RouteIndex(Route(method, template, KINDS, None) for method, template in pairs)


def test_a_literal_segment_goes_before_a_parameter() -> None:
    routes = index("GET /a/{x}", "GET /a/list", "GET /a/{x}/b", "GET /a/list/c")

    assert routes.find("GET", "/a/list").route.template == "/a/list"
    assert routes.find("GET", "/a/other").values == ("other",)
    assert routes.find("GET", "/a/list/b").values == ("list",)


def test_the_methods_of_a_path_are_those_of_the_most_literal_route() -> None:
    routes = index("GET /a/{x}", "PUT /a/list")

    with pytest.raises(MethodNotAllowed):
        routes.find("GET", "/a/list")


@pytest.mark.parametrize(
    "path", ["", "/", "a", "//", "/a//b", "/ngsi-ld", "/ngsi-ld/v1", "/NGSI-LD/v1/types"]
)
def test_what_is_not_listed_is_not_found(path: str) -> None:
    with pytest.raises(RouteNotFound):
        INDEX.find("GET", path)


def test_a_route_listed_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        index("GET /a/{x}", "GET /a/{y}")


def test_an_escape_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        INDEX.find("GET", "/ngsi-ld/v1/entities/%C0%AF")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3))
def test_parameters_come_back_as_they_were_encoded(values: list[str]) -> None:
    entity, attribute, instance = (quote(value, safe="") for value in values)
    path = f"/ngsi-ld/v1/temporal/entities/{entity}/attrs/{attribute}/x{instance}"

    assert INDEX.find("PATCH", path).values == (values[0], values[1], f"x{values[2]}")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_every_listed_route_is_found_by_its_own_template(route: Route) -> None:
    assert INDEX.find(route.method, route.template.replace("{", "").replace("}", "")).route is route
