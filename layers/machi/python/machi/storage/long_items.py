"""How a document longer than an item is kept: cut into items that follow one another in one partition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from machi.storage.documents import pack, parts_of, unpack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LongItems:
    """Documents by partition key; a reader finds a whole one or none."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client, self._table = client, table

    def get(self, pk: str) -> Any:  # noqa: ANN401  # a JSON document
        """The document, or None. One item unless it is long (1 RCU for each 4 KB)."""
        items = self._items(pk, "#count, #data")
        if not items or len(items) < int(items[0]["count"]["N"]):
            return None
        count = int(items[0]["count"]["N"])
        return unpack(b"".join(bytes(item["data"]["B"]) for item in items[:count]))

    def put(self, pk: str, document: object, *, expires: int | None = None) -> None:
        """Keep a document, or replace it; the first item, which makes it whole, is written last."""
        parts = parts_of(pack(document))
        for number, data in reversed(list(enumerate(parts))):
            item: dict[str, Any] = {
                **_key(pk, number),
                "count": {"N": str(len(parts))},
                "data": {"B": data},
            }
            if expires is not None:
                item["expires"] = {"N": str(expires)}
            self._client.put_item(TableName=self._table, Item=item)

    def delete(self, pk: str) -> bool:
        """Forget a document; False if it was not there."""
        items = self._items(pk, "sk")
        for item in items:
            self._client.delete_item(TableName=self._table, Key={"pk": {"S": pk}, "sk": item["sk"]})
        return bool(items)

    def _items(self, pk: str, wanted: str) -> list[Any]:
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ProjectionExpression": wanted,
            "ConsistentRead": True,
        }
        if "#" in wanted:
            query["ExpressionAttributeNames"] = {"#count": "count", "#data": "data"}
        pages = self._client.get_paginator("query").paginate(**query)
        return [item for page in pages for item in page["Items"]]


def _key(pk: str, number: int) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": f"{number:03d}"}}
