"""The pool's token endpoint, as the front door uses it (RFC 6749, 4.1.3)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from machi.connect.pool import CodeRefused, Pool, PoolUnavailable
from machi.outbound import Reply

_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}


class Outbound(Protocol):
    """The one call that is needed of `machi.outbound.OutboundClient`."""

    def post_form(self, url: str, form: Mapping[str, str]) -> Reply:
        """Send a form; raises OSError if there is no usable answer."""


class TokenEndpoint:
    """Turns codes into ID tokens."""

    def __init__(self, pool: Pool, outbound: Outbound) -> None:
        self._pool = pool
        self._outbound = outbound

    def redeem(self, code: str, verifier: str) -> str:
        """The ID token for a code; the other tokens are dropped: the front door acts for nobody.

        Raises:
            CodeRefused: the pool does not take the code.
            PoolUnavailable: it gives no usable answer.
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": self._pool.client_id,
            "redirect_uri": self._pool.callback,
            "code": code,
            "code_verifier": verifier,
        }
        try:
            reply = self._outbound.post_form(f"{self._pool.auth_url}/oauth2/token", form)
        except OSError:
            raise PoolUnavailable("the pool does not answer") from None
        if reply.status in _REFUSED:
            raise CodeRefused("the pool does not take the code")
        if reply.status != HTTPStatus.OK:
            raise PoolUnavailable("the pool cannot answer")
        return _id_token(reply.body)


def _id_token(body: bytes) -> str:
    try:
        token = json.loads(body)["id_token"]
    except (ValueError, KeyError, TypeError):
        raise PoolUnavailable("the pool's answer cannot be read") from None
    if not isinstance(token, str):
        raise PoolUnavailable("the pool's answer cannot be read")
    return token
