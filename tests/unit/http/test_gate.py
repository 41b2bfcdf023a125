"""What every request passes and every answer carries."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from machi.core.principal import Scope
from machi.http.app import create_app
from machi.http.cors import ANYBODY
from machi.http.handlers import Handlers, plain
from machi.http.lambda_entry import entry
from machi.http.limits import Limits
from tests.gateway_double import Gateway, application, citizen, event
from tests.unit.http.builders import PORTAL, READER, WRITER, Log, small_function

ENTITY = "/ngsi-ld/v1/entities/urn:ngsi-ld:Site:1"


def test_a_caller_with_the_scope_reaches_the_handler() -> None:
    answer = small_function().send("GET", ENTITY, principal=READER)

    assert answer.status == 200
    assert answer.json() == {"id": "urn:ngsi-ld:Site:1", "application": "explorer"}


def test_without_a_credential_the_answer_is_401() -> None:
    answer = small_function().send("GET", ENTITY)

    assert (answer.status, answer.problem) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_request_that_did_not_pass_the_authorizer_is_refused() -> None:
    assert small_function().send("GET", ENTITY, principal=None).status == 401


def test_a_context_that_the_authorizer_did_not_write_is_refused() -> None:
    for context in ({"kind": "application"}, {**READER.to_context(), "scopes": "everything"}, {}):
        answer = small_function().send_event(event("GET", ENTITY, authorizer=context, headers={}))
        assert answer.status == 401


def test_another_kind_of_principal_is_forbidden_whatever_its_scopes() -> None:
    answer = small_function().send("GET", ENTITY, principal=citizen())

    assert (answer.status, answer.problem) == (403, "forbidden")


def test_a_missing_scope_is_forbidden() -> None:
    function = small_function()

    assert function.send("GET", ENTITY, principal=application()).status == 403
    assert function.send("POST", "/ngsi-ld/v1/entities", principal=READER, body="{}").status == 403
    assert function.send("POST", "/ngsi-ld/v1/entities", principal=WRITER, body="{}").status == 201


def test_a_path_that_is_not_listed_is_not_found() -> None:
    answer = small_function().send("GET", "/ngsi-ld/v1/secrets", principal=WRITER)

    assert (answer.status, answer.problem) == (404, "not-found")


def test_a_listed_route_without_handler_is_not_found() -> None:
    assert small_function().send("GET", "/ngsi-ld/v1/types", principal=WRITER).status == 404


def test_a_method_that_is_not_listed_names_those_that_are() -> None:
    answer = small_function().send("HEAD", "/ngsi-ld/v1/types", principal=WRITER)

    assert (answer.status, answer.problem, answer.headers["allow"]) == (405, "method-not-allowed", "GET")


def test_an_encoded_slash_belongs_to_its_segment() -> None:
    path = "/ngsi-ld/v1/entities/urn:x:1/attrs/https%3A%2F%2Fexample.org%2Fn%C3%A9"

    answer = small_function().send("DELETE", path, principal=WRITER)

    assert answer.json() == ["urn:x:1", "https://example.org/né"]


def test_an_escape_is_decoded_once() -> None:
    answer = small_function().send("GET", "/ngsi-ld/v1/entities/a%252Fb", principal=READER)

    assert answer.json()["id"] == "a%2Fb"


def test_an_escape_that_is_not_utf8_is_a_bad_request() -> None:
    assert small_function().send("GET", "/ngsi-ld/v1/entities/a%FF", principal=READER).status == 400


def test_one_slash_at_the_end_makes_no_difference() -> None:
    assert small_function().send("GET", "/ngsi-ld/v1/entities/", principal=READER).json() == {"limit": 10}


def test_an_empty_segment_is_an_empty_parameter() -> None:
    answer = small_function().send("DELETE", "/ngsi-ld/v1/entities//attrs/name/", principal=WRITER)

    assert answer.json() == ["", "name"]


def test_a_body_that_is_too_large_never_reaches_the_handler() -> None:
    function = small_function(limits=Limits(max_body_bytes=100))

    answer = function.send("POST", "/ngsi-ld/v1/entities", principal=WRITER, body='"' + "x" * 200 + '"')

    assert (answer.status, answer.problem) == (413, "too-large")


def test_a_handler_that_reads_the_bytes_itself_gets_no_more_than_the_limit() -> None:
    function = small_function(limits=Limits(max_body_bytes=100))

    def status(length: int) -> int:
        body = "x" * length
        return function.send("POST", "/ngsi-ld/v1/jsonldContexts", principal=WRITER, body=body).status

    assert (status(100), status(101)) == (200, 413)


def test_two_megabytes_are_too_large_and_a_batch_of_a_thousand_is_not() -> None:
    function = small_function()
    thousand = "[" + ",".join(['{"id":"' + "x" * 1000 + '"}'] * 1000) + "]"

    def status(body: str) -> int:
        return function.send("POST", "/ngsi-ld/v1/entities", principal=WRITER, body=body).status

    assert status('"' + "x" * 2_000_000 + '"') == 413
    assert status(thousand) == 201


def test_rights_are_checked_before_the_body() -> None:
    function = small_function()

    assert function.send("POST", "/ngsi-ld/v1/entities", body="[" * 2_000_000).status == 401


@pytest.mark.parametrize("principal", [READER, None, citizen()])
def test_every_answer_carries_the_security_headers(principal: object) -> None:
    headers = small_function().send("GET", ENTITY, principal=principal).headers  # type: ignore[arg-type]

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-request-id"] == "request-1"


def test_scripts_of_the_portal_may_read_answers_and_problems() -> None:
    function = small_function()

    for principal in (READER, None):
        headers = function.send("GET", ENTITY, principal=principal, headers={"Origin": PORTAL}).headers
        assert headers["access-control-allow-origin"] == PORTAL
        assert "ETag" in headers["access-control-expose-headers"]
        assert headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", f"{PORTAL}.evil.example", "null", "*"])
def test_scripts_of_other_origins_may_not(origin: str) -> None:
    headers = small_function().send("GET", ENTITY, principal=READER, headers={"Origin": origin}).headers

    assert "access-control-allow-origin" not in headers


def test_a_preflight_that_comes_this_far_is_a_method_like_others() -> None:
    asked = {"Origin": PORTAL, "Access-Control-Request-Method": "PUT"}

    assert (
        small_function().send("OPTIONS", "/citizen/v1/profile", principal=None, headers=asked).status == 401
    )
    assert small_function().send("OPTIONS", "/citizen/v1/profile", headers=asked).status == 405


def test_each_request_leaves_one_line_that_names_no_person() -> None:
    log = Log()

    small_function(log).send("GET", ENTITY, principal=READER)
    small_function(log).send("GET", "/ngsi-ld/v1/entities?limit=3", principal=citizen("hanako"))

    read, refused = log.lines
    assert read["route"] == "GET /ngsi-ld/v1/entities/{entityId}"
    assert (read["status"], read["principal"], read["application"]) == (200, "application", "explorer")
    assert (read["request_id"], read["entities"]) == ("request-1", 1)
    assert read["ms"] >= 0
    assert refused["status"] == 403
    assert "hanako" not in log.text
    assert "Site" not in log.text


def test_a_route_that_is_not_listed_stops_the_function_from_starting() -> None:
    routes = Handlers("/ngsi-ld/v1", plain)

    @routes.get("/secrets")
    async def secrets(_request: Request) -> Response:
        return Response()

    with pytest.raises(ValueError, match="not listed"):
        create_app(handlers=[routes], logger=Log().logger)


def test_a_handler_that_would_run_in_a_thread_stops_the_function_from_starting() -> None:
    routes = Handlers("/ngsi-ld/v1", plain)

    with pytest.raises(ValueError, match="async def"):

        @routes.get("/types")  # type: ignore[arg-type]  # which is the mistake
        def types(_request: Request) -> Response:
            return Response()


def test_two_handlers_for_one_route_stop_the_function_from_starting() -> None:
    routes = Handlers("/ngsi-ld/v1", plain)

    for _ in range(2):

        @routes.get("/types")
        async def types(_request: Request) -> Response:
            return Response()

    with pytest.raises(ValueError, match="two handlers"):
        create_app(handlers=[routes], logger=Log().logger)


def test_no_scope_opens_a_route_for_the_wrong_method() -> None:
    everything = application(*Scope)

    assert small_function().send("PUT", "/ngsi-ld/v1/types", principal=everything).status == 405


def test_a_page_keeps_its_own_policies_and_gets_the_others() -> None:
    routes = Handlers("/public/v1", plain)

    @routes.get("/health")
    async def page(_request: Request) -> Response:
        return Response("x", headers={"Content-Security-Policy": "own", "Referrer-Policy": "same-origin"})

    headers = (
        Gateway(entry(create_app(handlers=[routes], logger=Log().logger)))
        .send("GET", "/public/v1/health")
        .headers
    )

    assert (headers["content-security-policy"], headers["referrer-policy"]) == ("own", "same-origin")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_where_partners_call_any_site_may_read_answers_and_problems_alike() -> None:
    routes = Handlers("/partner/v1", plain)

    @routes.get("/userinfo")
    async def userinfo(_request: Request) -> Response:
        return Response("{}")

    partner = Gateway(entry(create_app(handlers=[routes], logger=Log().logger, portal_url=ANYBODY)))
    for caller, status in ((citizen(), 200), (citizen(scopes=frozenset()), 403), (None, 401)):
        answer = partner.send(
            "GET", "/partner/v1/userinfo", principal=caller, headers={"Origin": "https://kencom.example"}
        )
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def test_a_token_without_the_scope_is_told_so_as_oauth_wants_it() -> None:
    answer = small_function().send("GET", "/citizen/v1/profile", principal=citizen(scopes=frozenset()))

    assert (answer.status, answer.problem) == (403, "forbidden")
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
