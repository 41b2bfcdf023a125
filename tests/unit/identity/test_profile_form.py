"""Which submitted profiles are accepted."""

from datetime import date
from typing import Any

import pytest

from machi.core.language import Language
from machi.identity.prefectures import PREFECTURES
from machi.identity.profile import EMPTY_PROFILE, MEMBERS, Channel, Gender, Profile, differing, told
from machi.identity.profile_form import Fault, FieldFault, Offered, ProfileInvalid, read_profile

TODAY = date(2026, 11, 24)
OFFERED = Offered(
    wards=frozenset({"miyanishi", "kifune"}), interests=frozenset({"childcare", "disaster", "health"})
)

HANAKO: dict[str, Any] = {
    "familyName": "一宮",
    "givenName": "花子",
    "familyNameKana": "イチノミヤ",
    "givenNameKana": "ハナコ",
    "nickname": "はな",
    "birthDate": "1990-04-01",
    "gender": "female",
    "postalCode": "4918501",
    "prefecture": "愛知県",
    "municipality": "一宮市",
    "street": "本町2丁目5番6号",
    "building": "コーポ 101",
    "ward": "miyanishi",
    "phone": "0586280000",
    "commuteMunicipality": "名古屋市中村区",
    "commutePlace": "名古屋駅の近く",
    "interests": ["childcare", "disaster"],
    "language": "ja",
    "channels": ["email"],
}


def read(**members: object) -> Profile:
    return read_profile(members, offered=OFFERED, today=TODAY)


def faults(submitted: object) -> set[tuple[str | None, str]]:
    with pytest.raises(ProfileInvalid) as refused:
        read_profile(submitted, offered=OFFERED, today=TODAY)
    return {(found.member, found.fault.value) for found in refused.value.faults}


def test_a_complete_profile_is_accepted() -> None:
    assert read(**HANAKO) == Profile(
        family_name="一宮",
        given_name="花子",
        family_name_kana="イチノミヤ",
        given_name_kana="ハナコ",
        nickname="はな",
        birth_date=date(1990, 4, 1),
        gender=Gender.FEMALE,
        postal_code="4918501",
        prefecture="愛知県",
        municipality="一宮市",
        street="本町2丁目5番6号",
        building="コーポ 101",
        ward="miyanishi",
        phone="0586280000",
        commute_municipality="名古屋市中村区",
        commute_place="名古屋駅の近く",
        interests=("childcare", "disaster"),
        language=Language.JAPANESE,
        channels=(Channel.EMAIL,),
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
        ("gender", "unknown", "not-offered"),
        ("postalCode", "491-850", "not-a-postal-code"),
        ("postalCode", "491-85011", "not-a-postal-code"),
        ("postalCode", "４９１ー８５０Ａ", "not-a-postal-code"),
        ("postalCode", 4918501, "not-text"),
        ("prefecture", "愛知", "not-offered"),
        ("street", "町" * 101, "too-long"),
        ("building", "a\u202eb", "forbidden-character"),
        ("phone", "28-0000", "not-a-phone-number"),
        ("phone", "0586-28-00000000", "not-a-phone-number"),
        ("phone", "+0 1234567", "not-a-phone-number"),
        ("phone", "１１９", "not-a-phone-number"),
        ("interests", "disaster", "not-a-list"),
        ("interests", ["disaster", "golf"], "not-offered"),
        ("interests", [1], "not-text"),
        ("channels", ["fax"], "not-offered"),
        ("channels", True, "not-a-list"),
    ],
)
def test_each_fault_is_named_with_its_member(member: str, value: object, fault: str) -> None:
    assert faults({**HANAKO, member: value}) == {(member, fault)}


@pytest.mark.parametrize(
    "typed", ["491-8501", "４９１－８５０１", "〒491-8501", "491 8501", "４９１ー８５０１"]
)
def test_a_postal_code_is_kept_as_seven_digits_however_it_was_typed(typed: str) -> None:
    assert read(postalCode=typed).postal_code == "4918501"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0586-28-0000", "0586280000"),
        ("０５８６（２８）００００", "0586280000"),
        ("090 1234 5678", "09012345678"),
        ("+81 586-28-0000", "0586280000"),
        ("+81 (0)586 28 0000", "0586280000"),
        ("+55 11 91234-5678", "+5511912345678"),
    ],
)
def test_a_telephone_number_is_kept_as_digits_however_it_was_typed(typed: str, kept: str) -> None:
    assert read(phone=typed).phone == kept


def test_a_list_is_kept_sorted_and_each_choice_once() -> None:
    chosen = read(interests=["health", "disaster", "health"], channels=["push", "email"])
    assert chosen.interests == ("disaster", "health")
    assert chosen.channels == (Channel.EMAIL, Channel.PUSH)


def test_the_prefectures_are_forty_seven_in_the_order_of_their_codes() -> None:
    assert len(set(PREFECTURES)) == 47
    assert (PREFECTURES[12], PREFECTURES[22], PREFECTURES[46]) == ("東京都", "愛知県", "沖縄県")


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
        read_profile({"givenName": "花\0子", "秘密": "値"}, offered=OFFERED, today=TODAY)

    said = str(refused.value) + repr(refused.value.faults)
    assert all(word not in said for word in ("花", "秘密", "値"))
    assert FieldFault("givenName", Fault.FORBIDDEN_CHARACTER) in refused.value.faults


def test_the_members_are_the_fields_in_camel_case() -> None:
    assert set(MEMBERS.values()) == set(HANAKO)


def test_what_was_told_is_listed_by_member() -> None:
    assert told(EMPTY_PROFILE) == ()
    assert set(told(read(**{**HANAKO, "language": "en"}))) == set(HANAKO)
    assert told(read(nickname="はな")) == ("nickname",)


def test_two_profiles_differ_in_the_members_that_were_changed() -> None:
    before = read(**HANAKO)
    assert differing(before, before) == ()
    assert differing(before, read(**{**HANAKO, "phone": None, "street": "本町1"})) == ("street", "phone")
