"""Which tenants exist: `TENANTS`, one item each, in the `context` table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from machi.core.ids import DEFAULT_TENANT, Tenant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class TenantTable:
    """Implements `machi.ngsild.repositories.TenantRepository` on DynamoDB. Known tenants are remembered."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client, self._table = client, table_name
        self._known = {DEFAULT_TENANT}

    def exists(self, tenant: Tenant) -> bool:
        """Free for one that the process knows, else one read (1 RCU)."""
        if tenant in self._known:
            return True
        answer = self._client.get_item(TableName=self._table, Key=_key(tenant), ConsistentRead=True)
        if "Item" not in answer:
            return False
        self._known.add(tenant)
        return True

    def remember(self, tenant: Tenant) -> None:
        """Free for one that the process knows, else one write (1 WCU)."""
        if tenant not in self._known:
            self._client.put_item(TableName=self._table, Item=_key(tenant))
            self._known.add(tenant)


def _key(tenant: Tenant) -> dict[str, Any]:
    return {"pk": {"S": "TENANTS"}, "sk": {"S": tenant}}
