"""Delete all entities that match a query, or attributes of them (clause 5.6.21)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.batch import MAX_ENTITIES, Batch, BatchResult, Job
from machi.ngsild.broker.querying import Querying
from machi.ngsild.broker.selection import Selection
from machi.ngsild.entity import Entity
from machi.ngsild.provision import Outcome, drop_attributes, keep_attributes

MAX_PURGED = 10_000
"""Entities of one purge."""


class Reduce(Enum):
    """What `drop` and `keep` leave of the entities that match."""

    DROP = "drop"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Reduction:
    """Which attributes go, or which stay."""

    how: Reduce
    attributes: Collection[str]
    """IRIs."""

    def apply(self, entity: Entity, now: str) -> Outcome:
        """The entity with less."""
        reduce = drop_attributes if self.how is Reduce.DROP else keep_attributes
        return reduce(entity, self.attributes, now)


class Purge:
    """Purges entities."""

    def __init__(self, querying: Querying, batch: Batch) -> None:
        self._querying, self._batch = querying, batch

    def purge(self, tenant: Tenant, selection: Selection, reduction: Reduction | None = None) -> BatchResult:
        """Delete or reduce what matches, found first and then worked on 1,000 at a time.

        Raises:
            TooManyResults, TooComplexQuery: see `Querying.ids`; nothing is deleted then.
        """
        ids = self._querying.ids(tenant, selection, MAX_PURGED)
        result = BatchResult()
        for start in range(0, len(ids), MAX_ENTITIES):
            self._chunk(tenant, ids[start : start + MAX_ENTITIES], reduction, result)
        return result

    def _chunk(
        self, tenant: Tenant, ids: list[EntityId], reduction: Reduction | None, result: BatchResult
    ) -> None:
        if reduction is None:
            self._batch.delete_all(tenant, ids, result)
            return
        part = self._batch.run(tenant, [Job(entity, apply=reduction.apply) for entity in ids])
        for entity in part.success:
            result.succeeded(entity)
        result.errors += part.errors
