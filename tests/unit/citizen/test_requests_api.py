"""Requests under the law and reports, as a citizen makes them."""

import pytest

from machi.consent.disclosure import Way
from machi.consent.guardianship import GuardianshipChange, Power
from machi.consent.law_requests import Outcome
from machi.consent.timeline import EntryKind, GuardianshipNote, Side, TimelineEntry
from machi.core.ids import DataItem
from tests.gateway_double import citizen
from tests.unit.citizen.desk import Desk
from tests.unit.connect.builders import HANAKO, TARO
from tests.unit.consent.builders import KENCOM, NOON

LAW, REPORTS, REPORT = "/citizen/v1/law-requests", "/citizen/v1/reports", "/citizen/v1/history/dis_1/report"


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.timeline.entries = [
        TimelineEntry(
            *("dis_1", NOON, EntryKind.DISCLOSURE, "staff-sub-1"),
            items=(DataItem("address"),),
            way=Way.STAFF_VIEW,
            purpose="転入届の確認",
        ),
        TimelineEntry(
            *("gev_1", NOON, EntryKind.GUARDIANSHIP, ""),
            guardianship=GuardianshipNote(Side.CHILD, GuardianshipChange.LOOKED, Power.HISTORY),
        ),
        TimelineEntry("dis_2", NOON, EntryKind.DISCLOSURE, KENCOM, way=Way.USERINFO, purpose="x"),
    ]
    return found


def test_a_request_has_a_number_and_a_day(desk: Desk) -> None:
    answer = desk.ask("POST", LAW, {"kind": "disclosure", "text": " 記録を見せてください "})
    assert answer.status == 201
    filed = answer.json()
    assert (filed["state"], filed["text"]) == ("received", "記録を見せてください")
    assert filed["number"].startswith("L-")
    assert not filed["identityProved"]
    assert desk.ask("GET", LAW).json()["requests"] == [filed]
    assert desk.ask("GET", LAW, who=citizen(TARO)).json()["requests"] == []


def test_a_decision_is_told_without_the_name_of_who_decided(desk: Desk) -> None:
    desk.proved[HANAKO] = "high"
    number = desk.ask("POST", LAW, {"kind": "correction", "text": "住所"}).json()["number"]
    desk.requests.decide(number, Outcome.REFUSED, "第92条", "clerk-7")
    answer = desk.ask("GET", LAW)
    (shown,) = answer.json()["requests"]
    assert (shown["decision"]["outcome"], shown["decision"]["reason"]) == ("refused", "第92条")
    assert shown["identityProved"]
    assert "clerk-7" not in answer.text
    refused = desk.ask("DELETE", f"{LAW}/{number}")
    assert (refused.status, refused.problem) == (409, "conflict")


def test_a_request_is_taken_back_by_its_citizen_alone(desk: Desk) -> None:
    number = desk.ask("POST", LAW, {"kind": "suspension", "text": "止めて"}).json()["number"]
    assert desk.ask("DELETE", f"{LAW}/{number}", who=citizen(TARO)).status == 404
    assert desk.ask("DELETE", f"{LAW}/{number}").status == 204
    assert desk.ask("DELETE", f"{LAW}/{number}").status == 204


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"kind": "disclosure"}, "#/text", "missing"),
        ({"kind": "disclosure", "text": "  "}, "#/text", "too-short"),
        ({"kind": "disclosure", "text": "あ" * 2001}, "#/text", "too-long"),
        ({"kind": "disclosure", "text": 7}, "#/text", "not-text"),
        ({"kind": "disclosure", "text": "a\u202eb"}, "#/text", "characters"),
        ({"kind": "erasure", "text": "x"}, "#/kind", "not-offered"),
        ({"kind": ["disclosure"], "text": "x"}, "#/kind", "not-offered"),
        ({"text": "x"}, "#/kind", "missing"),
        ([], "#", "not-an-object"),
    ],
)
def test_what_is_wrong_is_named(desk: Desk, body: object, pointer: str, code: str) -> None:
    answer = desk.ask("POST", LAW, body)
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]


def test_an_entry_of_the_own_history_is_reported_once(desk: Desk) -> None:
    answer = desk.ask("POST", REPORT, {"text": "覚えがありません"})
    assert answer.status == 201
    assert answer.json()["number"].startswith("R-")
    assert desk.ask("POST", REPORT, {"text": "覚えがありません"}).json() == answer.json()
    assert desk.ask("POST", REPORT, {"text": "?"}, who=citizen(TARO)).status == 404
    assert desk.ask("POST", "/citizen/v1/history/dis_9/report", {"text": "?"}).status == 404
    desk.reports.answer(answer.json()["number"], "転入届の際に確認しました", "clerk-7")
    shown = desk.ask("GET", REPORTS)
    assert shown.json()["reports"][0]["answer"]["text"] == "転入届の際に確認しました"
    assert "clerk-7" not in shown.text


def test_looks_by_staff_and_guardians_stand_in_the_history(desk: Desk) -> None:
    answer = desk.ask("GET", "/citizen/v1/history")
    look, guardian, disclosed = answer.json()["entries"]
    assert (look["way"], look["purpose"], look["items"]) == ("staff-view", "転入届の確認", ["address"])
    assert look["application"] is look["name"] is None
    assert "staff-sub-1" not in answer.text
    assert guardian["kind"] == "guardianship"
    assert guardian["guardianship"] == {
        "role": "child",
        "change": "looked",
        "power": "history",
        "endedBy": None,
    }
    assert (disclosed["kind"], disclosed["application"]) == ("disclosed", KENCOM)
