"""A look at a citizen's data is in the citizen's history before anything is shown, or nothing is shown."""

import pytest

from machi.consent.disclosure import Way
from tests.unit.consent.builders import HANAKO
from tests.unit.staff.office import Office, clerk

PATH = "/citizens/hanako/view"
WHY = {"reason": "R-261124-aaaaaa の確認のため", "items": ["name", "email"]}


@pytest.fixture
def office() -> Office:
    return Office()


def test_exactly_the_named_items_are_shown_and_recorded(office: Office) -> None:
    answer = office.ask("POST", PATH, WHY, who=clerk("clerk-7", "privacy-officers"))

    assert answer.status == 200
    assert answer.json()["items"] == ["email", "name"]
    profile = answer.json()["profile"]
    assert profile["name"] == "一宮 花子"
    assert profile["email"] == "hanako@example.jp"
    assert "nickname" not in profile
    (record,) = office.disclosures.chains[HANAKO]
    assert (record.way, record.recipient, record.items) == (Way.STAFF_VIEW, "clerk-7", ("email", "name"))
    assert (record.purpose, record.consent, record.request) == (WHY["reason"], None, "request-1")


def test_without_a_record_nothing_is_read(office: Office) -> None:
    office.disclosures.is_down = True
    answer = office.ask("POST", PATH, WHY)
    assert answer.status == 409
    assert "花子" not in answer.text
    assert office.read == []


def test_nobody_looks_without_the_group(office: Office) -> None:
    for group in ("agreement-authors", "agreement-approvers", "guardian-officers", "data-stewards"):
        assert office.ask("POST", PATH, WHY, who=clerk("x", group)).status == 403
    assert office.read == []
    assert office.disclosures.chains == {}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"items": ["name"]}, "#/reason", "missing"),
        ({"items": ["name"], "reason": " 確認 "}, "#/reason", "too-short"),
        ({"items": ["name"], "reason": "あ" * 201}, "#/reason", "too-long"),
        ({"reason": "確認のため"}, "#/items", "missing"),
        ({"reason": "確認のため", "items": []}, "#/items", "not-a-list"),
        ({"reason": "確認のため", "items": ["*"]}, "#/items", "not-offered"),
        ({"reason": "確認のため", "items": "name"}, "#/items", "not-a-list"),
    ],
)
def test_who_says_neither_what_nor_why_sees_nothing(
    office: Office, body: object, pointer: str, code: str
) -> None:
    answer = office.ask("POST", PATH, body)
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]
    assert office.read == []
    assert office.disclosures.chains == {}


def test_of_nobody_there_is_no_record(office: Office) -> None:
    assert office.ask("POST", "/citizens/nobody/view", WHY).status == 404
    assert office.disclosures.chains == {}


def test_the_log_line_names_nobody(office: Office) -> None:
    office.ask("POST", PATH, WHY, who=clerk("clerk-7"))
    text = str(office.log.lines)
    assert "hanako" not in text
    assert "clerk-7" not in text
