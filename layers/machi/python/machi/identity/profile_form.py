"""Whether a submitted profile can be accepted, and what is wrong where it cannot."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from machi.core.errors import MachiError
from machi.core.language import Language
from machi.identity.prefectures import PREFECTURES
from machi.identity.profile import MEMBERS, Channel, Gender, Profile
from machi.identity.text import has_forbidden_character, is_katakana, normalize, to_katakana

MAX_NAME = 50
"""Characters of a family or given name; the longest registered ones stay well below."""
MAX_NICKNAME = 30
MAX_PLACE = 100
"""Characters of one part of an address."""
OLDEST_YEARS = 130

ValueT = TypeVar("ValueT")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_NUMBER = 30
_NUMBER_MARKS = re.compile(r"[-‐‑‒–—―−ーｰ〒() .]")
"""What people put between the digits of a postal code or telephone number."""
_POSTAL_CODE = re.compile(r"[0-9]{7}")
_PHONE = re.compile(r"0[0-9]{9,10}|\+[1-9][0-9]{6,14}")
"""A Japanese number with its area code, or any of E.164."""
_EXPANSION = 4  # what is this many times too long is not even normalized


class Fault(StrEnum):
    """What can be wrong with a value."""

    TOO_LONG = "too-long"
    NOT_TEXT = "not-text"
    FORBIDDEN_CHARACTER = "forbidden-character"
    NOT_KANA = "not-kana"
    NOT_A_DATE = "not-a-date"
    IN_FUTURE = "in-future"
    TOO_OLD = "too-old"
    NOT_OFFERED = "not-offered"
    NOT_A_POSTAL_CODE = "not-a-postal-code"
    NOT_A_PHONE_NUMBER = "not-a-phone-number"
    NOT_A_LIST = "not-a-list"
    NOT_AN_OBJECT = "not-an-object"
    UNKNOWN_MEMBER = "unknown-member"


@dataclass(frozen=True, slots=True)
class Offered:
    """What the city lets a citizen choose from: ids of its file."""

    wards: frozenset[str]
    interests: frozenset[str]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One fault and the member it is in; never the value, never a name that the client made up."""

    member: str | None
    """One of `MEMBERS`; None if the fault is in the profile as a whole."""
    fault: Fault


