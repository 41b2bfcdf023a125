"""When do two texts of a register say the same though they are written differently?

Folded text is for comparison only: it is never shown and never kept.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

_VARIANTS_FILE = "kanji_variants.tsv"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose a glyph (異体字) of the character before them."""
_FORMAT = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_REPEATED = re.compile("(.)[々〻]")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")


def folded(text: str) -> str:
    """One form for full and half width, compatible and variant characters, 々 and case. Single spaces stay.

    Idempotent.
    """
    text = _FORMAT.sub("", _SELECTORS.sub("", unicodedata.normalize("NFKC", text)))
    text = unicodedata.normalize("NFKC", text.translate(_variants()).casefold())
    while (repeated := _REPEATED.sub(r"\1\1", text)) != text:
        text = repeated
    return _SPACES.sub(" ", text).strip()


def names(text: str) -> frozenset[str]:
    """The ways in which a name on a card may be read, each without spaces.

    A foreign resident's card may carry 通称 in brackets behind the registered name; each alone counts. Latin
    names count in either order of their parts.
    """
    whole = folded(text)
    parts = [_IN_BRACKETS.sub(" ", whole), *_IN_BRACKETS.findall(whole)]
    return frozenset(name for part in parts for name in _orders(part.split()) if name)


def _orders(words: list[str]) -> tuple[str, ...]:
    if all(word.isascii() for word in words):
        return (" ".join(sorted(words)),)
    return ("".join(words),)


@cache
def _variants() -> dict[int, str]:
    lines = (files(__package__) / _VARIANTS_FILE).read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {ord(variant): counts for counts, variants in rows for variant in variants}
