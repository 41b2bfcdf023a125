"""Which types a tenant has, and what their entities ever had: `{tenant}#TYPES`, one item a type.

Written when something is first seen, and remembered by the process, so an ordinary write costs nothing
here. Facts are only added; they say what may exist, the index says what does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from machi.core.ids import Tenant
from machi.storage.type_facts import TypeFacts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_MOST_KNOWN = 2_000  # types that a process remembers
_MEMBERS = {"attributes": "a", "places": "p", "shapes": "s", "wide": "w", "expiring": "x"}


class TypeRegistry:
    """Types of each tenant."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client, self._table = client, table
        self._known: dict[tuple[Tenant, str], TypeFacts] = {}

    def learn(self, tenant: Tenant, types: Iterable[str], facts: TypeFacts) -> None:
        """Make sure the facts stand with each of the types; free if the process knows that they do.

        Otherwise one read (0.5 RCU), and 1 WCU if the table did not know either.
        """
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        for iri in types:
            known = self._known.get((tenant, iri))
            if known is None or facts - known:
                self._known[tenant, iri] = self._learn(tenant, iri, facts)

    def all_of(self, tenant: Tenant) -> dict[str, TypeFacts]:
        """Every type the tenant ever had, in the order of the IRIs (0.5 RCU for each 4 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _pk(tenant)}},
        )
        return {item["sk"]["S"]: _facts(item) for page in pages for item in page["Items"]}

    def facts_of(self, tenant: Tenant, iri: str) -> TypeFacts:
        """What a type's entities ever had (0.5 RCU)."""
        answer = self._client.get_item(TableName=self._table, Key=_key(tenant, iri))
        return _facts(answer.get("Item", {}))

    def _learn(self, tenant: Tenant, iri: str, facts: TypeFacts) -> TypeFacts:
        stored = self.facts_of(tenant, iri)
        additions = {
            _MEMBERS[name]: {"SS": sorted(names)}
            for name, names in stored.to_add(facts - stored).items()
            if names
        }
        if additions or not stored:
            self._add(tenant, iri, additions)
        return stored | facts

    def _add(self, tenant: Tenant, iri: str, additions: dict[str, Any]) -> None:
        update: dict[str, Any] = {"TableName": self._table, "Key": _key(tenant, iri)}
        if additions:
            update["UpdateExpression"] = "ADD " + ", ".join(f"{short} :{short}" for short in additions)
            update["ExpressionAttributeValues"] = {f":{short}": added for short, added in additions.items()}
        self._client.update_item(**update)


def _pk(tenant: Tenant) -> str:
    return f"{tenant}#TYPES"


def _key(tenant: Tenant, iri: str) -> dict[str, Any]:
    return {"pk": {"S": _pk(tenant)}, "sk": {"S": iri}}


def _facts(item: dict[str, Any] | Any) -> TypeFacts:  # noqa: ANN401  # an item as botocore gives it
    return TypeFacts(
        **{
            name: frozenset(item[short]["SS"]) if short in item else frozenset()
            for name, short in _MEMBERS.items()
        }
    )
