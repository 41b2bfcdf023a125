"""How sure the city is that a citizen is who the profile says, and what that rests on.

Nothing of what the My Number card said is kept: only that it agreed, when, and with which items.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Protocol

from machi.core.ids import CitizenId
from machi.identity.profile import Profile


class BasicItem(StrEnum):
    """基本4情報, as デジタル認証アプリ names its scopes and claims."""

    NAME = "name"
    ADDRESS = "address"
    BIRTHDATE = "birthdate"
    GENDER = "gender"


class AssuranceLevel(StrEnum):
    """身元確認保証レベル; what a partner receives as `assurance_level`."""

    IDENTITY_2 = "ial2"
    """Items read from the chip of the card after its holder's PIN, certificate not revoked (ADR 0122)."""


class ProofingMethod(StrEnum):
    """By what."""

    MY_NUMBER_CARD = "my-number-card"
    """デジタル認証アプリ."""


FIELDS_OF: Mapping[BasicItem, tuple[str, ...]] = MappingProxyType(
    {
        BasicItem.NAME: ("family_name", "given_name"),
        BasicItem.ADDRESS: ("prefecture", "municipality", "street", "building"),
        BasicItem.BIRTHDATE: ("birth_date",),
        BasicItem.GENDER: ("gender",),
    }
)
"""The fields of a profile that say the same as an item of the card."""


@dataclass(frozen=True, slots=True)
class Assurance:
    """The outcome of one identity proofing."""

    level: AssuranceLevel
    method: ProofingMethod
    at: datetime
    items: frozenset[BasicItem]
    """Those that agreed."""
    told: str
    """Digest of what the profile said of these items at that time."""

    def holds_for(self, profile: Profile) -> bool:
        """True while the profile still says of the proven items what it said when they were proven."""
        return self.told == digest_of(profile, self.items)


class Assurances(Protocol):
    """Where assurances are kept: on the citizen's account."""

    def keep(self, citizen: CitizenId, assurance: Assurance) -> None:
        """Put it in the place of an earlier one.

        Raises:
            NotFound: the citizen has no account.
        """


def digest_of(profile: Profile, items: frozenset[BasicItem]) -> str:
    """SHA-256 over what the profile says of the items, to notice that it says something else."""
    told = [
        [item.value, *(_text(getattr(profile, field)) for field in FIELDS_OF[item])] for item in sorted(items)
    ]
    return sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _text(value: object) -> str:
    return "" if value is None else str(value)
