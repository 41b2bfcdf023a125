"""Whom does an ID token of the citizens' pool speak of? (OpenID Connect Core 3.1.3.7)"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest

import jwt

from machi.core.errors import MachiError
from machi.core.ids import CitizenId
from machi.identity.key_set import KeySet

_ALGORITHM = "RS256"
_MAX_LENGTH = 16_384  # characters
_LEEWAY_SECONDS = 10
_REQUIRED = ["exp", "iat", "iss", "sub", "aud", "token_use"]


class IdTokenRefused(MachiError):
    """Forged, over, for another client, of another kind, or an answer to another question."""


@dataclass(frozen=True, slots=True)
class Authenticated:
    """What the pool says of the citizen who signed in."""

    subject: CitizenId
    at: datetime


@dataclass(frozen=True, slots=True)
class Hint:
    """An ID token that a client shows to say whom it means; it may be over."""

    client_id: str
    subject: CitizenId


class IdTokens:
    """Checks ID tokens."""

    def __init__(self, issuer: str, keys: KeySet) -> None:
        self._issuer = issuer
        self._keys = keys

    def answer(self, token: str, *, client_id: str, nonce: str) -> Authenticated:
        """Who has signed in, from the token that answers the request with this nonce.

        Raises:
            IdTokenRefused: for whichever reason.
            KeysUnavailable: nothing can be said about the token.
        """
        claims = self._claims(token, client_id)
        told, moment = claims.get("nonce"), claims.get("auth_time")
        if not isinstance(told, str) or not compare_digest(told.encode(), nonce.encode()):
            raise IdTokenRefused("the answer to another question")
        if not isinstance(moment, int):
            raise IdTokenRefused("it does not say when the citizen signed in")
        return Authenticated(CitizenId(str(claims["sub"])), datetime.fromtimestamp(moment, UTC))

    def hint(self, token: str) -> Hint:
        """Whom a client means, even long after.

        Raises:
            IdTokenRefused: not a token of this pool.
            KeysUnavailable: nothing can be said about the token.
        """
        claims = self._claims(token, None)
        return Hint(str(claims["aud"]), CitizenId(str(claims["sub"])))

    def _claims(self, token: str, client_id: str | None) -> dict[str, object]:
        if len(token) > _MAX_LENGTH:
            raise IdTokenRefused("too long")
        checks = {
            "require": _REQUIRED,
            "verify_aud": client_id is not None,
            "verify_exp": client_id is not None,
        }
        try:
            key = self._keys.find(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise IdTokenRefused("signed with an unknown key")
            claims = dict(
                jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    issuer=self._issuer,
                    audience=client_id,
                    leeway=_LEEWAY_SECONDS,
                    options=checks,  # type: ignore[arg-type]
                )
            )
        except (jwt.PyJWTError, RecursionError):
            raise IdTokenRefused("the token does not hold") from None
        kinds = [type(claims[name]) for name in ("aud", "sub")]
        if claims["token_use"] != "id" or kinds != [str, str]:  # noqa: S105  (a kind of token)
            raise IdTokenRefused("not an ID token for one client")
        return claims
