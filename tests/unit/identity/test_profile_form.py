"""Which submitted profiles are accepted."""

from datetime import date
from typing import Any

import pytest

from machi.core.language import Language
from machi.identity.profile import EMPTY_PROFILE, MEMBERS, Profile, told
from machi.identity.profile_form import Fault, FieldFault, ProfileInvalid, read_profile

TODAY = date(2026, 11, 24)
WARDS = frozenset({"miyanishi", "kifune"})

HANAKO: dict[str, Any] = {
    "familyName": "一宮",
    "givenName": "花子",
    "familyNameKana": "イチノミヤ",
    "givenNameKana": "ハナコ",
    "nickname": "はな",
    "birthDate": "1990-04-01",
    "ward": "miyanishi",
    "language": "ja",
    "notifyByEmail": True,
}


def read(**members: object) -> Profile:
    return read_profile(members, wards=WARDS, today=TODAY)


def faults(submitted: object) -> set[tuple[str | None, str]]:
    with pytest.raises(ProfileInvalid) as refused:
        read_profile(submitted, wards=WARDS, today=TODAY)
    return {(found.member, found.fault.value) for found in refused.value.faults}


def test_a_complete_profile_is_accepted() -> None:
    assert read(**HANAKO) == Profile(
        family_name="一宮",
        given_name="花子",
        family_name_kana="イチノミヤ",
        given_name_kana="ハナコ",
        nickname="はな",
        birth_date=date(1990, 4, 1),
        ward="miyanishi",
        language=Language.JAPANESE,
        notify_by_email=True,
    )


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_missing_null_or_empty_was_not_told(nothing: object) -> None:
    assert read(**dict.fromkeys(HANAKO, nothing)) == EMPTY_PROFILE
    assert read() == EMPTY_PROFILE
    assert read(nickname="  ") == EMPTY_PROFILE


def test_a_reading_is_kept_in_full_width_katakana() -> None:
    assert read(givenNameKana="はなこ").given_name_kana == "ハナコ"
    assert read(givenNameKana="ﾊﾅｺ").given_name_kana == "ハナコ"


@pytest.mark.parametrize(
    ("member", "value", "fault"),
    [
        ("familyName", "名" * 51, "too-long"),
        ("familyName", "㌔" * 26, "too-long"),
        ("familyName", "x" * 1_000_000, "too-long"),
        ("familyName", 7, "not-text"),
        ("familyName", ["一宮"], "not-text"),
        ("givenName", "花\u202e子", "forbidden-character"),
        ("givenName", "花\n子", "forbidden-character"),
        ("familyNameKana", "一宮", "not-kana"),
        ("givenNameKana", "Hanako", "not-kana"),
        ("givenNameKana", True, "not-text"),
        ("nickname", "x" * 31, "too-long"),
        ("birthDate", "1990-02-30", "not-a-date"),
        ("birthDate", "2023-02-29", "not-a-date"),
        ("birthDate", "1990/04/01", "not-a-date"),
        ("birthDate", "19900401", "not-a-date"),
        ("birthDate", "1990-W14-7", "not-a-date"),
        ("birthDate", "１９９０-04-01", "not-a-date"),
        ("birthDate", 19900401, "not-text"),
        ("birthDate", "2026-11-25", "in-future"),
        ("birthDate", "1895-12-31", "too-old"),
        ("ward", "atlantis", "not-offered"),
        ("ward", ["miyanishi"], "not-text"),
        ("language", "fr", "not-offered"),
        ("language", 1, "not-text"),
        ("notifyByEmail", "yes", "not-true-or-false"),
        ("notifyByEmail", 1, "not-true-or-false"),
    ],
)
def test_each_fault_is_named_with_its_member(member: str, value: object, fault: str) -> None:
    assert faults({**HANAKO, member: value}) == {(member, fault)}


@pytest.mark.parametrize("day", ["2026-11-24", "1896-01-01", "2024-02-29"])
def test_days_at_the_edge_are_accepted(day: str) -> None:
    assert read(birthDate=day).birth_date == date.fromisoformat(day)


def test_all_faults_are_reported_together() -> None:
    assert faults({"familyName": 1, "ward": "atlantis", "住所": "x"}) == {
        ("familyName", "not-text"),
        ("ward", "not-offered"),
        (None, "unknown-member"),
    }


@pytest.mark.parametrize("submitted", [None, [], "一宮", 7, True])
def test_a_profile_is_an_object(submitted: object) -> None:
    assert faults(submitted) == {(None, "not-an-object")}


def test_a_refusal_never_carries_a_value_or_a_name_made_up_by_the_client() -> None:
    with pytest.raises(ProfileInvalid) as refused:
        read_profile({"givenName": "花\0子", "秘密": "値"}, wards=WARDS, today=TODAY)

    said = str(refused.value) + repr(refused.value.faults)
    assert all(word not in said for word in ("花", "秘密", "値"))
    assert FieldFault("givenName", Fault.FORBIDDEN_CHARACTER) in refused.value.faults


def test_the_members_are_the_fields_in_camel_case() -> None:
    assert set(MEMBERS.values()) == set(HANAKO)


def test_what_was_told_is_listed_by_member() -> None:
    assert told(EMPTY_PROFILE) == ()
    assert set(told(read(**{**HANAKO, "language": "en"}))) == set(HANAKO)
    assert told(read(nickname="はな")) == ("nickname",)
