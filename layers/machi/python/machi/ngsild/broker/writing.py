"""How does a change of one entity reach storage when others change it too?

Optimistic locking: read the latest state, apply a pure function, write if the state is still the one
read. Whoever loses reads again after a short random pause; the pause grows with every loss, so even 50
writers on one entity all get through in about the time their writes take one after the other.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from machi.core.clock import Clock, to_iso
from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import AlreadyExists, ResourceNotFound
from machi.ngsild.provision import Outcome, unexpired
from machi.ngsild.query.types import TypeSelection
from machi.ngsild.repositories import EntityRepository, StoredEntity, Write

Apply = Callable[[Entity, str], Outcome]
"""From the state of an entity and the time to what becomes of it."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.25
"""Seconds; the first is about what one write takes."""
_PATIENCE = 15.0
"""Seconds after which a writer gives up; a request through API Gateway has 29."""


@dataclass(frozen=True, slots=True)
class Target:
    """Which entity an operation is about, and the types it must have (`type`, clause 4.17)."""

    tenant: Tenant
    entity: EntityId
    types: TypeSelection | None = None


class Patience:
    """How long and how often one request tries again."""

    def __init__(
        self,
        *,
        sleep: Callable[[float], None] = time.sleep,
        seconds: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._sleep, self._seconds, self._chance = sleep, seconds, chance

    def attempt(self, once: Callable[[], None]) -> None:
        """Call until it raises no Conflict.

        Raises:
            Conflict: others were faster for as long as a request may take.
        """
        deadline, pause = self._seconds() + _PATIENCE, _FIRST_PAUSE
        while True:
            try:
                return once()
            except Conflict:
                if self._seconds() > deadline:
                    raise
            self._sleep(pause * (0.5 + self._chance()))
            pause = min(2 * pause, _LONGEST_PAUSE)


class EntityNotFound(ResourceNotFound):
    """The entity itself is not there; not just a part of it."""


class Writer:
    """Creates, changes and deletes single entities."""

    def __init__(self, entities: EntityRepository, clock: Clock, patience: Patience) -> None:
        self._entities, self._clock, self._patience = entities, clock, patience

    def now(self) -> str:
        """The time to stamp changes with, as text."""
        return to_iso(self._clock())

    def create(self, tenant: Tenant, entity: Entity) -> None:
        """Write an entity that is not there: one conditional write, no read.

        Raises:
            AlreadyExists: it is there.
        """
        try:
            self._entities.write(tenant, Write(None, entity))
        except Conflict:
            raise AlreadyExists("there already is an entity with this id") from None

    def change(self, target: Target, apply: Apply) -> Outcome:
        """Apply a change to the latest state of an entity: one consistent read and one write.

        Raises:
            EntityNotFound: there is none, or not of such a type.
            Conflict: see Patience.
            NgsiLdError: whatever `apply` raises; nothing is written then.
        """
        outcomes: list[Outcome] = []

        self._patience.attempt(lambda: outcomes.append(self._change_once(target, apply)))
        return outcomes[-1]

    def upsert(self, target: Target, make: Callable[[str], Entity], apply: Apply) -> Outcome:
        """Apply a change to an entity, or make it where there is none.

        Raises:
            Conflict: see Patience.
            NgsiLdError: whatever `make` or `apply` raises; nothing is written then.
        """
        outcomes: list[Outcome] = []

        def once() -> None:
            try:
                outcomes.append(self._change_once(target, apply))
            except EntityNotFound:
                made = make(self.now())
                self._entities.write(target.tenant, Write(None, made))
                outcomes.append(Outcome(made))

        self._patience.attempt(once)
        return outcomes[-1]

    def delete(self, target: Target) -> None:
        """Delete an entity.

        Raises:
            EntityNotFound: there is none, or not of such a type.
        """

        def once() -> None:
            stored, _, _ = self._latest(target)
            self._entities.write(target.tenant, Write(stored, None))

        self._patience.attempt(once)

    def _change_once(self, target: Target, apply: Apply) -> Outcome:
        stored, current, now = self._latest(target)
        outcome = apply(current, now)
        if outcome.entity is not current:
            self._entities.write(target.tenant, Write(stored, outcome.entity))
        return outcome

    def _latest(self, target: Target) -> tuple[StoredEntity, Entity, str]:
        stored = self._entities.get_latest(target.tenant, target.entity)
        now = self.now()
        current = None if stored is None else unexpired(stored.entity, now)
        if stored is None or current is None or not _is_of(target.types, current):
            raise EntityNotFound("there is no entity with this id and type")
        return stored, current, max(now, current["modifiedAt"])


def _is_of(types: TypeSelection | None, entity: Entity) -> bool:
    return types is None or types.matches(entity["type"])
