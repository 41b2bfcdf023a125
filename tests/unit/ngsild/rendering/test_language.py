"""Clause 4.15: LanguageProperties in the language a reader wants."""

import pytest

from machi.ngsild.errors import BadRequestData
from machi.ngsild.reading import read_entity
from machi.ngsild.rendering import Format, Languages, Renderer, View
from tests.unit.ngsild.reading.documents import CONTEXT, NOW, document

TEXTS = {
    "en-US": "elevator",
    "en-GB": "lift",
    "fr": "ascenseur",
    "ja": "エレベーター",
    "@none": "lift/elevator",
}


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("ja", "ja"),
        ("JA", "ja"),
        ("en-GB", "en-GB"),
        ("en", "en-US"),
        ("fr-CH", "fr"),
        ("de,ja", "ja"),
        ("ja;q=0.1,fr", "fr"),
        ("de;q=0.9,ja;q=0.8,fr;q=0.7", "ja"),
        ("ja;q=0,fr;q=0.1", "fr"),
        ("fr , ja", "fr"),
        ("de", "@none"),
        ('"fr"', "fr"),
        ("*", "en-US"),
        ("de,*;q=0.5", "en-US"),
        ("en-AU", "@none"),
    ],
)
def test_the_best_language_is_chosen(wanted: str, language: str) -> None:
    assert Languages.parse(wanted).choose(TEXTS) == (language, TEXTS[language])


def test_any_language_is_better_than_none() -> None:
    assert Languages.parse("de").choose({"fr": "un", "ja": "一"}) == ("fr", "un")


@pytest.mark.parametrize(
    "text", ["", ",", "en;", "en;q=2", "en;q=", "e n", "en_GB", "en;x=1", "日本語", "a" * 2_000]
)
def test_what_is_no_language_preference_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData):
        View(language=text)


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        (Format.NORMALIZED, {"type": "Property", "value": "ascenseur", "lang": "fr", "observedAt": NOW}),
        (Format.CONCISE, {"value": "ascenseur", "lang": "fr", "observedAt": NOW}),
        (Format.SIMPLIFIED, "ascenseur"),
    ],
)
def test_a_language_property_becomes_a_property_that_names_its_language(
    format_: Format, expected: object
) -> None:
    sent = {"languageMap": TEXTS, "observedAt": NOW}
    entity = read_entity(document(brand=sent, speed=5), CONTEXT, NOW)

    shown = Renderer(CONTEXT, View(format_, language="fr")).entity(entity)

    assert shown["brand"] == expected
    assert "lang" not in repr(shown["speed"])
