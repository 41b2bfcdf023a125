"""In which order do texts stand? An approximation of the ICU root collation (clause 4.23, RFC 6067).

Letters are compared first without case and marks, then by marks, then by case and form: the three
levels of the Unicode Collation Algorithm, built from the character database that Python carries.
Blanks stand before punctuation, symbols, digits and letters; scripts follow the order of their code
points. What a full ICU would add (tailoring by language, contractions) is told in ADR 0064.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from machi.ngsild.errors import BadRequestData

Key = tuple[object, ...]

LENGTH = 256
"""Characters of a text that decide its place."""

_CHARACTERS = 4_096  # weights remembered, so that equal ones are one object: a key takes 8 bytes a character
_SUBTAG = r"[a-z0-9]{2,8}"
_TAG = re.compile(
    rf"(?P<language>[a-z]{{2,3}}|[a-z]{{5,8}}|root)(?:-[a-z]{{4}})?(?:-(?:[a-z]{{2}}|[0-9]{{3}}))?"
    rf"(?:-(?:[a-z0-9]{{5,8}}|[0-9][a-z0-9]{{3}}))*"
    rf"(?:-u(?P<keys>(?:-{_SUBTAG})+))?(?:-x(?:-[a-z0-9]{{1,8}})+)?"
)
_STRENGTHS = {"level1": 1, "level2": 2, "level3": 3, "level4": 3, "identic": 4}
_CASE_FIRST = {"upper", "lower", "false"}
_YES, _NO = {"", "true", "yes"}, {"false", "no"}
_KEY_LENGTH = 2
_GROUPS = {"Z": 0, "C": 0, "P": 1, "S": 2, "N": 4, "L": 5}
_CURRENCY = 3
_KATAKANA, _HIRAGANA_OFFSET = range(0x30A1, 0x30F7), 0x60
_SMALL_KANA = {
    ord(small): ord(large)
    for small, large in zip("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ", strict=True)
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Collation:
    """How texts are compared; `key` gives what sorts in that order."""

    strength: int = 3
    upper_first: bool = False
    numeric: bool = False
    phonebook: bool = False

    @classmethod
    def parse(cls, tag: str | None) -> "Collation":
        """Read a language tag with `-u-` extension, such as `und-u-ks-level1` or `de-u-co-phonebk`.

        Raises:
            BadRequestData: not a collation by RFC 6067.
        """
        if tag is None:
            return cls()
        found = _TAG.fullmatch(tag.lower()) if len(tag) < 256 else None  # noqa: PLR2004  # far beyond any tag
        if found is None:
            raise BadRequestData("the collation must be a language tag as RFC 6067 describes")
        keys = _keywords(found["keys"] or "")
        case, numeric = keys.get("kf", "false"), keys.get("kn", "false")
        strength = _STRENGTHS.get(keys.get("ks", "level3"))
        if strength is None or case not in _CASE_FIRST or numeric not in _YES | _NO:
            raise BadRequestData("the collation has a setting that RFC 6067 does not know")
        phonebook = found["language"] == "de" and keys.get("co") == "phonebk"
        return cls(strength, case == "upper", numeric in _YES, phonebook)

    def key(self, text: str, length: int = LENGTH) -> Key:
        """What to sort by in place of the text; what stands beyond the length changes nothing."""
        text = text[:length]
        plain = text.translate(_UMLAUTS) if self.phonebook else text
        decomposed = unicodedata.normalize("NFKD", plain)
        bases = [character for character in decomposed if not unicodedata.combining(character)]
        levels: list[object] = [self._primary("".join(bases))]
        if self.strength > 1:
            levels.append(tuple(_marks(decomposed)))
        if self.strength > 2:  # noqa: PLR2004  # the tertiary level
            composed = unicodedata.normalize("NFC", plain)
            levels.append(tuple(_form(character, self.upper_first) for character in composed))
        if self.strength > 3:  # noqa: PLR2004  # identical
            levels.append(text)
        return tuple(levels)

    def _primary(self, bases: str) -> Key:
        if not self.numeric:
            return tuple(map(_weight, bases))
        key: list[object] = []
        position = 0
        for digits in _DIGITS.finditer(bases):
            key += map(_weight, bases[position : digits.start()])
            number = digits[0].lstrip("0")
            key.append((_GROUPS["N"], len(number), number))
            position = digits.end()
        return (*key, *map(_weight, bases[position:]))


def _keywords(extension: str) -> dict[str, str]:
    keys: dict[str, str] = {}
    name = ""
    for subtag in filter(None, extension.split("-")):
        if len(subtag) == _KEY_LENGTH:
            name = subtag
            keys[name] = ""
        elif name:
            keys[name] = f"{keys[name]}-{subtag}".strip("-")
    return keys


@lru_cache(maxsize=_CHARACTERS)
def _form(character: str, upper_first: bool) -> tuple[bool, bool, bool]:  # noqa: FBT001  # a setting's value
    """Lower before upper case, hiragana before katakana, ordinary before other widths."""
    is_upper = character.isupper()
    is_wide = unicodedata.normalize("NFKC", character) != character
    return (is_upper != upper_first, ord(character) in _KATAKANA, is_wide)


@lru_cache(maxsize=_CHARACTERS)
def _weight(character: str) -> tuple[int, int, str]:
    folded = character.casefold()
    code = ord(folded[0])
    if code in _KATAKANA:
        code -= _HIRAGANA_OFFSET
    code = _SMALL_KANA.get(code, code)
    category = unicodedata.category(folded[0])
    if category == "Sc":
        return _CURRENCY, code, ""
    if category[0] == "N":
        return (
            _GROUPS["N"],
            int(unicodedata.numeric(folded[0], 0)),
            chr(code) if not folded.isdecimal() else "",
        )
    return _GROUPS.get(category[0], 2), code, folded[1:]


def _marks(decomposed: str) -> list[tuple[int, ...]]:
    """The combining marks on each base character."""
    marks: list[tuple[int, ...]] = []
    for character in decomposed:
        if unicodedata.combining(character) and marks:
            marks[-1] = (*marks[-1], ord(character))
        elif not unicodedata.combining(character):
            marks.append(())
    return marks
