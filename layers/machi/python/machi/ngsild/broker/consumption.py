"""Context information consumption: retrieve and query entities (clauses 5.7.1 and 5.7.2), purge (5.6.21)."""

from dataclasses import dataclass, field, replace
from operator import is_

from machi.core.clock import Clock, to_iso
from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.asking import Asked, Join, check_depth
from machi.ngsild.broker.joining import Graph, Joining
from machi.ngsild.broker.paging import Links
from machi.ngsild.broker.querying import Querying
from machi.ngsild.broker.versions import Version, amended
from machi.ngsild.entity import Entity
from machi.ngsild.errors import ResourceNotFound
from machi.ngsild.provision import unexpired
from machi.ngsild.query.projection import Projection
from machi.ngsild.query.types import TypeSelection
from machi.ngsild.repositories import EntityRepository


@dataclass(frozen=True, slots=True)
class Answer:
    """Entities that answer a request, whole, and what is linked from them."""

    entities: list[Entity]
    projection: Projection
    join: Join | None = None
    graph: Graph = field(default_factory=Graph)
    links: Links = field(default_factory=Links)
    count: int | None = None

    def in_version(self, version: Version) -> "Answer":
        """The answer as an earlier version knows it; itself if that makes no difference (4.3.6.8)."""
        entities = [amended(entity, version) for entity in self.entities]
        graph = self.graph.in_version(version)
        is_same = graph is self.graph and all(map(is_, entities, self.entities))
        return self if is_same else replace(self, entities=entities, graph=graph)


class Consumption:
    """Reads entities for clients."""

    def __init__(
        self, entities: EntityRepository, querying: Querying, joining: Joining, clock: Clock
    ) -> None:
        self._entities, self._querying, self._joining, self._clock = entities, querying, joining, clock

    def retrieve(
        self,
        tenant: Tenant,
        entity: EntityId,
        *,
        types: TypeSelection | None = None,
        projection: Projection,
        join: Join | None = None,
        datasets: frozenset[str] | None = None,
    ) -> Answer:
        """5.7.1 Retrieve Entity: one read, and one more for each level joined.

        Raises:
            ResourceNotFound: no such entity, or none of the attributes asked for.
            BadRequestData: the projection reaches deeper than the join.
        """
        check_depth(projection.link_depth, join)
        stored = self._entities.get(tenant, entity)
        found = None if stored is None else unexpired(stored.entity, to_iso(self._clock()))
        if found is None or not (types is None or types.matches(found["type"])):
            raise ResourceNotFound("there is no entity with this id and type")
        found = in_datasets(found, datasets)
        if not projection.selects(found):
            raise ResourceNotFound("the entity has none of the attributes asked for")
        return Answer([found], projection, join, self._graph(tenant, [found], projection, join))

    def query(self, tenant: Tenant, asked: Asked, datasets: frozenset[str] | None = None) -> Answer:
        """5.7.2 Query Entities.

        Raises:
            TooManyResults, TooComplexQuery, BadRequestData: see `Querying.page`.
        """
        page = self._querying.page(tenant, asked.selection, asked.paging, asked.ordering)
        entities = [in_datasets(entity, datasets) for entity in page.entities]
        projection, join = asked.selection.projection, asked.join
        graph = self._graph(tenant, entities, projection, join)
        return Answer(entities, projection, join, graph, page.links, page.count)

    def _graph(
        self, tenant: Tenant, entities: list[Entity], projection: Projection, join: Join | None
    ) -> Graph:
        return Graph() if join is None else self._joining.graph(tenant, entities, projection, join)


def in_datasets(entity: Entity, datasets: frozenset[str] | None) -> Entity:
    """The entity with the attribute instances of the named datasets only (4.5.5)."""
    if datasets is None:
        return entity
    chosen = {
        iri: [one for one in instances if one.get("datasetId", "@none") in datasets]
        for iri, instances in entity["attrs"].items()
    }
    return {**entity, "attrs": {iri: instances for iri, instances in chosen.items() if instances}}
