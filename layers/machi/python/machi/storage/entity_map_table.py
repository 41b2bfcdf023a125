"""Entity maps: `{tenant}#MAP#{id}`, gone some time after they expire."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from machi.core.ids import EntityId, Tenant
from machi.ngsild.repositories import EntityMap
from machi.storage.long_items import LongItems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class EntityMapTable:
    """Implements `machi.ngsild.repositories.EntityMapRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._items = LongItems(client, table_name)

    def get(self, tenant: Tenant, map_id: str) -> EntityMap | None:
        """Read a map: one item up to some 5,000 entities (1 RCU for each 4 KB)."""
        found = self._items.get(_pk(tenant, map_id))
        if found is None:
            return None
        return EntityMap(map_id, tuple(map(EntityId, found["entities"])), found["expiresAt"])

    def put(self, tenant: Tenant, entity_map: EntityMap) -> None:
        """Write a map (1 WCU for each KB)."""
        document = {"entities": list(entity_map.entities), "expiresAt": entity_map.expires_at}
        expires = datetime.fromisoformat(entity_map.expires_at)
        self._items.put(_pk(tenant, entity_map.id), document, expires=int(expires.timestamp()))

    def delete(self, tenant: Tenant, map_id: str) -> bool:
        """Forget a map (1 WCU for each KB)."""
        return self._items.delete(_pk(tenant, map_id))


def _pk(tenant: Tenant, map_id: str) -> str:
    return f"{tenant}#MAP#{map_id}"
