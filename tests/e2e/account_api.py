"""The account API and the consents of one citizen, answering inside the browser as the real ones do."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route

from tests.e2e.conftest import API

CODE = "123456"
ACCOUNT: dict[str, Any] = {
    "email": "hanako@example.jp",
    "emailVerified": True,
    "loginId": None,
    "hasPassword": True,
    "identities": [],
    "assurance": None,
    "createdAt": "2026-11-01T00:00:00.000Z",
    "state": "active",
    "closesAt": None,
    "terms": {"version": "2026-12-01", "acceptedAt": "2026-11-01T00:00:00.000Z", "current": True},
    "linkOffer": None,
}
DEVICES = [
    {
        "id": "one",
        "application": "portal",
        "name": "Chrome / Windows",
        "firstSeenAt": "2026-11-01T00:00:00.000Z",
        "lastSeenAt": "2026-11-25T00:00:00.000Z",
        "current": True,
    },
    {
        "id": "two",
        "application": "portal",
        "name": "Safari / iPhone",
        "firstSeenAt": "2026-11-02T00:00:00.000Z",
        "lastSeenAt": "2026-11-20T00:00:00.000Z",
        "current": False,
    },
]
SERVICE = {
    "application": "kencom",
    "name": "kencom",
    "state": "given",
    "items": ["name", "birthdate", "ward"],
    "purpose": "健康ポイントの本人確認",
    "since": "2026-11-10T00:00:00.000Z",
    "until": "2027-11-10T00:00:00.000Z",
    "revision": 1,
}

ENTRY = {
    "id": "evt_1",
    "at": "2026-11-10T00:00:00.000Z",
    "kind": "disclosed",
    "application": "kencom",
    "name": "kencom",
    "items": ["name", "ward"],
    "way": None,
    "purpose": "健康ポイントの本人確認",
}

Answer = tuple[int, Any]


@dataclass
class AccountApi:
    """`/account/v1`, `/citizen/v1/consents` and `/citizen/v1/history` of one citizen."""

    context: BrowserContext
    account: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(ACCOUNT)))
    devices: list[dict[str, Any]] = field(default_factory=lambda: [dict(device) for device in DEVICES])
    services: list[dict[str, Any]] = field(default_factory=lambda: [dict(SERVICE)])
    history: list[dict[str, Any]] = field(default_factory=lambda: [dict(ENTRY)])
    refuse: dict[str, Answer] = field(default_factory=dict)
    """`METHOD path` → what to answer, once; status 0 means no answer."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """`METHOD path` and body of every request."""

    def __post_init__(self) -> None:
        self.context.route(f"{API}/account/**", self._handle)
        self.context.route(f"{API}/citizen/v1/consents**", self._handle)
        self.context.route(f"{API}/citizen/v1/consents/**", self._handle)
        self.context.route(f"{API}/citizen/v1/history**", self._handle)

    def sent(self, call: str) -> list[Any]:
        """The bodies sent with one `METHOD path`."""
        return [body for name, body in self.asked if name == call]

    def _handle(self, route: Route) -> None:
        request = route.request
        headers = {
            "Access-Control-Allow-Origin": request.headers.get("origin", ""),
            "Access-Control-Allow-Methods": "GET, PUT, POST, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
        }
        if request.method == "OPTIONS":
            route.fulfill(status=204, headers=headers)
            return
        call = f"{request.method} {urlsplit(request.url).path}"
        body = json.loads(request.post_data) if request.post_data else None
        self.asked.append((call, body))
        status, answer = self.refuse.pop(call) if call in self.refuse else self._answer(call, body)
        if status == 0:
            route.abort()
        elif status == 204:
            route.fulfill(status=204, headers=headers)
        else:
            route.fulfill(
                status=status, headers=headers, body=json.dumps(answer), content_type="application/json"
            )

    def _answer(self, call: str, body: Any) -> Answer:  # noqa: ANN401 - whatever JSON was sent
        answers: dict[str, Callable[[], Answer]] = {
            "GET /account/v1/account": lambda: (200, self.account),
            "POST /account/v1/account": self._accept,
            "GET /account/v1/devices": lambda: (200, {"devices": self.devices}),
            "POST /account/v1/registrations": lambda: (
                202,
                {"id": "reg_1", "expiresAt": "2999-01-01T00:00:00.000Z"},
            ),
            "POST /account/v1/registrations/reg_1/code": lambda: (202, {}),
            "POST /account/v1/registrations/reg_1/confirmation": lambda: self._code(
                body, (200, {"state": "confirmed"})
            ),
            "POST /account/v1/password-resets": lambda: (202, {}),
            "POST /account/v1/password-resets/confirmation": lambda: self._code(body, (204, None)),
            "POST /account/v1/email/confirmation": lambda: self._code(body, (204, None)),
            "PUT /account/v1/email": lambda: (202, {}),
            "PUT /account/v1/login-id": lambda: self._change(loginId=body["loginId"]),
            "DELETE /account/v1/login-id": lambda: self._change(loginId=None),
            "POST /account/v1/closure": self._close,
            "DELETE /account/v1/closure": lambda: self._change(state="active", closesAt=None),
            "DELETE /account/v1/devices/two": self._sign_out_other,
            "DELETE /account/v1/identities/line": lambda: self._change(identities=[]),
            "GET /account/v1/data": lambda: (200, {"profile": {"familyName": "一宮"}}),
            "GET /citizen/v1/consents": lambda: (200, {"services": self.services}),
            "POST /citizen/v1/consents/kencom/withdrawal": self._withdraw,
            "GET /citizen/v1/history": lambda: (200, {"entries": self.history, "next": None}),
        }
        return answers.get(call, lambda: (204, None))()

    def _accept(self) -> Answer:
        self.account["terms"]["current"] = True
        return 200, self.account

    def _code(self, body: dict[str, str], good: Answer) -> Answer:
        if body["code"] == CODE:
            return good
        return problem(422, "invalid", ("code", "wrong-code"))

    def _change(self, **members: object) -> Answer:
        self.account.update(members)
        return 204, None

    def _close(self) -> Answer:
        self.account |= {"state": "closing", "closesAt": "2026-12-25T00:00:00.000Z"}
        return 202, {"closesAt": self.account["closesAt"]}

    def _sign_out_other(self) -> Answer:
        self.devices = [device for device in self.devices if device["id"] != "two"]
        return 204, None

    def _withdraw(self) -> Answer:
        self.services[0]["state"] = "withdrawn"
        return 204, None


def problem(status: int, name: str, *errors: tuple[str, str]) -> Answer:
    """A refusal as our API words it."""
    faults = [{"pointer": f"#/{member}", "code": code} for member, code in errors]
    return status, {"type": f"urn:machi:problem:{name}", "status": status, "errors": faults}


REAUTHENTICATION = problem(403, "reauthentication-required")
