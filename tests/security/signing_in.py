"""Signing a demo citizen in the way a browser does: the log-in page, its form, code with PKCE."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from local.outputs import DemoCitizen, DemoStaff, Outputs

SCOPES = "openid email profile machi/profile.read machi/profile.write"


@dataclass(frozen=True)
class Tokens:
    """What the pool gave."""

    access: str
    identity: str


def sign_in(outputs: Outputs, citizen: DemoCitizen, scopes: str = SCOPES) -> Tokens:
    """Fill the log-in page in for a citizen.

    Raises:
        AssertionError: the pool did not let the citizen in.
    """
    return _signed_in(outputs, outputs.portal_client_id, citizen, scopes)


def sign_in_staff(outputs: Outputs, member: DemoStaff) -> Tokens:
    """Fill the log-in page of the staff's pool in. The emulator's page does not ask for the second factor.

    Raises:
        AssertionError: the pool did not let the member of staff in.
    """
    return _signed_in(outputs, outputs.staff_client_id, member, "openid email")


def _signed_in(outputs: Outputs, client_id: str, person: DemoCitizen | DemoStaff, scopes: str) -> Tokens:
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    callback = f"{outputs.portal_url}/auth/callback/"
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": callback,
        "scope": scopes,
        "state": "state",
        "nonce": "nonce",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    with httpx.Client(timeout=30, trust_env=False) as browser:
        page = browser.get(f"{outputs.auth_url}/oauth2/authorize", params=query, follow_redirects=True)
        assert page.status_code == 200, page.text
        form = _Form(page.text)
        fields = {**form.hidden, "username": person.email, "password": person.password}
        sent = browser.post(urljoin(str(page.url), form.action), data=fields)
        assert sent.is_redirect, sent.text
        (code,) = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
        answer = browser.post(
            f"{outputs.auth_url}/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "client_id": client_id,
                "redirect_uri": callback,
                "code": code,
                "code_verifier": verifier,
            },
        )
    assert answer.is_success, answer.text
    given = answer.json()
    return Tokens(given["access_token"], given["id_token"])


class _Form(HTMLParser):
    """The first form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = given.get("action") or ""
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given.get("name") or ""] = given.get("value") or ""
