"""Whether every language says everything, and with the same values in it."""

import re
from string import Formatter

import pytest

from portal_site.locales import LOCALES, Locale, TextMissing, Texts
from portal_site.pages import MY_PAGE
from portal_site.site import Site

SECTIONS = (
    *("shell", "partners", "home", "hazards", "shelters", "data", "mypage", "auth", "errors"),
    *("accessibility", "privacy", "contact", "form", "sign_in", "register", "reset", "welcome"),
    *("accept", "terms", "account", "history"),
    *("centre", "consents", "linkage", "receipts", "law", "guardians"),
)
_ONLY_FOR_READERS_OF_OTHER_SCRIPTS = re.compile(r"glossary")


def _raw(site: Site, code: str) -> dict[str, str]:
    return dict(site.texts[code]._texts)


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.code)
def test_a_language_has_every_text_that_japanese_has(site: Site, locale: Locale) -> None:
    for section in SECTIONS:
        own = {
            key
            for key in site.texts[locale.code].keys(section)
            if not _ONLY_FOR_READERS_OF_OTHER_SCRIPTS.match(key)
        }
        assert own == site.texts["ja"].keys(section), section


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.code)
def test_no_text_is_empty_and_none_asks_for_a_value_that_japanese_does_not_give(
    site: Site, locale: Locale
) -> None:
    def asked(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    everywhere = {"city", "city_ja", "as_of"}
    japanese = _raw(site, "ja")
    for key, text in _raw(site, locale.code).items():
        assert text, key
        assert asked(text) - everywhere <= asked(japanese.get(key, "")), key


def test_other_languages_are_not_copies_of_english(site: Site) -> None:
    english = _raw(site, "en")
    for code in ("pt-BR", "zh-CN", "vi"):
        same = [key for key, text in _raw(site, code).items() if text == english[key] and len(text) > 12]
        assert same == [], code


def test_plain_japanese_gives_the_reading_of_its_kanji_in_running_text(site: Site) -> None:
    spoken = re.compile(r"\[[^|\]]+\|[ぁ-んァ-ヶー]+\]")
    kanji = re.compile(r"[一-龠々]")
    bare = [
        key
        for key, text in _raw(site, "ja-easy").items()
        if kanji.search(spoken.sub("", text)) and key.endswith((".text", ".meaning", ".short", ".about"))
    ]
    assert bare == []


def test_a_reading_becomes_ruby_on_a_page_and_disappears_from_a_title() -> None:
    texts = Texts(LOCALES[1], {"a.b": "[地震|じしん]の {what}"}, {})
    assert texts.plain("a.b", what="<とき>") == "地震の <とき>"
    assert str(texts.rich("a.b", what="<とき>")) == (
        "<ruby>地震<rp>（</rp><rt>じしん</rt><rp>）</rp></ruby>の &lt;とき&gt;"
    )


def test_a_text_that_is_not_there_stops_the_build_and_is_named() -> None:
    texts = Texts(LOCALES[2], {"a.b": "{missing}"}, {})
    with pytest.raises(TextMissing, match=r"en: a\.c"):
        texts.plain("a.c")
    with pytest.raises(TextMissing, match=r"en: a\.b lacks missing"):
        texts.rich("a.b")


def test_a_page_a_language_lacks_is_linked_in_the_language_it_falls_back_to(site: Site) -> None:
    vietnamese = next(locale for locale in LOCALES if locale.code == "vi")
    english = next(locale for locale in LOCALES if locale.code == "en")
    complete = dict(site.texts)
    try:
        site.texts["vi"] = Texts(vietnamese, {"home.title": "…"}, {})
        assert not site.has(MY_PAGE, vietnamese)
        assert site.nearest(MY_PAGE, vietnamese) == english
        site.texts["en"] = Texts(english, {"home.title": "…"}, {})
        assert site.nearest(MY_PAGE, vietnamese) == LOCALES[0]
    finally:
        site.texts.update(complete)
