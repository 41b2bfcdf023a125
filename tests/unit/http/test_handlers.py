"""What a module of handlers declares."""

from starlette.requests import Request
from starlette.responses import Response

from machi.core.principal import Scope
from machi.http.app import create_app
from machi.http.handlers import Handlers
from machi.http.lambda_entry import entry
from machi.http.responses import json_response
from tests.gateway_double import Gateway, application
from tests.unit.http.builders import Log


def test_a_handler_is_given_what_its_group_makes_of_the_request() -> None:
    def shout(request: Request) -> str:
        return request.url.path.upper()

    routes = Handlers("/ngsi-ld/v1", shout)

    @routes.get("/types")
    async def types(shouted: str) -> Response:
        return json_response(shouted)

    function = Gateway(entry(create_app(handlers=[routes], logger=Log().logger)))

    answer = function.send("GET", "/ngsi-ld/v1/types", principal=application(Scope.ENTITIES_READ))
    assert answer.json() == "/NGSI-LD/V1/TYPES"


def test_one_handler_may_answer_several_methods_and_paths() -> None:
    routes = Handlers("/prefix", str)

    @routes.put("/a")
    @routes.patch("/a")
    @routes.delete("/b/{name}")
    async def change(_: str) -> Response:
        return Response()

    assert [(each.method, each.path) for each in routes] == [
        ("DELETE", "/prefix/b/{name}"),
        ("PATCH", "/prefix/a"),
        ("PUT", "/prefix/a"),
    ]
