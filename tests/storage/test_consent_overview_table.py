"""Consents with their last use, and the timeline through a sieve, on DynamoDB."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from machi.consent.disclosure import Disclosure, Way
from machi.consent.record import Consent
from machi.consent.timeline import Sieve, Sort, page_of, whole
from machi.core.ids import ApplicationId, CitizenId, DataItem, new_id
from machi.storage.consent_overview_table import ConsentOverviewTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.timeline_table import TimelineTable
from tests.storage.conftest import BOTH, TABLE
from tests.storage.test_timeline_table import consents
from tests.unit.consent.builders import ADVICE, HANAKO, KENCOM, choice
from tests.unit.consent.memory import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH


@pytest.fixture
def clock() -> Clock:
    return Clock()


def given(client: "DynamoDBClient", clock: Clock) -> Consent:
    kept = consents(client, clock)
    kept.request(HANAKO, KENCOM)
    return kept.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))


def disclosed(
    client: "DynamoDBClient", clock: Clock, consent: Consent | None, recipient: str = KENCOM
) -> Disclosure:
    record = Disclosure(
        id=new_id("dis", clock.now),
        subject=HANAKO,
        recipient=ApplicationId(recipient),
        way=Way.USERINFO if consent is not None else Way.STAFF_VIEW,
        items=(DataItem("name"),),
        purpose=ADVICE,
        consent=None if consent is None else consent.id,
        request="r",
        at=clock.now,
    )
    return DisclosureTable(client, TABLE).append(record)


def test_one_look_finds_the_consents_and_when_each_was_last_used(
    client: "DynamoDBClient", clock: Clock
) -> None:
    consent = given(client, clock)
    table = ConsentOverviewTable(client, TABLE)
    assert table.overview_of(HANAKO).last_used == {}

    disclosed(client, clock, consent)
    clock.passes(timedelta(days=1))
    disclosed(client, clock, consent)

    overview = table.overview_of(HANAKO)
    assert overview.consent_for(KENCOM) == consent
    assert overview.last_used == {KENCOM: clock.now}
    assert table.overview_of(CitizenId("taro")).stored == []


def test_a_look_by_staff_is_no_use_by_an_application(client: "DynamoDBClient", clock: Clock) -> None:
    given(client, clock)
    disclosed(client, clock, None)

    assert ConsentOverviewTable(client, TABLE).overview_of(HANAKO).last_used == {}


def test_a_timeline_is_sifted_by_sort_and_application_page_by_page(
    client: "DynamoDBClient", clock: Clock
) -> None:
    consent = given(client, clock)
    for number in range(120):
        clock.passes(timedelta(seconds=1))
        # A member of staff may bear the name of an application.
        disclosed(client, clock, consent if number % 2 else None)
    timeline = TimelineTable(client, TABLE)

    looks = Sieve(sort=Sort.STAFF_VIEW)
    first = page_of(timeline, HANAKO, None, looks)
    second = page_of(timeline, HANAKO, first.next, looks)
    assert (len(first.entries), len(second.entries), second.next) == (50, 10, None)
    assert all(entry.is_staff_view for entry in (*first.entries, *second.entries))

    released, _ = whole(timeline, HANAKO, Sieve(sort=Sort.DISCLOSURE), most=1_000)
    of_kencom, _ = whole(timeline, HANAKO, Sieve(application=KENCOM), most=1_000)
    assert (len(released), len(of_kencom)) == (60, 62)
    assert whole(timeline, HANAKO, Sieve(sort=Sort.GUARDIANSHIP), most=1_000) == ([], True)

    everything, is_complete = whole(timeline, HANAKO, Sieve(), most=1_000)
    assert (len(everything), is_complete) == (122, True)
    some, is_complete = whole(timeline, HANAKO, Sieve(), most=7)
    assert ([each.id for each in some], is_complete) == ([each.id for each in everything[:7]], False)
