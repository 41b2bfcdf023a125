"""The citizen's profile: what the city holds because the citizen told it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from machi.core.language import Language


@dataclass(frozen=True, slots=True)
class Profile:
    """What a citizen told the city. None means: not told."""

    family_name: str | None = None
    given_name: str | None = None
    family_name_kana: str | None = None
    given_name_kana: str | None = None
    nickname: str | None = None
    birth_date: date | None = None
    ward: str | None = None
    """連区, an id of the city's list."""
    language: Language = Language.JAPANESE
    notify_by_email: bool = False


EMPTY_PROFILE = Profile()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


MEMBERS: Mapping[str, str] = {field.name: _camel(field.name) for field in fields(Profile)}
"""Field → name of the member in JSON: `family_name` → `familyName`."""


def told(profile: Profile) -> tuple[str, ...]:
    """The members that hold something the citizen told, for the record of who saw what."""
    return tuple(
        member for name, member in MEMBERS.items() if getattr(profile, name) != getattr(EMPTY_PROFILE, name)
    )
