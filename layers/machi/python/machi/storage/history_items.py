"""How heads and points of evolutions stand in the `history` table.

| item | pk | sk |
|---|---|---|
| head | `{tenant}#H#{entity}` | `HEAD` |
| head by type | `{tenant}#HT#{type}` | entity |
| point with `observedAt` | `{tenant}#P#{attribute token}#{entity}` | `O#{time}#{instanceId}` |
| point without | the same | `N#{instanceId}` |
| types | `{tenant}#HTYPES` | type |

No time buckets: DynamoDB splits a partition without local indexes by its sort keys as it grows.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from machi.core.ids import EntityId, Tenant
from machi.ngsild.errors import BadRequestData
from machi.ngsild.temporal.evolution import Head, Point, TimeProperty
from machi.storage.documents import MAX_PACKED, pack, unpack
from machi.storage.entity_index import token_of
from machi.storage.limits import MAX_ID_BYTES, MAX_TYPE_BYTES

HEAD = "HEAD"
"""Sort key of a head."""

_LONGEST_ID = 700  # bytes; a sort key has 1,024


def head_key(tenant: Tenant, entity: EntityId) -> dict[str, Any]:
    """The key of a head."""
    return {"pk": {"S": head_pk(tenant, entity)}, "sk": {"S": HEAD}}


def head_pk(tenant: Tenant, entity: EntityId) -> str:
    """The partition of a head."""
    return f"{tenant}#H#{entity}"


def type_pk(tenant: Tenant, iri: str) -> str:
    """The partition of the heads of a type."""
    return f"{tenant}#HT#{iri}"


def points_pk(tenant: Tenant, entity: EntityId, attribute: str) -> str:
    """The partition of an attribute's points."""
    return f"{tenant}#P#{token_of(attribute)}#{entity}"


def sort_key(point: Point) -> str:
    """The sort key of a point, in the order of time."""
    time = point.time(TimeProperty.OBSERVED_AT)
    token = instance_token(point.id)
    return f"N#{token}" if time is None else f"O#{time}#{token}"


def instance_token(instance_id: str) -> str:
    """The id itself, so that points of one time stand in its order; a digest of one too long for a key."""
    data = instance_id.encode("utf-8", "surrogatepass")
    return instance_id if len(data) <= _LONGEST_ID else f"~{sha256(data).hexdigest()}"


def head_document(head: Head) -> bytes:
    """What the item of a head holds."""
    return pack(
        {
            "types": list(head.types),
            "attributes": sorted(head.attributes),
            "createdAt": head.created_at,
            "deletedAt": head.deleted_at,
        }
    )


def head_in(item: Any) -> Head:  # noqa: ANN401  # an item as botocore gives it
    """The head in an item."""
    stored = unpack(bytes(item["doc"]["B"]))
    return Head(
        id=EntityId(item["pk"]["S"].split("#", 2)[2]),
        types=tuple(stored["types"]),
        attributes=frozenset(stored["attributes"]),
        created_at=stored["createdAt"],
        deleted_at=stored["deletedAt"],
    )


def point_document(point: Point) -> bytes:
    """What the item of a point holds.

    Raises:
        BadRequestData: it is larger than an item.
    """
    data = pack(point.instance)
    if len(data) > MAX_PACKED:
        raise BadRequestData("an attribute instance is too large to be kept")
    return data


def point_in(item: Any, attribute: str) -> Point:  # noqa: ANN401  # an item as botocore gives it
    """The point in an item."""
    return Point(attribute, unpack(bytes(item["doc"]["B"])))


def check_names(head: Head) -> None:
    """Raise BadRequestData if the id or a type is longer than a key may be."""
    if len(head.id.encode("utf-8", "surrogatepass")) > MAX_ID_BYTES:
        raise BadRequestData(f"the id of an entity may have at most {MAX_ID_BYTES} bytes")
    if any(len(iri.encode("utf-8", "surrogatepass")) > MAX_TYPE_BYTES for iri in head.types):
        raise BadRequestData(f"a type may have at most {MAX_TYPE_BYTES} bytes")
