"""Time does to consents what it should: a reminder, an end in the history, staff where nobody answers."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from functions.consent_sweeper import handler as function
from functions.consent_sweeper.handler import build, handler, reminders
from functions.consent_sweeper.sweep import Sweep, SweepIncomplete
from machi.connect.withdrawals import Reminding
from machi.consent.consents import Consents
from machi.consent.escalations import Escalation, Escalations
from machi.consent.expiry import Expiry
from machi.consent.record import REMINDED_BEFORE, Actor, ConsentState
from machi.consent.timeline import page_of
from machi.consent.withdrawal_notice import WithdrawalState
from machi.core.ids import CitizenId
from machi.core.log import logger_for
from machi.notices import NoticeKind
from machi.storage.agreement_table import AgreementTable
from machi.storage.consent_due_table import ConsentDueTable
from machi.storage.consent_table import ConsentTable
from machi.storage.timeline_table import TimelineTable
from machi.storage.withdrawal_table import WithdrawalTable
from tests.aws_double import dynamodb
from tests.unit.connect.memory import MemoryNotices
from tests.unit.consent.builders import HANAKO, KENCOM, YEAR, agreement, choice
from tests.unit.consent.case_memory import MemoryCases
from tests.unit.consent.memory import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TARO = CitizenId("taro")
DAYS = 14


class City:
    """Consents in their table, and the sweep over them."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.clock, self.notices = Clock(), MemoryNotices()
        agreements = AgreementTable(client, "city")
        agreements.add(agreement(required=("name",), optional=()))
        self.kept = ConsentTable(client, "people")
        self.consents = Consents(self.kept, agreements, clock=self.clock)
        self.withdrawals = WithdrawalTable(client, "people")
        self.due = ConsentDueTable(client, "people")
        self.timeline = TimelineTable(client, "people")
        self.cases = MemoryCases[Escalation]()
        self.sweep = Sweep(
            due=self.due,
            expiry=Expiry(self.kept, self.consents, reminders(self.notices), clock=self.clock),
            withdrawals=self.withdrawals,
            reminding=Reminding(
                self.withdrawals,
                self.notices,
                Escalations(self.cases, clock=self.clock),
                days=DAYS,
                clock=self.clock,
            ),
            clock=self.clock,
            logger=logger_for("consent_sweeper"),
        )

    def gives(self, who: CitizenId = HANAKO) -> None:
        self.consents.request(who, KENCOM)
        self.consents.give(who, KENCOM, 1, choice("name"))

    def state(self, who: CitizenId = HANAKO) -> ConsentState:
        stored = self.kept.find(who, KENCOM)
        assert stored is not None
        return stored.consent.state

    def told(self, kind: NoticeKind) -> list[str]:
        return [notice.id for notice in self.notices.sent if notice.kind is kind]


@pytest.fixture
def city() -> Iterator[City]:
    with dynamodb("people", "city") as client:
        yield City(client)


def test_a_citizen_is_reminded_once_thirty_days_before_the_end(city: City) -> None:
    city.gives()
    city.clock.passes(YEAR - REMINDED_BEFORE - timedelta(minutes=1))
    assert city.sweep.run() == {"failed": 0}

    city.clock.passes(timedelta(minutes=1))

    assert city.sweep.run() == {"failed": 0, "reminded": 1}
    assert city.sweep.run() == {"failed": 0}
    (notice,) = city.notices.sent
    assert (notice.kind, notice.subject) == (NoticeKind.CONSENT_EXPIRING, HANAKO)
    assert notice.values == {"application": KENCOM, "ends_at": "2027-11-24T03:00:00.000Z"}


def test_nobody_is_reminded_of_a_consent_that_is_withdrawn(city: City) -> None:
    city.gives()
    city.consents.withdraw(HANAKO, KENCOM, Actor(HANAKO))
    city.clock.passes(YEAR)
    city.sweep.run()
    assert city.told(NoticeKind.CONSENT_EXPIRING) == []
    assert city.state() is ConsentState.WITHDRAWN


def test_a_sweep_interrupted_after_the_reminder_sends_the_same_message_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.gives()
    city.clock.passes(YEAR - REMINDED_BEFORE)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(ConsentDueTable, "done", dies)
        with pytest.raises(KeyboardInterrupt):
            city.sweep.run()
    city.sweep.run()
    assert len(city.notices.sent) == 2
    assert len(set(city.told(NoticeKind.CONSENT_EXPIRING))) == 1


def test_the_end_is_noted_in_the_history_once(city: City) -> None:
    city.gives()
    city.clock.passes(YEAR)
    assert city.sweep.run() == {"failed": 0, "over": 1, "ended": 1}
    assert city.sweep.run() == {"failed": 0}
    assert city.state() is ConsentState.EXPIRED
    newest, *_ = page_of(city.timeline, HANAKO, None).entries
    assert newest.event is not None
    assert newest.event.value == "expired"
    assert city.withdrawals.all_of(HANAKO) == []


def test_a_recipient_that_says_nothing_is_told_again_and_then_staff_see_to_it(city: City) -> None:
    city.gives()
    city.consents.withdraw(HANAKO, KENCOM, Actor(HANAKO))
    seen: dict[str, int] = {}
    for _ in range(24 * (DAYS + 1)):
        city.clock.passes(timedelta(hours=1))
        for what, number in city.sweep.run().items():
            seen[what] = seen.get(what, 0) + number

    assert seen["escalated"] == 1
    assert seen["again"] == len(set(city.told(NoticeKind.WITHDRAWAL))) >= DAYS
    assert [case.application for case in city.cases.all_of(HANAKO)] == [KENCOM]
    assert city.withdrawals.all_of(HANAKO)[0].state is WithdrawalState.ESCALATED


def test_one_that_fails_costs_itself_only_and_comes_again(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    city.gives(HANAKO)
    city.gives(TARO)
    city.clock.passes(YEAR)
    end = Expiry.end

    def fails_for_hanako(self: Expiry, consent: Any, subject: Any, application: Any) -> bool:  # noqa: ANN401
        if subject == HANAKO:
            raise RuntimeError("about hanako")
        return end(self, consent, subject, application)

    with monkeypatch.context() as broken:
        broken.setattr(Expiry, "end", fails_for_hanako)
        with pytest.raises(SweepIncomplete, match="1 could not be done"):
            city.sweep.run()

    assert city.state(TARO) is ConsentState.EXPIRED
    assert city.state(HANAKO) is ConsentState.GIVEN
    assert "about hanako" not in caplog.text
    city.sweep.run()
    assert city.state(HANAKO) is ConsentState.EXPIRED


def test_the_function_sweeps_over_real_tables_and_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    with dynamodb("people", "city") as client:
        sqs: Any = boto3.client("sqs")
        queue = sqs.create_queue(QueueName="notices")["QueueUrl"]
        city = City(client)
        city.gives()
        city.consents.withdraw(HANAKO, KENCOM, Actor(HANAKO))
        for name, value in {
            "PEOPLE_TABLE": "people",
            "CITY_TABLE": "city",
            "STAGE": "local",
            "NOTICES_QUEUE_URL": queue,
            "WITHDRAWAL_ACK_DAYS": str(DAYS),
        }.items():
            monkeypatch.setenv(f"MACHI_{name}", value)
        city.clock.passes(timedelta(hours=2))
        monkeypatch.setattr(function, "utc_now", city.clock)
        build.cache_clear()

        assert handler({}, None) == {"failed": 0, "again": 1}

        build.cache_clear()
        (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["kind"] == "withdrawal"
