"""Which tokens count, and for whom they stand."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from machi.core.principal import PrincipalKind, Scope
from machi.identity.access_token import AccessTokens, TokenPolicy, TokenRefused
from machi.identity.key_set import KeySet, KeysUnavailable
from tests.token_pool import CLIENT, ISSUER, TokenPool, rsa_key

POOL = TokenPool()


@pytest.fixture
def tokens() -> AccessTokens:
    return AccessTokens(TokenPolicy(ISSUER, frozenset({CLIENT})), KeySet(POOL.key_set))


def encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_token_of_the_pool_stands_for_its_citizen(tokens: AccessTokens) -> None:
    principal = tokens.principal_of(POOL.token())

    assert principal.kind is PrincipalKind.CITIZEN
    assert (principal.subject, principal.application) == ("hanako", CLIENT)
    assert principal.scopes == {Scope.PROFILE_READ, Scope.PROFILE_WRITE}


@pytest.mark.parametrize(
    ("granted", "scopes"),
    [
        ("openid", set()),
        ("", set()),
        ("profile.read", set()),
        ("other/profile.read", set()),
        ("machi/profile.read machi/everything", {Scope.PROFILE_READ}),
        (["machi/profile.read"], set()),
    ],
)
def test_a_token_gives_the_scopes_it_names_and_no_others(
    tokens: AccessTokens, granted: object, scopes: set[Scope]
) -> None:
    assert tokens.principal_of(POOL.token(scope=granted)).scopes == scopes


def test_a_token_without_scopes_gives_none(tokens: AccessTokens) -> None:
    assert tokens.principal_of(POOL.token(without="scope")).scopes == frozenset()


def unsigned(algorithm: str) -> str:
    header, payload, _ = POOL.token().split(".")
    del header
    return f"{encoded({'alg': algorithm, 'typ': 'JWT', 'kid': 'key-1'})}.{payload}."


def signed_with_the_public_key_as_secret() -> str:
    """The old trick: a verifier that lets the token choose takes the public key for a shared secret."""
    public = POOL.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    payload = POOL.token().split(".")[1]
    header = encoded({"alg": "HS256", "typ": "JWT", "kid": "key-1"})
    algorithm = jwt.get_algorithm_by_name("HS256")
    signature = algorithm.sign(f"{header}.{payload}".encode(), public)
    return f"{header}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_other_payload() -> str:
    header, _, signature = POOL.token().split(".")
    return f"{header}.{POOL.token(sub='taro').split('.')[1]}.{signature}"


FORGED = {
    "signed by somebody else": POOL.token(key=rsa_key("stranger")),
    "signed with another algorithm": POOL.token(algorithm="RS512"),
    "signed with PSS": POOL.token(algorithm="PS256"),
    "not signed": unsigned("none"),
    "not signed, spelled otherwise": unsigned("NoNe"),
    "signature missing": unsigned("RS256"),
    "signed with the public key as secret": signed_with_the_public_key_as_secret(),
    "payload exchanged": with_other_payload(),
    "unknown key": POOL.token(headers={"kid": "key-2"}),
    "key that is no text": POOL.token(headers={"kid": ""}),
    "critical header": POOL.token(headers={"crit": ["exp"], "exp": 1}),
    "expired": POOL.token(exp=int(time.time()) - 60),
    "not yet valid": POOL.token(nbf=int(time.time()) + 600),
    "issued in the future": POOL.token(iat=int(time.time()) + 600),
    "another issuer": POOL.token(iss="https://evil.example"),
    "issuer with a slash more": POOL.token(iss=f"{ISSUER}/"),
    "no issuer": POOL.token(without="iss"),
    "never expires": POOL.token(without="exp"),
    "expiry that is no time": POOL.token(exp="never"),
    "id token": POOL.token(token_use="id", aud=CLIENT),
    "refresh token": POOL.token(token_use="refresh"),
    "another application": POOL.token(client_id="stranger"),
    "application in a list": POOL.token(client_id=[CLIENT]),
    "no application": POOL.token(without="client_id"),
    "client credentials": POOL.token(sub=CLIENT),
    "nobody": POOL.token(sub=""),
    "no subject": POOL.token(without="sub"),
    "no person": POOL.token(without="username"),
    "empty": "",
    "no token": "Bearer",
    "four parts": f"{POOL.token()}.x",
    "five parts": "a.b.c.d.e",
    "not base64": "ü.ü.ü",
    "header nested without end": f"{base64.urlsafe_b64encode(b'[' * 5000).decode()}.e30.e30",
    "too long": f"{POOL.token()}{'A' * 9000}",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_what_the_pool_did_not_issue_for_us_is_refused(tokens: AccessTokens, token: str) -> None:
    with pytest.raises(TokenRefused):
        tokens.principal_of(token)


def test_a_key_that_the_token_brings_along_is_not_used(tokens: AccessTokens) -> None:
    stranger = TokenPool("stranger")
    jwk = json.loads(stranger.key_set())["keys"][0]

    for header in ({"jwk": jwk}, {"jku": "https://evil.example/jwks"}, {"x5u": "https://evil.example"}):
        with pytest.raises(TokenRefused):
            tokens.principal_of(POOL.token(key=stranger.key, headers=header))


def test_a_refusal_does_not_repeat_the_token(tokens: AccessTokens) -> None:
    token = POOL.token(key=rsa_key("stranger"))

    with pytest.raises(TokenRefused) as refused:
        tokens.principal_of(token)

    assert all(part not in str(refused.value) for part in token.split("."))


def test_when_the_keys_cannot_be_had_nothing_is_said_about_the_token() -> None:
    pool = TokenPool()
    pool.unreachable = True
    tokens = AccessTokens(TokenPolicy(ISSUER, frozenset({CLIENT})), KeySet(pool.key_set))

    with pytest.raises(KeysUnavailable):
        tokens.principal_of(pool.token())
