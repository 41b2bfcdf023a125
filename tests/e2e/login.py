"""A log-in and an API that answer inside the browser, strict where the real ones are."""

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import BrowserContext, Page, Route

from tests.e2e.account_api import AccountApi
from tests.e2e.conftest import API, CLIENT, ISSUER, LOGIN

PROFILE = {
    "familyName": "一宮",
    "givenName": "花子",
    "familyNameKana": "イチノミヤ",
    "givenNameKana": "ハナコ",
    "nickname": "はな",
    "birthDate": "1950-04-01",
    "gender": None,
    "postalCode": "4918501",
    "prefecture": "愛知県",
    "municipality": "一宮市",
    "street": "本町2丁目5番6号",
    "building": None,
    "ward": "miyanishi",
    "phone": "0586280000",
    "commuteMunicipality": None,
    "commutePlace": None,
    "interests": ["disaster"],
    "language": "ja",
    "channels": ["email"],
    "updatedAt": "2026-11-24T05:00:00.123Z",
}
EMPTY_PROFILE: dict[str, Any] = {
    **dict.fromkeys(PROFILE),
    "interests": [],
    "language": "ja",
    "channels": [],
}


RECORDS = [
    {"at": "2026-11-25T00:00:00.000Z", "act": "read", "members": ["familyName", "birthDate"]},
    {"at": "2026-11-24T05:00:00.123Z", "act": "changed", "members": ["nickname", "street"]},
]


@dataclass
class Login:
    """The hosted log-in: lets everybody in at once, and checks what the portal sends."""

    context: BrowserContext
    answer: dict[str, str] = field(default_factory=dict)
    """Put into the redirect instead of a code: `{"error": "access_denied"}`."""
    claims: dict[str, object] = field(default_factory=dict)
    """Instead of the right ones in the ID token."""
    lifetime: int = 3600
    """Seconds that an access token lives."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The queries of /oauth2/authorize and /logout, and the forms of /oauth2/token and /oauth2/revoke."""

    def __post_init__(self) -> None:
        self.context.route(f"{LOGIN}/**", self._handle)

    def _handle(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        fields = parse_qs(url.query or route.request.post_data or "")
        asked = {"path": url.path} | {name: values[0] for name, values in fields.items()}
        self.asked.append(asked)
        if url.path == "/oauth2/authorize":
            self._redirect(
                route, asked["redirect_uri"], {"state": asked["state"], **(self.answer or {"code": "c"})}
            )
        elif url.path == "/oauth2/token":
            self._tokens(route, asked)
        elif url.path == "/logout":
            self._redirect(route, asked["logout_uri"], {})
        else:
            route.fulfill(status=200, headers={"Access-Control-Allow-Origin": "*"})

    def _redirect(self, route: Route, address: str, query: dict[str, str]) -> None:
        route.fulfill(status=302, headers={"Location": f"{address}?{urlencode(query)}" if query else address})

    def _tokens(self, route: Route, form: dict[str, str]) -> None:
        if form["grant_type"] == "authorization_code":
            challenge = base64.urlsafe_b64encode(
                hashlib.sha256(form["code_verifier"].encode()).digest()
            ).decode()
            assert self.authorization["code_challenge"] == challenge.rstrip("="), "PKCE"
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "0d1f",
            "email": "hanako@example.jp",
            "nonce": self.authorization.get("nonce"),
            "iat": now,
            "exp": now + 3600,
            **self.claims,
        }
        number = len(self.asked)
        tokens = {
            "access_token": f"token-{number}",
            "id_token": _unsigned(claims),
            "expires_in": self.lifetime,
        }
        tokens |= {"token_type": "Bearer", "refresh_token": f"refresh-{number}"}
        route.fulfill(
            status=200,
            headers={"Access-Control-Allow-Origin": "*"},
            body=json.dumps(tokens),
            content_type="application/json",
        )

    @property
    def authorization(self) -> dict[str, str]:
        """The last query of /oauth2/authorize."""
        return [asked for asked in self.asked if asked["path"] == "/oauth2/authorize"][-1]

    def calls(self, path: str) -> list[dict[str, str]]:
        """What was sent to one address, in order."""
        return [asked for asked in self.asked if asked["path"] == path]


def choose_own_log_in(page: Page) -> None:
    """On the page with the ways in: address or login ID, in any language."""
    page.locator("sign-in-choice [data-action=sign-in]:not([data-name])").click()


@dataclass
class ProfileApi:
    """`/citizen/v1/profile` with one profile; refuses what it is told to refuse. The account is in order."""

    context: BrowserContext
    profile: dict[str, Any] = field(default_factory=lambda: dict(PROFILE))
    version: int = 1
    account: AccountApi = field(init=False)
    refuse: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Answers to give before anything else, first one first; status 0 means no answer."""
    tokens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = AccountApi(self.context)
        self.context.route(f"{API}/citizen/v1/profile", self._handle)
        self.context.route(
            f"{API}/citizen/v1/profile/history",
            lambda route: route.fulfill(
                headers={"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Authorization"},
                body=json.dumps({"records": RECORDS, "next": None}),
            ),
        )

    def _handle(self, route: Route) -> None:
        request = route.request
        headers = {
            "Access-Control-Allow-Origin": request.headers.get("origin", ""),
            "Access-Control-Allow-Methods": "GET, PUT, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
            "Access-Control-Expose-Headers": "ETag",
        }
        if request.method == "OPTIONS":
            route.fulfill(status=204, headers=headers)
            return
        self.tokens.append(request.headers["authorization"])
        if self.refuse:
            status, problem = self.refuse.pop(0)
            if status:
                route.fulfill(status=status, headers=headers, body=json.dumps(problem))
            else:
                route.abort()
            return
        if request.method == "PUT":
            match = request.headers.get("if-match")
            if match != f'"{self.version}"':
                route.fulfill(status=412 if match else 428, headers=headers, body="{}")
                return
            self.profile = {**json.loads(request.post_data or ""), "updatedAt": "2026-11-24T06:00:00.000Z"}
            self.version += 1
        headers["ETag"] = f'"{self.version}"'
        route.fulfill(
            status=200, headers=headers, body=json.dumps(self.profile), content_type="application/json"
        )


def _unsigned(claims: dict[str, object]) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part(claims)}.signature"
