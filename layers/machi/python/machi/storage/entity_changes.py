"""What must be written for one change of one entity: its item, and the index entries that move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from machi.core.ids import Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import BadRequestData
from machi.ngsild.repositories import StoredEntity, Version, Write
from machi.storage.documents import MAX_DOCUMENT, MAX_PACKED, packed_with_size
from machi.storage.entity_index import NO_INDEX, Index, index_of
from machi.storage.key_range import Place
from machi.storage.type_facts import TypeFacts

_ENTRY_SIZE = 400  # bytes, generously; only bounds transactions


@dataclass(frozen=True, slots=True)
class Change:
    """One change, ready to be written."""

    write: dict[str, Any]
    """`Put` or `Delete` of the entity's item, with its condition."""
    moves: list[dict[str, Any]]
    """`Put` and `Delete` of index entries."""
    after: StoredEntity | None
    facts: TypeFacts
    size: int
    """Bytes, about."""


def entity_key(tenant: Tenant, entity: str) -> dict[str, Any]:
    """The key of an entity's item."""
    return {"pk": {"S": f"{tenant}#E#{entity}"}, "sk": {"S": "E"}}


def change_of(table: str, tenant: Tenant, change: Write, *, version: Version, now: int) -> Change:
    """Prepare a change; `version` is the one it gets, `now` in epoch seconds tells what has expired.

    Raises:
        BadRequestData: the entity is too large, or has too many entries.
    """
    before = NO_INDEX if change.before is None else _index(tenant, change.before.entity)
    after = NO_INDEX if change.after is None else _index(tenant, change.after)
    moves = _moves(table, before, after)
    if change.after is None:
        return Change(_delete(table, tenant, change), moves, None, TypeFacts(), len(moves) * _ENTRY_SIZE)
    data, size = packed_with_size(change.after)
    if len(data) > MAX_PACKED or size > MAX_DOCUMENT:
        raise BadRequestData("the entity is too large to be stored")
    stored = StoredEntity(change.after, version, size)
    put = _put(table, tenant, stored, data) | _condition(change.before, now)
    if after.expires is not None:
        put["Item"]["expires"] = {"N": str(after.expires)}
    return Change({"Put": put}, moves, stored, after.facts, len(data) + len(moves) * _ENTRY_SIZE)


def _index(tenant: Tenant, entity: Entity) -> Index:
    return index_of(tenant, entity, _epoch(entity.get("expiresAt")))


def _put(table: str, tenant: Tenant, stored: StoredEntity, data: bytes) -> dict[str, Any]:
    return {
        "TableName": table,
        "Item": {
            **entity_key(tenant, stored.entity["id"]),
            "doc": {"B": data},
            "v": {"N": str(stored.version)},
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _condition(before: StoredEntity | None, now: int) -> dict[str, Any]:
    if before is None:
        condition, values = "attribute_not_exists(pk) OR expires <= :now", {":now": {"N": str(now)}}
    else:
        condition, values = "v = :before", {":before": {"N": str(before.version)}}
    return {"ConditionExpression": condition, "ExpressionAttributeValues": values}


def _delete(table: str, tenant: Tenant, change: Write) -> dict[str, Any]:
    if change.before is None:
        raise ValueError("a change has a state before it or after it")
    return {
        "Delete": {
            "TableName": table,
            "Key": entity_key(tenant, change.before.entity["id"]),
            "ConditionExpression": "v = :before",
            "ExpressionAttributeValues": {":before": {"N": str(change.before.version)}},
        }
    }


def _moves(table: str, before: Index, after: Index) -> list[dict[str, Any]]:
    gone = before.places - after.places
    is_changed = (before.attributes, before.scopes, before.expires) != (
        after.attributes,
        after.scopes,
        after.expires,
    )
    new = after.places if is_changed else after.places - before.places
    deletes = [{"Delete": {"TableName": table, "Key": _place(place)}} for place in sorted(gone)]
    return deletes + [{"Put": {"TableName": table, "Item": _entry(place, after)}} for place in sorted(new)]


def _entry(place: Place, index: Index) -> dict[str, Any]:
    item = _place(place)
    if index.attributes:
        item["a"] = {"S": index.attributes}
    if index.scopes:
        item["sc"] = {"L": [{"S": scope} for scope in index.scopes]}
    if index.expires is not None:
        item["expires"] = {"N": str(index.expires)}
    return item


def _place(place: Place) -> dict[str, Any]:
    return {"pk": {"S": place.pk}, "sk": {"S": place.sk}}


def _epoch(moment: str | None) -> int | None:
    if moment is None:
        return None
    return ceil(datetime.fromisoformat(moment.replace(",", ".")).timestamp())
