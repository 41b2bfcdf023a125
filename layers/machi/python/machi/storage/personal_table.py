"""Personal entities in the `people` table (closed class), with the citizen they are about.

| item | pk | sk | holds |
|---|---|---|---|
| entity | `CITIZEN#{subject}` | `ENTITY#{type}#{id}` | the document, version `v` |
| whom it is about | `ENTITY#{id}` | `OWNER` | subject and type |

Both change in one transaction. An entity stays with its citizen and keeps its type.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from machi.core.errors import Conflict
from machi.core.ids import CitizenId, EntityId
from machi.ngsild.entity import Entity
from machi.ngsild.repositories import StoredEntity, Write
from machi.storage.documents import pack, unpack
from machi.storage.people_keys import CLOSED, ConditionFailed, citizen_key, key, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_UNCHANGED = "v = :before"
_ABSENT = "attribute_not_exists(pk)"


class PersonalTable:
    """Implements `machi.personal.repositories.PersonalEntityRepository` on DynamoDB."""

    def __init__(
        self, client: DynamoDBClient, table_name: str, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._table, self._pause = client, table_name, pause

    def owner_of(self, entity: EntityId) -> CitizenId | None:
        """Read whom an entity is about, strongly consistent (1 RCU)."""
        item = self._get(key(f"ENTITY#{entity}", "OWNER"))
        return None if item is None else CitizenId(item["subject"]["S"])

    def get(self, subject: CitizenId, entity: EntityId) -> StoredEntity | None:
        """Read one entity: its type from the owner's item, then itself (2 RCU up to 4 KB)."""
        owner = self._get(key(f"ENTITY#{entity}", "OWNER"))
        kind = "" if owner is None else owner["type"]["S"]
        item = self._get(citizen_key(subject, f"ENTITY#{kind}#{entity}"))
        return None if item is None else _stored(item)

    def all_of(self, subject: CitizenId, types: Sequence[str]) -> Sequence[StoredEntity]:
        """Read a citizen's entities, a query for each type (1 RCU for each 4 KB)."""
        found: list[StoredEntity] = []
        for kind in types:
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                ExpressionAttributeValues={
                    ":pk": {"S": f"CITIZEN#{subject}"},
                    ":sk": {"S": f"ENTITY#{kind}#"},
                },
                ConsistentRead=True,
            )
            found += (_stored(item) for page in pages for item in page["Items"])
        return sorted(found, key=lambda stored: stored.entity["id"])

    def write(self, subject: CitizenId, change: Write) -> StoredEntity | None:
        """Write entity and owner together (2 WCU each, up to 1 KB).

        Raises:
            Conflict: the entity is not in the state the change starts from.
        """
        entity = change.after if change.after is not None else _before(change).entity
        place = citizen_key(subject, f"ENTITY#{entity['type'][0]}#{entity['id']}")
        owner = key(f"ENTITY#{entity['id']}", "OWNER")
        version = 1 if change.before is None else change.before.version + 1
        writes = [self._write_entity(place, change, version)]
        if change.after is None:
            writes.append({"Delete": {"TableName": self._table, "Key": owner}})
        elif change.before is None:
            writes.append(self._put_owner(owner, subject, entity))
        try:
            write_together(self._client, writes, pause=self._pause)
        except ConditionFailed:
            raise Conflict("the entity was changed by somebody else") from None
        return None if change.after is None else self.get(subject, EntityId(entity["id"]))

    def _write_entity(self, place: dict[str, Any], change: Write, version: int) -> dict[str, Any]:
        condition: dict[str, Any] = {"TableName": self._table, "ConditionExpression": _ABSENT}
        if change.before is not None:
            condition["ConditionExpression"] = _UNCHANGED
            condition["ExpressionAttributeValues"] = {":before": {"N": str(change.before.version)}}
        if change.after is None:
            return {"Delete": {**condition, "Key": place}}
        item = {**place, **CLOSED, "v": {"N": str(version)}, "document": {"B": pack(change.after)}}
        return {"Put": {**condition, "Item": item}}

    def _put_owner(self, owner: dict[str, Any], subject: CitizenId, entity: Entity) -> dict[str, Any]:
        item = {**owner, **CLOSED, "subject": {"S": subject}, "type": {"S": entity["type"][0]}}
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": _ABSENT}}

    def _get(self, place: dict[str, Any]) -> dict[str, Any] | None:
        return self._client.get_item(TableName=self._table, Key=place, ConsistentRead=True).get("Item")


def _before(change: Write) -> StoredEntity:
    if change.before is None:
        raise ValueError("a write has a state before or a state after")
    return change.before


def _stored(item: dict[str, Any]) -> StoredEntity:
    return StoredEntity(unpack(item["document"]["B"]), int(item["v"]["N"]))
