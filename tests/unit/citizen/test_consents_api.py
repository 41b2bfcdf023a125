"""What a citizen sees of consents, and does with them, over HTTP."""

import pytest

from machi.consent.disclosure import Way
from machi.consent.record import ConsentState, EventKind
from machi.consent.timeline import EntryKind, TimelineEntry
from machi.core.ids import DataItem
from machi.core.language import Language
from machi.core.principal import Scope
from tests.gateway_double import EVERY_SCOPE, citizen
from tests.unit.applications.builders import KENCOM
from tests.unit.citizen.desk import LIST, ONE, Desk
from tests.unit.consent.builders import agreement

STEPS = [
    *(("GET", LIST), ("GET", ONE), ("GET", "/citizen/v1/history")),
    *(("PUT", ONE), ("POST", f"{ONE}/withdrawal"), ("POST", f"{LIST}/withdrawal")),
]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_consent_is_given_seen_and_withdrawn(desk: Desk) -> None:
    assert desk.services() == []

    given = desk.decides()
    assert given.status == 200
    (service,) = desk.services()
    assert service == given.json()
    assert (service["application"], service["name"], service["state"]) == ("kencom", "kencom", "given")
    assert (service["items"], service["purpose"]) == (["birthdate", "name"], "健康の助言")
    assert service["since"] < service["until"]

    assert desk.ask("POST", f"{ONE}/withdrawal", {}).status == 204
    assert desk.services()[0]["state"] == "withdrawn"
    assert [notice.kind.value for notice in desk.city.notices.sent] == [
        "partner-connected",
        "withdrawal",
        "consent-withdrawn",
    ]


def test_to_withdraw_again_does_no_harm_and_what_was_never_given_cannot_be(desk: Desk) -> None:
    assert desk.ask("POST", f"{ONE}/withdrawal").status == 404
    desk.decides(decision="deny")
    assert desk.ask("POST", f"{ONE}/withdrawal").status == 409
    desk.decides()
    assert desk.ask("POST", f"{ONE}/withdrawal").status == 204
    assert desk.ask("POST", f"{ONE}/withdrawal").status == 204


def test_everything_can_be_stopped_at_once(desk: Desk) -> None:
    desk.decides()
    boshimo = {"revision": 1, "items": ["nickname"], "decision": "give", "language": "en"}
    assert desk.ask("PUT", "/citizen/v1/consents/boshimo", boshimo).status == 200

    assert desk.ask("POST", f"{LIST}/withdrawal", {}).status == 204

    assert {service["state"] for service in desk.services()} == {"withdrawn"}


def test_one_service_shows_what_it_asks_for_in_the_language_wanted(desk: Desk) -> None:
    shown = desk.ask("GET", f"{ONE}?lang=vi").json()

    assert (shown["application"], shown["state"]) == ("kencom", None)
    asked = shown["agreement"]
    assert asked["items"] == [
        {"item": "name", "necessity": "required"},
        {"item": "birthdate", "necessity": "required"},
        {"item": "ward", "necessity": "optional"},
    ]
    assert (asked["revision"], asked["language"], asked["validityDays"]) == (1, "vi", 365)
    current = desk.city.agreements.current(KENCOM)
    assert current is not None
    assert asked["textHash"] == current.shown_in(Language.VIETNAMESE)
    assert desk.ask("GET", f"{ONE}?lang=xx").status == 400
    assert desk.ask("GET", f"{LIST}/unknown").status == 404


def test_a_decision_on_another_revision_than_the_present_is_refused(desk: Desk) -> None:
    desk.city.agreements.add(agreement(2, required=("name", "address"), optional=()))

    answer = desk.decides()

    assert (answer.status, answer.problem) == (409, "conflict")
    assert desk.city.state(KENCOM) is ConsentState.REQUESTED


@pytest.mark.parametrize("items", [["name"], ["name", "birthdate", "address"], []])
def test_a_choice_that_does_not_fit_the_agreement_is_refused(desk: Desk, items: list[str]) -> None:
    assert desk.decides(items=items).status == 409
    assert desk.city.state(KENCOM) is ConsentState.REQUESTED


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"decision": "maybe"}, "#/decision"),
        ({"decision": None}, "#/decision"),
        ({"decision": ["give"]}, "#/decision"),
        ({"revision": "1"}, "#/revision"),
        ({"revision": True}, "#/revision"),
        ({"revision": 0}, "#/revision"),
        ({"language": "fr"}, "#/language"),
        ({"items": "name"}, "#/items"),
        ({"items": [1]}, "#/items"),
        ({"items": ["x"] * 51}, "#/items"),
    ],
)
def test_what_is_no_decision_is_pointed_at(desk: Desk, changes: dict[str, object], pointer: str) -> None:
    answer = desk.decides(**changes)

    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert desk.city.consents.kept == {}


def test_only_json_objects_are_decisions(desk: Desk) -> None:
    assert desk.ask("PUT", ONE, []).status == 422
    assert desk.ask("PUT", ONE).status == 415


def test_a_consent_whose_time_is_over_is_shown_as_over(desk: Desk) -> None:
    desk.decides()
    desk.city.passes(days=366)

    assert desk.services()[0]["state"] == "expired"


def test_nobody_sees_or_changes_anothers_consents(desk: Desk) -> None:
    desk.decides()
    taro = citizen("taro")

    assert desk.ask("GET", LIST, who=taro).json() == {"services": []}
    assert desk.ask("POST", f"{ONE}/withdrawal", {}, who=taro).status == 404
    assert desk.city.state(KENCOM) is ConsentState.GIVEN


@pytest.mark.parametrize(("method", "path"), STEPS)
def test_reading_and_writing_are_two_rights(desk: Desk, method: str, path: str) -> None:
    missing = Scope.CONSENTS_READ if method == "GET" else Scope.CONSENTS_WRITE

    assert desk.ask(method, path, who=citizen(scopes=EVERY_SCOPE - {missing})).status == 403
    assert desk.ask(method, path, who=None).status == 401


def test_the_history_names_services_and_what_happened(desk: Desk) -> None:
    at, items = desk.city.clock(), (DataItem("name"),)
    desk.timeline.entries = [
        TimelineEntry("dis_1", at, EntryKind.DISCLOSURE, "kencom", items, way=Way.USERINFO, purpose="advice"),
        TimelineEntry("cev_1", at, EntryKind.CONSENT, "gone", items, event=EventKind.GIVEN),
    ]

    body = desk.ask("GET", "/citizen/v1/history").json()

    assert [(each["kind"], each["name"], each["way"]) for each in body["entries"]] == [
        ("disclosed", "kencom", "userinfo"),
        ("given", "gone", None),
    ]
    assert body["next"] is None
    assert desk.ask("GET", "/citizen/v1/history?cursor=x").status == 400
    assert desk.ask("GET", "/citizen/v1/history", who=citizen("taro")).json()["entries"] == []
