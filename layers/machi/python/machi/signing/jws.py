"""Compact JWS over a `Signer`. PyJWT builds and checks; only the private key's part is elsewhere."""

import json
from collections.abc import Mapping
from typing import Any

from jwt.algorithms import Algorithm
from jwt.api_jwk import PyJWK
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from machi.core.errors import MachiError
from machi.signing.signer import ALGORITHM, Signer

_MAX_LENGTH = 100_000  # characters; a receipt with fifty items in one language has about 8,000


class SignatureRefused(MachiError):
    """Not signed by one of the keys, or changed since."""


def signed(claims: Mapping[str, object], signer: Signer, *, typ: str) -> str:
    """The claims as a compact JWS with `kid` and `typ` in its header.

    Args:
        typ: kind of token, so that one is never taken for another (RFC 8725, 3.11), for example `logout+jwt`.

    Raises:
        SigningFailed: nothing was signed.
    """
    jws = PyJWS(algorithms=[])
    jws.register_algorithm(ALGORITHM, _ByTheSigner(signer))
    return jws.encode(
        json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode(),
        key="held elsewhere",
        algorithm=ALGORITHM,
        headers={"kid": signer.key_id, "typ": typ},
    )


def verified(token: str, keys: Mapping[str, Mapping[str, str]], *, typ: str) -> dict[str, Any]:
    """What was signed, by a key of ours and as the kind of token expected. Times are the caller's to check.

    Args:
        keys: JWKs by `kid`.

    Raises:
        SignatureRefused: for whichever reason.
    """
    jws = PyJWS(algorithms=[ALGORITHM])
    try:
        if len(token) > _MAX_LENGTH:
            raise SignatureRefused("too long")
        header = jws.get_unverified_header(token)
        jwk = keys.get(str(header.get("kid")))
        if jwk is None or header.get("typ") != typ:
            raise SignatureRefused("signed with another key, or for something else")
        payload = json.loads(jws.decode(token, PyJWK(dict(jwk)), algorithms=[ALGORITHM]))
    except (PyJWTError, ValueError, RecursionError):
        raise SignatureRefused("the signature does not hold") from None
    if not isinstance(payload, dict):
        raise SignatureRefused("not an object")
    return payload


class _ByTheSigner(Algorithm):
    """Lets PyJWT assemble what a key signs that it never sees."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def prepare_key(self, key: Any) -> Any:  # noqa: ANN401 - PyJWT's own signature
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:  # noqa: ANN401, ARG002 - PyJWT's own signature
        return self._signer.sign(msg)

    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:  # noqa: ANN401 - PyJWT's own signature
        raise NotImplementedError("tokens are verified with public keys")

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as above
        raise NotImplementedError("the signer gives its public key")

    @staticmethod
    def from_jwk(jwk: Any) -> Any:  # noqa: ANN401 - PyJWT's own signature
        raise NotImplementedError("the signer holds the key")
