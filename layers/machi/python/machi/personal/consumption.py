"""Reading personal entities: as any other, but nothing is answered before it is recorded."""

from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.asking import Asked, Join
from machi.ngsild.broker.consumption import Answer, Consumption
from machi.ngsild.query.projection import Projection
from machi.ngsild.query.types import TypeSelection
from machi.personal.access import Access
from machi.personal.entities import ConsentedEntities


class RecordedConsumption:
    """Implements what the routes use of `Consumption`, for one request."""

    def __init__(self, consumption: Consumption, entities: ConsentedEntities, access: Access) -> None:
        self._consumption, self._entities, self._access = consumption, entities, access

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
        """5.7.1 Retrieve Entity; see `Consumption.retrieve`.

        Raises:
            Conflict: the record could not be written; nothing leaves.
        """
        answer = self._consumption.retrieve(
            tenant, entity, types=types, projection=projection, join=join, datasets=datasets
        )
        return self._recorded(answer)

    def query(self, tenant: Tenant, asked: Asked, datasets: frozenset[str] | None = None) -> Answer:
        """5.7.2 Query Entities; see `Consumption.query`.

        Raises:
            Conflict: a record could not be written; nothing leaves.
        """
        self._entities.filtered = _looked_at(asked)
        return self._recorded(self._consumption.query(tenant, asked, datasets))

    def _recorded(self, answer: Answer) -> Answer:
        for entity in answer.entities:
            shown = frozenset(iri for iri in entity["attrs"] if answer.projection.shows_attribute(iri))
            self._entities.note_shown([entity], shown)
        self._entities.note_shown([linked.entity for linked in answer.graph.flat], None)
        self._access.release()
        return answer


def _looked_at(asked: Asked) -> frozenset[str] | None:
    """The attributes that decide whether, or where, an entity stands in the answer; None for any."""
    selection = asked.selection
    if asked.ordering is not None or selection.link_depth:
        return None
    looked_at: frozenset[str] = selection.projection.attributes or frozenset()
    if selection.q is not None:
        looked_at |= selection.q.attributes
    if selection.geo is not None:
        looked_at |= {selection.geo.geoproperty}
    return looked_at
