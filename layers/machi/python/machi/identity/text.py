"""How text that a citizen typed is brought into one form, and what it may not contain."""

import re
import unicodedata

_NOT_COMPATIBILITY_IDEOGRAPHS = re.compile(r"[^\uF900-\uFAFF\U0002F800-\U0002FA1F]+")
_SPACES = re.compile(r"\s+")
_KANA = re.compile(r"[ァ-ヾ ]+")
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control and format characters (some turn the direction of writing), and what no font can show."""

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]}


def normalize(text: str) -> str:
    """NFKC, without spaces at the ends and with single ones between.

    Ideographs of the compatibility blocks stay as they are: NFKC would replace the very form (異体字) in
    which a citizen's name is registered.
    """
    folded = _NOT_COMPATIBILITY_IDEOGRAPHS.sub(lambda part: unicodedata.normalize("NFKC", part[0]), text)
    return _SPACES.sub(" ", folded).strip()


def to_katakana(text: str) -> str:
    """Hiragana and half-width katakana as full-width katakana."""
    return normalize(text).translate(_HIRAGANA_TO_KATAKANA)


def is_katakana(text: str) -> bool:
    """True if the text has nothing but full-width katakana, its marks and spaces."""
    return _KANA.fullmatch(text) is not None


def has_forbidden_character(text: str) -> bool:
    """True if a character cannot be shown, or would change how others are shown."""
    return any(unicodedata.category(character) in _FORBIDDEN for character in text)
