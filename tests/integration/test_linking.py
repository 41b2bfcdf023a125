"""Linking LINE and Google on the deployed platform, with simulated providers; and what does not link.

Every test has citizens and people at the providers of its own, so that none meets what another has linked.
"""

import base64
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.outputs import DemoCitizen
from machi.connect.pool import challenge_of
from tests.integration.partners.people import newcomer
from tests.platform import Platform
from tests.security.signing_in import Tokens, sign_in

SCOPES = "openid email profile machi/profile.read machi/profile.write machi/account.read machi/account.write"
VERIFIER = "v" * 43
PATIENCE_SECONDS = 30
POOL_NAMES = {"line": "LINE", "google": "Google"}


@dataclass(frozen=True)
class Person:
    """Somebody with an account at a provider."""

    name: str
    email: str
    verified: bool = True

    @property
    def form(self) -> dict[str, str]:
        """What the provider's page asks."""
        typed = {"person": "typed", "name": self.name, "email": self.email, "approve": "1"}
        return {**typed, **({"verified": "1"} if self.verified else {})}


def somebody(email: str = "", *, verified: bool = True) -> Person:
    """Somebody the provider has not seen before, who has an address there too."""
    number = secrets.token_hex(6)
    return Person(f"尾西 {number}", email or f"{number}@provider.example", verified)


@dataclass
class Portal:
    """What the portal does in a browser, without one."""

    platform: Platform

    def citizen(self) -> DemoCitizen:
        """Somebody with an account and nothing linked."""
        return newcomer(self.platform).account

    def signed_in(self, citizen: DemoCitizen) -> Tokens:
        return sign_in(self.platform.outputs, citizen, SCOPES)

    def send(self, tokens: Tokens, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {tokens.access}"}
        return self.platform.api.request(method, f"/account/v1{path}", headers=headers, json=body)

    def come_back(self, url: str, person: Person) -> dict[str, str]:
        """Sign in at the provider's page as the person; code and state with which the browser comes back."""
        back = f"{self.platform.outputs.portal_url}/"
        with httpx.Client(timeout=60, trust_env=False, follow_redirects=True) as browser:
            page = browser.get(url)
            answer = browser.post(str(page.url), data=person.form, follow_redirects=False)
            while not (target := answer.headers["location"]).startswith(back):
                answer = browser.get(target, follow_redirects=False)
        query = parse_qs(urlsplit(target).query)
        return {name: query[name][0] for name in ("code", "state")}

    def link(self, tokens: Tokens, provider: str, person: Person) -> httpx.Response:
        begun = self.send(tokens, "POST", f"/identities/{provider}")
        assert begun.status_code == 200, begun.text
        posted = self.come_back(begun.json()["url"], person)
        return self.send(tokens, "POST", f"/identities/{provider}/confirmation", posted)

    def sign_in_by(self, provider: str, person: Person) -> Tokens:
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
def portal(platform: Platform) -> Portal:
    return Portal(platform)


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return read


def subject(tokens: Tokens) -> str:
    """Whose account it is."""
    return str(_claims(tokens.access)["sub"])


def test_a_citizen_links_line_signs_in_by_it_and_unlinks_it(portal: Portal) -> None:
    account, person = portal.citizen(), somebody()
    citizen = portal.signed_in(account)

    assert portal.link(citizen, "line", person).status_code == 204

    assert [each["provider"] for each in portal.account(citizen)["identities"]] == ["line"]
    by_line = portal.sign_in_by("line", person)
    assert subject(by_line) == subject(citizen)
    assert portal.account(by_line)["email"] == account.email
    told = portal.until(
        lambda mail: "ログイン方法が追加されました" in mail["Subject"] and mail["To"] == [account.email]
    )
    assert "LINE" in told["BodyText"]

    assert portal.send(citizen, "DELETE", "/identities/line").status_code == 204
    assert subject(portal.sign_in_by("line", person)) != subject(citizen)


def test_a_newcomer_with_a_verified_address_is_offered_to_link_and_links_after_proof(portal: Portal) -> None:
    account = portal.citizen()
    person = somebody(account.email)
    arrived = portal.sign_in_by("google", person)
    offered = portal.account(arrived)
    citizen = portal.signed_in(account)

    assert offered["linkOffer"] == {"maskedEmail": f"{account.email[0]}•••@example.jp"}
    assert subject(arrived) != subject(citizen)

    assert portal.link(citizen, "google", person).status_code == 204
    assert subject(portal.sign_in_by("google", person)) == subject(citizen)


def test_an_unverified_address_of_an_account_leads_nowhere_near_it(portal: Portal) -> None:
    account = portal.citizen()
    arrived = portal.sign_in_by("google", somebody(account.email, verified=False))
    shown = portal.account(arrived)

    assert shown["linkOffer"] is None
    assert shown["email"] is None
    assert subject(arrived) != subject(portal.signed_in(account))


def test_a_link_state_is_neither_replayed_nor_used_by_another_citizen(portal: Portal) -> None:
    citizen, thief = portal.signed_in(portal.citizen()), portal.signed_in(portal.citizen())
    url = portal.send(citizen, "POST", "/identities/line").json()["url"]
    posted = portal.come_back(url, somebody())

    stolen = portal.send(thief, "POST", "/identities/line/confirmation", posted)
    used = portal.send(citizen, "POST", "/identities/line/confirmation", posted)
    replayed = portal.send(citizen, "POST", "/identities/line/confirmation", posted)

    assert (stolen.status_code, used.status_code, replayed.status_code) == (410, 204, 410)
    assert portal.account(thief)["identities"] == []


def test_an_identity_of_google_is_not_claimed_at_line(portal: Portal) -> None:
    citizen = portal.signed_in(portal.citizen())
    url = httpx.URL(portal.send(citizen, "POST", "/identities/line").json()["url"])
    posted = portal.come_back(str(url.copy_set_param("identity_provider", "Google")), somebody())

    for provider in ("line", "google"):
        answer = portal.send(citizen, "POST", f"/identities/{provider}/confirmation", posted)
        assert answer.status_code == 410

    assert portal.account(citizen)["identities"] == []
