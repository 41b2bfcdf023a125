"""A guardian acts for a child as far as staff allowed, and no further, and both sides see it."""

from datetime import date, timedelta
from typing import Any

import pytest

from machi.consent.guardianship import Approval, EndedBy, Evidence, Power
from machi.core.ids import CitizenId
from tests.gateway_double import Answer, citizen
from tests.unit.citizen.desk import LIST, ONE, Desk
from tests.unit.connect.builders import HANAKO, TARO
from tests.unit.consent.builders import KENCOM

PATH = "/citizen/v1/guardianships"
BORN = date(2015, 4, 2)


class Family:
    """Taro wants to act for Hanako, who is a child here."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.desk.names.update({HANAKO: "一宮 花子", TARO: "木曽川 太郎"})

    def code(self) -> str:
        return str(self.desk.ask("POST", f"{PATH}/code").json()["code"])

    def asks(self, code: str | None = None, **changes: object) -> Answer:
        given = {"childCode": self.code() if code is None else code, "powers": ["consents", "history"]}
        return self.desk.ask("POST", PATH, {**given, **changes}, who=citizen(TARO))

    def is_guardian(self) -> str:
        name = str(self.asks().json()["id"])
        self.desk.guardians.approve(TARO, HANAKO, Approval("clerk", Evidence.FAMILY_REGISTER, BORN))
        return name

    def as_guardian(self, method: str, path: str, name: str, body: object = None) -> Answer:
        headers = {"Machi-On-Behalf-Of": name}
        return self.desk.ask(method, path, body, who=citizen(TARO), headers=headers)

    def listed(self, who: CitizenId) -> Any:  # noqa: ANN401
        return self.desk.ask("GET", PATH, who=citizen(who)).json()["guardianships"]


@pytest.fixture
def family() -> Family:
    return Family()


def test_a_code_from_the_childs_account_begins_a_request_that_both_see(family: Family) -> None:
    asked = family.asks()
    assert asked.status == 201
    (mine,), (of_me,) = family.listed(TARO), family.listed(HANAKO)
    assert (mine["role"], mine["state"], mine["name"]) == ("guardian", "requested", None)
    assert (of_me["role"], of_me["state"], of_me["name"]) == ("child", "requested", "木曽川 太郎")
    assert mine["id"] == of_me["id"] == asked.json()["id"]


def test_a_code_counts_once_and_for_ten_minutes(family: Family) -> None:
    code = family.code()
    family.desk.city.clock.passes(timedelta(minutes=10))
    assert family.asks(code).json()["errors"] == [{"pointer": "#/childCode", "code": "wrong-code"}]
    code = family.code()
    typed = f" {code.upper().replace('-', ' ').replace('0', 'O')} "
    assert family.asks(typed).status == 201
    assert family.asks(code).status == 422


def test_codes_are_not_guessed(family: Family) -> None:
    statuses = [family.asks(f"aaaaa-aaa{tens}{ones}").status for tens in "01" for ones in "0123456789"]
    assert statuses[:10] == [422] * 10
    assert set(statuses[10:]) == {429}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"powers": []}, "#/powers", "not-a-list"),
        ({"powers": ["everything"]}, "#/powers", "not-offered"),
        ({"powers": None}, "#/powers", "missing"),
        ({"childCode": 7}, "#/childCode", "not-text"),
        ({"childCode": "x" * 99}, "#/childCode", "too-long"),
    ],
)
def test_what_is_wrong_is_named(family: Family, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = family.asks(**change)
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]


def test_nobody_is_ones_own_guardian(family: Family) -> None:
    code = family.code()
    answer = family.desk.ask("POST", PATH, {"childCode": code, "powers": ["history"]})
    assert (answer.status, answer.problem) == (409, "conflict")


def test_a_guardian_gives_a_consent_that_says_so(family: Family) -> None:
    name = family.is_guardian()
    given = {"revision": 1, "items": ["name", "birthdate"], "decision": "give", "language": "ja"}

    assert family.as_guardian("PUT", ONE, name, given).status == 200

    stored = family.desk.city.consents.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.state == "given"
    actor = family.desk.city.consents.events[-1].actor
    assert actor is not None
    assert (actor.citizen, actor.is_guardian) == (TARO, True)
    assert family.desk.city.consents.all_of(TARO) == []
    (shown,) = family.as_guardian("GET", LIST, name).json()["services"]
    assert shown["application"] == KENCOM
    assert family.as_guardian("POST", f"{ONE}/withdrawal", name).status == 204


def test_a_look_is_noted_before_anything_is_shown(family: Family) -> None:
    name = family.is_guardian()
    family.as_guardian("GET", "/citizen/v1/history", name)
    family.as_guardian("GET", LIST, name)
    assert [power for _, power, _ in family.desk.kept_guardianships.looks] == [Power.HISTORY, Power.CONSENTS]


ROUTES = [
    ("GET", LIST, None),
    ("GET", ONE, None),
    ("PUT", ONE, {"revision": 1, "items": ["name", "birthdate"], "decision": "give", "language": "ja"}),
    ("POST", f"{ONE}/withdrawal", None),
    ("POST", "/citizen/v1/consents/withdrawal", None),
    ("GET", "/citizen/v1/history", None),
    ("GET", "/citizen/v1/reports", None),
    ("POST", "/citizen/v1/history/dis_1/report", {"text": "?"}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_without_a_power_in_force_there_is_no_child(
    family: Family, method: str, path: str, body: object
) -> None:
    asked = str(family.asks().json()["id"])
    assert family.as_guardian(method, path, asked, body).status == 404  # not yet approved
    family.desk.guardians.approve(TARO, HANAKO, Approval("clerk", Evidence.FAMILY_REGISTER, BORN))
    for name in ("gua_none", "", "*", HANAKO):
        assert family.as_guardian(method, path, name, body).status == 404
    stranger = family.desk.ask(
        method, path, body, who=citizen("somebody"), headers={"Machi-On-Behalf-Of": asked}
    )
    assert stranger.status == 404
    family.desk.guardians.protect(TARO, HANAKO)
    assert family.as_guardian(method, path, asked, body).status == 404
    assert family.desk.city.consents.all_of(HANAKO) == []
    assert family.desk.kept_guardianships.looks == []


def test_only_the_powers_that_were_asked_for(family: Family) -> None:
    name = str(family.asks(powers=["history"]).json()["id"])
    family.desk.guardians.approve(TARO, HANAKO, Approval("clerk", Evidence.FAMILY_REGISTER, BORN))
    assert family.as_guardian("GET", "/citizen/v1/history", name).status == 200
    assert family.as_guardian("GET", LIST, name).status == 404
    assert family.as_guardian("POST", "/citizen/v1/consents/withdrawal", name).status == 404


def test_it_is_over_on_the_birthday(family: Family) -> None:
    name = family.is_guardian()
    family.desk.city.clock.passes(timedelta(days=366 * 5))
    assert family.as_guardian("GET", LIST, name).status == 404
    (mine,) = family.listed(TARO)
    assert (mine["state"], mine["name"]) == ("ended", None)


@pytest.mark.parametrize(("who", "by"), [(HANAKO, EndedBy.CHILD), (TARO, EndedBy.GUARDIAN)])
def test_either_side_ends_it_at_once(family: Family, who: CitizenId, by: EndedBy) -> None:
    name = family.is_guardian()
    assert family.desk.ask("DELETE", f"{PATH}/{name}", who=citizen("somebody")).status == 404
    for _ in range(2):
        assert family.desk.ask("DELETE", f"{PATH}/{name}", who=citizen(who)).status == 204
    assert family.as_guardian("GET", LIST, name).status == 404
    assert [each["endedBy"] for each in family.listed(HANAKO)] == [by]


def test_a_protected_child_is_not_there_for_the_guardian(family: Family) -> None:
    name = family.is_guardian()
    family.desk.guardians.protect(TARO, HANAKO)
    assert family.listed(TARO) == []
    assert [each["isProtected"] for each in family.listed(HANAKO)] == [True]
    assert family.desk.ask("DELETE", f"{PATH}/{name}", who=citizen(TARO)).status == 404
    again = family.asks()
    assert again.status == 409
    assert "protect" not in again.text
