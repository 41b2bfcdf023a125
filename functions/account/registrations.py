"""`/account/v1/registrations` and `/account/v1/password-resets`: what people without a session may do."""

from starlette.requests import Request
from starlette.responses import Response

from functions.account.even_time import EvenTime
from functions.account.requests import source_of, submitted
from machi.core.clock import to_iso
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response
from machi.identity.new_password import PasswordReissue
from machi.identity.registering import Registrations


def registration_routes(registrations: Registrations, even: EvenTime) -> Handlers[Request]:
    """The routes over these registrations."""
    routes = Handlers("/account/v1/registrations", plain)

    @routes.post("")
    async def start(request: Request) -> Response:
        """Begin a registration; a code goes to the address."""
        form, source = await submitted(request), source_of(request)
        async with even.spent():
            begun = registrations.start(form, source)
        return json_response({"id": begun.id, "expiresAt": to_iso(begun.expires_at)}, status=202)

    @routes.post("/{registrationId}/code")
    async def resend(request: Request) -> Response:
        """Mail the code again."""
        async with even.spent():
            registrations.resend(request.path_params["registrationId"], source_of(request))
        return json_response({}, status=202)

    @routes.post("/{registrationId}/confirmation")
    async def confirm(request: Request) -> Response:
        """Prove the address; the account is made."""
        form, source = await submitted(request), source_of(request)
        async with even.spent():
            registrations.confirm(request.path_params["registrationId"], form, source)
        return json_response({"state": "confirmed"})

    return routes


def reissue_routes(reissue: PasswordReissue, even: EvenTime) -> Handlers[Request]:
    """The routes for a forgotten password."""
    routes = Handlers("/account/v1/password-resets", plain)

    @routes.post("")
    async def ask(request: Request) -> Response:
        """A code goes to the address, if there is such a citizen."""
        form, source = await submitted(request), source_of(request)
        async with even.spent():
            reissue.ask(form, source)
        return json_response({}, status=202)

    @routes.post("/confirmation")
    async def confirm(request: Request) -> Response:
        """Set the new password with the code."""
        form, source = await submitted(request), source_of(request)
        async with even.spent():
            reissue.confirm(form, source)
        return Response(status_code=204)

    return routes
