"""Which change of which entity does a stream record tell of?"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from machi.core.clock import to_iso
from machi.core.ids import Tenant
from machi.ngsild.entity import Entity
from machi.storage.documents import unpack

_ENTITY = "E"


@dataclass(frozen=True, slots=True)
class EntityChange:
    """One entity before and after one write."""

    tenant: Tenant
    before: Entity | None
    after: Entity | None
    version: int
    """After the write; the last one it had, if it was deleted."""
    at: str
    """When the stream took note, ISO 8601."""


def entity_change_in(record: Mapping[str, Any]) -> EntityChange | None:
    """The change, or None for a record of an index entry, a @context or anything else.

    Raises:
        LookupError, ValueError: an entity's item that cannot be read.
    """
    dynamodb = record["dynamodb"]
    if dynamodb["Keys"]["sk"].get("S") != _ENTITY:
        return None
    old, new = dynamodb.get("OldImage"), dynamodb.get("NewImage")
    last = new or old
    if last is None:
        raise ValueError("a record of an entity has an image")
    return EntityChange(
        tenant=Tenant(last["tenant"]["S"]),
        before=_entity(old),
        after=_entity(new),
        version=int(last["v"]["N"]),
        at=to_iso(datetime.fromtimestamp(float(dynamodb["ApproximateCreationDateTime"]), UTC)),
    )


def _entity(image: Mapping[str, Any] | None) -> Entity | None:
    if image is None:
        return None
    entity: Entity = unpack(base64.b64decode(image["doc"]["B"]))
    return entity
