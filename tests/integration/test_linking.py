"""Linking LINE and Google on the deployed platform, with simulated providers; and what does not link."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.aws import Aws
from local.outputs import DemoCitizen
from machi.connect.pool import challenge_of
from tests.platform import Platform
from tests.security.signing_in import Tokens, sign_in

SCOPES = "openid email profile machi/profile.read machi/profile.write machi/account.read machi/account.write"
VERIFIER = "v" * 43
PATIENCE_SECONDS = 30
POOL_NAMES = {"line": "LINE", "google": "Google"}


@dataclass
class Portal:
    """What the portal does in a browser, without one."""

    platform: Platform

    @property
    def hanako(self) -> DemoCitizen:
        return self.platform.outputs.demo_citizens[0]

    @property
    def taro(self) -> DemoCitizen:
        return self.platform.outputs.demo_citizens[1]

    def signed_in(self, citizen: DemoCitizen) -> Tokens:
        return sign_in(self.platform.outputs, citizen, SCOPES)

    def send(self, tokens: Tokens, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {tokens.access}"}
        return self.platform.api.request(method, f"/account/v1{path}", headers=headers, json=body)

    def come_back(self, url: str, person: str) -> dict[str, str]:
        """Sign in at the provider's page as the person; code and state with which the browser comes back."""
        back = f"{self.platform.outputs.portal_url}/"
        with httpx.Client(timeout=60, trust_env=False, follow_redirects=True) as browser:
            page = browser.get(url)
            answer = browser.post(
                str(page.url), data={"person": person, "approve": "1"}, follow_redirects=False
            )
            while not (target := answer.headers["location"]).startswith(back):
                answer = browser.get(target, follow_redirects=False)
        query = parse_qs(urlsplit(target).query)
        return {name: query[name][0] for name in ("code", "state")}

    def link(self, tokens: Tokens, provider: str, person: str) -> httpx.Response:
        begun = self.send(tokens, "POST", f"/identities/{provider}")
        assert begun.status_code == 200, begun.text
        posted = self.come_back(begun.json()["url"], person)
        return self.send(tokens, "POST", f"/identities/{provider}/confirmation", posted)

    def sign_in_by(self, provider: str, person: str) -> Tokens:
        """Sign in to the portal by a provider."""
        outputs = self.platform.outputs
        callback = f"{outputs.portal_url}/auth/callback/"
        query = {
            "response_type": "code",
            "client_id": outputs.portal_client_id,
            "redirect_uri": callback,
            "scope": SCOPES,
            "state": "s",
            "nonce": "n",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            "identity_provider": POOL_NAMES[provider],
        }
        address = str(httpx.URL(f"{outputs.auth_url}/oauth2/authorize", params=query))
        code = self.come_back(address, person)["code"]
        form = {
            "grant_type": "authorization_code",
            "client_id": outputs.portal_client_id,
            "redirect_uri": callback,
            "code": code,
            "code_verifier": VERIFIER,
        }
        answer = httpx.post(f"{outputs.auth_url}/oauth2/token", data=form, trust_env=False, timeout=30)
        assert answer.is_success, answer.text
        return Tokens(answer.json()["access_token"], answer.json()["id_token"])

    def account(self, tokens: Tokens) -> dict[str, Any]:
        answer = self.send(tokens, "GET", "/account")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def forget(self, tokens: Tokens) -> None:
        """Remove a newcomer that a test has brought in."""
        outputs = self.platform.outputs
        username = _claims(tokens.identity)["cognito:username"]
        Aws(outputs.emulator_url).cognito.admin_delete_user(
            UserPoolId=outputs.citizen_pool_id, Username=username
        )

    def until(self, mail: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first mail like this; it comes through a queue."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for message in self.platform.mail():
                if mail(message):
                    return message
            time.sleep(0.2)
        raise AssertionError("no such mail")


@pytest.fixture
def portal(platform: Platform) -> Iterator[Portal]:
    made = Portal(platform)
    yield made
    for citizen in (made.hanako, made.taro):
        tokens = made.signed_in(citizen)
        for identity in made.account(tokens)["identities"]:
            made.send(tokens, "DELETE", f"/identities/{identity['provider']}")


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return read


def test_a_citizen_links_line_signs_in_by_it_and_unlinks_it(portal: Portal) -> None:
    hanako = portal.signed_in(portal.hanako)

    assert portal.link(hanako, "line", "jiro").status_code == 204

    assert [each["provider"] for each in portal.account(hanako)["identities"]] == ["line"]
    by_line = portal.sign_in_by("line", "jiro")
    assert _claims(by_line.access)["sub"] == _claims(hanako.access)["sub"]
    assert portal.account(by_line)["email"] == portal.hanako.email
    told = portal.until(
        lambda mail: "ログイン方法が追加されました" in mail["Subject"] and mail["To"] == [portal.hanako.email]
    )
    assert "LINE" in told["BodyText"]

    assert portal.send(hanako, "DELETE", "/identities/line").status_code == 204
    stranger = portal.sign_in_by("line", "jiro")
    assert _claims(stranger.access)["sub"] != _claims(hanako.access)["sub"]
    portal.forget(stranger)


def test_a_newcomer_with_a_verified_address_is_offered_to_link_and_links_after_proof(portal: Portal) -> None:
    newcomer = portal.sign_in_by("google", "hanako")
    offered = portal.account(newcomer)
    hanako = portal.signed_in(portal.hanako)

    assert offered["linkOffer"] == {"maskedEmail": "h•••@example.jp"}
    assert _claims(newcomer.access)["sub"] != _claims(hanako.access)["sub"]

    assert portal.link(hanako, "google", "hanako").status_code == 204
    assert _claims(portal.sign_in_by("google", "hanako").access)["sub"] == _claims(hanako.access)["sub"]


def test_an_unverified_address_of_an_account_leads_nowhere_near_it(portal: Portal) -> None:
    newcomer = portal.sign_in_by("google", "unverified")
    shown = portal.account(newcomer)

    assert shown["linkOffer"] is None
    assert shown["email"] is None
    assert _claims(newcomer.access)["sub"] != _claims(portal.signed_in(portal.hanako).access)["sub"]
    portal.forget(newcomer)


def test_a_link_state_is_neither_replayed_nor_used_by_another_citizen(portal: Portal) -> None:
    hanako, taro = portal.signed_in(portal.hanako), portal.signed_in(portal.taro)
    url = portal.send(hanako, "POST", "/identities/line").json()["url"]
    posted = portal.come_back(url, "jiro")

    stolen = portal.send(taro, "POST", "/identities/line/confirmation", posted)
    used = portal.send(hanako, "POST", "/identities/line/confirmation", posted)
    replayed = portal.send(hanako, "POST", "/identities/line/confirmation", posted)

    assert (stolen.status_code, used.status_code, replayed.status_code) == (410, 204, 410)
    assert portal.account(taro)["identities"] == []


def test_an_identity_of_google_is_not_claimed_at_line(portal: Portal) -> None:
    hanako = portal.signed_in(portal.hanako)
    url = httpx.URL(portal.send(hanako, "POST", "/identities/line").json()["url"])
    posted = portal.come_back(str(url.copy_set_param("identity_provider", "Google")), "jiro")

    for provider in ("line", "google"):
        answer = portal.send(hanako, "POST", f"/identities/{provider}/confirmation", posted)
        assert answer.status_code == 410

    assert portal.account(hanako)["identities"] == []
