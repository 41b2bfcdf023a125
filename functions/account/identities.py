"""`/account/v1/identities`: the identity providers by which the signed-in citizen can sign in too."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from functions.account.requests import submitted
from machi.connect.pool import PoolUnavailable
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.problem import Problem, ProblemOf, problem
from machi.http.requests import request_id
from machi.http.responses import json_response
from machi.identity.faults import fault
from machi.identity.linking import IdentityTaken, LastWayIn, Linking, LinkingOver, TooManyIdentities

_LONGEST = 4_096  # characters of a code

IDENTITY_PROBLEMS: Mapping[type[Exception], ProblemOf] = {
    LinkingOver: lambda error: Problem("linking-over", "Begin again", 410, str(error)),
    IdentityTaken: lambda error: Problem("identity-taken", "The identity is in use", 409, str(error)),
    TooManyIdentities: lambda error: Problem("too-many-identities", "No more identities", 409, str(error)),
    LastWayIn: lambda error: Problem("last-way-in", "The last way to sign in", 409, str(error)),
    PoolUnavailable: lambda _error: problem("unavailable", headers={"Retry-After": "5"}),
}


def identity_routes(linking: Linking) -> Handlers[Request]:
    """The routes over these operations."""
    routes = Handlers("/account/v1/identities", plain)

    @routes.post("/{provider}")
    async def begin(request: Request) -> Response:
        """Where to go to prove to be somebody at the provider."""
        url = linking.begin(current_principal(request), request.path_params["provider"])
        return json_response({"url": url})

    @routes.post("/{provider}/confirmation")
    async def complete(request: Request) -> Response:
        """Link whoever came back from the provider."""
        form = await submitted(request)
        code, state = _text(form, "code"), _text(form, "state")
        provider = request.path_params["provider"]
        linking.complete(current_principal(request), provider, code, state, request_id(request))
        return Response(status_code=204)

    @routes.delete("/{provider}")
    async def unlink(request: Request) -> Response:
        """Sign in by the provider no more."""
        linking.unlink(current_principal(request), request.path_params["provider"], request_id(request))
        return Response(status_code=204)

    return routes


def _text(form: Any, member: str) -> str:  # noqa: ANN401  (JSON is any value)
    value = form.get(member) if isinstance(form, dict) else None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise fault(member, "needed")
    return value
