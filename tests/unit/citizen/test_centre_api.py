"""What the consent centre and the history read: what is unfinished, last used, known, and why it happened."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest

from machi.consent.disclosure import Way
from machi.consent.guardianship import GuardianshipChange, Power
from machi.consent.record import EventKind
from machi.consent.timeline import EntryKind, GuardianshipNote, Side, Sieve, Sort, TimelineEntry
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.identity.profile import EMPTY_PROFILE
from machi.identity.profiles import StoredProfile
from tests.unit.applications.builders import BOSHIMO, KENCOM
from tests.unit.citizen.desk import LIST, ONE, Desk
from tests.unit.connect.builders import HANAKO
from tests.unit.consent.builders import agreement

HISTORY = "/citizen/v1/history"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def entry(desk: Desk, number: int, **changes: object) -> TimelineEntry:
    plain = TimelineEntry(
        id=f"dis_{number:026d}",
        at=desk.city.clock.now - timedelta(seconds=number),
        kind=EntryKind.DISCLOSURE,
        party=KENCOM,
        items=(DataItem("name"),),
        way=Way.USERINFO,
        purpose=agreement().purpose,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


# ---- services


def test_what_waits_for_an_answer_comes_first_then_what_asks_for_more_then_the_rest(desk: Desk) -> None:
    desk.decides()
    desk.city.agreements.add(agreement(2, required=("name", "birthdate", "address"), optional=("ward",)))
    desk.city.decisions.ask(HANAKO, BOSHIMO)

    waiting, renewing = desk.services()

    assert (waiting["application"], waiting["state"], waiting["isUnfinished"]) == (
        "boshimo",
        "requested",
        True,
    )
    assert (renewing["application"], renewing["state"], renewing["needsRenewal"]) == ("kencom", "given", True)


def test_an_agreement_that_asks_for_less_needs_no_renewal(desk: Desk) -> None:
    desk.decides()
    desk.city.agreements.add(agreement(2, required=("name",), optional=()))

    (service,) = desk.services()

    assert (service["needsRenewal"], service["isUnfinished"]) == (False, False)


def test_when_a_service_last_received_something_is_said(desk: Desk) -> None:
    desk.decides()
    assert desk.services()[0]["lastUsedAt"] is None

    desk.last_used[KENCOM] = desk.city.clock.now
    assert desk.services()[0]["lastUsedAt"] == desk.services()[0]["since"]


def test_the_citizens_own_values_are_shown_as_the_service_would_receive_them_and_recorded(desk: Desk) -> None:
    known = replace(EMPTY_PROFILE, family_name="一宮", given_name="花子", birth_date=date(1950, 4, 1))
    desk.kept_profiles.kept[HANAKO] = StoredProfile(known, 1, None)

    shown = desk.ask("GET", ONE).json()

    assert shown["values"]["name"] == {"name": "一宮 花子", "family_name": "一宮", "given_name": "花子"}
    assert (shown["values"]["birthdate"], shown["values"]["ward"]) == ({"birthdate": "1950-04-01"}, {})
    (record,) = desk.kept_profiles.records
    assert (record.subject, record.actor_id, record.purpose.value) == (HANAKO, HANAKO, "own-use")
    assert record.members == ("familyName", "givenName", "birthDate")


def test_no_value_is_shown_that_could_not_be_recorded(desk: Desk) -> None:
    desk.kept_profiles.broken = True

    assert desk.ask("GET", ONE).status == 500


def test_an_item_is_taken_back_without_ending_the_consent(desk: Desk) -> None:
    desk.decides(items=["name", "birthdate", "ward"])

    assert desk.decides().json()["items"] == ["birthdate", "name"]
    assert desk.services()[0]["state"] == "given"


# ---- history


def test_an_entry_says_who_and_why_in_the_readers_language(desk: Desk) -> None:
    desk.timeline.entries = [
        entry(desk, 1),
        entry(desk, 2, way=Way.STAFF_VIEW, party="staff-7", purpose="窓口での相談"),
        entry(desk, 3, kind=EntryKind.CONSENT, event=EventKind.GIVEN, way=None, purpose=None, revision=1),
        entry(desk, 4, kind=EntryKind.CONSENT, event=EventKind.EXPIRED, way=None, purpose=None, revision=1),
    ]

    shown = desk.ask("GET", f"{HISTORY}?lang=vi").json()["entries"]

    vietnamese = agreement().texts[Language.VIETNAMESE].purpose
    assert [(each["by"], each["reason"]) for each in shown] == [
        ("application", vietnamese),
        ("staff", "窓口での相談"),
        ("citizen", vietnamese),
        ("time", vietnamese),
    ]
    assert [each["name"] for each in shown] == ["kencom", None, "kencom", "kencom"]


def test_a_purpose_that_is_no_longer_asked_for_is_still_explained(desk: Desk) -> None:
    desk.timeline.entries = [entry(desk, 1), entry(desk, 2, purpose="unheard-of")]
    desk.city.agreements.add(replace(agreement(2), purpose="something-else"))

    known, unknown = desk.ask("GET", HISTORY).json()["entries"]

    assert known["reason"] == agreement().texts[Language.JAPANESE].purpose
    assert (unknown["reason"], unknown["purpose"]) == (None, "unheard-of")


def test_the_first_page_says_since_when_there_is_a_history(desk: Desk) -> None:
    desk.registered_at[HANAKO] = desk.city.clock.now
    desk.timeline.entries = [entry(desk, number) for number in range(60)]

    first = desk.ask("GET", HISTORY).json()
    second = desk.ask("GET", f"{HISTORY}?cursor={first['next'].replace('#', '%23')}").json()

    assert first["keptSince"] is not None
    assert "keptSince" not in second
    assert len(first["entries"]) + len(second["entries"]) == 60


def test_filters_reach_the_table_and_unknown_ones_are_refused(desk: Desk) -> None:
    assert desk.ask("GET", f"{HISTORY}?kind=staff-view").status == 200
    assert desk.ask("GET", f"{HISTORY}?application=kencom").status == 200
    assert desk.timeline.sieves == [Sieve(sort=Sort.STAFF_VIEW), Sieve(application=ApplicationId("kencom"))]
    for query in ("kind=x", "application=", "format=xml", "lang=xx"):
        assert desk.ask("GET", f"{HISTORY}/download?{query}").status == 400, query


def test_a_downloaded_table_is_in_plain_words_and_computes_nothing(desk: Desk) -> None:
    desk.timeline.entries = [
        entry(desk, 1, way=Way.STAFF_VIEW, purpose='=HYPERLINK("https://evil.example")'),
        entry(desk, 2, items=(DataItem("name"), DataItem("HealthActivity.steps"), DataItem("Shoe.size"))),
    ]

    answer = desk.ask("GET", f"{HISTORY}/download?format=csv&lang=en")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="machi-history.csv"'
    assert answer.text.startswith("\ufeff")
    _, look, given = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (look[1], look[2], look[4][0]) == ("City staff looked at data", "City staff", "'")
    assert given[1:4] == ["Data was passed on", "kencom", "Name / Steps / Shoe.size"]


@pytest.mark.parametrize("language", Language)
def test_every_kind_of_entry_has_words_in_every_language(desk: Desk, language: Language) -> None:
    note = GuardianshipNote(Side.CHILD, GuardianshipChange.LOOKED, Power.HISTORY)
    consents = [
        entry(desk, number, kind=EntryKind.CONSENT, event=event, way=None, purpose=None, revision=1)
        for number, event in enumerate(EventKind)
    ]
    others = [entry(desk, 20 + number, way=way) for number, way in enumerate(Way)]
    guardianship = entry(desk, 40, kind=EntryKind.GUARDIANSHIP, party="", way=None, guardianship=note)
    desk.timeline.entries = [*consents, *others, guardianship]

    answer = desk.ask("GET", f"{HISTORY}/download?format=csv&lang={language}")

    lines = list(csv.reader(io.StringIO(answer.text)))
    assert len(lines) == 1 + len(EventKind) + len(Way) + 1
    assert all(line[1] for line in lines)


def test_a_history_too_long_for_a_file_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.citizen.history.MOST_IN_A_FILE", 3)
    desk.timeline.entries = [entry(desk, number) for number in range(5)]

    document = desk.ask("GET", f"{HISTORY}/download").json()
    table = desk.ask("GET", f"{HISTORY}/download?format=csv&lang=en").text

    assert (document["complete"], len(document["entries"])) == (False, 3)
    assert "Earlier records do not fit" in table


def test_the_list_needs_no_look_at_the_profile(desk: Desk) -> None:
    desk.decides()
    desk.ask("GET", LIST)

    assert desk.kept_profiles.records == []
