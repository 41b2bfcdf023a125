"""What waits, until when, and what was decided."""

from datetime import date, timedelta

import pytest

from machi.consent.cases import CaseKind, new_number
from machi.consent.disclosure import Way
from machi.consent.guardianship import Power
from machi.consent.law_requests import Filing, LawRequestKind
from machi.consent.timeline import EntryKind, TimelineEntry
from machi.core.ids import CitizenId
from tests.unit.consent.builders import HANAKO, KENCOM, NOON
from tests.unit.staff.office import Office, clerk

MOTHER, CHILD = CitizenId("mother"), CitizenId("child")
SEEN = {"evidence": "family-register", "birthDate": "2015-04-02"}


@pytest.fixture
def office() -> Office:
    found = Office()
    found.timeline.entries = [TimelineEntry("dis_1", NOON, EntryKind.DISCLOSURE, KENCOM, way=Way.USERINFO)]
    return found


def files(office: Office) -> str:
    return office.law_requests.file(HANAKO, Filing(LawRequestKind.DISCLOSURE, "見せて")).number


def asked(office: Office) -> str:
    return office.guardians.request(MOTHER, CHILD, frozenset(Power)).id


def test_the_queue_says_what_is_due_and_what_is_late(office: Office) -> None:
    number = files(office)
    (line,) = office.ask("GET", "/queue?kind=law-request").json()["entries"]
    assert (line["number"], line["citizen"], line["about"]) == (number, HANAKO, "disclosure")
    assert (line["dueOn"], line["isOverdue"]) == ("2026-12-24", False)
    office.clock.passes(timedelta(days=31))
    assert office.ask("GET", "/queue?kind=law-request").json()["entries"][0]["isOverdue"]
    office.ask("POST", f"/law-requests/{number}/decision", {"outcome": "granted", "reason": "開示します"})
    assert office.ask("GET", "/queue?kind=law-request").json() == {"entries": [], "next": None}
    (done,) = office.ask("GET", "/queue?kind=law-request&state=done").json()["entries"]
    assert (done["number"], done["isOverdue"]) == (number, False)


def test_pages_follow_each_other(office: Office) -> None:
    for number in range(51):
        office.law_requests.file(CitizenId(f"c{number}"), Filing(LawRequestKind.SUSPENSION, "止めて"))
    first = office.ask("GET", "/queue?kind=law-request").json()
    assert len(first["entries"]) == 50
    cursor = first["next"].replace("#", "%23")
    rest = office.ask("GET", f"/queue?kind=law-request&after={cursor}").json()
    assert (len(rest["entries"]), rest["next"]) == (1, None)


@pytest.mark.parametrize(
    "query", ["", "?kind=all", "?kind=report&state=late", "?kind=report&after=x", "?kind=report&after=%23"]
)
def test_a_queue_that_is_not_there_is_a_mistake(office: Office, query: str) -> None:
    answer = office.ask("GET", f"/queue{query}")
    assert (answer.status, answer.problem) == (400, "invalid-request")


def test_families_and_requests_are_different_peoples_work(office: Office) -> None:
    families, privacy = clerk("f", "guardian-officers"), clerk("p", "privacy-officers")
    for kind in ("report", "law-request", "escalation"):
        assert office.ask("GET", f"/queue?kind={kind}", who=privacy).status == 200
        assert office.ask("GET", f"/queue?kind={kind}", who=families).status == 403
    assert office.ask("GET", "/queue?kind=guardianship", who=families).status == 200
    assert office.ask("GET", "/queue?kind=guardianship", who=privacy).status == 403


def test_a_request_is_extended_and_decided_by_somebody(office: Office) -> None:
    number = files(office)
    path, who = f"/law-requests/{number}", clerk("clerk-7", "privacy-officers")
    extended = office.ask("POST", f"{path}/extension", {"reason": "記録が多いため"}, who=who).json()
    assert (extended["state"], extended["dueOn"]) == ("extended", "2027-01-23")
    again = office.ask("POST", f"{path}/extension", {"reason": "まだ"}, who=who)
    assert (again.status, again.problem) == (409, "conflict")
    given = {"outcome": "partly-granted", "reason": "第78条に当たる部分を除きます"}
    assert office.ask("POST", f"{path}/decision", given, who=who).status == 200
    decision = office.ask("GET", path, who=who).json()["decision"]
    assert (decision["outcome"], decision["text"], decision["by"]) == (*given.values(), "clerk-7")
    assert office.ask("POST", f"{path}/decision", given, who=who).status == 409


