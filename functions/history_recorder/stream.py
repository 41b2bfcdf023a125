"""Which changes of which entity does a stream record tell of?"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from machi.core.clock import to_iso
from machi.core.ids import Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.temporal.evolution import sortable
from machi.storage.documents import unpack

_ENTITY = "E"
_SHORTEST = timedelta(milliseconds=1)
"""After the last change, where the clocks cannot tell; the order of an evolution must."""


@dataclass(frozen=True, slots=True)
class EntityChange:
    """One entity before and after one write."""

    tenant: Tenant
    before: Entity | None
    after: Entity | None
    version: int
    """After the write; the last one it had, if it was deleted."""
    at: str
    """When it was deleted, ISO 8601; of other changes the entity itself tells."""


@dataclass(frozen=True, slots=True)
class _State:
    entity: Entity
    version: int


def entity_changes_in(record: Mapping[str, Any]) -> list[EntityChange]:
    """The changes; none for a record of an index entry, a @context or anything else.

    An entity that expires is invisible at once and removed within days, or replaced by a new one of its
    name, which makes two changes: it ended when it expired.

    Raises:
        LookupError, ValueError, TypeError: an entity's item that cannot be read.
    """
    dynamodb = record["dynamodb"]
    if dynamodb["Keys"]["sk"].get("S") != _ENTITY:
        return []
    tenant = Tenant(dynamodb["Keys"]["pk"]["S"].partition("#")[0])
    old, new = _state(dynamodb.get("OldImage")), _state(dynamodb.get("NewImage"))
    noted = to_iso(datetime.fromtimestamp(float(dynamodb["ApproximateCreationDateTime"]), UTC))
    if new is None:
        if old is None:
            raise ValueError("a record of an entity has an image")
        return [EntityChange(tenant, old.entity, None, old.version, _end(old.entity, noted))]
    if old is not None and _expired(old.entity, new.entity["createdAt"]):
        ended = EntityChange(tenant, old.entity, None, old.version, old.entity["expiresAt"])
        return [ended, EntityChange(tenant, None, new.entity, new.version, noted)]
    return [EntityChange(tenant, old.entity if old else None, new.entity, new.version, noted)]


def _end(entity: Entity, noted: str) -> str:
    """The stream notes whole seconds, so a deletion may seem no younger than the last change before it."""
    if _expired(entity, noted):
        return entity["expiresAt"]
    if sortable(noted) > sortable(entity["modifiedAt"]):
        return noted
    return to_iso(datetime.fromisoformat(entity["modifiedAt"]) + _SHORTEST)


def _expired(entity: Entity, at: str) -> bool:
    return "expiresAt" in entity and sortable(entity["expiresAt"]) <= sortable(at)


def _state(image: Mapping[str, Any] | None) -> _State | None:
    if image is None:
        return None
    return _State(unpack(base64.b64decode(image["doc"]["B"])), int(image["v"]["N"]))
