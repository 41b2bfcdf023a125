"""Whether an access token of the staff's pool is genuine, and which member of staff it stands for.

Another issuer, other keys and another client than those of citizens: no token of one pool opens what is the
other's. Imports PyJWT, so the authorizer imports this module late.
"""

from machi.core.principal import Principal, PrincipalKind
from machi.identity.key_set import KeySet
from machi.identity.token_claims import (
    Claims,
    TokenRefused,
    authenticated_at,
    client_and_person,
    session_of,
    verified_claims,
)
from machi.staff.groups import scopes_of

_SECOND_FACTORS = {"mfa", "otp", "hwk", "swk", "software_token_mfa"}
"""What `amr` may have (RFC 8176, and Cognito's word for an authenticator)."""


class StaffTokens:
    """Checks access tokens of members of staff."""

    def __init__(self, issuer: str, client_id: str, keys: KeySet) -> None:
        self._issuer, self._client_id, self._keys = issuer, client_id, keys

    def principal_of(self, token: str) -> Principal:
        """The member of staff a token stands for, with the rights of his or her groups.

        Raises:
            TokenRefused: for whichever reason; the caller need not know.
            KeysUnavailable: the pool's keys cannot be had, so nothing can be said about the token.
        """
        claims = verified_claims(token, self._keys, self._issuer)
        client, subject = client_and_person(claims)
        if client != self._client_id:
            raise TokenRefused("issued to another client")
        if not _may_have_second_factor(claims):
            raise TokenRefused("signed in without a second factor")
        groups = claims.get("cognito:groups")
        return Principal(
            kind=PrincipalKind.STAFF,
            subject=subject,
            scopes=scopes_of(groups if isinstance(groups, list) else ()),
            session=session_of(claims),
            authenticated_at=authenticated_at(claims),
        )


def _may_have_second_factor(claims: Claims) -> bool:
    """Cognito names no factors in access tokens; the pool itself lets nobody in without one (ADR 0150).

    Where a token does name them, the second one must be among them.
    """
    if "amr" not in claims:
        return True
    methods = claims["amr"]
    return isinstance(methods, list) and any(method in _SECOND_FACTORS for method in methods)
