"""Whether an access token of the citizens' pool is genuine, and whom it stands for.

Imports PyJWT with `cryptography`, so a function that may do without tokens imports this module late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt

from machi.applications import Application, Party
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
_SIGN_IN = "openid"
_REQUIRED = ["exp", "iat", "iss", "sub", "token_use", "client_id", "username"]


class TokenRefused(MachiError):
    """The token is forged, expired, of another issuer or kind, or not for this platform."""


class ApplicationStopped(MachiError):
    """The token is genuine, and the application that it was issued to may not call at present."""


FindByClient = Callable[[str], Application | None]
"""The application of a client, in its present state."""


def no_partners(_client_id: str) -> Application | None:
    """For whoever takes no partner's tokens."""
    return None


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """Which tokens count."""

    issuer: str
    client_ids: frozenset[str]
    """App clients of our own, whose tokens have the rights they name."""


class AccessTokens:
    """Checks access tokens."""

    def __init__(self, policy: TokenPolicy, keys: KeySet, find_by_client: FindByClient = no_partners) -> None:
        self._policy = policy
        self._keys = keys
        self._find_by_client = find_by_client

    def principal_of(self, token: str) -> Principal:
        """The citizen a token stands for, signed in through the app client it was issued to.

        Raises:
            TokenRefused: for whichever reason; the caller need not know.
            ApplicationStopped: it was issued to a partner that is out of service.
            KeysUnavailable: the pool's keys cannot be had, so nothing can be said about the token.
        """
        claims = self._claims(token)
        client, subject, use = claims["client_id"], claims["sub"], claims["token_use"]
        if use != "access" or not isinstance(client, str):
            raise TokenRefused("not an access token")
        if not isinstance(subject, str) or not subject or subject == client:
            raise TokenRefused("the token stands for no person")
        application, scopes = self._rights(client, claims.get("scope"))
        return Principal(
            kind=PrincipalKind.CITIZEN,
            application=application,
            subject=CitizenId(subject),
            scopes=scopes,
            session=_text(claims.get("origin_jti")) or _text(claims.get("jti")),
            authenticated_at=_moment(claims.get("auth_time")),
        )

    def _rights(self, client: str, scope: object) -> tuple[ApplicationId, frozenset[Scope]]:
        """A partner may do one thing, whatever its token names; our own programs never do that one."""
        granted = scope.split() if isinstance(scope, str) else []
        if client in self._policy.client_ids:
            return ApplicationId(client), _scopes(granted) - {Scope.USERINFO}
        application = self._find_by_client(client)
        if application is None or application.sign_in is None or application.sign_in.party is Party.CITY:
            raise TokenRefused("issued to nobody we know")
        if not application.state.may_call:
            raise ApplicationStopped("the application is out of service")
        return application.id, frozenset({Scope.USERINFO}) if _SIGN_IN in granted else frozenset()

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


def _scopes(granted: list[str]) -> frozenset[Scope]:
    known = {f"{RESOURCE_SERVER}/{scope.value}": scope for scope in Scope}
    return frozenset(known[name] for name in granted if name in known)
