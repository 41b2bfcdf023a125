"""Entity maps: the entities of a query, fixed for the requests that follow (clauses 5.14, 5.5.9.3, 5.5.14).

All entities are held here, so every entry says `@none`: no context source but this one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

from machi.core.clock import Clock, to_iso
from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.querying import Querying
from machi.ngsild.broker.selection import Selection
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.reading import is_date_time, is_uri
from machi.ngsild.repositories import EntityMap, EntityMapRepository

MAX_ENTITIES = 10_000
"""Entities of one map."""

_LIFETIME = timedelta(minutes=30)
_LONGEST = timedelta(hours=24)
_PREFIX = "urn:ngsi-ld:EntityMap:"
_HERE = ["@none"]


class EntityMaps:
    """Makes, finds, prolongs and drops entity maps."""

    def __init__(self, maps: EntityMapRepository, querying: Querying, clock: Clock) -> None:
        self._maps, self._querying, self._clock = maps, querying, clock

    def ids(self, tenant: Tenant, selection: Selection) -> list[EntityId]:
        """5.14.4: the entities that match a query, for a map of them.

        Raises:
            TooManyResults, TooComplexQuery: see `Querying.ids`.
        """
        return self._querying.ids(tenant, selection, MAX_ENTITIES)

    def of(
        self, tenant: Tenant, entities: Sequence[EntityId], lifetime: timedelta | None = None
    ) -> EntityMap:
        """A map of these entities; it lives half an hour, or as wished up to a day."""
        expires = self._clock() + min(lifetime or _LIFETIME, _LONGEST)
        made = EntityMap(f"{_PREFIX}{token_hex(16)}", tuple(entities), to_iso(expires))
        self._maps.put(tenant, made)
        return made

    def find(self, tenant: Tenant, identifier: str) -> EntityMap | None:
        """A map that is still there and has not expired."""
        found = self._maps.get(tenant, identifier)
        if found is None or found.expires_at <= to_iso(self._clock()):
            return None
        return found

    def retrieve(self, tenant: Tenant, identifier: str) -> EntityMap:
        """5.14.1 Retrieve EntityMap.

        Raises:
            BadRequestData: the id is no URI.
            ResourceNotFound: there is no such map, or no more.
        """
        if not is_uri(identifier):
            raise BadRequestData("the id of an entity map must be a URI")
        found = self.find(tenant, identifier)
        if found is None:
            raise ResourceNotFound("there is no such entity map")
        return found

    def update(self, tenant: Tenant, identifier: str, document: object) -> None:
        """5.14.2 Update EntityMap: only `expiresAt` can change, and at most to a day from now.

        Raises:
            BadRequestData: the id is no URI, or `expiresAt` no DateTime.
            ResourceNotFound: there is no such map.
        """
        found = self.retrieve(tenant, identifier)
        if not isinstance(document, dict):
            raise BadRequestData("the body must be an object")
        expires = document.get("expiresAt")
        if expires is None:
            return
        if not is_date_time(expires):
            raise BadRequestData("expiresAt must be a DateTime such as 2026-11-24T05:00:00Z")
        latest = to_iso(self._clock() + _LONGEST)
        self._maps.put(tenant, replace(found, expires_at=min(str(expires).replace(",", "."), latest)))

    def delete(self, tenant: Tenant, identifier: str) -> None:
        """5.14.3 Delete EntityMap.

        Raises:
            BadRequestData: the id is no URI.
            ResourceNotFound: there is no such map.
        """
        self._maps.delete(tenant, self.retrieve(tenant, identifier).id)


def describe(entity_map: EntityMap) -> dict[str, object]:
    """The map as clause 5.2.39 writes it."""
    return {
        "id": entity_map.id,
        "type": "EntityMap",
        "expiresAt": entity_map.expires_at,
        "entityMap": dict.fromkeys(entity_map.entities, _HERE),
        "linkedMaps": {},
    }
