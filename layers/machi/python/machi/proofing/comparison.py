"""Does the card say of a person what the profile says?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from machi.identity.assurance import BasicItem
from machi.identity.profile import Gender, Profile
from machi.proofing.addresses import same_place
from machi.proofing.writing import folded, names

REQUIRED = frozenset({BasicItem.NAME, BasicItem.ADDRESS, BasicItem.BIRTHDATE})
"""What must agree. Gender counts only where the citizen told it: nobody has to (ADR 0122)."""

_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
_EIGHT_DIGITS = re.compile(r"\d{8}")
_GENDERS: Mapping[str, Gender] = {
    **dict.fromkeys(("1", "男", "男性", "male", "m"), Gender.MALE),
    **dict.fromkeys(("2", "女", "女性", "female", "f"), Gender.FEMALE),
}


class Agreement(StrEnum):
    """How the two stand to each other."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_TOLD = "not-told"
    """The profile says nothing."""


@dataclass(frozen=True, slots=True)
class CardItems:
    """What the card says, as text. Lives as long as the comparison, and is never shown in a trace."""

    name: str
    address: str
    birthdate: str
    gender: str

    def __repr__(self) -> str:
        return "CardItems(…)"


def compared(card: CardItems, profile: Profile) -> Mapping[BasicItem, Agreement]:
    """Every item with its agreement; gender is left out where either says nothing that can be compared."""
    result = {
        BasicItem.NAME: _name(card.name, profile),
        BasicItem.ADDRESS: _address(card.address, profile),
        BasicItem.BIRTHDATE: _birthdate(card.birthdate, profile),
    }
    on_card, told = read_gender(card.gender), profile.gender
    if told in {Gender.MALE, Gender.FEMALE} and on_card is not None:
        result[BasicItem.GENDER] = _verdict(agrees=on_card is told)
    return result


def read_date(text: str) -> date | None:
    """The day in `19900401`, `1990-04-01`, `1990/4/1` or `1990年4月1日`; None in anything else."""
    text = folded(text)
    found = _DATE.fullmatch(text)
    if found is None or (text.isdigit() and not _EIGHT_DIGITS.fullmatch(text)):
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def read_gender(text: str) -> Gender | None:
    """The code of JIS X 0303 or a word; None for unknown, not applicable and anything else."""
    return _GENDERS.get(folded(text))


def _name(card: str, profile: Profile) -> Agreement:
    if not profile.family_name or not profile.given_name:
        return Agreement.NOT_TOLD
    return _verdict(agrees=bool(names(card) & names(f"{profile.family_name} {profile.given_name}")))


def _address(card: str, profile: Profile) -> Agreement:
    if not profile.municipality or not profile.street:
        return Agreement.NOT_TOLD
    told = f"{profile.prefecture or ''}{profile.municipality}{profile.street}"
    return _verdict(agrees=same_place(card, told, profile.building or ""))


def _birthdate(card: str, profile: Profile) -> Agreement:
    if profile.birth_date is None:
        return Agreement.NOT_TOLD
    return _verdict(agrees=read_date(card) == profile.birth_date)


def _verdict(*, agrees: bool) -> Agreement:
    return Agreement.AGREES if agrees else Agreement.DIFFERS
