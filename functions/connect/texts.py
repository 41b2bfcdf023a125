"""The words of the pages, in every language: `pages/texts/{language}.toml`.

In a text `[避難|ひなん]` is a word with its reading, shown as ruby, and `{name}` a value put in. What is put
in may be such a text itself, so that agreements can be written in やさしい日本語 too.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from machi.core.language import Language

NAMES: Mapping[Language, str] = {
    Language.JAPANESE: "日本語",
    Language.EASY_JAPANESE: "やさしい日本語",
    Language.ENGLISH: "English",
    Language.PORTUGUESE: "Português",
    Language.CHINESE: "中文",
    Language.VIETNAMESE: "Tiếng Việt",
}
"""Each language in its own words."""

TAGS: Mapping[Language, str] = {
    **{language: language.value for language in Language},
    Language.EASY_JAPANESE: "ja",
}
"""What `lang` says in HTML; やさしい日本語 is Japanese."""

_FOLDER = Path(__file__).with_name("pages") / "texts"
_READING = re.compile(r"\[([^|\[\]]+)\|([^|\[\]]+)\]")
_DATES: Mapping[Language, str] = {
    Language.JAPANESE: "{0.year}年{0.month}月{0.day}日",
    Language.EASY_JAPANESE: "{0.year}[年|ねん] {0.month}[月|がつ] {0.day}[日|にち]",
    Language.ENGLISH: "{0:%d %B %Y}",
    Language.PORTUGUESE: "{0:%d/%m/%Y}",
    Language.CHINESE: "{0.year}年{0.month}月{0.day}日",
    Language.VIETNAMESE: "{0:%d/%m/%Y}",
}


def marked_up(text: str) -> Markup:
    """The text escaped, with its readings as ruby."""
    ruby = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
    return Markup(_READING.sub(ruby, str(escape(text))))  # noqa: S704 - escaped before


def plain(text: str) -> str:
    """The text for a title or an attribute, which know no ruby."""
    return _READING.sub(r"\1", text)


def date_in(language: Language, day: date) -> str:
    """A date as the language writes it."""
    return _DATES[language].format(day)


class Words:
    """The texts of one language."""

    def __init__(self, language: Language) -> None:
        self._texts = _texts(language)

    def raw(self, key: str, **values: str) -> str:
        """A text with values put in, readings as written.

        Raises:
            KeyError: there is no such text, or it needs another value.
        """
        return self._texts[key].format_map(values) if values else self._texts[key]

    def optional(self, key: str) -> str | None:
        """A text as it is written, None if there is none."""
        return self._texts.get(key)

    def text(self, key: str, **values: str) -> Markup:
        """A text for a page."""
        return marked_up(self.raw(key, **values))

    def plain(self, key: str, **values: str) -> str:
        """A text for a title or an attribute."""
        return plain(self.raw(key, **values))


@cache
def _texts(language: Language) -> Mapping[str, str]:
    document = tomllib.loads((_FOLDER / f"{language.value}.toml").read_text(encoding="utf-8"))
    return dict(_flat(document, ""))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, str(value)))
    return found
