"""What personal entities need of their storage; `machi.storage` implements it, tests may use memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from machi.core.ids import ApplicationId, CitizenId, ConsentId, EntityId
from machi.ngsild.repositories import StoredEntity, Write


@dataclass(frozen=True, slots=True)
class Grant:
    """A citizen has given an application a consent; whether it still holds, the decision point says."""

    consent: ConsentId
    subject: CitizenId


class PersonalEntityRepository(Protocol):
    """Entities about citizens, kept with the citizen they are about."""

    def owner_of(self, entity: EntityId) -> CitizenId | None:
        """Whom an entity is about."""

    def get(self, subject: CitizenId, entity: EntityId) -> StoredEntity | None:
        """One entity of a citizen, strongly consistent."""

    def all_of(self, subject: CitizenId, types: Sequence[str]) -> Sequence[StoredEntity]:
        """A citizen's entities of these types, in the order of their ids."""

    def write(self, subject: CitizenId, change: Write) -> StoredEntity | None:
        """Apply one change, or none of it.

        Raises:
            Conflict: the entity is not in the state the change starts from.
        """


class GrantRepository(Protocol):
    """Who has given an application a consent."""

    def grants_to(self, application: ApplicationId, after: ConsentId | None) -> Iterator[Grant]:
        """Consents given and not withdrawn, in the order of their ids, behind one of them."""


class Pseudonyms(Protocol):
    """An application's names for citizens (`ppid`)."""

    def of(self, subject: CitizenId) -> str:
        """The application's name for a citizen."""

    def subject_of(self, pseudonym: str) -> CitizenId | None:
        """Whom the application means; None if it was never given that name."""
