"""Which entities are linked from those found, and how are they read in few requests? (clause 4.5.23)"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from machi.core.clock import Clock, to_iso
from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.asking import Join
from machi.ngsild.broker.linked import LinkedEntities, targets_of
from machi.ngsild.broker.versions import Version, amended
from machi.ngsild.entity import Entity
from machi.ngsild.errors import TooManyResults
from machi.ngsild.query.projection import Projection
from machi.ngsild.repositories import EntityRepository

MAX_LINKED = 1_000
"""Entities that one request may join."""
MAX_INLINE_BYTES = 5_000_000
"""JSON of linked entities written into others, about: one that many link to is written as often, and what it
links to each time again, so a few hundred could fill any memory."""
_LEAST = 200  # bytes of a linked entity, however small


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked entity and what is to be shown of it."""

    entity: Entity
    projection: Projection


@dataclass
class Graph:
    """The entities linked from a page, read level by level."""

    known: dict[EntityId, Entity] = field(default_factory=dict)
    flat: list[Linked] = field(default_factory=list)
    """Each linked entity once, nearest first, without those of the page."""
    sizes: Mapping[EntityId, int] = field(default_factory=dict)
    """Bytes of each."""
    _written: int = 0

    def resolve(self, entity: EntityId) -> Entity | None:
        """A linked entity to be written into another one, or None if there is none or it lies too far.

        Raises:
            TooManyResults: too much was written so already.
        """
        found = self.known.get(entity)
        if found is not None:
            self._written += max(self.sizes.get(entity, 0), _LEAST)
            if self._written > MAX_INLINE_BYTES:
                raise TooManyResults("the linked entities would be written too often; join them flat")
        return found

    def in_version(self, version: Version) -> "Graph":
        """The linked entities as an earlier version knows them; the same graph if that is no difference."""
        known = {identifier: amended(entity, version) for identifier, entity in self.known.items()}
        if all(entity is self.known[identifier] for identifier, entity in known.items()):
            return self
        flat = [Linked(known[EntityId(one.entity["id"])], one.projection) for one in self.flat]
        return Graph(known, flat, self.sizes)


class Joining:
    """Reads linked entities."""

    def __init__(self, entities: EntityRepository, clock: Clock) -> None:
        self._entities, self._clock = entities, clock

    def graph(self, tenant: Tenant, page: Sequence[Entity], projection: Projection, join: Join) -> Graph:
        """Everything linked from the entities of a page: one read for each level.

        Raises:
            TooManyResults: more entities are linked than one request may join.
        """
        linked = LinkedEntities(self._entities, tenant, to_iso(self._clock()))
        graph = Graph(sizes=linked.sizes)
        shown = {EntityId(entity["id"]) for entity in page}
        level = [Linked(entity, projection) for entity in page]
        for _ in range(join.level):
            wanted: dict[EntityId, Projection] = {}
            for one in level:
                for target, beyond in _targets(one):
                    if target not in join.contained_by:
                        wanted.setdefault(target, beyond)
            if len(wanted.keys() | linked.known.keys()) > MAX_LINKED:
                raise TooManyResults(f"more than {MAX_LINKED} entities are linked; ask for fewer")
            linked.read(wanted)
            level = []
            for target, beyond in wanted.items():
                entity = linked.known[target]
                if entity is None:
                    continue
                graph.known[target] = entity
                level.append(Linked(entity, beyond))
                if target not in shown:
                    shown.add(target)
                    graph.flat.append(level[-1])
        return graph


def _targets(linked: Linked) -> Iterator[tuple[EntityId, Projection]]:
    """What an entity links to through the Relationships that are shown of it."""
    for iri in linked.entity["attrs"]:
        if linked.projection.shows_attribute(iri):
            beyond = linked.projection.beyond(iri)
            for target in targets_of(linked.entity, (iri,)):
                yield target, beyond
