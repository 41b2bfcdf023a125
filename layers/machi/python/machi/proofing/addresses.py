"""Do two Japanese addresses name the same place?

Written for the addresses of one municipality that people type and that cards carry (ADR 0121). It knows
forms, no places: nothing is looked up, and what differs in substance stays different.
"""

import re

from kanjize import kanji2number

from machi.identity.prefectures import PREFECTURES
from machi.proofing.writing import folded

_DASHES = re.compile(r"[-‐‑‒–—―−─━〜~ーｰ]")
_NUMERALS = "〇零一二三四五六七八九十百千"
_END_OF_NUMBER = r"丁目|丁(?!\w)|番|号|階|棟|-|\s|$"
_NUMBER = re.compile(rf"[{_NUMERALS}]+(?=[のノ之]?[{_NUMERALS}]*(?:{_END_OF_NUMBER})|[のノ之][{_NUMERALS}])")
_TRAILING = re.compile(rf"(?<=\d)([のノ之-])([{_NUMERALS}]+)(?=\s|$)")
_COUNTER = re.compile(r"(?<=\d)(?:丁目|丁(?!\w)|番地|番(?!町)|号室|号棟|号|階|棟)の?")
_OF = re.compile(r"(?<=\d)[のノ之](?=\d)")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[-\s]+(?=\d)")
_LONG_VOWEL = re.compile(r"(?<=[ァ-ヺ])ー")
_KANJI = "[\u3400-\u9fff\U00020000-\U0003ffff]"
_LIKE = [
    (re.compile(rf"(?<={_KANJI})[ヶヵがガ](?={_KANJI})"), "ケ"),
    (re.compile(rf"(?<={_KANJI})[の之乃](?={_KANJI})"), "ノ"),
    (re.compile(rf"(?<={_KANJI})[ッっつ](?={_KANJI})"), "ツ"),
    (re.compile("通り(?!町)"), "通"),
]
_SECTION = re.compile("大字|字")
_PREFECTURE = re.compile("|".join(map(re.escape, map(folded, PREFECTURES))))
_DISTRICT = re.compile(r"[^市区町村\d]{1,4}郡(?=[^市]{1,6}[町村])")
_LAST_NUMBER = re.compile(r"(\d+)\D*$")


def same_place(card: str, told: str, building: str = "") -> bool:
    """True if both name the same place.

    Prefecture and 郡 count only where both give them, a building only where both give the number of a room.

    Args:
        card: the whole address in one line, as the card carries it.
        told: the address as the citizen told it, without the building.
        building: the building as the citizen told it.
    """
    (card_where, card_line), (told_where, told_line) = _split(card), _split(told)
    if any(mine and theirs and mine != theirs for mine, theirs in zip(card_where, told_where, strict=True)):
        return False
    if not card_line or not told_line:
        return False
    if card_line in {told_line, _split(f"{told} {building}")[1]}:
        return True
    beyond = _beyond(card_line, told_line)
    if beyond is not None:
        return _same_room(beyond, address_form(building))
    # The citizen wrote the building into the same line; the card has none.
    return not building and _beyond(told_line, card_line) is not None


def address_form(text: str) -> str:
    """The address with numbers as `2-5-6`, without 大字 and 字, characters in one form. Idempotent."""
    previous, form = None, text
    while form != previous:  # a replaced character may bring two numbers together
        previous, form = form, _once(form)
    return form


def _once(text: str) -> str:
    text = _LONG_VOWEL.sub("\0", folded(text))
    text = _DASHES.sub("-", text).replace("\0", "ー")
    text = _NUMBER.sub(_arabic, text)
    text = _TRAILING.sub(lambda found: found[1] + _arabic_of(found[2]), text)
    text = _COUNTER.sub("-", text)
    text = _OF.sub("-", text)
    for pattern, form in _LIKE:
        text = pattern.sub(form, text)
    text = _SECTION.sub("", text)
    text = _BETWEEN_NUMBERS.sub("#", text).replace("-", "").replace(" ", "").replace("#", "-")
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def _arabic(found: re.Match[str]) -> str:
    return _arabic_of(found[0])


def _arabic_of(numerals: str) -> str:
    try:
        return str(kanji2number(numerals.replace("零", "〇")))
    except ValueError:
        return numerals


def _split(text: str) -> tuple[tuple[str, str], str]:
    """Prefecture and 郡 where they stand in front, and the rest."""
    form = address_form(text)
    prefecture = _PREFECTURE.match(form)
    rest = form[prefecture.end() :] if prefecture else form
    district = _DISTRICT.match(rest)
    line = rest[district.end() :] if district else rest
    return (prefecture[0] if prefecture else "", district[0] if district else ""), line


def _beyond(longer: str, shorter: str) -> str | None:
    """What stands behind a common lot number, if it can only be a building; None if it cannot."""
    if not longer.startswith(shorter) or not shorter[-1].isdigit():
        return None
    beyond = longer[len(shorter) :]
    return beyond if beyond and not beyond[0].isdigit() and beyond[0] != "-" else None


def _same_room(card: str, told: str) -> bool:
    mine, theirs = _LAST_NUMBER.search(card), _LAST_NUMBER.search(told)
    return mine is None or theirs is None or mine[1] == theirs[1]
