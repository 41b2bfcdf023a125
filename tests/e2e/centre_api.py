"""Consents, history, requests and guardians of one citizen, answering inside the browser as the API does."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Request, Route

from tests.e2e.account_api import Answer, problem
from tests.e2e.conftest import API

GUARDIANSHIP = "gua_01jdh5x2v0000000000000000a"
STEPS = "HealthActivity.steps"
"""What kencom records itself; the profile has no value for it."""
RECEIPT = "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl"


def agreement(name: str, required: tuple[str, ...], optional: tuple[str, ...], revision: int = 1) -> Any:  # noqa: ANN401 - JSON
    """What a service asks for."""
    return {
        "revision": revision,
        "recipient": {"name": name, "contact": "https://example.jp/contact", "country": "JP"},
        "source": "platform",
        "items": [
            *({"item": item, "necessity": "required"} for item in required),
            *({"item": item, "necessity": "optional"} for item in optional),
        ],
        "frequency": "at-sign-in",
        "validityDays": 365,
        "purpose": "健康づくりの記録を、あなたに合った助言に使うため",
        "benefit": "歩数に応じてポイントがたまり、年代に合った健康情報が届きます。",
        "onRefusal": "サービスは使えますが、ポイントはたまりません。",
        "onWithdrawal": "30日以内に、受け取った情報を消します。",
        "language": "ja",
        "textHash": "0" * 64,
    }


AGREEMENTS = {
    "kencom": agreement("株式会社ケンコム", ("name", "birthdate"), ("ward", "email", "interests", STEPS)),
    "boshimo": agreement("株式会社母子モ", ("nickname",), ("address",)),
    "library": agreement("一宮市立図書館", ("name", "address"), (), revision=2),
    "bus": agreement("一宮市バス", ("name",), ()),
}
NAMES = {
    "kencom": "kencom",
    "boshimo": "母子モ",
    "library": "図書館の予約",
    "bus": "バスのお知らせ",
}
VALUES = {
    "name": {"name": "一宮 花子", "family_name": "一宮", "given_name": "花子"},
    "birthdate": {"birthdate": "1950-04-01"},
    "ward": {"ward": "miyanishi"},
    "interests": {"interests": ["disaster"]},
    "address": {"address": {"formatted": "〒491-8501\n愛知県一宮市本町2丁目5番6号", "country": "JP"}},
    "nickname": {},
    "email": {},
}


def service(application: str, state: str, **more: object) -> dict[str, Any]:
    """One service as the list shows it."""
    asked = AGREEMENTS[application]
    is_given = state == "given"
    return {
        "application": application,
        "name": NAMES[application],
        "state": state,
        "items": [each["item"] for each in asked["items"]][:2] if is_given else [],
        "purpose": asked["purpose"],
        "onWithdrawal": asked["onWithdrawal"],
        "since": "2026-11-10T00:00:00.000Z",
        "until": "2027-11-10T00:00:00.000Z" if is_given else None,
        "revision": 1,
        "lastUsedAt": "2026-11-24T01:23:45.678Z" if is_given else None,
        "needsRenewal": False,
        "isUnfinished": state == "requested",
        **more,
    }


def entry(number: int, kind: str, **more: object) -> dict[str, Any]:
    """One entry of the history."""
    return {
        "id": f"dis_{number:026d}",
        "at": f"2026-11-24T01:{number % 60:02d}:00.000Z",
        "kind": kind,
        "by": "application",
        "application": "kencom",
        "name": "kencom",
        "items": ["name", "birthdate"],
        "way": "userinfo" if kind == "disclosed" else None,
        "purpose": None,
        "reason": AGREEMENTS["kencom"]["purpose"],
        "isByGuardian": False,
        "guardianship": None,
        **more,
    }


ENTRIES = [
    entry(9, "disclosed"),
    entry(
        8, "disclosed", way="staff-view", by="staff", application=None, name=None, reason="窓口での相談のため"
    ),
    entry(7, "given", isByGuardian=True),
    entry(
        6,
        "guardianship",
        name=None,
        items=[],
        reason=None,
        guardianship={"role": "child", "change": "active", "power": None, "endedBy": None},
    ),
    entry(5, "requested"),
]


@dataclass
class CentreApi:
    """`/citizen/v1` of the consent centre and its neighbours."""

    context: BrowserContext
    services: list[dict[str, Any]] = field(
        default_factory=lambda: [
            service("boshimo", "requested"),
            service("library", "given", needsRenewal=True, isUnfinished=True),
            service("kencom", "given"),
            service(
                "bus",
                "withdrawn",
                lastUsedAt="2026-11-20T00:00:00.000Z",
                withdrawal={"state": "received", "at": "2026-11-21T00:00:00.000Z"},
            ),
        ]
    )
    entries: list[dict[str, Any]] = field(default_factory=lambda: [dict(each) for each in ENTRIES])
    page_size: int = 50
    requests: list[dict[str, Any]] = field(default_factory=list)
    guardianships: list[dict[str, Any]] = field(default_factory=list)
    refuse: dict[str, Answer] = field(default_factory=dict)
    """`METHOD path` → what to answer, once; status 0 means no answer."""
    is_receipt_valid: bool = True
    asked: list[tuple[str, Any, dict[str, str]]] = field(default_factory=list)
    """`METHOD path`, body and headers of every request."""

    def __post_init__(self) -> None:
        for area in ("consents", "history", "law-requests", "guardianships"):
            self.context.route(f"{API}/citizen/v1/{area}**", self._handle)
            self.context.route(f"{API}/citizen/v1/{area}/**", self._handle)
        self.context.route(f"{API}/public/v1/receipts/**", self._handle)

    def sent(self, call: str) -> list[Any]:
        """The bodies sent with one `METHOD path`."""
        return [body for name, body, _ in self.asked if name == call]

    def _handle(self, route: Route) -> None:
        request = route.request
        headers = {
            "Access-Control-Allow-Origin": request.headers.get("origin", ""),
            "Access-Control-Allow-Methods": "GET, PUT, POST, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Machi-On-Behalf-Of",
        }
        if request.method == "OPTIONS":
            route.fulfill(status=204, headers=headers)
            return
        path = urlsplit(request.url).path
        call = f"{request.method} {path}"
        body = json.loads(request.post_data) if request.post_data else None
        self.asked.append((call, body, request.headers))
        status, answer = self.refuse.pop(call) if call in self.refuse else self._answer(request, path, body)
        if status == 0:
            route.abort()
        elif isinstance(answer, str):
            route.fulfill(status=status, headers=headers, body=answer, content_type="text/plain")
        else:
            text = "" if answer is None else json.dumps(answer)
            route.fulfill(status=status, headers=headers, body=text, content_type="application/json")

    def _answer(self, request: Request, path: str, body: Any) -> Answer:  # noqa: ANN401 - JSON
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        parts = path.removeprefix("/citizen/v1/").split("/")
        answers: dict[str, Callable[[], Answer]] = {
            "consents": lambda: self._consents(request.method, parts[1:], body),
            "history": lambda: self._history(parts[1:], query),
            "law-requests": lambda: self._law_requests(request.method, parts[1:], body),
            "guardianships": lambda: self._guardianships(request.method, parts[1:], body),
        }
        if path == "/public/v1/receipts/verification":
            return 200, {"valid": self.is_receipt_valid}
        return answers[parts[0]]()

    def _consents(self, method: str, rest: list[str], body: Any) -> Answer:  # noqa: ANN401, PLR0911 - one for each route
        match (method, rest):
            case ("GET", []):
                return 200, {"services": self.services}
            case ("POST", ["withdrawal"]):
                for each in self.services:
                    if each["state"] == "given":
                        each |= {"state": "withdrawn", "isUnfinished": False, "needsRenewal": False}
                return 204, None
            case ("POST", [application, "withdrawal"]):
                told = {"state": "pending", "at": None}
                self._of(application).update(state="withdrawn", until=None, withdrawal=told)
                return 204, None
            case ("GET", [_, "receipt"]):
                return 200, RECEIPT
            case ("GET", [application]):
                return 200, {
                    **self._of(application),
                    "agreement": AGREEMENTS[application],
                    "values": {
                        each["item"]: VALUES[each["item"]]
                        for each in AGREEMENTS[application]["items"]
                        if each["item"] in VALUES
                    },
                }
            case ("PUT", [application]):
                state = "given" if body["decision"] == "give" else "denied"
                fresh = service(application, state, items=body["items"], lastUsedAt=None)
                self._of(application).update(fresh)
                return 200, fresh
        return 404, {}

    def _of(self, application: str) -> dict[str, Any]:
        return next(each for each in self.services if each["application"] == application)

    def _history(self, rest: list[str], query: dict[str, str]) -> Answer:
        if rest and rest[-1] == "report":
            return 201, {"number": "R-2026-000123"}
        if rest == ["download"]:
            return 200, json.dumps({"entries": self.entries})
        wanted = [each for each in self.entries if _is_wanted(each, query)]
        start = int(query.get("cursor", 0))
        end = start + self.page_size
        page = {"entries": wanted[start:end], "next": str(end) if end < len(wanted) else None}
        return 200, page if start else {**page, "keptSince": "2026-11-01T00:00:00.000Z"}

    def _law_requests(self, method: str, rest: list[str], body: Any) -> Answer:  # noqa: ANN401 - JSON
        if method == "GET":
            return 200, {"requests": self.requests}
        if method == "DELETE":
            next(each for each in self.requests if each["number"] == rest[0])["state"] = "withdrawn"
            return 204, None
        filed = {
            "number": f"L-2026-{len(self.requests) + 1:06d}",
            **body,
            "state": "received",
            "receivedAt": "2026-11-25T00:00:00.000Z",
            "dueOn": "2026-12-25",
            "extensionReason": None,
            "identityProved": False,
            "decision": None,
        }
        self.requests.insert(0, filed)
        return 201, filed

    def _guardianships(self, method: str, rest: list[str], body: Any) -> Answer:  # noqa: ANN401 - JSON
        match (method, rest):
            case ("GET", _):
                return 200, {"guardianships": self.guardianships}
            case ("DELETE", [name]):
                next(each for each in self.guardianships if each["id"] == name)["state"] = "ended"
                return 204, None
            case ("POST", ["code"]):
                return 201, {"code": "AB12-CD34", "until": "2026-11-25T00:10:00.000Z"}
        if body["childCode"] != "AB12-CD34":
            return problem(422, "invalid", ("childCode", "wrong-code"))
        self.guardianships.append(guardianship(state="requested", powers=body["powers"], name=None))
        return 201, self.guardianships[-1]


def guardianship(**more: object) -> dict[str, Any]:
    """One guardianship as the API shows it."""
    return {
        "id": GUARDIANSHIP,
        "role": "guardian",
        "state": "active",
        "powers": ["consents", "history"],
        "since": "2026-11-10T00:00:00.000Z",
        "until": "2030-03-31T15:00:00.000Z",
        "endedBy": None,
        "isProtected": False,
        "name": "一宮 一郎",
        **more,
    }


def _is_wanted(entry: dict[str, Any], query: dict[str, str]) -> bool:
    if query.get("application", entry["application"]) != entry["application"]:
        return False
    match query.get("kind"):
        case "staff-view":
            return bool(entry["way"] == "staff-view")
        case "disclosure":
            return bool(entry["kind"] == "disclosed" and entry["way"] != "staff-view")
        case "guardianship":
            return bool(entry["kind"] == "guardianship")
        case "consent":
            return entry["kind"] not in {"disclosed", "guardianship"}
    return True
