"""Whether an access token of the citizens' pool is genuine, and whom it stands for.

Imports PyJWT with `cryptography`, so a function that may do without tokens imports this module late.
"""

from collections.abc import Callable
from dataclasses import dataclass

from machi.applications import Application, Party
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId
from machi.core.principal import STAFF_SCOPES, Principal, PrincipalKind, Scope
from machi.identity.key_set import KeySet
from machi.identity.token_claims import (
    TokenRefused,
    authenticated_at,
    client_and_person,
    session_of,
    verified_claims,
)

__all__ = ["AccessTokens", "ApplicationStopped", "TokenPolicy", "TokenRefused", "no_partners"]

RESOURCE_SERVER = "machi"
"""Identifier of the pool's resource server; a scope in a token reads `machi/profile.read`."""

_SIGN_IN = "openid"


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
        claims = verified_claims(token, self._keys, self._policy.issuer)
        client, subject = client_and_person(claims)
        application, scopes = self._rights(client, claims.get("scope"))
        return Principal(
            kind=PrincipalKind.CITIZEN,
            application=application,
            subject=subject,
            scopes=scopes,
            session=session_of(claims),
            authenticated_at=authenticated_at(claims),
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


def _scopes(granted: list[str]) -> frozenset[Scope]:
    known = {f"{RESOURCE_SERVER}/{scope.value}": scope for scope in Scope if scope not in STAFF_SCOPES}
    return frozenset(known[name] for name in granted if name in known)
