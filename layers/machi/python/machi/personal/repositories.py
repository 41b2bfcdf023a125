"""What personal entities need of their storage; `machi.storage` implements it, tests may use memory."""

from collections.abc import Sequence
from typing import Protocol

from machi.core.ids import CitizenId, EntityId
from machi.ngsild.repositories import StoredEntity, Write


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


class Pseudonyms(Protocol):
    """An application's names for citizens (`ppid`)."""

    def of(self, subject: CitizenId) -> str:
        """The application's name for a citizen."""

    def subject_of(self, pseudonym: str) -> CitizenId | None:
        """Whom the application means; None if it was never given that name."""
