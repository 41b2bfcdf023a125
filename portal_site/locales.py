"""Which languages the portal speaks, and the texts in each.

A language's files below `locales/` are cut into sections, one a page or a part of the frame. Japanese has
every section; another language has a page once its file has the page's section, and then all of its keys.
Until then links lead to the same page in the language it falls back to.

In a text, `[避難|ひなん]` is a word with its reading (shown as ruby) and `{name}` a value put in.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape


class TextMissing(Exception):
    """A template asks for a text, or a text for a value, that is not there; names locale and key."""


@dataclass(frozen=True, slots=True)
class Locale:
    """One language of the portal."""

    code: str
    """As in profiles and file names."""
    lang: str
    """The `lang` attribute."""
    hreflang: str
    own_name: str
    falls_back_to: str
    """The locale whose page is linked where this one has none yet."""

    @property
    def prefix(self) -> str:
        """First part of the path; Japanese lives at the root."""
        return "" if self.code == "ja" else f"{self.code}/"


LOCALES = (
    Locale("ja", "ja", "ja", "日本語", "ja"),
    # A private subtag: search engines ignore it, and no reader takes it for a second standard Japanese.
    Locale("ja-easy", "ja", "ja-x-easy", "やさしい日本語", "ja"),
    Locale("en", "en", "en", "English", "ja"),
    Locale("pt-BR", "pt-BR", "pt-BR", "Português", "en"),
    Locale("zh-CN", "zh-CN", "zh-CN", "简体中文", "en"),
    Locale("vi", "vi", "vi", "Tiếng Việt", "en"),
)

JAPANESE = LOCALES[0]

_RUBY = re.compile(r"\[([^|\]]+)\|([^|\]]+)\]")


def with_readings(text: str) -> Markup:
    """The text escaped, with its readings as ruby."""
    ruby = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
    return Markup(_RUBY.sub(ruby, str(escape(text))))  # noqa: S704 - escaped before


def without_readings(text: str) -> str:
    """The text for a title, an attribute or an option, which know no ruby."""
    return _RUBY.sub(r"\1", text)


class Texts:
    """The texts of one locale. Values put into every text: the city's names and the like."""

    def __init__(self, locale: Locale, texts: Mapping[str, str], values: Mapping[str, str]) -> None:
        self.locale = locale
        self._texts = texts
        self._values = values

    def keys(self, section: str) -> frozenset[str]:
        """The keys of a section, without the section's name."""
        start = f"{section}."
        return frozenset(key.removeprefix(start) for key in self._texts if key.startswith(start))

    def has(self, section: str) -> bool:
        """True if this language has the section."""
        return bool(self.keys(section))

    def plain(self, key: str, **values: object) -> str:
        """Text for a title or an attribute: readings left out.

        Raises:
            TextMissing: no such text, or a value it needs was not given.
        """
        return without_readings(self._filled(key, values))

    def rich(self, key: str, **values: object) -> Markup:
        """Text for a page: escaped, readings as ruby.

        Raises:
            TextMissing: as for `plain`.
        """
        return with_readings(self._filled(key, values))

    def optional(self, key: str, **values: object) -> Markup | None:
        """As `rich`, None where the language has no such text."""
        return self.rich(key, **values) if key in self._texts else None

    def _filled(self, key: str, values: Mapping[str, object]) -> str:
        try:
            return self._texts[key].format_map({**self._values, **values})
        except KeyError as error:
            raise TextMissing(f"{self.locale.code}: {key} lacks {error.args[0]}") from None


_PARTS = ("", "account", "consent")
"""Folders of locale files: open pages, what needs an account, and what happens with personal data."""


def read_texts(folder: Path, locale: Locale, values: Mapping[str, str]) -> Texts:
    """Read one locale's files: `<code>.toml`, and those of the same name in the folders beside it.

    Raises:
        OSError, tomllib.TOMLDecodeError: the file cannot be read.
        ValueError: a value is neither a text nor a table.
    """
    texts: dict[str, str] = {}
    for part in _PARTS:
        file = folder / part / f"{locale.code}.toml"
        texts |= _flat(tomllib.loads(file.read_text(encoding="utf-8")), "")
    return Texts(locale, texts, values)


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            found.append((f"{prefix}{key}", value.strip()))
        else:
            raise ValueError(f"{prefix}{key} must be a text")  # noqa: TRY004 - a file's mistake, not a caller's
    return found
