"""The key in KMS: failures on moto; signatures on a double, because moto signs another text than is sent."""

import os
from collections.abc import Iterator

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from moto import mock_aws

from machi.signing.jws import signed
from machi.signing.kms import KmsSigner
from machi.signing.signer import SigningFailed


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    assert "AWS_ENDPOINT_URL" not in os.environ
    with mock_aws():
        yield boto3.client("kms", region_name="ap-northeast-1")


class KmsByTheBook:
    """Signs messages of at most 4,096 bytes, and digests, as KMS does."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())

    def get_public_key(self, **_: object) -> dict[str, bytes]:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return {"PublicKey": self._private.public_key().public_bytes(serialization.Encoding.DER, form)}

    def sign(self, *, Message: bytes, MessageType: str, **_: object) -> dict[str, bytes]:  # noqa: N803 - KMS's names
        assert len(Message) <= 4_096
        algorithm = Prehashed(SHA256()) if MessageType == "DIGEST" else SHA256()
        return {"Signature": self._private.sign(Message, ec.ECDSA(algorithm))}


def new_key(kms: object, spec: str = "ECC_NIST_P256") -> str:
    return kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("text", ["短い", "長い" * 5_000])
def test_a_signature_holds_against_the_published_key_however_long_the_message(text: str) -> None:
    signer = KmsSigner(KmsByTheBook(), "key")  # type: ignore[arg-type]
    token = signed({"text": text}, signer, typ="receipt+jwt")
    assert jwt.decode(token, jwt.PyJWK(dict(signer.public_jwk())), algorithms=["ES256"]) == {"text": text}


def test_a_key_that_is_gone_signs_nothing(kms: object) -> None:
    signer = KmsSigner(kms, "alias/missing")  # type: ignore[arg-type]
    with pytest.raises(SigningFailed):
        signer.sign(b"message")
    with pytest.raises(SigningFailed):
        _ = signer.key_id


def test_a_key_of_another_kind_is_refused(kms: object) -> None:
    with pytest.raises(SigningFailed):
        KmsSigner(kms, new_key(kms, "RSA_2048")).public_jwk()  # type: ignore[arg-type]
