"""Whether an access token of the citizens' pool is genuine, and whom it stands for.

Imports PyJWT with `cryptography`, so a function that may do without tokens imports this module late.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import jwt

from machi.core.errors import MachiError
from machi.core.ids import ApplicationId, CitizenId
from machi.core.principal import Principal, PrincipalKind, Scope
from machi.identity.key_set import KeySet

RESOURCE_SERVER = "machi"
"""Identifier of the pool's resource server; a scope in a token reads `machi/profile.read`."""

_ALGORITHM = "RS256"
_MAX_LENGTH = 8192  # characters; a Cognito access token has about 1,000
_LEEWAY_SECONDS = 10
_FAR = 2**33  # seconds since 1970; no year that a token can name lies beyond
_REQUIRED = ["exp", "iat", "iss", "sub", "token_use", "client_id", "username"]


class TokenRefused(MachiError):
    """The token is forged, expired, of another issuer or kind, or not for this platform."""


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """Which tokens count."""

    issuer: str
    client_ids: frozenset[str]
    """App clients whose tokens are accepted."""


class AccessTokens:
    """Checks access tokens."""

    def __init__(self, policy: TokenPolicy, keys: KeySet) -> None:
        self._policy = policy
        self._keys = keys

    def principal_of(self, token: str) -> Principal:
        """The citizen a token stands for, signed in through the app client it was issued to.

        Raises:
            TokenRefused: for whichever reason; the caller need not know.
            KeysUnavailable: the pool's keys cannot be had, so nothing can be said about the token.
        """
        claims = self._claims(token)
        client, subject, use = claims["client_id"], claims["sub"], claims["token_use"]
        if use != "access" or not isinstance(client, str) or client not in self._policy.client_ids:
            raise TokenRefused("not an access token for this platform")
        if not isinstance(subject, str) or not subject or subject == client:
            raise TokenRefused("the token stands for no person")
        return Principal(
            kind=PrincipalKind.CITIZEN,
            application=ApplicationId(client),
            subject=CitizenId(subject),
            scopes=_scopes(claims.get("scope")),
            session=_text(claims.get("origin_jti")) or _text(claims.get("jti")),
            authenticated_at=_moment(claims.get("auth_time")),
        )

    def _claims(self, token: str) -> dict[str, object]:
        if len(token) > _MAX_LENGTH:
            raise TokenRefused("too long")
        try:
            key = self._keys.find(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise TokenRefused("signed with an unknown key")
            return dict(
                jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    issuer=self._policy.issuer,
                    leeway=_LEEWAY_SECONDS,
                    # Cognito's access tokens name their client in `client_id` and have no `aud`.
                    options={"require": _REQUIRED, "verify_aud": False},
                )
            )
        except (jwt.PyJWTError, RecursionError):
            raise TokenRefused("the token does not hold") from None


def _text(claim: object) -> str | None:
    return claim if isinstance(claim, str) and claim else None


def _moment(claim: object) -> datetime | None:
    return datetime.fromtimestamp(claim, UTC) if isinstance(claim, int) and 0 < claim < _FAR else None


def _scopes(claim: object) -> frozenset[Scope]:
    known = {f"{RESOURCE_SERVER}/{scope.value}": scope for scope in Scope}
    granted = claim.split() if isinstance(claim, str) else []
    return frozenset(known[name] for name in granted if name in known)
