"""The catalogue of data items: the units in which a citizen agrees to give something away.

A service asks for items, a citizen ticks items, a disclosure names items. Which members of the profile and
which claims an item stands for is in `machi.identity.claims`; the words for it lie in `data_items.toml`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from machi.core.ids import DataItem
from machi.core.language import Language

NAME = DataItem("name")
NAME_KANA = DataItem("name_kana")
BIRTHDATE = DataItem("birthdate")
GENDER = DataItem("gender")
ADDRESS = DataItem("address")
PHONE = DataItem("phone")
EMAIL = DataItem("email")
WARD = DataItem("ward")
COMMUTE = DataItem("commute")
INTERESTS = DataItem("interests")
NICKNAME = DataItem("nickname")
LANGUAGE = DataItem("language")
ASSURANCE = DataItem("assurance")
"""Whether and how far the identity was proved; never the numbers of a card."""

STEPS = DataItem("HealthActivity.steps")
DISTANCE = DataItem("HealthActivity.distance")

CATALOGUE: tuple[DataItem, ...] = (
    *(NAME, NAME_KANA, BIRTHDATE, GENDER, ADDRESS, PHONE, EMAIL),
    *(WARD, COMMUTE, INTERESTS, NICKNAME, LANGUAGE, ASSURANCE),
)
"""Every item of the profile, in the order in which screens list them."""

RECORDED: tuple[DataItem, ...] = (STEPS, DISTANCE)
"""Items that applications record about a citizen (`machi.personal`), in the order of screens."""

WORDED: tuple[DataItem, ...] = (*CATALOGUE, *RECORDED)
"""Every item that there are words for."""


@dataclass(frozen=True, slots=True)
class ItemText:
    """The words for an item in one language."""

    label: str
    explanation: str
    """One sentence: what it is, and where it comes from."""
    example: str
    """Of somebody made up."""


def text_of(item: DataItem, language: Language) -> ItemText:
    """The words for an item.

    Raises:
        KeyError: the item is not in the catalogue.
    """
    return _texts()[item][language]


def label_of(item: DataItem, language: Language) -> str:
    """What an item is called; one that there are no words for goes by its name."""
    return text_of(item, language).label if item in WORDED else item


@cache
def _texts() -> Mapping[DataItem, Mapping[Language, ItemText]]:
    # Read on first use: triggers with 120 ms to start in import the catalogue and show nothing.
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {item: {language: ItemText(**found[item][language]) for language in Language} for item in WORDED}
