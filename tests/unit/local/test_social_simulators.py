"""The social providers as their relying party, a user pool, meets them."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import jwt
import pytest

from local.simulators.app import simulators
from local.simulators.digital_id import Registration
from local.simulators.providers import PROVIDERS
from local.simulators.social import CLIENT_ID, CLIENT_SECRET, PATH
from tests.unit.proofing.in_process import InProcess

BASE = "http://localhost:8704"
CALLBACK = "http://localhost:8702/oauth2/idpresponse"


class Pool:
    """What Cognito does: authorize, exchange with `client_secret_post`, read the ID token, ask userinfo."""

    def __init__(self, provider: str) -> None:
        registration = Registration("http://localhost:8701/callback", lambda: {"keys": []})
        self.provider = PROVIDERS[provider]
        self.issuer = f"{BASE}{PATH}/{provider}"
        self.to = InProcess(simulators(BASE, registration).application, BASE)

    def metadata(self) -> dict[str, Any]:
        return dict(self.to.get(f"{self.issuer}/.well-known/openid-configuration").json())

    def address(self, **changed: str) -> str:
        query = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": CALLBACK,
            "scope": " ".join(sorted(self.provider.scopes)),
            "state": "s",
        } | changed
        return f"{self.issuer}{self.provider.authorize}?{urlencode(query)}"

    def sign_in(
        self, person: str = "hanako", *, fields: dict[str, str] | None = None, **changed: str
    ) -> dict[str, str]:
        """What comes back to the callback."""
        url = self.address(**changed)
        assert self.to.get(url).status_code == 200
        answer = self.to.post(url, {"person": person, **(fields or {})})
        if answer.status_code == 200:
            return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text))
        location = urlsplit(answer.headers["location"])
        assert location.geturl().startswith(CALLBACK)
        return dict(parse_qsl(location.query))

    def exchange(self, code: str, secret: str = CLIENT_SECRET) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": CLIENT_ID,
            "client_secret": secret,
        }
        return self.to.post(f"{self.issuer}{self.provider.token}", form)

    def tokens(self, person: str = "hanako", **fields: str) -> dict[str, Any]:
        return dict(self.exchange(self.sign_in(person, fields=fields)["code"]).json())

    def id_token(self, token: str) -> dict[str, Any]:
        """The claims, after a real check."""
        algorithm = self.provider.algorithm
        if algorithm == "HS256":
            return dict(jwt.decode(token, CLIENT_SECRET, [algorithm], audience=CLIENT_ID, issuer=self.issuer))
        keys = jwt.PyJWKSet.from_dict(self.to.get(f"{self.issuer}{self.provider.keys}").json())
        key = keys[jwt.get_unverified_header(token)["kid"]]
        return dict(jwt.decode(token, key, [algorithm], audience=CLIENT_ID, issuer=self.issuer))

    def userinfo(self, url: str, token: str) -> dict[str, Any]:
        return dict(self.to.get(url, {"Authorization": f"Bearer {token}"}).json())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whoever_signs_in_has_the_same_subject_each_time(provider: str) -> None:
    pool = Pool(provider)

    first, second = (pool.id_token(pool.tokens()["id_token"]) for _ in range(2))

    assert first["sub"] == second["sub"]
    assert first["sub"] != pool.id_token(pool.tokens("jiro")["id_token"])["sub"]


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "facebook"])
def test_the_metadata_names_what_is_there(provider: str) -> None:
    pool = Pool(provider)

    document = pool.metadata()

    assert document["issuer"] == pool.issuer
    assert pool.to.get(document["jwks_uri"]).status_code == 200
    assert pool.to.get(document["authorization_endpoint"]).status_code == 400
    assert pool.to.post(document["token_endpoint"], {}).status_code == 400


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_code_is_taken_once_and_with_the_secret_only(provider: str) -> None:
    pool = Pool(provider)
    assert pool.exchange(pool.sign_in()["code"], "guessed").status_code in {400, 401}
    code = pool.sign_in()["code"]

    assert pool.exchange(code).status_code == 200
    assert pool.exchange(code).status_code == 400


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_browser_is_sent_nowhere_but_to_a_pool(provider: str) -> None:
    pool = Pool(provider)

    assert pool.to.get(pool.address(redirect_uri="http://evil.example/")).status_code == 400


def test_line_signs_with_the_secret_and_gives_mail_in_the_token_alone() -> None:
    pool = Pool("line")
    tokens = pool.tokens(approve="1")

    claims = pool.id_token(tokens["id_token"])

    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == "HS256"
    assert claims["email"] == "hanako@example.jp"
    assert "email_verified" not in claims
    assert "email" not in pool.userinfo(pool.metadata()["userinfo_endpoint"], tokens["access_token"])


def test_line_keeps_the_mail_that_was_not_approved() -> None:
    pool = Pool("line")

    assert "email" not in pool.id_token(pool.tokens()["id_token"])


def test_apple_tells_the_name_once_and_by_form() -> None:
    pool = Pool("apple")

    first, second = pool.sign_in(), pool.sign_in()

    name = json.loads(first["user"].replace("&#34;", '"'))["name"]
    assert name == {"firstName": "花子", "lastName": "一宮"}
    assert "user" not in second
    assert "name" not in pool.id_token(pool.exchange(second["code"]).json()["id_token"])


def test_apple_may_hide_the_address_behind_a_relay() -> None:
    pool = Pool("apple")

    claims = pool.id_token(pool.tokens(hide="1")["id_token"])

    assert claims["email"].endswith("@privaterelay.appleid.com")
    assert (claims["email_verified"], claims["is_private_email"]) == ("true", "true")


def test_yahoo_tells_the_address_at_another_host_only() -> None:
    pool = Pool("yahoo-japan")
    tokens, elsewhere = pool.tokens(), pool.metadata()["userinfo_endpoint"]

    assert not elsewhere.startswith(pool.issuer)
    assert "email" not in pool.id_token(tokens["id_token"])
    assert pool.userinfo(elsewhere, tokens["access_token"])["email"] == "hanako@example.jp"


def test_yahoo_keeps_whoever_declines_unless_it_is_told_to_bail() -> None:
    pool = Pool("yahoo-japan")

    assert pool.sign_in("decline", bail="1") == {"error": "access_denied", "state": "s"}
    assert pool.to.post(pool.address(), {"person": "decline"}).status_code == 200


def test_google_says_whether_the_address_is_verified() -> None:
    pool = Pool("google")

    assert pool.id_token(pool.tokens()["id_token"])["email_verified"] is True
    assert pool.id_token(pool.tokens("unverified")["id_token"])["email_verified"] is False


def test_facebook_speaks_oauth_without_id_token_or_discovery() -> None:
    pool = Pool("facebook")
    code = pool.sign_in(scope="public_profile,email")["code"]
    tokens = pool.exchange(code).json()

    assert "id_token" not in tokens
    assert pool.to.get(f"{pool.issuer}/.well-known/openid-configuration").status_code == 404
    person = pool.userinfo(f"{pool.issuer}{pool.provider.userinfo}", tokens["access_token"])
    assert person.keys() == {"id", "name", "email"}


def test_whoever_has_no_address_has_none_anywhere() -> None:
    for provider in PROVIDERS:
        pool = Pool(provider)
        assert "email" not in pool.id_token(pool.tokens("no-mail", approve="1")["id_token"])


def test_anybody_can_be_played() -> None:
    pool = Pool("google")
    typed = {"name": "奥町 四郎", "email": "shiro@example.jp", "verified": "1"}

    claims = pool.id_token(pool.tokens("typed", **typed)["id_token"])

    assert (claims["name"], claims["email"]) == ("奥町 四郎", "shiro@example.jp")


@pytest.mark.parametrize("email", ["", "ie@example.jp"])
def test_people_typed_in_are_told_apart_by_their_names_too(email: str) -> None:
    pool = Pool("google")

    shiro, goro, again = (
        pool.id_token(pool.tokens("typed", name=name, email=email)["id_token"])["sub"]
        for name in ("奥町 四郎", "奥町 五郎", "奥町 四郎")
    )

    assert shiro == again
    assert shiro != goro


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "yahoo-japan"])
def test_whoever_declines_comes_back(provider: str) -> None:
    assert Pool(provider).sign_in("decline") == {"error": "access_denied", "state": "s"}
