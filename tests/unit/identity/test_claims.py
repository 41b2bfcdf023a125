"""Whether agreed items become exactly their claims."""

from datetime import date

import pytest

from machi.core.ids import DataItem
from machi.core.language import Language
from machi.identity import data_items
from machi.identity.claims import Contact, claims_of
from machi.identity.data_items import CATALOGUE
from machi.identity.profile import EMPTY_PROFILE, Channel, Gender, Profile

HANAKO = Profile(
    family_name="一宮",
    given_name="花子",
    family_name_kana="イチノミヤ",
    given_name_kana="ハナコ",
    nickname="はな",
    birth_date=date(1950, 4, 1),
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
    language=Language.EASY_JAPANESE,
    channels=(Channel.EMAIL,),
)
CONTACT = Contact("hanako@example.jp", email_verified=True)

CLAIMS: dict[DataItem, dict[str, object]] = {
    data_items.NAME: {"name": "一宮 花子", "family_name": "一宮", "given_name": "花子"},
    data_items.NAME_KANA: {
        "name#ja-Kana-JP": "イチノミヤ ハナコ",
        "family_name#ja-Kana-JP": "イチノミヤ",
        "given_name#ja-Kana-JP": "ハナコ",
    },
    data_items.BIRTHDATE: {"birthdate": "1950-04-01"},
    data_items.GENDER: {"gender": "female"},
    data_items.ADDRESS: {
        "address": {
            "formatted": "〒491-8501\n愛知県一宮市本町2丁目5番6号\nコーポ 101",
            "postal_code": "491-8501",
            "region": "愛知県",
            "locality": "一宮市",
            "street_address": "本町2丁目5番6号\nコーポ 101",
            "country": "JP",
        }
    },
    data_items.PHONE: {"phone_number": "+81586280000"},
    data_items.EMAIL: {"email": "hanako@example.jp", "email_verified": True},
    data_items.WARD: {"ward": "miyanishi"},
    data_items.COMMUTE: {"commute": {"municipality": "名古屋市中村区", "place": "名古屋駅の近く"}},
    data_items.INTERESTS: {"interests": ["childcare", "disaster"]},
    data_items.NICKNAME: {"nickname": "はな"},
    data_items.LANGUAGE: {"locale": "ja"},
    data_items.ASSURANCE: {"assurance_level": "high"},
}


@pytest.mark.parametrize("item", CATALOGUE)
def test_an_item_gives_its_claims_and_no_other(item: DataItem) -> None:
    assert claims_of({item}, HANAKO, CONTACT, "high") == CLAIMS[item]


def test_nothing_agreed_gives_nothing() -> None:
    assert claims_of(frozenset(), HANAKO, CONTACT, "high") == {}


def test_all_items_together_give_each_claim_once() -> None:
    names = [name for claims in CLAIMS.values() for name in claims]
    assert sorted(claims_of(set(CATALOGUE), HANAKO, CONTACT, "high")) == sorted(names)
    assert len(set(names)) == len(names)


def test_an_item_that_nobody_defined_gives_nothing() -> None:
    assert claims_of({DataItem("shoe-size")}, HANAKO, CONTACT, "high") == {}


def test_what_was_not_told_is_left_out() -> None:
    assert claims_of(set(CATALOGUE), EMPTY_PROFILE, Contact(), None) == {"locale": "ja"}


def test_half_an_address_says_what_there_is() -> None:
    half = Profile(prefecture="愛知県", municipality="一宮市")
    assert claims_of({data_items.ADDRESS}, half, Contact(), None) == {
        "address": {"formatted": "愛知県一宮市", "region": "愛知県", "locality": "一宮市", "country": "JP"}
    }


def test_a_number_outside_japan_stays_as_it_is() -> None:
    abroad = Profile(phone="+5511912345678")
    assert claims_of({data_items.PHONE}, abroad, Contact(), None) == {"phone_number": "+5511912345678"}


def test_an_address_that_was_not_confirmed_says_so() -> None:
    claims = claims_of({data_items.EMAIL}, EMPTY_PROFILE, Contact("a@example.jp"), None)
    assert claims == {"email": "a@example.jp", "email_verified": False}
