"""Checks `private_key_jwt` (RFC 7523) for real, against the keys that the relying party publishes."""

import time
from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from local.simulators.authorization_server import Client, Request

METHOD = "private_key_jwt"
LONGEST_LIFE = 300  # seconds
ALGORITHM = "ES256"

FetchKeys = Callable[[], dict[str, Any]]
"""Gives the relying party's key set document; raises OSError or ValueError."""


class ClientAssertion(JWTBearerClientAssertion):  # type: ignore[misc]  # Authlib has no types
    """The service's own strictness on top of Authlib's checks of issuer, subject, audience and expiry."""

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, audience: str, fetch_keys: FetchKeys) -> None:
        super().__init__(validate_jti=True, leeway=10)
        self._audience = audience
        self._fetch_keys = fetch_keys
        self._used: dict[str, int] = {}

    def __call__(self, query_client: Callable[[str], Client | None], request: Request) -> Client | None:
        """The client that the assertion proves; it must be the one that the form names."""
        client: Client | None = super().__call__(query_client, request)
        if client is not None and request.payload.client_id not in {None, client.id}:
            raise InvalidClientError(description="client_id and the assertion's subject differ")
        return client

    def get_audiences(self) -> list[str]:
        """The token endpoint."""
        return [self._audience]

    def resolve_client_public_key(self, client: Client) -> jwk.KeySet:  # noqa: ARG002 - one client
        """What the relying party publishes now: a key taken away there counts no more."""
        try:
            return jwk.KeySet.import_key_set(self._fetch_keys())  # type: ignore[arg-type]
        except (OSError, ValueError, JoseError) as error:
            raise InvalidClientError(description="the client's keys cannot be read") from error

    def process_assertion_claims(self, assertion: str, resolve_key: jwk.KeySet) -> dict[str, Any]:
        """As Authlib does, but with the one algorithm that is registered."""
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="the assertion does not hold") from error
        self.verify_claims(token.claims)
        return dict(token.claims)

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """A short life, stated."""
        issued, expires = claims.get("iat"), claims.get("exp")
        if not isinstance(issued, int) or not isinstance(expires, int) or expires - issued > LONGEST_LIFE:
            raise InvalidClientError(description="an assertion lives five minutes at most")
        super().verify_claims(claims)

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        """True the first time."""
        now = int(time.time())
        self._used = {used: expires for used, expires in self._used.items() if expires >= now - self.leeway}
        if jti in self._used:
            return False
        self._used[jti] = claims["exp"]
        return True
