"""What a citizen does with consents, over storage in memory."""

from datetime import timedelta

import pytest

from machi.consent.consents import Consents
from machi.consent.record import Actor, ConsentRefused, ConsentState, EventKind
from machi.core.errors import Conflict, NotFound
from tests.unit.consent.builders import HANAKO, KENCOM, YEAR, agreement, choice, items
from tests.unit.consent.memory import Clock, MemoryAgreements, MemoryConsents

ME = Actor(HANAKO)


class Desk:
    """One citizen, one application, one clock."""

    def __init__(self) -> None:
        self.clock, self.agreements, self.kept = Clock(), MemoryAgreements(), MemoryConsents()
        self.consents = Consents(self.kept, self.agreements, clock=self.clock)
        self.agreements.add(agreement(1))

    @property
    def happened(self) -> list[EventKind]:
        return [event.kind for event in self.kept.events]

    def agrees(self, *names: str, revision: int = 1) -> None:
        self.consents.request(HANAKO, KENCOM)
        self.consents.give(HANAKO, KENCOM, revision, choice(*names))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_asking_twice_gives_the_same_record(desk: Desk) -> None:
    assert desk.consents.request(HANAKO, KENCOM) == desk.consents.request(HANAKO, KENCOM)
    assert desk.happened == [EventKind.REQUESTED]


def test_an_application_without_an_approved_agreement_cannot_ask(desk: Desk) -> None:
    desk.agreements.kept.clear()
    desk.agreements.add(agreement(approver=None))
    with pytest.raises(NotFound):
        desk.consents.request(HANAKO, KENCOM)


def test_a_consent_that_covers_all_is_not_asked_for_again(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    assert desk.consents.request(HANAKO, KENCOM).state is ConsentState.GIVEN
    desk.agreements.add(agreement(2, optional=()))
    assert desk.consents.request(HANAKO, KENCOM).state is ConsentState.GIVEN


def test_a_revision_that_asks_for_more_supersedes_the_consent(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    desk.agreements.add(agreement(2, optional=("ward", "email")))
    waiting = desk.consents.request(HANAKO, KENCOM)
    assert (waiting.state, waiting.revision) == (ConsentState.REQUESTED, 2)
    assert desk.happened[2:] == [EventKind.SUPERSEDED, EventKind.REQUESTED]


def test_what_is_no_longer_asked_for_cannot_be_agreed_to(desk: Desk) -> None:
    desk.consents.request(HANAKO, KENCOM)
    desk.agreements.add(agreement(2, optional=()))
    with pytest.raises(ConsentRefused):
        desk.consents.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))


def test_an_expired_consent_is_noted_and_asked_for_again(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    desk.clock.passes(YEAR)
    assert desk.consents.request(HANAKO, KENCOM).state is ConsentState.REQUESTED
    assert desk.happened[2:] == [EventKind.EXPIRED, EventKind.REQUESTED]


def test_what_is_over_is_noted_once(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    assert desk.consents.expire(HANAKO) == []
    desk.clock.passes(YEAR)
    assert [consent.state for consent in desk.consents.expire(HANAKO)] == [ConsentState.EXPIRED]
    assert desk.consents.expire(HANAKO) == []


def test_withdrawing_twice_withdraws_once(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    first = desk.consents.withdraw(HANAKO, KENCOM, ME)
    desk.clock.passes(timedelta(hours=1))
    assert desk.consents.withdraw(HANAKO, KENCOM, ME) == first
    assert desk.happened.count(EventKind.WITHDRAWN) == 1


def test_a_withdrawn_consent_can_be_asked_for_and_given_anew(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    old = desk.consents.withdraw(HANAKO, KENCOM, ME)
    desk.agrees("name", "birthDate", "ward")
    stored = desk.kept.find(HANAKO, KENCOM)
    assert stored is not None
    assert stored.consent.id != old.id
    assert stored.consent.items == items("name", "birthDate", "ward")


def test_refusing_is_recorded(desk: Desk) -> None:
    desk.consents.request(HANAKO, KENCOM)
    assert desk.consents.deny(HANAKO, KENCOM, 1, choice()).state is ConsentState.DENIED
    assert desk.happened == [EventKind.REQUESTED, EventKind.DENIED]


def test_items_are_changed_under_the_revision_agreed_to(desk: Desk) -> None:
    desk.agrees("name", "birthDate", "ward")
    desk.agreements.add(agreement(2, optional=("ward", "email")))
    consent = desk.consents.change_items(HANAKO, KENCOM, choice("name", "birthDate"))
    assert (consent.items, consent.revision) == (items("name", "birthDate"), 1)


def test_stopping_everything_ends_what_is_given_and_nothing_else(desk: Desk) -> None:
    desk.agrees("name", "birthDate")
    assert [each.state for each in desk.consents.withdraw_everything(HANAKO, ME)] == [ConsentState.WITHDRAWN]
    assert desk.consents.withdraw_everything(HANAKO, ME) == []


def test_a_lost_race_is_tried_again(desk: Desk) -> None:
    desk.kept.lost_races = 3
    assert desk.consents.request(HANAKO, KENCOM).state is ConsentState.REQUESTED
    assert desk.happened == [EventKind.REQUESTED]


def test_a_race_lost_every_time_changes_nothing(desk: Desk) -> None:
    desk.kept.lost_races = 100
    with pytest.raises(Conflict):
        desk.consents.request(HANAKO, KENCOM)
    assert desk.kept.events == []


def test_nothing_can_be_done_with_a_consent_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.consents.withdraw(HANAKO, KENCOM, ME)
    with pytest.raises(NotFound):
        desk.consents.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))
