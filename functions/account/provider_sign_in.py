"""The way to an identity provider through the citizens' pool, and back with a code."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlencode

import jwt

from machi.connect.id_token import Authenticated, IdTokenRefused
from machi.connect.pool import CodeRefused, Pool, RedeemCode, challenge_of
from machi.identity.linking import Arrived, LinkingOver


class IdTokens(Protocol):
    """Checks ID tokens; see `machi.connect.id_token`."""

    def answer(self, token: str, *, client_id: str, nonce: str) -> Authenticated:
        """Who has signed in, from the token that answers the request with this nonce."""


class PoolProviderSignIn:
    """Implements `machi.identity.linking.ProviderSignIn` with the pool's own pages."""

    def __init__(self, pool: Pool, redeem: RedeemCode, tokens: Callable[[], IdTokens]) -> None:
        """Prepare.

        Args:
            pool: with the client and the page of the portal that takes people back.
            redeem: turns a code into an ID token.
            tokens: gives what checks it; made when the first is needed.
        """
        self._pool = pool
        self._redeem = redeem
        self._tokens = tokens

    def url(self, provider: str, *, state: str, nonce: str, verifier: str) -> str:
        """Straight to the provider, whoever the browser is signed in as at the pool."""
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._pool.client_id,
            "redirect_uri": self._pool.callback,
            "identity_provider": provider,
            "prompt": "login",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._pool.auth_url}/oauth2/authorize?{urlencode(query)}"

    def arrived(self, code: str, *, nonce: str, verifier: str) -> Arrived:
        """Whom the code stands for.

        Raises:
            LinkingOver: nobody, or the answer to another question.
            PoolUnavailable: the pool does not answer.
        """
        try:
            token = self._redeem(code, verifier)
            who = self._tokens().answer(token, client_id=self._pool.client_id, nonce=nonce)
        except (CodeRefused, IdTokenRefused):
            raise LinkingOver("begin again") from None
        # Verified a line above; `Authenticated` leaves the username out.
        claims = jwt.decode(token, options={"verify_signature": False})
        return Arrived(who.subject, str(claims.get("cognito:username", "")))
