"""A broker over memory, with a clock that tests move by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from machi.core.ids import DEFAULT_TENANT, EntityId
from machi.ngsild.broker.asking import read_query
from machi.ngsild.broker.batch import Batch
from machi.ngsild.broker.consumption import Answer, Consumption
from machi.ngsild.broker.discovery import Discovery
from machi.ngsild.broker.joining import Joining
from machi.ngsild.broker.payload import Items, Payload
from machi.ngsild.broker.provision import Provision
from machi.ngsild.broker.purge import Purge
from machi.ngsild.broker.querying import BUDGET, Budget, Querying
from machi.ngsild.broker.tenants import Tenants
from machi.ngsild.broker.writing import Patience, Target, Writer
from machi.ngsild.context.processing import process
from machi.ngsild.entity import Entity
from machi.ngsild.repositories import EntityRepository
from tests.unit.ngsild.memory import MemoryEntities, MemoryTenants

START = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
CAR = "urn:ngsi-ld:Car:1"


def _no_document(url: str) -> object:
    raise AssertionError(url)


CORE = process(None, _no_document)
expand = CORE.expand_term


def car(number: int = 1, **members: object) -> dict[str, object]:
    """A document of a Car; attributes may be bare values, as in concise form."""
    return {"id": f"urn:ngsi-ld:Car:{number}", "type": "Car", **members}


class World:
    """Everything a broker does, for one tenant."""

    def __init__(self, entities: EntityRepository | None = None, budget: Budget = BUDGET) -> None:
        self.time = START
        self.entities = MemoryEntities() if entities is None else entities
        self.tenants = Tenants(MemoryTenants())
        self.writer = Writer(self.entities, self.now, Patience(sleep=lambda _: None))
        self.provision = Provision(self.writer, self.tenants)
        self.batch = Batch(self.entities, self.writer, self.tenants)
        self.querying = Querying(self.entities, self.now, budget)
        self.consumption = Consumption(
            self.entities, self.querying, Joining(self.entities, self.now), self.now
        )
        self.purge = Purge(self.querying, self.batch)
        self.discovery = Discovery(self.entities, self.now)

    def now(self) -> datetime:
        return self.time

    def later(self, **length: float) -> None:
        """Let time pass."""
        self.time += timedelta(**length)

    def has(self, *documents: dict[str, object]) -> None:
        """Entities exist."""
        for document in documents:
            self.provision.create(DEFAULT_TENANT, body(document))

    def entity(self, identifier: str = CAR) -> Entity:
        """An entity as it is stored now."""
        stored = self.entities.get(DEFAULT_TENANT, EntityId(identifier))
        assert stored is not None
        return stored.entity

    def values(self, identifier: str = CAR) -> dict[str, Any]:
        """Values of the default instances of its Properties."""
        return {
            CORE.compact(iri): found["value"]
            for iri, instances in self.entity(identifier)["attrs"].items()
            for found in instances
            if "datasetId" not in found and "value" in found
        }

    def query(self, **parameters: object) -> Answer:
        """Query with the parameters of the URL."""
        return self.consumption.query(DEFAULT_TENANT, read_query(parameters, expand))

    def finds(self, **parameters: object) -> list[str]:
        """The ids that a query finds, without their common beginning."""
        found = self.query(**parameters).entities
        return [entity["id"].removeprefix("urn:ngsi-ld:") for entity in found]


def body(document: object) -> Payload:
    """A body read with the core @context."""
    return Payload(document, CORE)


def items(*documents: object) -> Items:
    """A batch read with the core @context."""
    return Items(documents, lambda _: CORE)


def target(identifier: str = CAR) -> Target:
    """An entity to change."""
    return Target(DEFAULT_TENANT, EntityId(identifier))
