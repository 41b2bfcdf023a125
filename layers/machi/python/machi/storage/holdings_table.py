"""Everything the `people` table holds about one citizen, whoever wrote it: shown, or removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from machi.core.ids import CitizenId
from machi.identity.own_data import HeldRecord
from machi.storage.people_keys import seconds, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KINDS = {
    "ACCOUNT": "account",
    "ASSURANCE": "assurance",
    "CONSENT": "consents",
    "DEVICE": "devices",
    "HISTORY": "history",
    "PROFILE": "profile",
    "RECORD": "accessRecords",
    "REQUEST": "requests",
    "GUARDIAN": "guardians",
    "WARD": "children",
    "WITHDRAWAL": "withdrawals",
}
"""By what stands before the first `#` of the sort key; other kinds go by their own name."""
_SECRETS = {"CODE", "SESSION", "CHAIN", "DEVICES", "TICKET", "LOOK", "ESCALATION"}
"""Hashes and marks that protect the citizen and say nothing about the citizen."""
_LEFT_OUT = {"pk", "sk", "dataClass", "expires", "version"}

_OUTLIVE = {"CONSENT", "HISTORY", "RECORD", "CHAIN", "REQUEST", "ESCALATION", "WITHDRAWAL"}
"""Kept for `audit_days` after the account: who received and saw what and on which ground, and what was asked
of the city."""
_STAY = {"ACCOUNT", "DEVICES"}
"""The account goes last, by its repository; the mark of ended sign-ins refuses tokens that still live."""


class HoldingsTable:
    """Implements `HeldRecords` of `machi.identity.own_data` and `Holdings` of `machi.identity.closure`."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def everything_about(self, citizen: CitizenId, most: int) -> tuple[Sequence[HeldRecord], bool]:
        """One query over all of a citizen's items (0.5 RCU for 4 KB)."""
        records: list[HeldRecord] = []
        for item in self._items(citizen):
            kind = _kind(item)
            if kind in _SECRETS:
                continue
            if len(records) == most:
                return records, False
            records.append(HeldRecord(_KINDS.get(kind, kind.lower()), _members(item)))
        return records, True

    def remove(self, citizen: CitizenId, keep_records_until: datetime) -> None:
        """Delete item by item, or set when it expires (1 WCU each)."""
        for item in self._items(citizen, "pk, sk"):
            kind, key = _kind(item), {"pk": item["pk"], "sk": item["sk"]}
            if kind in _OUTLIVE:
                self._client.update_item(
                    TableName=self._table,
                    Key=key,
                    UpdateExpression="SET #expires = :until",
                    ConditionExpression="attribute_exists(pk)",
                    ExpressionAttributeNames={"#expires": "expires"},
                    ExpressionAttributeValues={":until": seconds(keep_records_until)},
                )
            elif kind not in _STAY:
                self._client.delete_item(TableName=self._table, Key=key)

    def _items(self, citizen: CitizenId, only: str | None = None) -> Iterator[dict[str, Any]]:
        projection: dict[str, Any] = {} if only is None else {"ProjectionExpression": only}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": text(f"CITIZEN#{citizen}")},
            ConsistentRead=True,
            **projection,
        )
        for page in pages:
            yield from page["Items"]


def _kind(item: dict[str, Any]) -> str:
    return str(item["sk"]["S"]).partition("#")[0]


def _members(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in sorted(item.items()) if name not in _LEFT_OUT}


def _plain(value: dict[str, Any]) -> Any:  # noqa: ANN401  (whatever was stored)
    ((kind, inner),) = value.items()
    if kind == "N":
        return float(inner) if "." in inner else int(inner)
    if kind == "L":
        return [_plain(each) for each in inner]
    if kind == "M":
        return {name: _plain(each) for name, each in inner.items()}
    if kind in {"SS", "NS"}:
        return sorted(inner)
    if kind == "NULL":
        return None
    return inner.hex() if kind == "B" else inner
