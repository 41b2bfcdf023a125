"""Releases: the record comes before the data, and without it there is no data."""

import pytest

from machi.applications import ApplicationState
from machi.consent.consents import Consents
from machi.consent.decision import Reason
from machi.consent.disclosure import Way, first_fault
from machi.consent.record import Actor
from machi.consent.releases import Releases
from machi.core.errors import Conflict
from machi.core.ids import DataItem
from tests.unit.consent.builders import HANAKO, KENCOM, agreement, asks, choice, items
from tests.unit.consent.memory import (
    Clock,
    MemoryAgreements,
    MemoryConsents,
    MemoryDisclosures,
    MemoryStates,
)


class Office:
    """A citizen who agreed to name and date of birth, and an application that reads."""

    def __init__(self) -> None:
        clock, agreements, consents = Clock(), MemoryAgreements(), MemoryConsents()
        self.agreements = agreements
        self.disclosures = MemoryDisclosures()
        self.states = MemoryStates({KENCOM: ApplicationState.PRODUCTION})
        agreements.add(agreement(1))
        self.consents = Consents(consents, agreements, clock=clock)
        self.releases = Releases(
            applications=self.states,
            agreements=agreements,
            consents=consents,
            disclosures=self.disclosures,
            clock=clock,
        )
        self.consents.request(HANAKO, KENCOM)
        self.consents.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))
        self.read: list[frozenset[DataItem]] = []

    def asks(self, *names: str) -> Reason:
        decision, _ = self.releases.release(
            asks(*names), way=Way.USERINFO, request_id="req-1", hand_over=self.read.append
        )
        return decision.reason


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_release_leaves_a_record_of_who_what_and_why(office: Office) -> None:
    assert office.asks("name", "ward") is Reason.NOT_AGREED
    assert office.read == [items("name")]
    records, head = office.disclosures.chain_of(HANAKO)
    assert [(record.recipient, record.items, record.request) for record in records] == [
        (KENCOM, ("name",), "req-1")
    ]
    assert records[0].consent is not None
    assert first_fault(records, head) is None


def test_without_a_record_nothing_is_read(office: Office) -> None:
    office.disclosures.is_down = True
    with pytest.raises(Conflict):
        office.asks("name")
    assert office.read == []


def test_data_that_cannot_be_read_has_its_record_all_the_same(office: Office) -> None:
    def fails(_: frozenset[DataItem]) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        office.releases.release(asks("name"), way=Way.USERINFO, request_id="req-1", hand_over=fails)
    assert len(office.disclosures.chain_of(HANAKO)[0]) == 1


def test_what_is_not_covered_is_neither_read_nor_recorded(office: Office) -> None:
    assert office.asks("email") is Reason.NOT_AGREED
    assert office.read == []
    assert office.disclosures.chain_of(HANAKO)[0] == []


def test_a_withdrawal_closes_the_next_read(office: Office) -> None:
    office.consents.withdraw(HANAKO, KENCOM, Actor(HANAKO))
    assert office.asks("name") is Reason.NO_CONSENT
    assert office.read == []


def test_a_suspension_closes_the_next_read(office: Office) -> None:
    office.states.states[KENCOM] = ApplicationState.SUSPENDED
    assert office.asks("name") is Reason.APPLICATION_STOPPED
    assert office.read == []


def test_a_consent_to_an_earlier_revision_covers_a_later_one_that_asks_for_less(office: Office) -> None:
    office.agreements.add(agreement(2, required=("name",), optional=()))
    assert office.asks("name") is Reason.COVERED
    assert office.asks("birthDate") is Reason.NOT_AGREED
