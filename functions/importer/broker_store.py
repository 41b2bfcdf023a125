"""The broker's own storage as the place that imports load into."""

from collections.abc import Callable, Sequence

from machi.core.ids import EntityId, Tenant
from machi.datasets.entities import Entity
from machi.datasets.loading import Action, Outcome, Plan, plan
from machi.ngsild import provision
from machi.ngsild.broker.batch import MAX_ENTITIES, Batch, BatchError, Job
from machi.ngsild.broker.ids import entity_id
from machi.ngsild.context import Context
from machi.ngsild.entity import Entity as BrokerEntity
from machi.ngsild.errors import NgsiLdError
from machi.ngsild.reading import NULL, Nulls, read_entity, read_fragment
from machi.ngsild.rendering import Renderer


class BrokerStore:
    """An `EntityStore`: plans against what is stored, within the broker's optimistic lock."""

    def __init__(self, batch: Batch, tenant: Tenant, core: Context, now: Callable[[], str]) -> None:
        """`core` is the core @context, `now` the time as text."""
        self._batch = batch
        self._tenant = tenant
        self._core = core
        self._now = now

    def load(self, entities: Sequence[Entity]) -> Sequence[Outcome]:
        """See `EntityStore`; costs a read for each entity and a write for those that differ.

        Raises:
            Whatever storage raises when it cannot be reached; loading again is then safe.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(entities), MAX_ENTITIES):
            outcomes += self._load(entities[start : start + MAX_ENTITIES])
        return outcomes

    def _load(self, entities: Sequence[Entity]) -> list[Outcome]:
        planned: dict[str, Plan] = {}
        result = self._batch.run(self._tenant, [self._job(entity, planned) for entity in entities])
        refused = {error.entity: _refusal(error) for error in result.errors}
        return [refused.get(entity["id"]) or planned[entity["id"]].outcome for entity in entities]

    def _job(self, entity: Entity, planned: dict[str, Plan]) -> Job | BatchError:
        try:
            identifier = entity_id(entity["id"])
            read_entity(entity, self._core, self._now())
        except NgsiLdError as error:
            return BatchError(entity["id"], error)

        def make(now: str) -> BrokerEntity:
            planned[entity["id"]] = plan(entity, None)
            return read_entity(entity, self._core, now)

        def apply(current: BrokerEntity, now: str) -> provision.Outcome:
            # The lock may be lost and all this done again: the last plan is the one that was carried out.
            planned[entity["id"]] = wanted = plan(entity, Renderer(self._core).entity(current))
            return self._carry_out(wanted, entity, current, now)

        return Job(EntityId(identifier), make, apply)

    def _carry_out(self, wanted: Plan, entity: Entity, current: BrokerEntity, now: str) -> provision.Outcome:
        if wanted.outcome.action is not Action.REPLACED:
            return provision.Outcome(current)
        changes = wanted.write or {"id": entity["id"], "type": entity["type"]}
        removals = {name: {"type": "Property", "value": NULL} for name in wanted.remove}
        return provision.update(
            current, read_fragment(changes | removals, self._core, now, Nulls.UPDATE), now
        )


def _refusal(error: BatchError) -> Outcome:
    # Messages of the broker never repeat what was sent.
    return Outcome(error.entity, Action.REFUSED, f"データ連携基盤が受け付けませんでした({error.error})")
