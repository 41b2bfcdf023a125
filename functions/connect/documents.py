"""`/connect/.well-known/openid-configuration` and `/connect/jwks.json`: what clients configure from."""

from collections.abc import Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from machi.connect.discovery import Addresses, discovery_document
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response

PublicKeys = Callable[[], Sequence[Mapping[str, object]]]
"""Gives public keys as JSON Web Keys; raises OSError or `SigningFailed` where they cannot be had."""

_PUBLIC = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
"""Five minutes: a new key is published that long before it signs. Browser clients read both from anywhere."""


def document_routes(addresses: Addresses, keys: Sequence[PublicKeys]) -> Handlers[Request]:
    """The routes; `keys` are asked in order, and all they give is published."""
    routes = Handlers("/connect", plain)

    @routes.get("/.well-known/openid-configuration")
    async def discovery(_request: Request) -> Response:
        """OpenID Connect Discovery 1.0, section 4."""
        return json_response(discovery_document(addresses), headers=_PUBLIC)

    @routes.get("/jwks.json")
    async def key_set(_request: Request) -> Response:
        """RFC 7517: the pool's keys, and those with which we sign logout tokens and assertions."""
        return json_response({"keys": [dict(key) for give in keys for key in give()]}, headers=_PUBLIC)

    return routes
