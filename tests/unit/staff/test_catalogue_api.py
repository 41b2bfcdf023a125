"""Declaring personal types: extended at will, never changed under a citizen's consent."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.staff.office import Office, clerk

HEALTH = "https://uri.example.jp/HealthActivity"
OWNER, STEPS, WEIGHT = (f"https://uri.example.jp/{name}" for name in ("refCitizen", "steps", "weight"))
PATH = f"/personal-types/{quote(HEALTH, safe='')}"
WANTED: dict[str, Any] = {"subject": OWNER, "items": {STEPS: "HealthActivity.steps"}, "writers": ["kencom"]}


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_type_is_declared_and_read_again(office: Office) -> None:
    answer = office.ask("PUT", PATH, WANTED, who=clerk("steward", "data-stewards"))
    assert (answer.status, answer.json()) == (200, {"type": HEALTH, **WANTED})
    assert office.ask("GET", PATH).json() == {"type": HEALTH, **WANTED}
    assert office.ask("GET", "/personal-types").json() == {"types": [{"type": HEALTH, **WANTED}]}
    assert office.ask("PUT", PATH, WANTED, who=clerk("x", "agreement-authors")).status == 403


def test_attributes_and_writers_are_added(office: Office) -> None:
    office.ask("PUT", PATH, WANTED)
    more = {**WANTED, "items": {**WANTED["items"], WEIGHT: "HealthActivity.weight"}, "writers": []}
    assert office.ask("PUT", PATH, more).status == 200
    assert office.ask("GET", PATH).json()["items"][WEIGHT] == "HealthActivity.weight"


@pytest.mark.parametrize(
    "change",
    [
        {"items": {STEPS: "nickname"}},
        {"items": {WEIGHT: "HealthActivity.weight"}},
        {"subject": WEIGHT},
    ],
)
def test_what_consents_rest_on_does_not_change(office: Office, change: dict[str, object]) -> None:
    office.ask("PUT", PATH, WANTED)
    answer = office.ask("PUT", PATH, {**WANTED, **change})
    assert (answer.status, answer.problem) == (409, "declared-otherwise")
    assert office.ask("GET", PATH).json() == {"type": HEALTH, **WANTED}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"subject": "refCitizen"}, "#/subject", "not-an-iri"),
        ({"items": {}}, "#/items", "not-an-object"),
        ({"items": {"steps": "x"}}, "#/items", "not-an-iri"),
        ({"items": {OWNER: "x"}}, "#/items", "not-an-iri"),
        ({"items": {STEPS: "a b"}}, "#/items", "not-offered"),
        ({"writers": "kencom"}, "#/writers", "not-a-list"),
        ({"writers": [1]}, "#/writers", "not-text"),
    ],
)
def test_what_is_wrong_is_named(office: Office, change: dict[str, object], pointer: str, code: str) -> None:
    answer = office.ask("PUT", PATH, {**WANTED, **change})
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]


def test_names_that_mean_nothing_are_refused(office: Office) -> None:
    assert office.ask("PUT", "/personal-types/HealthActivity", WANTED).status == 422
    assert office.ask("PUT", PATH, {**WANTED, "writers": ["nobody"]}).status == 404
    assert office.ask("GET", PATH).status == 404
