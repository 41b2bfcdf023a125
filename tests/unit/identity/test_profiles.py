"""A citizen's dealings with the own profile, and the record they leave."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from machi.core.principal import ANONYMOUS, PrincipalKind
from machi.identity.profile import EMPTY_PROFILE
from machi.identity.profile_form import Offered, ProfileInvalid
from machi.identity.profiles import RECORDS_PER_PAGE, Act, CursorInvalid, ProfileChanged, Profiles, Purpose
from tests.gateway_double import application, citizen, staff
from tests.unit.identity.memory import MemoryProfiles

OFFERED = Offered(frozenset({"miyanishi"}), frozenset())
NIGHT_IN_JAPAN = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # 0:30 of the 25th
HANAKO, TARO = citizen("hanako"), citizen("taro")


@pytest.fixture
def kept() -> MemoryProfiles:
    return MemoryProfiles()


@pytest.fixture
def profiles(kept: MemoryProfiles) -> Profiles:
    return Profiles(kept, offered=OFFERED, clock=lambda: NIGHT_IN_JAPAN)


def test_before_anything_was_told_the_profile_is_empty(profiles: Profiles) -> None:
    stored = profiles.read(HANAKO, "r")

    assert (stored.profile, stored.version, stored.updated_at) == (EMPTY_PROFILE, 0, None)


def test_what_was_told_is_shown_to_its_citizen_and_to_nobody_else(profiles: Profiles) -> None:
    profiles.replace(HANAKO, {"nickname": "はな"}, 0, "r")

    assert profiles.read(HANAKO, "r").profile.nickname == "はな"
    assert profiles.read(TARO, "r").profile == EMPTY_PROFILE


def test_each_change_gives_the_next_version(profiles: Profiles) -> None:
    first = profiles.replace(HANAKO, {"nickname": "はな"}, 0, "r")
    second = profiles.replace(HANAKO, {}, first.version, "r")

    assert (first.version, second.version, second.updated_at) == (1, 2, NIGHT_IN_JAPAN)
    assert profiles.read(HANAKO, "r").profile == EMPTY_PROFILE


@pytest.mark.parametrize("expected", [0, 2, 7])
def test_a_change_from_another_version_is_refused(profiles: Profiles, expected: int) -> None:
    profiles.replace(HANAKO, {"nickname": "はな"}, 0, "r")

    with pytest.raises(ProfileChanged):
        profiles.replace(HANAKO, {"nickname": "x"}, expected, "r")

    assert profiles.read(HANAKO, "r").profile.nickname == "はな"


def test_a_refused_profile_changes_nothing(profiles: Profiles, kept: MemoryProfiles) -> None:
    with pytest.raises(ProfileInvalid):
        profiles.replace(HANAKO, {"ward": "atlantis"}, 0, "r")

    assert kept.kept == {}
    assert kept.records == []


def test_today_is_the_day_it_is_in_japan(profiles: Profiles) -> None:
    stored = profiles.replace(HANAKO, {"birthDate": "2026-11-25"}, 0, "r")

    assert stored.profile.birth_date == date(2026, 11, 25)


def test_every_look_and_change_says_who_what_when_and_what_for(
    profiles: Profiles, kept: MemoryProfiles
) -> None:
    profiles.replace(HANAKO, {"nickname": "はな", "ward": "miyanishi"}, 0, "request-1")
    profiles.read(HANAKO, "request-2")

    changed, read = kept.records
    assert (changed.act, read.act) == (Act.CHANGED, Act.READ)
    assert (changed.request, read.request) == ("request-1", "request-2")
    assert changed.id != read.id
    for record in (changed, read):
        assert record.members == ("nickname", "ward")
        assert (record.subject, record.actor_id, record.actor) == ("hanako", "hanako", PrincipalKind.CITIZEN)
        assert (record.application, record.purpose, record.at) == (
            "portal-client",
            Purpose.OWN_USE,
            NIGHT_IN_JAPAN,
        )
        assert "はな" not in repr(record)


def test_a_change_names_only_what_became_different(profiles: Profiles, kept: MemoryProfiles) -> None:
    profiles.replace(HANAKO, {"nickname": "はな", "ward": "miyanishi"}, 0, "r")
    profiles.replace(HANAKO, {"nickname": "はな", "phone": "0586-28-0000"}, 1, "r")

    assert kept.records[1].members == ("ward", "phone")


def test_the_history_shows_a_citizen_who_did_what_newest_first_and_only_their_own(
    kept: MemoryProfiles,
) -> None:
    moments = (NIGHT_IN_JAPAN + timedelta(seconds=number) for number in count())
    profiles = Profiles(kept, offered=OFFERED, clock=lambda: next(moments))
    profiles.replace(HANAKO, {"nickname": "はな"}, 0, "r")
    profiles.read(HANAKO, "r")
    profiles.read(TARO, "r")

    page = profiles.history(HANAKO, None)

    assert [record.act for record in page.records] == [Act.READ, Act.CHANGED]
    assert page.next is None
    assert len(profiles.history(TARO, None).records) == 1


def test_the_history_goes_on_where_a_page_ends(profiles: Profiles) -> None:
    for _ in range(RECORDS_PER_PAGE + 3):
        profiles.read(HANAKO, "r")

    first = profiles.history(HANAKO, None)
    second = profiles.history(HANAKO, first.next)

    assert (len(first.records), len(second.records), second.next) == (RECORDS_PER_PAGE, 3, None)
    assert not {record.id for record in first.records} & {record.id for record in second.records}


def test_a_page_that_is_just_full_is_the_last(profiles: Profiles) -> None:
    for _ in range(RECORDS_PER_PAGE):
        profiles.read(HANAKO, "r")

    assert profiles.history(HANAKO, None).next is None


@pytest.mark.parametrize("cursor", ["", "rec_", "PROFILE", "rec_" + "~" * 26, "rec_" + "0" * 27])
def test_a_cursor_that_was_made_up_is_refused(profiles: Profiles, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        profiles.history(HANAKO, cursor)


def test_without_its_record_nothing_is_shown_and_nothing_changed(
    profiles: Profiles, kept: MemoryProfiles
) -> None:
    profiles.replace(HANAKO, {"nickname": "はな"}, 0, "r")
    kept.broken = True

    with pytest.raises(TimeoutError):
        profiles.read(HANAKO, "r")
    with pytest.raises(TimeoutError):
        profiles.replace(HANAKO, {}, 1, "r")
    assert kept.kept[HANAKO.subject].profile.nickname == "はな"  # type: ignore[index]


@pytest.mark.parametrize("other", [ANONYMOUS, application(), staff()])
def test_nobody_but_a_citizen_has_a_profile(profiles: Profiles, other: object) -> None:
    with pytest.raises(PermissionError):
        profiles.read(other, "r")  # type: ignore[arg-type]
