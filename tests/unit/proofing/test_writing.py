"""Names and text in one form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.proofing.writing import folded, names

KANJI = st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)
JAPANESE = st.text(
    st.one_of(
        KANJI,
        st.characters(min_codepoint=0x3040, max_codepoint=0x30FF),
        st.characters(min_codepoint=0xFF01, max_codepoint=0xFF9F),
        st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF),
        st.sampled_from("々〻 　-ー0123髙澤邊\U000e0100\u200b"),
    ),
    max_size=30,
)


@given(st.one_of(JAPANESE, st.text(max_size=30)))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(JAPANESE)
def test_width_makes_no_difference(text: str) -> None:
    assert folded(unicodedata.normalize("NFKC", text)) == folded(text)


@given(st.text(KANJI, min_size=1, max_size=5), st.text(KANJI, min_size=1, max_size=5))
def test_a_space_between_the_parts_of_a_name_makes_no_difference(family: str, given_name: str) -> None:
    assert names(f"{family} {given_name}") == names(f"{family}　{given_name}")
    assert names(f"{family}{given_name}") == names(f" {family} {given_name} ")


@given(st.text(KANJI, min_size=1, max_size=5))
def test_the_choice_of_a_glyph_makes_no_difference(name: str) -> None:
    assert names("".join(f"{character}\U000e0101" for character in name)) == names(name)


@pytest.mark.parametrize(
    ("card", "profile"),
    [
        ("髙橋　花子", "高橋 花子"),
        ("澤田　太郎", "沢田太郎"),
        ("齋藤　一郎", "斎藤 一郎"),
        ("齊藤　一郎", "斉藤 一郎"),
        ("渡邉　廣", "渡辺 広"),
        ("渡邊　弘", "渡辺弘"),
        ("山﨑　恵", "山崎 恵"),
        ("𠮷田　栄", "吉田 榮"),
        ("濵田　國男", "浜田 国男"),
        ("佐々木　華子", "佐佐木 華子"),
        ("櫻井　眞", "桜井 真"),
        ("邊見　龍", "辺見 竜"),
        ("葛󠄀城　巖", "葛城 巌"),
        ("神谷　花子", "神谷 花子"),
        ("ｽｽﾞｷ　ﾊﾅｺ", "スズキ ハナコ"),
        ("ＳＩＬＶＡ　ＭＡＲＩＡ", "Maria Silva"),
        ("SILVA MARIA DA", "Silva Maria da"),
        ("SILVA MARIA（鈴木　マリア）", "鈴木 マリア"),
        ("SILVA MARIA（鈴木　マリア）", "Silva Maria"),
        ("木曽川　太郎", "木曾川 太郎"),
    ],
)
def test_one_name_in_two_forms_is_one_name(card: str, profile: str) -> None:
    assert names(card) & names(profile)


@pytest.mark.parametrize(
    ("card", "profile"),
    [
        ("一宮　花子", "一宮 華子"),
        ("一宮　花子", "二宮 花子"),
        ("斎藤　一郎", "斉藤 一郎"),
        ("伊藤　太郎", "伊東 太郎"),
        ("一宮　花子", "花子 一宮"),
        ("SILVA MARIA", "SILVA MARIANA"),
        ("SILVA MARIA（鈴木　マリア）", "鈴木 マリ"),
        ("", "一宮 花子"),
        ("（）", "一宮 花子"),
    ],
)
def test_two_names_are_two_names(card: str, profile: str) -> None:
    assert not names(card) & names(profile)
