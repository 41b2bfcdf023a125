"""`/connect/.well-known/openid-configuration` and `/connect/jwks.json`: what clients configure from."""

import json
import time
from collections.abc import Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from machi.connect.discovery import Addresses, discovery_document
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response
from machi.identity.key_set import KeysUnavailable

PublicKeys = Callable[[], Sequence[Mapping[str, object]]]
"""Gives public keys as JSON Web Keys.

Raises:
    KeysUnavailable: they cannot be had at present.
"""

_FRESH_SECONDS = 300
_PUBLIC = {"Cache-Control": f"public, max-age={_FRESH_SECONDS}", "Access-Control-Allow-Origin": "*"}
"""A new key is published that long before it signs. Browser clients read both documents from anywhere."""


class PoolKeys:
    """The keys with which the pool signs, as it publishes them; asked for every five minutes at most."""

    def __init__(self, fetch: Callable[[], bytes], monotonic: Callable[[], float] = time.monotonic) -> None:
        """`fetch` gives the pool's key set, or raises OSError."""
        self._fetch = fetch
        self._monotonic = monotonic
        self._keys: Sequence[Mapping[str, object]] = ()
        self._fetched_at: float | None = None

    def __call__(self) -> Sequence[Mapping[str, object]]:
        """The keys; those of before where the pool does not answer.

        Raises:
            KeysUnavailable: there are none of before either.
        """
        now = self._monotonic()
        if self._fetched_at is None or now - self._fetched_at > _FRESH_SECONDS:
            try:
                self._keys = json.loads(self._fetch())["keys"]
                self._fetched_at = now
            except (OSError, ValueError, KeyError, TypeError):
                if not self._keys:
                    raise KeysUnavailable("the pool's keys cannot be fetched") from None
        return self._keys


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
