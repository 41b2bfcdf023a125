"""What recipients are owed, in moto and the emulator: kept with the change of the consent or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from machi.consent.consents import Consents
from machi.consent.record import REMINDED_BEFORE, Actor, ConsentState, Held, requested
from machi.consent.repositories import ConsentChange
from machi.consent.withdrawal_notice import Withdrawal, WithdrawalId, WithdrawalState
from machi.core.errors import Conflict
from machi.core.ids import CitizenId
from machi.storage.agreement_table import AgreementTable
from machi.storage.consent_due_table import ConsentDueTable, Due
from machi.storage.consent_table import ConsentTable
from machi.storage.withdrawal_table import WithdrawalTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.consent.builders import HANAKO, KENCOM, YEAR, agreement, choice, items
from tests.unit.consent.memory import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH


class City:
    """Consents in a table."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.clock = Clock()
        agreements = AgreementTable(client, TABLE)
        agreements.add(agreement())
        self.kept = ConsentTable(client, TABLE)
        self.consents = Consents(self.kept, agreements, clock=self.clock)
        self.withdrawals = WithdrawalTable(client, TABLE)
        self.due = ConsentDueTable(client, TABLE)

    def gives(self, *names: str) -> None:
        self.consents.request(HANAKO, KENCOM)
        self.consents.give(HANAKO, KENCOM, 1, choice(*names))

    def withdraws(self) -> Withdrawal:
        self.consents.withdraw(HANAKO, KENCOM, Actor(HANAKO))
        return self.withdrawals.all_of(HANAKO)[-1]

    def waiting(self, what: Due) -> list[str]:
        return [each.consent for each in self.due.due(what, self.clock() + 2 * YEAR, 100)]


@pytest.fixture
def city(client: "DynamoDBClient") -> City:
    return City(client)


def test_a_notice_is_kept_with_the_withdrawal_and_found_in_each_way(city: City) -> None:
    city.gives("name", "birthDate")
    assert city.withdrawals.all_of(HANAKO) == []

    owed = city.withdraws()

    assert (owed.application, owed.items) == (KENCOM, items("name", "birthDate"))
    assert owed.state is WithdrawalState.PENDING
    assert city.withdrawals.find(HANAKO, owed.id) == owed
    assert city.withdrawals.numbered(owed.id) == owed
    assert city.withdrawals.find(CitizenId("taro"), owed.id) is None
    assert city.withdrawals.numbered(WithdrawalId("wdr_0")) is None
    assert city.withdrawals.all_of(CitizenId("taro")) == []


def test_a_change_that_loses_its_race_owes_nothing(city: City) -> None:
    city.gives("name", "birthDate")
    stale = city.kept.find(HANAKO, KENCOM)
    assert stale is not None
    owed = city.withdraws()
    again = replace(owed, id=WithdrawalId("wdr_again"))
    with pytest.raises(Conflict):
        city.kept.save(ConsentChange(stale, stale.consent, (), (again,)))
    assert city.withdrawals.all_of(HANAKO) == [owed]
    assert city.withdrawals.numbered(again.id) is None


def test_it_is_looked_at_when_its_time_has_come_and_not_before(city: City) -> None:
    city.gives("name", "birthDate")
    owed = city.withdraws()
    look_at = owed.look_at
    assert look_at is not None
    assert city.withdrawals.to_look_at(look_at - timedelta(milliseconds=1), 10) == []
    assert city.withdrawals.to_look_at(look_at, 10) == [(HANAKO, owed.id)]

    moved = owed.handed_in_again(look_at, 14)
    city.withdrawals.move(owed, moved)

    assert city.withdrawals.find(HANAKO, owed.id) == moved
    assert city.withdrawals.to_look_at(look_at, 10) == []
    assert moved.look_at is not None
    assert city.withdrawals.to_look_at(moved.look_at, 10) == [(HANAKO, owed.id)]


def test_what_is_deleted_is_not_looked_at_again(city: City) -> None:
    city.gives("name", "birthDate")
    owed = city.withdraws()
    at = city.clock()
    city.withdrawals.move(owed, owed.acknowledged(at, at))
    found = city.withdrawals.find(HANAKO, owed.id)
    assert found is not None
    assert (found.state, found.deleted_at, found.look_at) == (WithdrawalState.DELETED, at, None)
    assert city.withdrawals.to_look_at(at + YEAR, 10) == []


def test_of_two_who_move_a_notice_one_does(city: City) -> None:
    city.gives("name", "birthDate")
    owed = city.withdraws()
    city.withdrawals.move(owed, owed.received(city.clock(), 14))
    with pytest.raises(Conflict):
        city.withdrawals.move(owed, owed.handed_in_again(city.clock(), 14))
    found = city.withdrawals.find(HANAKO, owed.id)
    assert found is not None
    assert (found.state, found.round) == (WithdrawalState.RECEIVED, 0)


def test_what_a_recipient_holds_from_before_is_kept_with_the_request(city: City) -> None:
    held = Held(city.consents.request(HANAKO, KENCOM).id, items("name"))
    stored = city.kept.find(HANAKO, KENCOM)
    waiting, _ = requested(agreement(), HANAKO, city.clock(), held)
    city.kept.save(ConsentChange(stored, waiting, ()))
    found = city.kept.find(HANAKO, KENCOM)
    assert found is not None
    assert found.consent == waiting


def test_a_consent_is_due_for_a_reminder_and_at_its_end(city: City) -> None:
    city.gives("name", "birthDate")
    consent, end = city.consents.request(HANAKO, KENCOM), city.clock() + YEAR
    assert city.due.due(Due.REMINDER, end - REMINDED_BEFORE - timedelta(seconds=1), 10) == []
    (reminder,) = city.due.due(Due.REMINDER, end - REMINDED_BEFORE, 10)
    assert (reminder.consent, reminder.subject, reminder.application) == (consent.id, HANAKO, KENCOM)
    assert city.due.due(Due.EXPIRY, end - timedelta(seconds=1), 10) == []
    assert [each.consent for each in city.due.due(Due.EXPIRY, end, 10)] == [consent.id]

    city.due.done(Due.REMINDER, reminder)
    city.due.done(Due.REMINDER, reminder)

    assert city.waiting(Due.REMINDER) == []
    assert city.waiting(Due.EXPIRY) == [consent.id]


def test_nothing_stays_due_of_a_consent_that_is_over_and_nothing_is_due_of_a_request(city: City) -> None:
    city.consents.request(HANAKO, KENCOM)
    assert city.waiting(Due.EXPIRY) == []
    city.gives("name", "birthDate")
    city.consents.change_items(HANAKO, KENCOM, choice("name", "birthDate", "ward"))
    assert len(city.waiting(Due.EXPIRY)) == len(city.waiting(Due.REMINDER)) == 1

    city.withdraws()

    assert city.waiting(Due.EXPIRY) == city.waiting(Due.REMINDER) == []


def test_nothing_stays_due_of_a_consent_whose_end_is_noted(city: City) -> None:
    city.gives("name", "birthDate")
    city.clock.passes(YEAR)
    ended = city.consents.expire_one(HANAKO, KENCOM)
    assert ended is not None
    assert ended.state is ConsentState.EXPIRED
    assert city.consents.expire_one(HANAKO, KENCOM) is None
    assert city.waiting(Due.EXPIRY) == city.waiting(Due.REMINDER) == []
    assert city.withdrawals.all_of(HANAKO) == []
