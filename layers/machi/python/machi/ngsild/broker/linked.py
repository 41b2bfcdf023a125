"""The entities that Relationships point to, each read once in a request."""

from collections.abc import Collection, Iterable, Iterator

from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import TooManyResults
from machi.ngsild.provision import unexpired
from machi.ngsild.query.targets import objects_of
from machi.ngsild.repositories import EntityRepository, StoredEntity

LINKS = frozenset({"Relationship", "ListRelationship"})
"""Types of attributes that point to entities."""

MAX_BYTES = 8_000_000
"""JSON of the linked entities that a request may hold, about."""

_MOST_AT_ONCE = 1_000


class LinkedEntities:
    """Finds entities by id; call it as the `resolve` of a query."""

    def __init__(self, entities: EntityRepository, tenant: Tenant, now: str) -> None:
        self._entities, self._tenant, self._now = entities, tenant, now
        self.known: dict[EntityId, Entity | None] = {}
        """What was read: the entity, or None where there is none."""
        self.sizes: dict[EntityId, int] = {}
        """Bytes of what was read."""
        self._held = 0

    def __call__(self, entity: EntityId) -> Entity | None:
        """The entity; read on its own if it was not read before."""
        if entity not in self.known:
            self._keep(entity, self._entities.get(self._tenant, entity))
        return self.known[entity]

    def forget_if_many(self) -> None:
        """Let go of what was read, if that is much: for a scan, which may read it again."""
        if self._held > MAX_BYTES // 2:
            self.known.clear()
            self.sizes.clear()
            self._held = 0

    def read(self, entities: Iterable[EntityId]) -> None:
        """Read many together, up to 1,000 at a time.

        Raises:
            TooManyResults: they are too large to be held together.
        """
        unread = list(dict.fromkeys(entity for entity in entities if entity not in self.known))
        for start in range(0, len(unread), _MOST_AT_ONCE):
            part = unread[start : start + _MOST_AT_ONCE]
            found = self._entities.get_many(self._tenant, part)
            for entity in part:
                self._keep(entity, found.get(entity))

    def _keep(self, entity: EntityId, stored: StoredEntity | None) -> None:
        self.known[entity] = None if stored is None else unexpired(stored.entity, self._now)
        if stored is not None:
            self.sizes[entity] = stored.size
            self._held += stored.size
            if self._held > MAX_BYTES:
                raise TooManyResults("the linked entities are too large to be held together; ask for fewer")


def targets_of(entity: Entity, attributes: Collection[str] | None = None) -> Iterator[EntityId]:
    """What an entity links to, through any of its attributes or only those named (IRIs)."""
    for iri, instances in entity["attrs"].items():
        if attributes is None or iri in attributes:
            for instance in instances:
                if instance["type"] in LINKS:
                    yield from map(EntityId, objects_of(instance))
