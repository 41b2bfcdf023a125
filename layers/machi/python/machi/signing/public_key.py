"""Public keys as JSON Web Keys."""

import base64
from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from machi.signing.signer import ALGORITHM

_COORDINATE_BYTES = 32


def jwk_of(key: EllipticCurvePublicKey) -> Mapping[str, str]:
    """The key with its thumbprint as `kid`.

    Raises:
        ValueError: the key is not on P-256.
    """
    if not isinstance(key.curve, SECP256R1):
        raise ValueError("only keys on P-256 are published")  # noqa: TRY004 - a type of key, not of object
    numbers = key.public_numbers()
    x, y = (_encoded(number.to_bytes(_COORDINATE_BYTES, "big")) for number in (numbers.x, numbers.y))
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": x,
        "y": y,
        "kid": thumbprint(x, y),
        "alg": ALGORITHM,
        "use": "sig",
    }


def thumbprint(x: str, y: str) -> str:
    """RFC 7638: SHA-256 over the required members in lexicographic order, without spaces."""
    return _encoded(sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
