"""What the broker needs of its storage; `machi.storage` implements it, tests may use memory.

Every method names one access pattern of `docs/data-model.md`. All raise `Conflict` where somebody else
wrote first, so the caller can read again and retry.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import NgsiLdError
from machi.ngsild.query.geo import Bounds

Version = int
"""Grows with every write of an entity, also across deletion and creation anew."""

Cursor = str
"""Where a search stands; opaque, and only good for the same search."""


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """An entity as read, with the version that a write must find unchanged."""

    entity: Entity
    version: Version
    size: int = field(default=0, compare=False)
    """Bytes of its JSON, where storage knows: what is worked on together must fit into memory."""


@dataclass(frozen=True, slots=True)
class Write:
    """One change of one entity: create (no `before`), replace, or delete (no `after`)."""

    before: StoredEntity | None
    after: Entity | None


@dataclass(frozen=True, slots=True)
class Search:
    """What an index can narrow: no match is missed, but a candidate found may still fail the query."""

    types: tuple[str, ...] | None = None
    """Type IRIs of which a match has at least one; None for any type."""
    ids: tuple[EntityId, ...] | None = None
    """If given, nothing but these."""
    area: Bounds | None = None
    """Box that the geometry of `geoproperty` intersects."""
    geoproperty: str = "https://uri.etsi.org/ngsi-ld/location"
    scopes: tuple[str, ...] | None = None
    """Scope paths, `/A/B` exactly or `/A/#` with all below, of which a match has at least one."""
    attributes: frozenset[str] = field(default_factory=frozenset)
    """IRIs of attributes that every match has."""
    any_attributes: frozenset[str] = field(default_factory=frozenset)
    """IRIs of which every match has at least one (`attrs`)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entity of a search and the place behind it, from which a later page goes on."""

    stored: StoredEntity
    cursor: Cursor


class EntityRepository(Protocol):
    """Current state of entities."""

    def get(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        """Read one entity: one item, eventually consistent."""

    def get_latest(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        """Read one entity strongly consistent, to change it."""

    def get_many(self, tenant: Tenant, entities: Sequence[EntityId]) -> Mapping[EntityId, StoredEntity]:
        """Read up to 1,000 entities; those not there are left out."""

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
        """Apply one change with all its index items, or none of it.

        Raises:
            Conflict: the entity is not in the state the change starts from.
            BadRequestData: the entity is too large, or has too many types, places or scopes.
        """

    def write_many(
        self, tenant: Tenant, changes: Sequence[Write]
    ) -> Sequence[StoredEntity | Conflict | NgsiLdError | None]:
        """Apply up to 1,000 changes of different entities, each on its own; says how each went."""

    def search(
        self, tenant: Tenant, search: Search, *, after: Cursor | None = None, page: int = 100
    ) -> Iterator[Candidate]:
        """Candidates in the fixed order of the search, read lazily about `page` at a time.

        Raises:
            BadRequestData: `after` is no cursor of this search.
        """

    def count(self, tenant: Tenant, search: Search) -> int | None:
        """How many entities an exact search has, where the index alone can tell; else None."""

    def types(self, tenant: Tenant) -> Mapping[str, frozenset[str]]:
        """Types (IRIs) that entities have now → IRIs of attributes their entities ever had."""


class TenantRepository(Protocol):
    """Which tenants exist (clause 4.14)."""

    def exists(self, tenant: Tenant) -> bool:
        """True for the default tenant and for every one that has been written to."""

    def remember(self, tenant: Tenant) -> None:
        """Make the tenant exist; idempotent."""


@dataclass(frozen=True, slots=True)
class EntityMap:
    """The entities that a query found, kept for the requests that follow (clause 5.2.39)."""

    id: str
    entities: tuple[EntityId, ...]
    expires_at: str
    """ISO 8601 in UTC."""


class EntityMapRepository(Protocol):
    """Entity maps of each tenant (clause 5.14)."""

    def get(self, tenant: Tenant, map_id: str) -> EntityMap | None:
        """The map, perhaps after its time; None if it is gone."""

    def put(self, tenant: Tenant, entity_map: EntityMap) -> None:
        """Keep a map of up to 10,000 entities, in the place of one with its id."""

    def delete(self, tenant: Tenant, map_id: str) -> bool:
        """Forget it; False if it was not there."""
