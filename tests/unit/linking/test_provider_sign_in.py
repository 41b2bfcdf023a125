"""The way to a provider and back: where the browser is sent, and which answers count."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.account.provider_sign_in import PoolProviderSignIn
from machi.connect.id_token import IdTokens
from machi.connect.pool import CodeRefused, Pool, PoolUnavailable, challenge_of
from machi.identity.key_set import KeySet
from machi.identity.linking import LinkingOver
from tests.token_pool import CLIENT, ISSUER, TokenPool

POOL = Pool(
    auth_url="https://auth.example",
    client_id=CLIENT,
    callback="https://my.example.jp/account/linked/",
    signed_out="https://my.example.jp/auth/signed-out/",
)


class Redeeming:
    """The token endpoint: gives one answer, or fails."""

    def __init__(self, answer: str | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def __call__(self, code: str, verifier: str) -> str:
        self.asked.append((code, verifier))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def sign_in(answer: str | Exception, pool: TokenPool) -> PoolProviderSignIn:
    return PoolProviderSignIn(POOL, Redeeming(answer), lambda: IdTokens(ISSUER, KeySet(pool.key_set)))


def test_the_browser_goes_straight_to_the_provider_with_everything_bound() -> None:
    url = urlsplit(sign_in("", TokenPool()).url("LINE", state="s", nonce="n", verifier="v"))

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://auth.example/oauth2/authorize"
    assert {name: values[0] for name, values in parse_qs(url.query).items()} == {
        "response_type": "code",
        "scope": "openid",
        "client_id": CLIENT,
        "redirect_uri": "https://my.example.jp/account/linked/",
        "identity_provider": "LINE",
        "prompt": "login",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge_of("v"),
        "code_challenge_method": "S256",
    }
    assert "v" not in parse_qs(url.query)["code_challenge"]


@pytest.mark.parametrize("refusal", [CodeRefused("used"), "not a token", ""])
def test_a_code_or_token_that_does_not_count_brings_nobody(refusal: str | Exception) -> None:
    with pytest.raises(LinkingOver):
        sign_in(refusal, TokenPool()).arrived("code", nonce="n", verifier="v")


def test_a_pool_that_does_not_answer_is_no_refusal() -> None:
    with pytest.raises(PoolUnavailable):
        sign_in(PoolUnavailable("no"), TokenPool()).arrived("code", nonce="n", verifier="v")


def id_token(pool: TokenPool, **claims: object) -> str:
    told: dict[str, object] = {
        "sub": "sub-1",
        "aud": CLIENT,
        "token_use": "id",
        "nonce": "n",
        "cognito:username": "LINE_U1",
        **claims,
    }
    return pool.token(**told)  # type: ignore[arg-type]


def test_who_has_signed_in_is_read_from_the_verified_token() -> None:
    pool = TokenPool()

    arrived = sign_in(id_token(pool), pool).arrived("code", nonce="n", verifier="v")

    assert (arrived.subject, arrived.username) == ("sub-1", "LINE_U1")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "https://another.example"},
        {"token_use": "access"},
        {"exp": 1},
    ],
)
def test_a_token_for_somebody_or_something_else_brings_nobody(claims: dict[str, object]) -> None:
    pool = TokenPool()

    with pytest.raises(LinkingOver):
        sign_in(id_token(pool, **claims), pool).arrived("code", nonce="n", verifier="v")


def test_a_forged_token_brings_nobody() -> None:
    pool, forger = TokenPool(), TokenPool("another-key")
    forged = id_token(forger, key=forger.key, headers={"kid": pool.key_id})
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": pool.key_id}).encode())
    unsigned = ".".join([header.rstrip(b"=").decode(), id_token(pool).split(".")[1], ""])

    for token in (forged, unsigned):
        with pytest.raises(LinkingOver):
            sign_in(token, pool).arrived("code", nonce="n", verifier="v")