def test_a_report_is_seen_with_its_entry_and_answered(office: Office) -> None:
    number = office.reports.file(HANAKO, "dis_1", "覚えがない").number
    shown = office.ask("GET", f"/reports/{number}").json()
    assert (shown["text"], shown["entry"]["party"], shown["entry"]["way"]) == (
        "覚えがない",
        KENCOM,
        "userinfo",
    )
    answered = office.ask("POST", f"/reports/{number}/answer", {"text": "連携の同意に基づきます"})
    assert answered.json()["answer"]["text"] == "連携の同意に基づきます"
    assert office.ask("POST", f"/reports/{number}/answer", {"text": "再度"}).status == 409


def test_an_escalation_is_settled(office: Office) -> None:
    number = office.escalations.begin(HANAKO, KENCOM, "wdn_1").number
    assert office.ask("GET", f"/escalations/{number}").json()["withdrawal"] == "wdn_1"
    settled = office.ask("POST", f"/escalations/{number}/settlement", {"text": "電話で確認"})
    assert settled.json()["settlement"]["by"] == "clerk"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/law-requests/{}/decision", {"outcome": "granted"}, "#/reason"),
        ("/law-requests/{}/decision", {"outcome": "maybe", "reason": "x"}, "#/outcome"),
        ("/law-requests/{}/extension", {"reason": ""}, "#/reason"),
        ("/reports/{}/answer", {"text": "あ" * 2001}, "#/text"),
        ("/escalations/{}/settlement", {}, "#/text"),
    ],
)
def test_what_is_wrong_is_named(office: Office, path: str, body: object, pointer: str) -> None:
    answer = office.ask("POST", path.format(files(office)), body)
    assert answer.status == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_numbers_that_nobody_has_are_not_found(office: Office) -> None:
    name = new_number(CaseKind.REPORT, NOON)
    for kind in ("law-requests", "reports", "escalations", "guardianships"):
        assert office.ask("GET", f"/{kind}/{name}").status == 404
    for act in ("approval", "refusal", "protection", "end"):
        assert office.ask("POST", f"/guardianships/gua_x/{act}", SEEN).status == 404


def test_evidence_makes_a_guardianship_until_the_birthday(office: Office) -> None:
    path, who = f"/guardianships/{asked(office)}", clerk("clerk-7", "guardian-officers")
    answer = office.ask("POST", f"{path}/approval", SEEN, who=who).json()
    assert (answer["state"], answer["evidence"], answer["approver"]) == (
        "active",
        "family-register",
        "clerk-7",
    )
    assert answer["until"] == "2031-04-01T15:00:00.000Z"
    office.guardians.actor_for(MOTHER, CHILD, Power.HISTORY)
    again = office.ask("POST", f"{path}/approval", SEEN, who=who)
    assert (again.status, again.problem) == (409, "conflict")
    ended = office.ask("POST", f"{path}/end", who=who).json()
    assert (ended["state"], ended["endedBy"]) == ("ended", "staff")


def test_a_child_is_protected_at_once(office: Office) -> None:
    path = f"/guardianships/{asked(office)}"
    office.ask("POST", f"{path}/approval", {**SEEN, "expiresOn": "2027-04-01"})
    assert office.ask("POST", f"{path}/protection").json()["isProtected"]
    assert office.guardians.of_guardian(MOTHER) == []
    assert office.ask("GET", path).json()["isProtected"]


def test_evidence_that_does_not_do_is_refused(office: Office) -> None:
    path = f"/guardianships/{asked(office)}"
    assert office.ask("POST", f"{path}/refusal").json()["state"] == "refused"
    assert office.ask("POST", f"{path}/approval", SEEN).status == 409


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"evidence": "photo"}, "#/evidence", "not-offered"),
        ({"birthDate": "2015-02-30"}, "#/birthDate", "not-a-date"),
        ({"birthDate": "20150402"}, "#/birthDate", "not-a-date"),
        ({"birthDate": None}, "#/birthDate", "missing"),
        ({"expiresOn": "soon"}, "#/expiresOn", "not-a-date"),
    ],
)
def test_evidence_is_written_down_whole(
    office: Office, change: dict[str, object], pointer: str, code: str
) -> None:
    answer = office.ask("POST", f"/guardianships/{asked(office)}/approval", {**SEEN, **change})
    assert answer.status == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]


def test_who_is_too_old_has_no_guardian(office: Office) -> None:
    old = {**SEEN, "birthDate": date(2010, 1, 1).isoformat()}
    assert office.ask("POST", f"/guardianships/{asked(office)}/approval", old).status == 409


def test_everybody_of_the_staff_learns_the_own_rights(office: Office) -> None:
    answer = office.ask("GET", "/me", who=clerk("clerk-7", "guardian-officers"))
    assert answer.json() == {"id": "clerk-7", "scopes": ["guardians.handle", "queue.read"]}
