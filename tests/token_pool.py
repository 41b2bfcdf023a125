"""A user pool that signs what a test wants signed."""

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_citizens"
CLIENT = "portalclient"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key, made once for each name: making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


class TokenPool:
    """Signs tokens and publishes its keys; counts how often it was asked for them."""

    def __init__(self, key_id: str = "key-1", *, bits: int = 2048) -> None:
        self.key_id = key_id
        self.key = rsa_key(key_id, bits)
        self.fetches = 0
        self.unreachable = False

    def key_set(self) -> bytes:
        """The document at the pool's jwks_url."""
        self.fetches += 1
        if self.unreachable:
            raise OSError("no route")
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return json.dumps({"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}).encode()

    def token(
        self,
        *,
        key: object = None,
        algorithm: str = "RS256",
        headers: dict[str, Any] | None = None,
        without: str | None = None,
        **claims: object,
    ) -> str:
        """An access token as Cognito makes them, with the given claims instead of its own."""
        now = int(time.time())
        payload: dict[str, Any] = {
            "sub": "hanako",
            "iss": ISSUER,
            "client_id": CLIENT,
            "username": "hanako",
            "token_use": "access",
            "scope": "openid machi/profile.read machi/profile.write",
            "iat": now,
            "auth_time": now,
            "exp": now + 900,
            "jti": "j",
            **claims,
        }
        if without is not None:
            del payload[without]
        return jwt.encode(
            payload,
            key or self.key,  # type: ignore[arg-type]
            algorithm=algorithm,
            headers={"kid": self.key_id, **(headers or {})},
        )
