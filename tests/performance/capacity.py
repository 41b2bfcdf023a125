"""What does an operation cost in DynamoDB? Computed from item sizes and read modes by the rules of AWS.

Neither moto nor the embedded emulator charges as AWS does, so the meter looks at the items themselves:
a read unit for each 4 KB read strongly consistent, half of one if eventually; a write unit for each KB of
the larger of the item before and after; both twice in a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READ, _WRITE = 4_096, 1_024  # bytes of a unit
_HALF = 0.5
_TRANSACTION = 2
_CONTAINER = 3  # bytes of a list or map, besides one for each element

Item = Mapping[str, Any]


@dataclass(slots=True)
class Capacity:
    """Units consumed."""

    read: float = 0.0
    write: float = 0.0
    calls: int = 0


class CapacityMeter:
    """Sits inside a client and adds up what its calls would consume."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._call = client._make_api_call  # type: ignore[attr-defined]  # where paginators pass, too
        self._total, self._lock = Capacity(), Lock()
        client._make_api_call = self._metered  # type: ignore[attr-defined]

    @contextmanager
    def metered(self) -> Iterator[Capacity]:
        """What is consumed meanwhile."""
        before, self._total = self._total, Capacity()
        try:
            yield self._total
        finally:
            self._total = before

    def _metered(self, operation: str, asked: dict[str, Any]) -> Any:  # noqa: ANN401  # as botocore answers
        charge = getattr(self, f"_{operation}", None)
        if charge is None:
            return self._call(operation, asked)
        with self._lock:  # searches ask from several threads
            self._total.calls += 1
            return charge(asked)

    def _GetItem(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        answer = self._call("GetItem", asked)
        self._read([self._stored(asked["TableName"], asked["Key"])], asked)
        return answer

    def _BatchGetItem(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        answer = self._call("BatchGetItem", asked)
        for table, wanted in asked["RequestItems"].items():
            for key in wanted["Keys"]:
                self._read([self._stored(table, key)], wanted)
        return answer

    def _Query(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        answer = self._call("Query", asked)
        number = answer["ScannedCount"]
        whole = {name: value for name, value in asked.items() if name in _KEYS}
        names = asked.get("ExpressionAttributeNames", {})
        values = asked["ExpressionAttributeValues"]
        condition = asked["KeyConditionExpression"]
        whole["ExpressionAttributeValues"] = {name: values[name] for name in values if name in condition}
        if used := {name: names[name] for name in names if name in condition}:
            whole["ExpressionAttributeNames"] = used
        found = self._call("Query", {**whole, "Limit": number})["Items"] if number else []
        self._read(found, asked)
        return answer

    def _PutItem(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        return self._changing("PutItem", asked, [(asked["TableName"], _key(asked["Item"]))], 1)

    def _UpdateItem(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        return self._changing("UpdateItem", asked, [(asked["TableName"], asked["Key"])], 1)

    def _DeleteItem(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        return self._changing("DeleteItem", asked, [(asked["TableName"], asked["Key"])], 1)

    def _BatchWriteItem(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        keys = [
            (
                table,
                _key(put["Item"]) if (put := request.get("PutRequest")) else request["DeleteRequest"]["Key"],
            )
            for table, requests in asked["RequestItems"].items()
            for request in requests
        ]
        return self._changing("BatchWriteItem", asked, keys, 1)

    def _TransactWriteItems(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401, N802
        parts = [part for item in asked["TransactItems"] for part in item.values()]
        keys = [(part["TableName"], _key(part["Item"]) if "Item" in part else part["Key"]) for part in parts]
        return self._changing("TransactWriteItems", asked, keys, _TRANSACTION)

    def _changing(
        self, operation: str, asked: dict[str, Any], keys: list[tuple[str, Item]], times: int
    ) -> Any:  # noqa: ANN401
        before = [item_size(self._stored(*key)) for key in keys]
        try:
            return self._call(operation, asked)
        finally:
            after = [item_size(self._stored(*key)) for key in keys]
            for sizes in zip(before, after, strict=True):
                self._total.write += times * max(ceil(max(sizes) / _WRITE), 1)

    def _read(self, items: list[Item], asked: Mapping[str, Any]) -> None:
        units = max(ceil(sum(map(item_size, items)) / _READ), 1)
        self._total.read += units * (1 if asked.get("ConsistentRead") else _HALF)

    def _stored(self, table: str, key: Item) -> Item:
        answer = self._call("GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
        found: Item = answer.get("Item", {})
        return found


_KEYS = ("TableName", "KeyConditionExpression", "ExclusiveStartKey", "ScanIndexForward")


def item_size(item: Item) -> int:
    """Bytes of an item as AWS counts them: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind in {"SS", "NS", "BS"}:
        return sum(_value_size({kind[0]: each}) for each in content)
    if kind == "L":
        return _CONTAINER + sum(_value_size(each) + 1 for each in content)
    if kind == "M":
        return _CONTAINER + item_size(content) + len(content)
    if kind == "N":
        return len(content.strip("-0.").replace(".", "")) // 2 + 2
    return len(content.encode() if kind == "S" else content) if kind in {"S", "B"} else 1


def _key(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}
