"""A signing key in KMS; the private part never leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.utils import der_to_raw_signature

from machi.signing.public_key import jwk_of
from machi.signing.signer import SigningFailed

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_MAX_MESSAGE = 4_096  # bytes
_CONNECT, _READ = 2, 5  # seconds
_ATTEMPTS = 3


def kms_client() -> KMSClient:
    """A client with short time-outs, made without what only boto3's resources need."""
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "kms",
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        ),
    )
    return cast("KMSClient", client)


class KmsSigner:
    """Implements `machi.signing.signer.Signer` with a key of spec `ECC_NIST_P256` for `SIGN_VERIFY`.

    Args:
        key: id, ARN or alias.
    """

    def __init__(self, client: KMSClient, key: str) -> None:
        self._client = client
        self._key = key

    @property
    def key_id(self) -> str:
        """Thumbprint of the public key, asked for once in the life of the process."""
        return self.public_jwk()["kid"]

    def public_jwk(self) -> Mapping[str, str]:
        """The public key, asked for once in the life of the process.

        Raises:
            SigningFailed: KMS does not answer, or the key is of another kind.
        """
        return jwk_of(self._public)

    def sign(self, message: bytes) -> bytes:
        """Have KMS sign the message, or its digest where it is longer than KMS takes.

        Raises:
            SigningFailed: KMS refused or cannot be reached.
        """
        is_short = len(message) <= _MAX_MESSAGE
        try:
            answer = self._client.sign(
                KeyId=self._key,
                Message=message if is_short else sha256(message).digest(),
                MessageType="RAW" if is_short else "DIGEST",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        except (ClientError, BotoCoreError) as error:
            raise SigningFailed("KMS did not sign") from error
        return der_to_raw_signature(answer["Signature"], self._public.curve)

    @cached_property
    def _public(self) -> EllipticCurvePublicKey:
        try:
            answer = self._client.get_public_key(KeyId=self._key)
        except (ClientError, BotoCoreError) as error:
            raise SigningFailed("KMS did not give the public key") from error
        key = load_der_public_key(answer["PublicKey"])
        if not isinstance(key, EllipticCurvePublicKey):
            raise SigningFailed("the key is not one for ECDSA")
        return key
