"""Whether every data item can be explained to everybody."""

import re

import pytest

from machi.core.ids import DataItem
from machi.core.language import Language
from machi.identity import data_items
from machi.identity.data_items import CATALOGUE, RECORDED, WORDED, text_of


def test_every_item_has_its_words_in_every_language() -> None:
    for item in WORDED:
        for language in Language:
            text = text_of(item, language)
            assert text.label, (item, language)
            assert text.explanation, (item, language)
            assert text.example, (item, language)


def test_the_catalogue_names_each_item_once_and_the_labels_of_a_language_differ() -> None:
    assert len(set(CATALOGUE)) == len(CATALOGUE) == 13
    assert len(set(WORDED)) == len(WORDED) == 13 + len(RECORDED)
    for language in Language:
        assert len({text_of(item, language).label for item in WORDED}) == len(WORDED), language


def test_plain_japanese_gives_readings_for_its_kanji() -> None:
    for item in WORDED:
        text = text_of(item, Language.EASY_JAPANESE)
        for words in (text.label, text.explanation, text.example):
            assert not re.search(r"[一-龠々]", re.sub(r"\[[^|\]]+\|[ぁ-んァ-ヶー]+\]", "", words)), words


def test_an_item_that_nobody_defined_has_no_words() -> None:
    with pytest.raises(KeyError):
        text_of(DataItem("shoe-size"), Language.JAPANESE)


def test_the_item_about_proofing_says_that_the_number_of_the_card_is_not_given() -> None:
    assert "個人番号" in text_of(data_items.ASSURANCE, Language.JAPANESE).explanation
