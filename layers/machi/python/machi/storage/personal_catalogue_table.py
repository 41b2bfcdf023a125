"""Declared personal types in the `city` table.

| item | pk | sk | holds |
|---|---|---|---|
| type | `PERSONAL_TYPES` | type (IRI) | whom it is about, what each attribute is, who may record it |
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from machi.core.data_class import DataClass
from machi.core.ids import ApplicationId, DataItem
from machi.personal.catalogue import PersonalType

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PARTITION = "PERSONAL_TYPES"
_FRESH = 30.0  # seconds that a process relies on what it read


class PersonalCatalogueTable:
    """Implements `machi.personal.catalogue.PersonalCatalogue` on DynamoDB."""

    def __init__(
        self, client: DynamoDBClient, table_name: str, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._table, self._seconds = client, table_name, seconds
        self._known: Mapping[str, PersonalType] = {}
        self._until = float("-inf")

    def types(self) -> Mapping[str, PersonalType]:
        """Read every type (1 RCU for each 4 KB, twice a minute in a process)."""
        if self._seconds() >= self._until:
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": _PARTITION}},
                ConsistentRead=True,
            )
            found = [_declared(item) for page in pages for item in page["Items"]]
            self._known = {declared.type: declared for declared in found}
            self._until = self._seconds() + _FRESH
        return self._known

    def declare(self, declared: PersonalType) -> None:
        """Write a type down, in the place of one with its name (1 WCU for each KB)."""
        self._client.put_item(TableName=self._table, Item=_item(declared))
        self._until = float("-inf")


def _item(declared: PersonalType) -> dict[str, Any]:
    return {
        "pk": {"S": _PARTITION},
        "sk": {"S": declared.type},
        "dataClass": {"S": DataClass.LIMITED.value},
        "subject": {"S": declared.subject},
        "items": {"M": {iri: {"S": item} for iri, item in declared.items.items()}},
        "writers": {"L": [{"S": writer} for writer in sorted(declared.writers)]},
    }


def _declared(item: dict[str, Any]) -> PersonalType:
    return PersonalType(
        type=item["sk"]["S"],
        subject=item["subject"]["S"],
        items={iri: DataItem(found["S"]) for iri, found in item["items"]["M"].items()},
        writers=frozenset(ApplicationId(writer["S"]) for writer in item["writers"]["L"]),
    )
