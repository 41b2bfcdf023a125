"""Staff and citizens on the deployed platform: what one side does, the other finds."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from machi.core.language import Language
from tests.platform import Platform
from tests.security.signing_in import sign_in, sign_in_staff

SCOPES = "openid email machi/profile.read machi/consents.read machi/consents.write"
PROPOSAL: dict[str, Any] = {
    "purpose": "personalised-health-advice",
    "recipient": {"name": "DeSCヘルスケア株式会社", "contact": "https://kencom.jp/"},
    "source": "platform",
    "items": [{"item": "nickname", "necessity": "required"}],
    "validityDays": 30,
    "frequency": "at-sign-in",
    "texts": {
        language.value: {
            "purpose": "健康の助言",
            "benefit": "歩数に合う助言",
            "onRefusal": "助言は届きません",
            "onWithdrawal": "助言が止まります",
        }
        for language in Language
    },
}


@dataclass(frozen=True)
class Person:
    """Somebody signed in."""

    api: httpx.Client
    token: str
    id: str

    def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else json.dumps(body)
        return self.api.request(method, path, headers={**given, **named}, content=content)

    def done(self, method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401
        answer = self.send(method, path, body, **headers)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Town:
    hanako: Person
    taro: Person
    officer: Person
    """Approves, handles requests and guardians, looks."""
    author: Person
    """Proposes and declares."""


@pytest.fixture(scope="module")
def town(platform: Platform) -> Town:
    outputs, api = platform.outputs, platform.api
    citizens = [sign_in(outputs, each, SCOPES).access for each in outputs.demo_citizens[:2]]
    staff = [sign_in_staff(outputs, each).access for each in outputs.demo_staff]
    return Town(*(Person(api, token, _subject(token)) for token in (*citizens, *staff)))


def _subject(token: str) -> str:
    import jwt  # noqa: PLC0415

    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


def test_an_agreement_takes_both(town: Town) -> None:
    path = "/staff/v1/agreements/kencom"
    proposed = town.author.done("POST", path, PROPOSAL)
    revision = f"{path}/{proposed['revision']}"
    assert town.author.send("POST", f"{revision}/approval").status_code == 403
    assert town.officer.send("POST", path, PROPOSAL).status_code == 403
    assert town.officer.done("POST", f"{revision}/rejection")["state"] == "rejected"
    again = town.officer.send("POST", f"{revision}/approval")
    assert (again.status_code, again.json()["type"]) == (409, "urn:machi:problem:conflict")


def test_a_look_stands_in_the_citizens_history_with_its_reason(town: Town) -> None:
    reason = f"窓口での確認 {secrets.token_hex(4)}"
    why = {"reason": reason, "items": ["name", "ward", "email"]}
    shown = town.officer.done("POST", f"/staff/v1/citizens/{town.hanako.id}/view", why)
    assert shown["profile"]["name"] == "一宮 花子"
    assert "birthdate" not in shown["profile"]
    look = town.hanako.done("GET", "/citizen/v1/history")["entries"][0]
    assert (look["way"], look["application"]) == ("staff-view", None)
    assert reason in json.dumps(look, ensure_ascii=False)
    assert town.officer.id not in json.dumps(look)
    assert town.author.send("POST", f"/staff/v1/citizens/{town.hanako.id}/view", why).status_code == 403

    number = town.hanako.done("POST", f"/citizen/v1/history/{look['id']}/report", {"text": "誰ですか"})[
        "number"
    ]
    lines = town.officer.done("GET", "/staff/v1/queue?kind=report")["entries"]
    assert number in [line["number"] for line in lines]
    town.officer.done("POST", f"/staff/v1/reports/{number}/answer", {"text": "窓口の担当です"})
    answered = {each["number"]: each for each in town.hanako.done("GET", "/citizen/v1/reports")["reports"]}
    assert answered[number]["answer"]["text"] == "窓口の担当です"


def test_a_request_under_the_law_is_decided(town: Town) -> None:
    asked = town.hanako.done("POST", "/citizen/v1/law-requests", {"kind": "disclosure", "text": "全部"})
    path = f"/staff/v1/law-requests/{asked['number']}"
    assert town.officer.done("POST", f"{path}/extension", {"reason": "多いため"})["state"] == "extended"
    town.officer.done("POST", f"{path}/decision", {"outcome": "granted", "reason": "開示します"})
    mine = town.hanako.done("GET", "/citizen/v1/law-requests")["requests"]
    decided = next(each for each in mine if each["number"] == asked["number"])
    assert (decided["state"], decided["decision"]["outcome"]) == ("decided", "granted")
    assert town.hanako.send("DELETE", f"/citizen/v1/law-requests/{asked['number']}").status_code == 409


def test_a_guardian_acts_until_cut_off(town: Town) -> None:
    code = town.hanako.done("POST", "/citizen/v1/guardianships/code")["code"]
    wanted = {"childCode": code, "powers": ["consents", "history"]}
    asked = town.taro.done("POST", "/citizen/v1/guardianships", wanted)["id"]
    header = {"Machi_On_Behalf_Of": asked}
    assert town.taro.send("GET", "/citizen/v1/history", **header).status_code == 404
    seen = {"evidence": "family-register", "birthDate": "2016-04-02"}
    assert town.author.send("POST", f"/staff/v1/guardianships/{asked}/approval", seen).status_code == 403
    town.officer.done("POST", f"/staff/v1/guardianships/{asked}/approval", seen)

    entries = town.taro.done("GET", "/citizen/v1/history", **header)["entries"]
    assert [each["guardianship"]["change"] for each in entries[:2]] == ["looked", "active"]
    assert entries[0]["guardianship"]["role"] == "child"
    assert town.taro.send("GET", "/citizen/v1/consents", **header).status_code == 200
    own = town.taro.done("GET", "/citizen/v1/history")["entries"]
    assert own[0]["guardianship"]["role"] == "guardian"

    town.officer.done("POST", f"/staff/v1/guardianships/{asked}/end")
    assert town.taro.send("GET", "/citizen/v1/history", **header).status_code == 404
    mine = town.hanako.done("GET", "/citizen/v1/guardianships")["guardianships"]
    ended = {each["id"]: each for each in mine}
    assert (ended[asked]["state"], ended[asked]["endedBy"]) == ("ended", "staff")


def test_neither_sides_token_opens_the_other(town: Town) -> None:
    assert town.hanako.send("GET", "/staff/v1/me").status_code == 401
    assert town.officer.send("GET", "/citizen/v1/consents").status_code == 401
    preflight = town.officer.api.options(
        "/citizen/v1/history",
        headers={
            "Origin": "http://localhost",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "machi-on-behalf-of",
        },
    )
    assert "machi-on-behalf-of" in preflight.headers["access-control-allow-headers"].lower()
