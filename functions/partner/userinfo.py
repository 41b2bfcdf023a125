"""`/partner/v1/userinfo`: what the signed-in citizen agreed to give this partner."""

from starlette.requests import Request
from starlette.responses import Response

from machi.connect.userinfo import Userinfo
from machi.http.errors import Forbidden
from machi.http.handlers import Handlers, plain
from machi.http.log_line import note
from machi.http.principal import current_principal
from machi.http.requests import request_id
from machi.http.responses import json_response


def userinfo_routes(userinfo: Userinfo) -> Handlers[Request]:
    """The routes; OpenID Connect Core 5.3.1 wants both methods."""
    routes = Handlers("/partner/v1", plain)

    def tell(request: Request) -> Response:
        caller = current_principal(request)
        if caller.application is None or caller.subject is None:
            raise Forbidden("a citizen's token is needed")
        told = userinfo.tell(caller.application, caller.subject, request_id(request))
        note(request, reason=told.reason.value, claims=len(told.claims))
        return json_response(told.claims)

    @routes.get("/userinfo")
    async def read(request: Request) -> Response:
        """OpenID Connect Core 5.3.2."""
        return tell(request)

    @routes.post("/userinfo")
    async def read_posted(request: Request) -> Response:
        """The same; a token in the body is not taken (RFC 6750, 2.2 advises against it)."""
        return tell(request)

    return routes
