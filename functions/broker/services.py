"""The operations that the routes call, put together from repositories."""

from dataclasses import dataclass

from machi.core.clock import Clock
from machi.ngsild.broker.batch import Batch
from machi.ngsild.broker.consumption import Consumption
from machi.ngsild.broker.discovery import Discovery
from machi.ngsild.broker.entity_maps import EntityMaps
from machi.ngsild.broker.identity import SourceIdentity
from machi.ngsild.broker.joining import Joining
from machi.ngsild.broker.provision import Provision
from machi.ngsild.broker.purge import Purge
from machi.ngsild.broker.querying import Querying
from machi.ngsild.broker.tenants import Tenants
from machi.ngsild.broker.writing import Patience, Writer
from machi.ngsild.context import Contexts, ContextService
from machi.ngsild.repositories import EntityMapRepository, EntityRepository, TenantRepository
from machi.ngsild.temporal import HistoryRepository, TemporalConsumption, TemporalProvision


@dataclass(frozen=True)
class Services:
    """One object for each group of operations; built once per process."""

    tenants: Tenants
    contexts: Contexts
    hosted_contexts: ContextService
    provision: Provision
    batch: Batch
    purge: Purge
    consumption: Consumption
    discovery: Discovery
    entity_maps: EntityMaps
    identity: SourceIdentity
    temporal_provision: TemporalProvision
    temporal_consumption: TemporalConsumption


def assemble(
    *,
    entities: EntityRepository,
    tenants: TenantRepository,
    entity_maps: EntityMapRepository,
    history: HistoryRepository,
    contexts: Contexts,
    hosted_contexts: ContextService,
    clock: Clock,
    city_code: str,
    temporal_instances: int,
) -> Services:
    """All services over these repositories."""
    known_tenants, writer = Tenants(tenants), Writer(entities, clock, Patience())
    batch = Batch(entities, writer, known_tenants)
    querying = Querying(entities, clock)
    return Services(
        tenants=known_tenants,
        contexts=contexts,
        hosted_contexts=hosted_contexts,
        provision=Provision(writer, known_tenants),
        batch=batch,
        purge=Purge(querying, batch),
        consumption=Consumption(entities, querying, Joining(entities, clock), clock),
        discovery=Discovery(entities, clock),
        entity_maps=EntityMaps(entity_maps, querying, clock),
        identity=SourceIdentity(city_code, clock),
        temporal_provision=TemporalProvision(history, clock),
        temporal_consumption=TemporalConsumption(history, instances=temporal_instances),
    )
