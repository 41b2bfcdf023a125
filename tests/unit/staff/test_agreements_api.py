"""Agreements take two people, and are never changed."""

from typing import Any

import pytest

from machi.core.language import Language
from tests.unit.consent.builders import KENCOM
from tests.unit.staff.office import APPROVER, AUTHOR, Office, clerk

PATH = "/agreements/kencom"
PROPOSAL: dict[str, Any] = {
    "purpose": "personalised-health-advice",
    "recipient": {"name": "DeSCヘルスケア株式会社", "contact": "https://kencom.jp/", "country": "JP"},
    "source": "platform",
    "items": [
        {"item": "name", "necessity": "required"},
        {"item": "ward", "necessity": "optional"},
    ],
    "validityDays": 365,
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


@pytest.fixture
def office() -> Office:
    return Office()


def proposes(office: Office, **changes: object) -> int:
    answer = office.ask("POST", PATH, {**PROPOSAL, **changes}, who=clerk(AUTHOR))
    assert answer.status == 201, answer.text
    return int(answer.json()["revision"])


def test_a_proposal_waits_for_another_person(office: Office) -> None:
    assert proposes(office) == 1
    assert office.agreements.current(KENCOM) is None
    shown = office.ask("GET", f"{PATH}/1").json()
    assert (shown["state"], shown["author"], shown["approver"]) == ("proposed", AUTHOR, None)
    assert shown["asksForMore"] is True
    assert {name: shown[name] for name in PROPOSAL} == PROPOSAL


def test_the_second_signature_puts_it_before_citizens(office: Office) -> None:
    proposes(office)
    answer = office.ask("POST", f"{PATH}/1/approval", who=clerk(APPROVER, "agreement-approvers"))
    assert (answer.status, answer.json()["state"], answer.json()["approver"]) == (200, "approved", APPROVER)
    current = office.agreements.current(KENCOM)
    assert current is not None
    assert current.revision == 1


@pytest.mark.parametrize("decision", ["approval", "rejection"])
def test_who_proposed_cannot_decide_though_in_every_group(office: Office, decision: str) -> None:
    proposes(office)
    answer = office.ask("POST", f"{PATH}/1/{decision}", who=clerk(AUTHOR))
    assert (answer.status, answer.problem) == (403, "same-person")
    assert office.agreements.current(KENCOM) is None


@pytest.mark.parametrize("decision", ["approval", "rejection"])
def test_a_decided_revision_stays_as_it_is(office: Office, decision: str) -> None:
    proposes(office)
    office.ask("POST", f"{PATH}/1/rejection", who=clerk(APPROVER))
    answer = office.ask("POST", f"{PATH}/1/{decision}", who=clerk("third"))
    assert (answer.status, answer.problem) == (409, "conflict")
    for method in ("PUT", "PATCH", "DELETE"):
        assert office.ask(method, f"{PATH}/1", PROPOSAL).status == 405
    assert proposes(office) == 2
    assert [each["state"] for each in office.ask("GET", PATH).json()["revisions"]] == ["proposed", "rejected"]


def test_a_revision_that_asks_for_less_says_so(office: Office) -> None:
    proposes(office)
    office.ask("POST", f"{PATH}/1/approval", who=clerk(APPROVER))
    proposes(office, items=PROPOSAL["items"][:1])
    assert office.ask("GET", f"{PATH}/2").json()["asksForMore"] is False
    proposes(office, items=[*PROPOSAL["items"], {"item": "email", "necessity": "optional"}])
    assert office.ask("GET", f"{PATH}/3").json()["asksForMore"] is True


def test_each_group_does_its_own_part_only(office: Office) -> None:
    author, approver = clerk(AUTHOR, "agreement-authors"), clerk(APPROVER, "agreement-approvers")
    assert office.ask("POST", PATH, PROPOSAL, who=approver).status == 403
    assert office.ask("POST", PATH, PROPOSAL, who=author).status == 201
    assert office.ask("POST", f"{PATH}/1/approval", who=author).status == 403
    for other in ("privacy-officers", "guardian-officers", "application-managers", "data-stewards"):
        assert office.ask("GET", PATH, who=clerk("x", other)).status == 403


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in PROPOSAL.items() if key != name}


ONE = {"item": "name", "necessity": "required"}
TEXTS = PROPOSAL["texts"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ([], "#", "not-an-object"),
        *((without(name), f"#/{name}", "missing") for name in ("purpose", "recipient", "source", "texts")),
        (without("items"), "#/items", "not-a-list"),
        ({**PROPOSAL, "purpose": "Health Advice"}, "#/purpose", "not-a-code"),
        ({**PROPOSAL, "recipient": {"name": "x"}}, "#/recipient/contact", "missing"),
        (
            {**PROPOSAL, "recipient": {"name": "x", "contact": "y", "country": "Japan"}},
            "#/recipient/country",
            "not-a-country",
        ),
        ({**PROPOSAL, "items": [ONE] * 51}, "#/items", "not-a-list"),
        ({**PROPOSAL, "items": [ONE, {"item": "ward"}]}, "#/items/1/necessity", "missing"),
        ({**PROPOSAL, "items": ["name"]}, "#/items/0", "not-an-object"),
        ({**PROPOSAL, "items": [{**ONE, "item": "a b"}]}, "#/items/0/item", "not-offered"),
        ({**PROPOSAL, "validityDays": True}, "#/validityDays", "not-a-number"),
        ({**PROPOSAL, "validityDays": 1099}, "#/validityDays", "not-a-number"),
        ({**PROPOSAL, "frequency": "hourly"}, "#/frequency", "not-offered"),
        ({**PROPOSAL, "texts": {"ja": TEXTS["ja"]}}, "#/texts", "not-every-language"),
        ({**PROPOSAL, "texts": {**TEXTS, "en": {"purpose": "x"}}}, "#/texts/en/benefit", "missing"),
        ({**PROPOSAL, "texts": {**TEXTS, "en": "x"}}, "#/texts/en", "not-an-object"),
        ({**PROPOSAL, "provides": "name"}, "#/provides", "not-a-list"),
    ],
)
def test_what_is_wrong_is_named(office: Office, body: object, pointer: str, code: str) -> None:
    answer = office.ask("POST", PATH, body)
    assert (answer.status, answer.problem) == (422, "invalid")
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]
    assert office.agreements.kept == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"items": [ONE, ONE]},
        {"items": [{"item": "bloodType", "necessity": "required"}]},
        {"provides": ["email"]},
    ],
)
def test_what_does_not_fit_together_is_refused(office: Office, changes: dict[str, object]) -> None:
    answer = office.ask("POST", PATH, {**PROPOSAL, **changes})
    assert (answer.status, answer.problem) == (422, "invalid")
    assert "bloodType" not in answer.text


def test_what_is_not_there_is_not_found(office: Office) -> None:
    assert office.ask("POST", "/agreements/nobody", PROPOSAL).status == 404
    assert office.ask("GET", "/agreements/nobody").status == 404
    for revision in ("1", "0", "-1", "x", "١", "9" * 40):
        assert office.ask("GET", f"{PATH}/{revision}").status == 404
        assert office.ask("POST", f"{PATH}/{revision}/approval").status == 404
