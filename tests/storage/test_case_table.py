"""Cases in DynamoDB: with the citizen, under their number and in the queue, or nowhere."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from machi.consent.cases import CaseKind, QueueSide, cursor_of, due
from machi.consent.escalations import Escalation, Settlement
from machi.consent.guardianship import Approval, EndedBy, Evidence, Power, approved, ended, requested
from machi.consent.law_requests import LawRequest, LawRequestKind, LawRequestState, Outcome, Ruling
from machi.consent.reports import Answer, Report
from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.storage.case_forms import ESCALATIONS, LAW_REQUESTS, REPORTS
from machi.storage.case_table import CaseTable
from machi.storage.guardianship_table import GuardianshipTable
from machi.storage.queue_table import QueueTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.consent.builders import HANAKO, KENCOM, NOON
from tests.unit.consent.test_guardianship import BORN, CHILD, MOTHER

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH

TARO = CitizenId("taro")
ASKED = LawRequest(
    "L-261124-aaaaaa", HANAKO, LawRequestKind.CORRECTION, "住所が古い", NOON, due(NOON, 30), proved="high"
)
REPORT = Report("R-261124-aaaaaa", HANAKO, "dis_1", "覚えがない", NOON, due(NOON, 14))
LATE = Escalation("E-261124-aaaaaa", HANAKO, KENCOM, "wdn_1", NOON, due(NOON, 3))


def queue(client: "DynamoDBClient", kind: CaseKind, side: QueueSide = QueueSide.OPEN) -> list[str]:
    lines = QueueTable(client, TABLE).page(kind, side, after=None, limit=50)
    return [line.number for line in lines]


def test_each_kind_comes_back_as_it_was_kept(client: "DynamoDBClient") -> None:
    requests, reports = CaseTable(client, TABLE, LAW_REQUESTS), CaseTable(client, TABLE, REPORTS)
    escalations = CaseTable(client, TABLE, ESCALATIONS)
    ruled = replace(
        ASKED,
        state=LawRequestState.DECIDED,
        extension_reason="多い",
        ruling=Ruling(Outcome.REFUSED, "第92条", "clerk", NOON),
    )
    answered = replace(REPORT, answer=Answer("窓口です", "clerk", NOON))
    settled = replace(LATE, settlement=Settlement("電話", "clerk", NOON))
    requests.save(ASKED, None)
    reports.save(REPORT, None)
    escalations.save(LATE, None)
    assert requests.all_of(HANAKO) == [ASKED]
    assert reports.all_of(HANAKO) == [REPORT]
    assert escalations.all_of(HANAKO) == [LATE]

    requests.save(ruled, requests.find(HANAKO, ASKED.number))
    reports.save(answered, reports.numbered(REPORT.number))
    escalations.save(settled, escalations.numbered(LATE.number))

    for table, case in ((requests, ruled), (reports, answered), (escalations, settled)):
        found = table.numbered(case.number)
        assert found is not None
        assert (found.case, found.version) == (case, 2)


def test_a_number_finds_nothing_of_another_kind_or_citizen(client: "DynamoDBClient") -> None:
    requests, reports = CaseTable(client, TABLE, LAW_REQUESTS), CaseTable(client, TABLE, REPORTS)
    requests.save(ASKED, None)
    assert reports.numbered(ASKED.number) is None
    assert reports.find(HANAKO, ASKED.number) is None
    assert requests.find(TARO, ASKED.number) is None
    assert requests.numbered("L-000000-aaaaaa") is None
    with pytest.raises(Conflict):  # the number is taken, whoever asks
        requests.save(replace(ASKED, citizen=TARO), None)
    assert requests.all_of(TARO) == []


def test_the_queue_follows_the_case(client: "DynamoDBClient") -> None:
    table = CaseTable(client, TABLE, LAW_REQUESTS)
    other = replace(ASKED, number="L-261124-bbbbbb", due_on=due(NOON, 31))
    table.save(other, None)
    table.save(ASKED, None)
    assert queue(client, CaseKind.LAW_REQUEST) == [ASKED.number, other.number]

    before = table.find(HANAKO, ASKED.number)
    table.save(replace(ASKED, state=LawRequestState.EXTENDED, due_on=due(NOON, 60)), before)
    assert queue(client, CaseKind.LAW_REQUEST) == [other.number, ASKED.number]

    table.save(replace(ASKED, state=LawRequestState.WITHDRAWN), table.find(HANAKO, ASKED.number))
    assert queue(client, CaseKind.LAW_REQUEST) == [other.number]
    assert queue(client, CaseKind.LAW_REQUEST, QueueSide.DONE) == [ASKED.number]
    assert queue(client, CaseKind.REPORT) == []


def test_whoever_starts_from_an_old_version_loses_and_the_queue_stays(client: "DynamoDBClient") -> None:
    table = CaseTable(client, TABLE, LAW_REQUESTS)
    table.save(ASKED, None)
    first = table.find(HANAKO, ASKED.number)
    table.save(replace(ASKED, state=LawRequestState.WITHDRAWN), first)
    with pytest.raises(Conflict):
        table.save(replace(ASKED, due_on=due(NOON, 60), state=LawRequestState.EXTENDED), first)
    assert queue(client, CaseKind.LAW_REQUEST) == []


def test_pages_of_a_queue_leave_nothing_out(client: "DynamoDBClient") -> None:
    table, lines = CaseTable(client, TABLE, REPORTS), QueueTable(client, TABLE)
    for number in range(7):
        name = f"R-261124-{number:06d}"
        table.save(replace(REPORT, number=name, due_on=due(NOON, number // 2)), None)
    for side, expected in ((QueueSide.OPEN, range(7)),):
        seen: list[str] = []
        after = None
        while page := lines.page(CaseKind.REPORT, side, after=after, limit=3):
            seen += [line.number for line in page]
            after = cursor_of(page[-1])
        assert seen == [f"R-261124-{number:06d}" for number in expected]


def test_a_guardianship_waits_in_the_queue_until_it_is_decided(client: "DynamoDBClient") -> None:
    table = GuardianshipTable(client, TABLE)
    asked = requested(MOTHER, CHILD, frozenset(Power), NOON)
    table.save(asked, before=None)
    (line,) = QueueTable(client, TABLE).page(CaseKind.GUARDIANSHIP, QueueSide.OPEN, after=None, limit=9)
    assert (line.number, line.citizen, line.due_on) == (asked.id, CHILD, due(NOON, 14))
    assert table.identified(asked.id) == asked

    seen = Approval("staff-1", Evidence.FAMILY_REGISTER, BORN)
    active = approved(asked, seen, child_age=16, at=NOON + timedelta(days=2))
    table.save(active, before=1)
    assert queue(client, CaseKind.GUARDIANSHIP) == []
    assert queue(client, CaseKind.GUARDIANSHIP, QueueSide.DONE) == [asked.id]
    over = ended(active, EndedBy.STAFF, NOON + timedelta(days=3))
    table.save(over, before=2)
    assert queue(client, CaseKind.GUARDIANSHIP, QueueSide.DONE) == [asked.id]
    assert table.identified(asked.id) == over
    assert table.identified("gua_none") is None
