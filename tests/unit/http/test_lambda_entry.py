"""How events of the REST API become requests, and answers become what the gateway takes."""

import base64
import logging

from starlette.requests import Request
from starlette.responses import Response

from machi.core.principal import Scope
from machi.http.app import create_app
from machi.http.handlers import Handlers, plain
from machi.http.lambda_entry import entry
from machi.http.responses import json_response
from tests.gateway_double import Gateway, application, event
from tests.unit.http.builders import WRITER, Log, small_function


def mirror() -> Gateway:
    routes = Handlers("/ngsi-ld/v1", plain)

    @routes.get("/entities")
    async def query(request: Request) -> Response:
        headers = [[name, value] for name, value in request.headers.items() if name == "link"]
        return json_response([list(request.query_params.multi_items()), headers])

    @routes.get("/types")
    async def types(_request: Request) -> Response:
        response = Response("{}", media_type="application/ld+json", headers={"Link": "<a>"})
        response.headers.append("Link", "<b>")
        return response

    return Gateway(entry(create_app(handlers=[routes], logger=Log().logger)))


READER = application(Scope.ENTITIES_READ)


def test_query_parameters_arrive_as_they_were_sent_repeated_ones_too() -> None:
    query = "q=name%3D%3D%22%E4%B8%80%E5%AE%AE%22&a=1&a=2&empty=&plus=1%2B1&and=x%26y"

    (parameters, _) = mirror().send("GET", f"/ngsi-ld/v1/entities?{query}", principal=READER).json()

    assert parameters == [
        ["q", 'name=="一宮"'],
        ["a", "1"],
        ["a", "2"],
        ["empty", ""],
        ["plus", "1+1"],
        ["and", "x&y"],
    ]


def test_repeated_headers_stay_apart() -> None:
    given = event("GET", "/ngsi-ld/v1/entities", authorizer=READER.to_context(), headers={})
    given["multiValueHeaders"] = {"Link": ["<https://a>", "<https://b>"]}

    (_, headers) = mirror().send_event(given).json()

    assert headers == [["link", "<https://a>"], ["link", "<https://b>"]]


def test_every_body_goes_out_as_text_and_repeated_headers_stay_apart() -> None:
    given = event("GET", "/ngsi-ld/v1/types", authorizer=READER.to_context(), headers={})

    response = mirror().handler(given, None)

    assert (response["body"], response["isBase64Encoded"]) == ("{}", False)
    assert response["multiValueHeaders"]["link"] == ["<a>", "<b>"]


def test_a_body_in_base64_is_decoded() -> None:
    given = event("POST", "/ngsi-ld/v1/entities", authorizer=WRITER.to_context(), headers={})
    given |= {"body": base64.b64encode('{"名": 1}'.encode()).decode(), "isBase64Encoded": True}

    assert small_function().send_event(given).json() == {"received": {"名": 1}}


def test_lone_surrogates_anywhere_are_refused_and_break_nothing() -> None:
    function = small_function()
    context = WRITER.to_context()
    in_body = event("POST", "/ngsi-ld/v1/entities", authorizer=context, headers={}, body='"\ud800"')
    in_query = event("GET", "/ngsi-ld/v1/entities", authorizer=context, headers={"X": "\udc00"})
    in_query["multiValueQueryStringParameters"] = {"limit": ["\ud800"]}
    in_path = event("GET", "/ngsi-ld/v1/entities/\ud800", authorizer=context, headers={})

    assert function.send_event(in_body).status == 400
    assert function.send_event(in_query).status == 400
    assert function.send_event(in_path).status == 200


def test_mangum_does_not_log_paths() -> None:
    small_function()

    assert not logging.getLogger("mangum.http").isEnabledFor(logging.INFO)
