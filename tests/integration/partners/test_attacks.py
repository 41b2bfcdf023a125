"""What somebody might try against partners' sign-in on the running platform; each is refused."""

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.outputs import DemoPartner
from machi.connect.pool import challenge_of
from tests.integration.partners.people import Newcomer, newcomer
from tests.integration.partners.visitor import CONSENT, LOG_IN, Visitor
from tests.platform import Platform


@dataclass
class Client:
    """A partner's client in the hands of somebody who reads the specification for its gaps."""

    platform: Platform
    partner: DemoPartner

    def address(self, verifier: str, **changes: str | None) -> str:
        """The front door, asked as this client asks."""
        asked: dict[str, str | None] = {
            "client_id": self.partner.client_id,
            "redirect_uri": self.partner.redirect_uris[0],
            "response_type": "code",
            "scope": "openid",
            "state": "a-state",
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return f"{self.platform.outputs.connect_url}/authorize?{query}"

    def code_for(self, visitor: Visitor, verifier: str) -> str:
        """A code that the citizen's browser brings back; nobody answers at the redirect URI."""
        with pytest.raises(httpx.ConnectError) as arrived:
            visitor.arrive(self.address(verifier))
        (code,) = parse_qs(arrived.value.request.url.query.decode())["code"]
        return code

    def redeem(self, code: str, verifier: str | None, *, redirect_uri: str | None = None) -> httpx.Response:
        """Ask the token endpoint for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri or self.partner.redirect_uris[0],
            **({"code_verifier": verifier} if verifier is not None else {}),
        }
        return httpx.post(
            f"{self.platform.outputs.auth_url}/oauth2/token",
            data=form,
            auth=(self.partner.client_id, self.partner.client_secret),
            trust_env=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def kencom_client(platform: Platform) -> Client:
    return Client(platform, platform.outputs.partner("kencom"))


@pytest.fixture(scope="module")
def boshimo_client(platform: Platform) -> Client:
    return Client(platform, platform.outputs.partner("boshimo"))


@pytest.fixture(scope="module")
def token(platform: Platform, kencom_client: Client) -> str:
    """An access token of kencom for a citizen who has agreed."""
    verifier = secrets.token_urlsafe(48)
    with Visitor(platform, newcomer(platform).account) as visitor:
        answer = kencom_client.redeem(kencom_client.code_for(visitor, verifier), verifier)
    assert answer.is_success, answer.text
    return str(answer.json()["access_token"])


def userinfo(platform: Platform, token: str) -> httpx.Response:
    return platform.api.get("/partner/v1/userinfo", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": "http://localhost.evil.example/callback"},
        {"redirect_uri": None},
        {"client_id": "unknown"},
        {"client_id": "unknown", "redirect_uri": "https://evil.example/"},
    ],
)
def test_the_front_door_redirects_to_no_stranger(
    platform: Platform, kencom_client: Client, changes: dict[str, str | None]
) -> None:
    answer = httpx.get(kencom_client.address("v" * 43, **changes), trust_env=False, timeout=60)

    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"nonce": None},
        {"response_type": "token"},
    ],
)
def test_nobody_gets_past_without_pkce_and_nonce(
    kencom_client: Client, changes: dict[str, str | None]
) -> None:
    answer = httpx.get(kencom_client.address("v" * 43, **changes), trust_env=False, timeout=60)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(kencom_client.partner.redirect_uris[0])
    assert "error=" in answer.headers["location"]


def test_a_code_is_worth_something_once_for_its_verifier_and_for_its_client(
    visitor: Visitor, kencom_client: Client, boshimo_client: Client
) -> None:
    verifier = secrets.token_urlsafe(48)

    assert kencom_client.redeem(kencom_client.code_for(visitor, verifier), None).status_code == 400
    assert kencom_client.redeem(kencom_client.code_for(visitor, verifier), "w" * 43).status_code == 400
    assert boshimo_client.redeem(kencom_client.code_for(visitor, verifier), verifier).status_code == 400
    code = kencom_client.code_for(visitor, verifier)
    assert kencom_client.redeem(code, verifier).status_code == 200
    assert kencom_client.redeem(code, verifier).status_code == 400


def test_a_token_of_one_partner_opens_what_that_partner_may_know_and_nothing_else(
    platform: Platform, token: str
) -> None:
    told = userinfo(platform, token)
    assert told.status_code == 200
    assert set(told.json()) == {"sub", "ppid", "birthdate", "nickname"}, "as kencom, wherever it is shown"

    bearer = {"Authorization": f"Bearer {token}"}
    for method, path in (
        ("GET", "/citizen/v1/profile"),
        ("GET", "/citizen/v1/consents"),
        ("POST", "/citizen/v1/consents/withdrawal"),
        ("GET", "/account/v1/account"),
        ("GET", "/account/v1/data"),
    ):
        assert platform.api.request(method, path, headers=bearer).status_code == 403, path
    assert platform.api.get("/ngsi-ld/v1/entities", headers=bearer).status_code in {401, 403}


def test_the_pools_own_userinfo_tells_a_partner_nothing_more(platform: Platform, token: str) -> None:
    answer = httpx.get(
        f"{platform.outputs.auth_url}/oauth2/userInfo",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )

    told = answer.json() if answer.is_success else {}
    assert not {"email", "name", "birthdate", "nickname", "phone_number"} & set(told), told


def test_forged_tokens_open_nothing(platform: Platform, token: str) -> None:
    header, payload, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kid = jwt.get_unverified_header(token)["kid"]
    taro = _encoded({**claims, "sub": "taro"})

    for forged in (
        f"{_encoded({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{payload}.",
        f"{_encoded({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{payload}.{signature}",
        f"{header}.{taro}.{signature}",
        jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": kid}),
        jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": kid}),
        jwt.encode({**claims, "client_id": platform.outputs.portal_client_id}, stranger, "RS256"),
        f"{header}.{payload}",
        "x",
    ):
        answer = userinfo(platform, forged)
        assert answer.status_code == 401, forged
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_whoever_goes_round_the_front_door_gets_a_token_that_tells_nothing(
    platform: Platform, citizen: Newcomer, visitor: Visitor, kencom_client: Client
) -> None:
    verifier = secrets.token_urlsafe(48)
    query = urlsplit(kencom_client.address(verifier)).query
    with pytest.raises(httpx.ConnectError) as arrived:
        visitor.arrive(f"{platform.outputs.auth_url}/oauth2/authorize?{query}")
    assert visitor.asked == [LOG_IN], "straight to the pool, past the consent page"
    (code,) = parse_qs(arrived.value.request.url.query.decode())["code"]

    given = kencom_client.redeem(code, verifier).json()

    identity: dict[str, Any] = jwt.decode(given["id_token"], options={"verify_signature": False})
    assert not {"email", "name", "birthdate", "nickname", "family_name"} & set(identity)
    assert set(userinfo(platform, given["access_token"]).json()) == {"sub", "ppid"}
    assert citizen.history() == []


def test_an_answer_fetched_in_one_browser_signs_nobody_in_in_another(
    platform: Platform, citizen: Newcomer, kencom_client: Client
) -> None:
    with Visitor(platform, citizen.account) as attacker, Visitor(platform, citizen.account) as victim:
        own = attacker.open(kencom_client.address("v" * 43))
        assert own.is_success
        form = attacker.press_without_following(
            own, username=citizen.account.email, password=citizen.account.password
        )
        answer = form.headers["location"]
        assert "/connect/callback?" in answer

        page = victim.open(answer)

        assert page.status_code == 400
        assert "machi_session" not in {cookie.name for cookie in victim.cookies}
        assert attacker.open(answer).status_code == 400, "and it is used up by the attempt"


def test_a_session_that_was_planted_is_never_the_citizens(visitor: Visitor, kencom_client: Client) -> None:
    planted = "p" * 43
    visitor.plant("machi_session", planted)

    kencom_client.code_for(visitor, "v" * 43)

    assert visitor.asked == [LOG_IN, CONSENT]
    held = [cookie.value for cookie in visitor.cookies if cookie.name == "machi_session"]
    assert planted not in held
    assert all(len(value or "") == 43 for value in held)


def test_a_consent_that_another_site_sends_is_none(
    visitor: Visitor, citizen: Newcomer, kencom_client: Client
) -> None:
    page = visitor.to_consent(kencom_client.address("v" * 43))

    foreign = visitor.press(page, origin="https://evil.example", decision="give")
    forged = visitor.press(page, form_token="x" * 43, decision="give")

    assert (foreign.status_code, forged.status_code) == (403, 400)
    assert {kind for kind, _ in citizen.history()} == {"requested"}


def test_no_page_of_the_front_door_can_be_framed(
    platform: Platform, visitor: Visitor, kencom_client: Client
) -> None:
    pages = [
        visitor.to_consent(kencom_client.address("v" * 43)),
        visitor.open(f"{platform.outputs.connect_url}/sign-out"),
        visitor.open(f"{platform.outputs.connect_url}/authorize"),
    ]

    for page in pages:
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
