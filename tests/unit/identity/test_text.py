"""How typed text is brought into one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machi.identity.text import has_forbidden_character, is_katakana, normalize, to_katakana


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  一宮\u3000 花子 ", "一宮 花子"),
        ("Ｔａｒｏ", "Taro"),
        ("ﾊﾅｺ", "ハナコ"),
        ("が", "が"),
        ("か\u3099", "が"),
        ("㈱", "(株)"),
    ],
)
def test_what_looks_alike_becomes_the_same(typed: str, kept: str) -> None:
    assert normalize(typed) == kept


@pytest.mark.parametrize("name", ["\ufa19谷", "\ufa11田", "\U0002f81a", "葛\U000e0100城", "髙橋", "𠮷田"])
def test_the_registered_form_of_an_ideograph_stays(name: str) -> None:
    assert normalize(name) == name


@given(st.text())
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    once = normalize(text)

    assert normalize(once) == once


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("はなこ", "ハナコ"),
        ("ﾊﾞｰﾊﾞﾗ", "バーバラ"),
        ("いち のみや", "イチ ノミヤ"),
        ("マリア・ホセ", "マリア・ホセ"),
        ("ゔぃ", "ヴィ"),
    ],
)
def test_a_reading_becomes_full_width_katakana(typed: str, reading: str) -> None:
    assert to_katakana(typed) == reading
    assert is_katakana(reading)


@pytest.mark.parametrize("text", ["花子", "Hanako", "ハナコ1", "ハナコ!", "", "はなこ", "ハナ\nコ"])
def test_other_text_is_no_reading(text: str) -> None:
    assert not is_katakana(text)


@pytest.mark.parametrize(
    "bad", ["\0", "\n", "\u202e", "\u200b", "\u200d", "\ue000", "\ud800", "\u2028", "\ufeff"]
)
def test_what_cannot_be_shown_or_turns_the_writing_is_forbidden(bad: str) -> None:
    assert has_forbidden_character(f"花{bad}子")


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd", "Mn", "Po", "Zs"])))
def test_ordinary_text_is_not(text: str) -> None:
    assert not has_forbidden_character(text)
