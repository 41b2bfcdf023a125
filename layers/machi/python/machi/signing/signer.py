"""What signs. Domain code knows no more of keys than this."""

from collections.abc import Mapping
from typing import Protocol

ALGORITHM = "ES256"
"""ECDSA on P-256 with SHA-256 (RFC 7518, 3.4): what デジタル認証アプリ, partners and browsers all verify."""


class SigningFailed(Exception):
    """The key cannot be used at present; nothing was signed."""


class Signer(Protocol):
    """One private key."""

    @property
    def key_id(self) -> str:
        """`kid` in headers: the thumbprint of the public key (RFC 7638)."""

    def public_jwk(self) -> Mapping[str, str]:
        """The public key with `kid`, `alg` and `use` (RFC 7517).

        Raises:
            SigningFailed: the key cannot be read.
        """

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes `r || s` that a JWS carries (RFC 7518, 3.4).

        Raises:
            SigningFailed: nothing was signed.
        """
