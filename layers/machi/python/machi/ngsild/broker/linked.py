"""The entities that Relationships point to, each read once in a request."""

from collections.abc import Collection, Iterable, Iterator

from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.provision import unexpired
from machi.ngsild.query.targets import objects_of
from machi.ngsild.repositories import EntityRepository

LINKS = frozenset({"Relationship", "ListRelationship"})
"""Types of attributes that point to entities."""

_MOST_AT_ONCE = 1_000


class LinkedEntities:
    """Finds entities by id; call it as the `resolve` of a query."""

    def __init__(self, entities: EntityRepository, tenant: Tenant, now: str) -> None:
        self._entities, self._tenant, self._now = entities, tenant, now
        self.known: dict[EntityId, Entity | None] = {}
        """What was read: the entity, or None where there is none."""

    def __call__(self, entity: EntityId) -> Entity | None:
        """The entity; read on its own if it was not read before."""
        if entity not in self.known:
            stored = self._entities.get(self._tenant, entity)
            self.known[entity] = None if stored is None else unexpired(stored.entity, self._now)
        return self.known[entity]

    def read(self, entities: Iterable[EntityId]) -> None:
        """Read many together, up to 1,000 at a time."""
        unread = list(dict.fromkeys(entity for entity in entities if entity not in self.known))
        for start in range(0, len(unread), _MOST_AT_ONCE):
            part = unread[start : start + _MOST_AT_ONCE]
            found = self._entities.get_many(self._tenant, part)
            for entity in part:
                stored = found.get(entity)
                self.known[entity] = None if stored is None else unexpired(stored.entity, self._now)


def targets_of(entity: Entity, attributes: Collection[str] | None = None) -> Iterator[EntityId]:
    """What an entity links to, through any of its attributes or only those named (IRIs)."""
    for iri, instances in entity["attrs"].items():
        if attributes is None or iri in attributes:
            for instance in instances:
                if instance["type"] in LINKS:
                    yield from map(EntityId, objects_of(instance))
