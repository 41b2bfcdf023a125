"""What the platform signs can be verified by anybody, and nothing else passes."""

import base64
import hashlib
import json

import jwt
import pytest

from machi.signing.jws import SignatureRefused, signed, verified
from tests.unit.signing.local_key import LocalKey

CLAIMS = {"iss": "https://api.example.jp/connect", "sub": "花子", "n": 1}
TYP = "receipt+jwt"


@pytest.fixture
def key() -> LocalKey:
    return LocalKey()


def keys(*held: LocalKey) -> dict[str, dict[str, str]]:
    return {key.key_id: dict(key.public_jwk()) for key in held}


def with_header(token: str, **members: str) -> str:
    head, *rest = token.split(".")
    header = {**json.loads(base64.urlsafe_b64decode(head + "==")), **members}
    changed = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join([changed, *rest])


def test_what_is_signed_is_what_is_read(key: LocalKey) -> None:
    assert verified(signed(CLAIMS, key, typ=TYP), keys(key), typ=TYP) == CLAIMS


def test_another_library_call_verifies_it_with_the_published_key(key: LocalKey) -> None:
    token = signed(CLAIMS, key, typ=TYP)
    assert jwt.decode(token, jwt.PyJWK(dict(key.public_jwk())), algorithms=["ES256"]) == CLAIMS
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": key.key_id, "typ": TYP}


def test_a_key_that_was_followed_by_another_still_verifies(key: LocalKey) -> None:
    assert verified(signed(CLAIMS, key, typ=TYP), keys(LocalKey(), key), typ=TYP) == CLAIMS


def test_a_token_for_one_thing_is_not_taken_for_another(key: LocalKey) -> None:
    with pytest.raises(SignatureRefused):
        verified(signed(CLAIMS, key, typ="logout+jwt"), keys(key), typ=TYP)


def test_strangers_and_changes_are_refused(key: LocalKey) -> None:
    token = signed(CLAIMS, key, typ=TYP)
    head, payload, signature = token.split(".")
    swapped = base64.urlsafe_b64encode(b'{"sub":"taro"}').rstrip(b"=").decode()
    for forged in (
        signed(CLAIMS, LocalKey(), typ=TYP),
        f"{head}.{swapped}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-4]}",
        with_header(token, alg="none"),
        with_header(token, alg="HS256"),
        with_header(signed(CLAIMS, LocalKey(), typ=TYP), kid=key.key_id),
        "",
        "a.b.c",
        "x" * 200_000,
    ):
        with pytest.raises(SignatureRefused):
            verified(forged, keys(key), typ=TYP)


def test_the_key_id_is_the_thumbprint_by_rfc_7638(key: LocalKey) -> None:
    shown = key.public_jwk()
    members = json.dumps({name: shown[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    digest = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=")
    assert key.key_id == digest.decode()
