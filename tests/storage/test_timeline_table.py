"""A citizen's timeline on DynamoDB, written by those who write it."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from machi.consent.consents import Consents
from machi.consent.disclosure import Disclosure, Way
from machi.consent.record import Actor, EventKind
from machi.consent.timeline import PAGE, CursorUnknown, EntryKind, page_of
from machi.core.ids import CitizenId, DataItem, new_id
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.timeline_table import TimelineTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.consent.builders import ADVICE, HANAKO, KENCOM, agreement, choice
from tests.unit.consent.memory import Clock, MemoryAgreements

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = BOTH


@pytest.fixture
def clock() -> Clock:
    return Clock()


def consents(client: "DynamoDBClient", clock: Clock) -> Consents:
    agreements = MemoryAgreements()
    agreements.add(agreement())
    return Consents(ConsentTable(client, TABLE), agreements, clock=clock)


def disclose(client: "DynamoDBClient", clock: Clock, subject: CitizenId = HANAKO) -> str:
    record = Disclosure(
        id=new_id("dis", clock.now),
        subject=subject,
        recipient=KENCOM,
        way=Way.USERINFO,
        items=(DataItem("name"),),
        purpose=ADVICE,
        consent=None,
        request="r",
        at=clock.now,
    )
    return DisclosureTable(client, TABLE).append(record).id


def test_consents_and_disclosures_stand_on_one_line_newest_first(
    client: "DynamoDBClient", clock: Clock
) -> None:
    kept = consents(client, clock)
    kept.request(HANAKO, KENCOM)
    clock.passes(timedelta(seconds=1))
    kept.give(HANAKO, KENCOM, 1, choice("name", "birthDate"))
    clock.passes(timedelta(seconds=1))
    disclosed = disclose(client, clock)
    clock.passes(timedelta(seconds=1))
    kept.withdraw(HANAKO, KENCOM, Actor(HANAKO))

    page = page_of(TimelineTable(client, TABLE), HANAKO, None)

    assert [entry.event for entry in page.entries] == [
        EventKind.WITHDRAWN,
        None,
        EventKind.GIVEN,
        EventKind.REQUESTED,
    ]
    release = page.entries[1]
    assert (release.id, release.kind, release.way) == (disclosed, EntryKind.DISCLOSURE, Way.USERINFO)
    assert (release.party, release.items, release.purpose) == (KENCOM, ("name",), ADVICE)
    assert page.entries[2].items == ("birthDate", "name")
    assert page.next is None


def test_pages_follow_one_another_without_gap_and_without_repetition(
    client: "DynamoDBClient", clock: Clock
) -> None:
    written = []
    for _ in range(PAGE + 3):
        written.append(disclose(client, clock))
        clock.passes(timedelta(milliseconds=1))
    timeline = TimelineTable(client, TABLE)

    first = page_of(timeline, HANAKO, None)
    second = page_of(timeline, HANAKO, first.next)

    assert [entry.id for entry in (*first.entries, *second.entries)] == written[::-1]
    assert (len(first.entries), len(second.entries), second.next) == (PAGE, 3, None)


def test_a_full_last_page_names_no_further_one(client: "DynamoDBClient", clock: Clock) -> None:
    for _ in range(PAGE):
        disclose(client, clock)
        clock.passes(timedelta(milliseconds=1))

    assert page_of(TimelineTable(client, TABLE), HANAKO, None).next is None


def test_nobody_sees_another_citizens_line(client: "DynamoDBClient", clock: Clock) -> None:
    disclose(client, clock)

    assert page_of(TimelineTable(client, TABLE), CitizenId("taro"), None).entries == ()


@pytest.mark.parametrize("cursor", ["", "x", "CONSENT#kencom", "2026-11-24T03:00:00.000Z#dis_", "\x7f"])
def test_a_cursor_that_was_made_up_is_refused(client: "DynamoDBClient", cursor: str) -> None:
    with pytest.raises(CursorUnknown):
        page_of(TimelineTable(client, TABLE), HANAKO, cursor)
