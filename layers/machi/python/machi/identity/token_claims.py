"""What a token of one of our user pools says, if it is genuine.

Imports PyJWT with `cryptography`, so a function that may do without tokens imports this module late.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import jwt

from machi.core.errors import MachiError
from machi.core.ids import CitizenId
from machi.identity.key_set import KeySet

_ALGORITHM = "RS256"
_MAX_LENGTH = 8192  # characters; a Cognito access token has about 1,000
_LEEWAY_SECONDS = 10
_FAR = 2**33  # seconds since 1970; no year that a token can name lies beyond
_REQUIRED = ["exp", "iat", "iss", "sub", "token_use", "client_id", "username"]

Claims = Mapping[str, object]


class TokenRefused(MachiError):
    """The token is forged, expired, of another issuer or kind, or not for this platform."""


def verified_claims(token: str, keys: KeySet, issuer: str) -> Claims:
    """The claims of a token that this issuer signed and that is not over.

    Raises:
        TokenRefused: for whichever reason; the caller need not know.
        KeysUnavailable: the pool's keys cannot be had, so nothing can be said about the token.
    """
    if len(token) > _MAX_LENGTH:
        raise TokenRefused("too long")
    try:
        key = keys.find(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise TokenRefused("signed with an unknown key")
        return dict(
            jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                issuer=issuer,
                leeway=_LEEWAY_SECONDS,
                # Cognito's access tokens name their client in `client_id` and have no `aud`.
                options={"require": _REQUIRED, "verify_aud": False},
            )
        )
    except (jwt.PyJWTError, RecursionError):
        raise TokenRefused("the token does not hold") from None


def client_and_person(claims: Claims) -> tuple[str, CitizenId]:
    """To whom an access token was issued, and for whom.

    Raises:
        TokenRefused: it is no access token, or stands for no person.
    """
    client, subject, use = claims["client_id"], claims["sub"], claims["token_use"]
    if use != "access" or not isinstance(client, str):
        raise TokenRefused("not an access token")
    if not isinstance(subject, str) or not subject or subject == client:
        raise TokenRefused("the token stands for no person")
    return client, CitizenId(subject)


def session_of(claims: Claims) -> str | None:
    """Which sign-in the token stems from, the same after each refresh."""
    return _text(claims.get("origin_jti")) or _text(claims.get("jti"))


def authenticated_at(claims: Claims) -> datetime | None:
    """When the person last proved who it is."""
    claim = claims.get("auth_time")
    return datetime.fromtimestamp(claim, UTC) if isinstance(claim, int) and 0 < claim < _FAR else None


def _text(claim: object) -> str | None:
    return claim if isinstance(claim, str) and claim else None