class ProfileInvalid(MachiError):
    """The submitted profile has faults; `faults` has all of them."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__("the profile has values that cannot be accepted")
        self.faults = faults


def read_profile(submitted: object, *, offered: Offered, today: date) -> Profile:
    """Check a submitted profile and bring it into the form in which it is kept.

    A member that is missing, null or empty counts as not told.

    Args:
        submitted: parsed JSON.
        offered: what the city lets a citizen choose from.
        today: the day it is in Japan.

    Raises:
        ProfileInvalid: with every fault found.
    """
    if not isinstance(submitted, dict):
        raise ProfileInvalid((FieldFault(None, Fault.NOT_AN_OBJECT),))
    form = _Form(submitted)
    profile = Profile(
        family_name=form.take("family_name", _name),
        given_name=form.take("given_name", _name),
        family_name_kana=form.take("family_name_kana", _kana),
        given_name_kana=form.take("given_name_kana", _kana),
        nickname=form.take("nickname", _nickname),
        birth_date=form.take("birth_date", lambda value: _birth_date(value, today)),
        gender=form.take("gender", _gender),
        postal_code=form.take("postal_code", _postal_code),
        prefecture=form.take("prefecture", lambda value: _one_of(value, PREFECTURES)),
        municipality=form.take("municipality", _place),
        street=form.take("street", _place),
        building=form.take("building", _place),
        ward=form.take("ward", lambda value: _one_of(value, offered.wards)),
        phone=form.take("phone", _phone),
        commute_municipality=form.take("commute_municipality", _place),
        commute_place=form.take("commute_place", _place),
        interests=form.take("interests", lambda value: _some_of(value, offered.interests)) or (),
        language=form.take("language", lambda value: Language(_one_of(value, frozenset(Language))))
        or Language.JAPANESE,
        channels=form.take("channels", _channels) or (),
    )
    if form.faults:
        raise ProfileInvalid(tuple(form.faults))
    return profile


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class _Form:
    """The submitted members; hands out one at a time and collects what is wrong."""

    def __init__(self, submitted: Mapping[str, object]) -> None:
        self._submitted = submitted
        self.faults: list[FieldFault] = []
        if submitted.keys() - MEMBERS.values():
            self.faults.append(FieldFault(None, Fault.UNKNOWN_MEMBER))

    def take(self, field: str, check: Callable[[object], ValueT]) -> ValueT | None:
        """The checked value; None if it was not told, or is noted among the faults."""
        value = self._submitted.get(MEMBERS[field])
        if value is None or value == "":
            return None
        try:
            return check(value)
        except _Refused as refused:
            self.faults.append(FieldFault(MEMBERS[field], refused.fault))
            return None


def _text(value: object, longest: int) -> str | None:
    if not isinstance(value, str):
        raise _Refused(Fault.NOT_TEXT)
    if len(value) > longest * _EXPANSION:
        raise _Refused(Fault.TOO_LONG)
    if has_forbidden_character(value):
        raise _Refused(Fault.FORBIDDEN_CHARACTER)
    text = normalize(value)
    if len(text) > longest:
        raise _Refused(Fault.TOO_LONG)
    return text or None


def _name(value: object) -> str | None:
    return _text(value, MAX_NAME)


def _nickname(value: object) -> str | None:
    return _text(value, MAX_NICKNAME)


def _place(value: object) -> str | None:
    return _text(value, MAX_PLACE)


def _kana(value: object) -> str | None:
    text = _text(value, MAX_NAME)
    if text is None:
        return None
    kana = to_katakana(text)
    if not is_katakana(kana):
        raise _Refused(Fault.NOT_KANA)
    return kana


def _birth_date(value: object, today: date) -> date:
    if not isinstance(value, str):
        raise _Refused(Fault.NOT_TEXT)
    if not _DATE.fullmatch(value):
        raise _Refused(Fault.NOT_A_DATE)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _Refused(Fault.NOT_A_DATE) from None
    if day > today:
        raise _Refused(Fault.IN_FUTURE)
    if today.year - day.year > OLDEST_YEARS:
        raise _Refused(Fault.TOO_OLD)
    return day


def _postal_code(value: object) -> str | None:
    return _number(value, _POSTAL_CODE, Fault.NOT_A_POSTAL_CODE)


def _phone(value: object) -> str | None:
    return _number(value, _PHONE, Fault.NOT_A_PHONE_NUMBER, home="+81")


def _number(value: object, form: re.Pattern[str], fault: Fault, home: str | None = None) -> str | None:
    """Digits without what stands between them; a number of `home` with its 0 in place of the country's."""
    text = _text(value, _MAX_NUMBER)
    if text is None:
        return None
    digits = _NUMBER_MARKS.sub("", text)
    if home is not None and digits.startswith(home):
        digits = "0" + digits.removeprefix(home).removeprefix("0")
    if not form.fullmatch(digits):
        raise _Refused(fault)
    return digits


def _one_of(value: object, offered: Collection[str]) -> str:
    if not isinstance(value, str):
        raise _Refused(Fault.NOT_TEXT)
    if value not in offered:
        raise _Refused(Fault.NOT_OFFERED)
    return value


def _some_of(value: object, offered: Collection[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Refused(Fault.NOT_A_LIST)
    return tuple(sorted({_one_of(each, offered) for each in value}))


def _gender(value: object) -> Gender:
    return Gender(_one_of(value, frozenset(Gender)))


def _language(value: object) -> Language:
    return Language(_one_of(value, frozenset(Language)))


def _channels(value: object) -> tuple[Channel, ...]:
    return tuple(Channel(channel) for channel in _some_of(value, frozenset(Channel)))
