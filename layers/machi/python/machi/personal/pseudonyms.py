"""An application's names for citizens, made by its sector and found again where they were given away."""

from typing import Protocol

from machi.connect.ppid import ppid
from machi.core.ids import CitizenId


class GivenPseudonyms(Protocol):
    """Pseudonyms that were given away, of all sectors."""

    def subject_of(self, pseudonym: str) -> CitizenId | None:
        """Whom it stands for."""


class SectorPseudonyms:
    """Implements `machi.personal.repositories.Pseudonyms` for one sector."""

    def __init__(self, given: GivenPseudonyms, secret: bytes, sector: str) -> None:
        self._given, self._secret, self._sector = given, secret, sector

    def of(self, subject: CitizenId) -> str:
        """The sector's name for a citizen."""
        return ppid(self._secret, self._sector, subject)

    def subject_of(self, pseudonym: str) -> CitizenId | None:
        """Whom the sector means; another sector's name for the same citizen means nobody."""
        subject = self._given.subject_of(pseudonym)
        return subject if subject is not None and self.of(subject) == pseudonym else None
