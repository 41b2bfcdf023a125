"""@contexts of each tenant in the `context` table.

| item | pk | sk | holds |
|---|---|---|---|
| description | `{tenant}#CONTEXTS` | id | kind, URL, times, hits |
| body | `{tenant}#CONTEXT#{id}` | `000` … | the JSON text, in one item unless it is long |
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from machi.core.ids import Tenant
from machi.ngsild.context.repository import ContextKind, StoredContext
from machi.storage.long_items import LongItems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CREATED = "createdAt"
_TIMES = {
    "expires_at": "expiresAt",
    "keep_until": "keepUntil",
    "last_used": "lastUsed",
}


class ContextTable:
    """Implements `machi.ngsild.context.repository.ContextRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client, self._table = client, table_name
        self._bodies = LongItems(client, table_name)

    def get(self, tenant: Tenant, context_id: str) -> StoredContext | None:
        """Read description and body (1 RCU, and 1 RCU for each 4 KB of the body)."""
        answer = self._client.get_item(
            TableName=self._table, Key=_key(tenant, context_id), ConsistentRead=True
        )
        body = self._bodies.get(_body_pk(tenant, context_id)) if "Item" in answer else None
        return None if body is None else _stored(answer["Item"], body["text"])

    def put(self, tenant: Tenant, context: StoredContext) -> None:
        """Write the body, then the description that makes it findable."""
        expires = _epoch(context.keep_until)
        self._bodies.put(_body_pk(tenant, context.id), {"text": context.body}, expires=expires)
        item: dict[str, Any] = {
            **_key(tenant, context.id),
            "kind": {"S": context.kind.value},
            "location": {"S": context.url},
            "hits": {"N": str(context.hits)},
            _CREATED: {"S": context.created_at},
        }
        for name, member in _TIMES.items():
            if getattr(context, name) is not None:
                item[member] = {"S": getattr(context, name)}
        if expires is not None:
            item["expires"] = {"N": str(expires)}
        self._client.put_item(TableName=self._table, Item=item)

    def delete(self, tenant: Tenant, context_id: str) -> bool:
        """Forget description and body; False if it was not there."""
        answer = self._client.delete_item(
            TableName=self._table, Key=_key(tenant, context_id), ReturnValues="ALL_OLD"
        )
        self._bodies.delete(_body_pk(tenant, context_id))
        return bool(answer.get("Attributes"))

    def list(self, tenant: Tenant, kind: ContextKind | None = None) -> Iterator[StoredContext]:
        """Descriptions without bodies (0.5 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"{tenant}#CONTEXTS"}},
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                if kind is None or item["kind"]["S"] == kind.value:
                    yield _stored(item, "")

    def used(self, tenant: Tenant, context_id: str, at: str, times: int) -> None:
        """Count uses (1 WCU)."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(tenant, context_id),
                UpdateExpression="SET lastUsed = :at ADD hits :times",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":at": {"S": at}, ":times": {"N": str(times)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is gone, and so is whatever its uses were counted for


def _key(tenant: Tenant, context_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"{tenant}#CONTEXTS"}, "sk": {"S": context_id}}


def _body_pk(tenant: Tenant, context_id: str) -> str:
    return f"{tenant}#CONTEXT#{context_id}"


def _stored(item: Any, body: str) -> StoredContext:  # noqa: ANN401  # an item as botocore gives it
    times: dict[str, Any] = {
        name: item[member]["S"] if member in item else None for name, member in _TIMES.items()
    }
    return StoredContext(
        id=item["sk"]["S"],
        kind=ContextKind(item["kind"]["S"]),
        body=body,
        url=item["location"]["S"],
        hits=int(item["hits"]["N"]),
        created_at=item[_CREATED]["S"],
        **times,
    )


def _epoch(moment: str | None) -> int | None:
    return None if moment is None else int(datetime.fromisoformat(moment).timestamp())
