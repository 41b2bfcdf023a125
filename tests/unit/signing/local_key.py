"""A key in memory, for tests of whatever signs."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.utils import der_to_raw_signature

from machi.signing.public_key import jwk_of


class LocalKey:
    """Implements `machi.signing.signer.Signer`."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())

    @property
    def key_id(self) -> str:
        return self.public_jwk()["kid"]

    def public_jwk(self) -> Mapping[str, str]:
        return jwk_of(self._private.public_key())

    def sign(self, message: bytes) -> bytes:
        der = self._private.sign(message, ec.ECDSA(SHA256()))
        return der_to_raw_signature(der, self._private.curve)
