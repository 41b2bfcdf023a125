"""`/account/v1/devices`: where the signed-in citizen is signed in."""

from starlette.requests import Request
from starlette.responses import Response

from machi.core.clock import to_iso
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.responses import json_response
from machi.identity.devices import Device
from machi.identity.sign_outs import SignOuts


def device_routes(sign_outs: SignOuts) -> Handlers[Request]:
    """The routes over these sign-ins."""
    routes = Handlers("/account/v1/devices", plain)

    @routes.get("")
    async def read(request: Request) -> Response:
        """Where the citizen is signed in."""
        citizen = current_principal(request)
        shown = [_document(each, citizen.session) for each in sign_outs.devices(citizen)]
        return json_response({"devices": shown})

    @routes.post("")
    async def seen(request: Request) -> Response:
        """The portal tells that somebody signed in on this device."""
        sign_outs.seen(current_principal(request), request.headers.get("user-agent", ""))
        return Response(status_code=204)

    @routes.delete("")
    async def sign_out_everywhere(request: Request) -> Response:
        """End every sign-in, this one too."""
        sign_outs.sign_out_everywhere(current_principal(request))
        return Response(status_code=204)

    @routes.delete("/{deviceId}")
    async def sign_out(request: Request) -> Response:
        """End one sign-in."""
        sign_outs.sign_out(current_principal(request), request.path_params["deviceId"])
        return Response(status_code=204)

    return routes


def _document(device: Device, current: str | None) -> dict[str, object]:
    return {
        "id": device.session,
        "application": device.application,
        "name": device.name,
        "firstSeenAt": to_iso(device.first_seen_at),
        "lastSeenAt": to_iso(device.last_seen_at),
        "current": device.session == current,
    }
