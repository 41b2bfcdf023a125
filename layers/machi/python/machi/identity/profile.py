"""The citizen's profile: what the city holds because the citizen told it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from machi.core.language import Language


class Gender(StrEnum):
    """What a citizen may answer; the first two words are those of OpenID Connect."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Channel(StrEnum):
    """How the city may send notices."""

    EMAIL = "email"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a citizen told the city. None, or nothing in a list, means: not told."""

    family_name: str | None = None
    given_name: str | None = None
    family_name_kana: str | None = None
    given_name_kana: str | None = None
    nickname: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    postal_code: str | None = None
    """Seven digits."""
    prefecture: str | None = None
    """都道府県, the full Japanese name."""
    municipality: str | None = None
    """市区町村, with 郡 where there is one."""
    street: str | None = None
    """町名・番地."""
    building: str | None = None
    ward: str | None = None
    """連区, an id of the city's list."""
    phone: str | None = None
    """Digits with the leading 0, or `+` and digits for a number outside Japan."""
    commute_municipality: str | None = None
    commute_place: str | None = None
    interests: tuple[str, ...] = ()
    """Ids of the city's list, sorted."""
    language: Language = Language.JAPANESE
    channels: tuple[Channel, ...] = ()
    """Sorted. Nothing is sent before the citizen chooses."""


EMPTY_PROFILE = Profile()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


MEMBERS: Mapping[str, str] = {field.name: _camel(field.name) for field in fields(Profile)}
"""Field → name of the member in JSON: `family_name` → `familyName`."""


def told(profile: Profile) -> tuple[str, ...]:
    """The members that hold something the citizen told, for the record of who saw what."""
    return differing(EMPTY_PROFILE, profile)


def differing(before: Profile, after: Profile) -> tuple[str, ...]:
    """The members in which two profiles differ."""
    return tuple(member for name, member in MEMBERS.items() if getattr(before, name) != getattr(after, name))
