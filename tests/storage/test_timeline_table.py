"""A citizen's timeline on DynamoDB, written by those who write it."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from machi.consent.consents import Consents
from machi.consent.disclosure import Disclosure, Way
from machi.consent.guardians import Guardians
from machi.consent.guardianship import Power
from machi.consent.record import Actor, Choice, EventKind
from machi.consent.timeline import PAGE, CursorUnknown, EntryKind, page_of
from machi.core.errors import NotFound
from machi.core.ids import CitizenId, DataItem, new_id
from machi.core.language import Language
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.guardianship_table import GuardianshipTable
from machi.storage.timeline_table import TimelineTable
from tests.storage.conftest import BOTH, TABLE
from tests.unit.consent.builders import ADVICE, HANAKO, KENCOM, agreement, choice
from tests.unit.consent.memory import Clock, MemoryAgreements
from tests.unit.consent.test_guardianship import CHILD, MOTHER, SEEN

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


def test_guardians_stand_on_the_line_of_both_sides(client: "DynamoDBClient", clock: Clock) -> None:
    table, line = GuardianshipTable(client, TABLE), TimelineTable(client, TABLE)
    guardians = Guardians(table, child_age=16, clock=clock)
    guardians.request(MOTHER, CHILD, frozenset(Power))
    clock.passes(timedelta(seconds=1))
    guardians.approve(MOTHER, CHILD, SEEN)
    actor = guardians.actor_for(MOTHER, CHILD, Power.CONSENTS)
    kept = consents(client, clock)
    kept.request(CHILD, KENCOM)
    clock.passes(timedelta(seconds=1))
    chosen = Choice(frozenset({DataItem("name"), DataItem("birthDate")}), Language.JAPANESE, actor)
    kept.give(CHILD, KENCOM, 1, chosen)
    clock.passes(timedelta(seconds=1))
    guardians.note_look(MOTHER, CHILD, Power.HISTORY)
    guardians.note_look(MOTHER, CHILD, Power.HISTORY)
    clock.passes(timedelta(hours=2))
    guardians.note_look(MOTHER, CHILD, Power.HISTORY)
    clock.passes(timedelta(seconds=1))
    guardians.protect(MOTHER, CHILD)

    def changes(whose: CitizenId) -> list[str]:
        notes = [each.guardianship for each in line.latest(whose, before=None, limit=50)]
        return [f"{note.side} {note.change}" for note in notes if note is not None]

    assert changes(CHILD) == [
        "child protected",
        *["child looked"] * 2,
        "child active",
        "child requested",
    ]
    assert changes(MOTHER) == [
        *["guardian looked"] * 2,
        "guardian acted",
        "guardian active",
        "guardian requested",
    ]
    given = next(each for each in line.latest(CHILD, before=None, limit=50) if each.event is EventKind.GIVEN)
    assert given.is_by_guardian
    acted = next(each for each in line.latest(MOTHER, before=None, limit=50) if "acted" in str(each))
    assert (acted.party, acted.items) == ("", ())
    with pytest.raises(NotFound):
        guardians.note_look(MOTHER, CHILD, Power.HISTORY)


def test_one_entry_is_found_by_its_id_and_by_its_owner_only(client: "DynamoDBClient", clock: Clock) -> None:
    line = TimelineTable(client, TABLE)
    names = []
    for _ in range(30):
        clock.passes(timedelta(microseconds=98_765))
        names.append(disclose(client, clock))

    for name in names:
        found = line.entry(HANAKO, name)
        assert found is not None
        assert found.id == name
        assert line.entry(CitizenId("taro"), name) is None
    for name in ("", "dis_", "dis_" + "0" * 26, names[0] + "x", "dis_" + "u" * 26, "../x", names[0].upper()):
        assert line.entry(HANAKO, name) is None
