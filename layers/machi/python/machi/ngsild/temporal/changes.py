"""What does a change of an entity add to its evolution? (clauses 4.5.6 to 4.5.8)

A pure function of the entity before and after. The ids of the points follow from entity, version, attribute
and dataset, so that a change told twice adds the same points once.
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from machi.core.ids import EntityId
from machi.ngsild.entity import VALUE_MEMBER, Entity, Instance
from machi.ngsild.reading import NULL
from machi.ngsild.temporal.evolution import SCOPE, Head, Point

_PREFIX = "urn:ngsi-ld:Instance:"
_NULLS: dict[str, object] = {
    "LanguageProperty": {"@none": NULL},
    "ListProperty": [NULL],
    "ListRelationship": [NULL],
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What one change adds."""

    head: Head
    points: tuple[Point, ...]


def changes(before: Entity | None, after: Entity | None, *, version: int, at: str) -> Changes:
    """What a creation (no `before`), a change or a deletion (no `after`) adds to the evolution.

    `version` is the entity's version after the change, or the last one it had; `at` is the time of a
    deletion, which nothing else tells.

    Raises:
        ValueError: there is an entity neither before nor after.
    """
    entity = after or before
    if entity is None:
        raise ValueError("a change needs an entity before or after")
    key = f"{entity['id']}\n{version}\n{'deleted' if after is None else ''}"
    when = at if after is None else after["modifiedAt"]
    points = tuple(_points(before, after, key, when))
    head = Head(
        id=EntityId(entity["id"]),
        types=tuple(entity["type"]),
        attributes=frozenset(point.attribute for point in points),
        created_at=entity["createdAt"],
        deleted_at=at if after is None else None,
    )
    return Changes(head, points)


def tombstone(instance: Instance, at: str) -> Instance:
    """The instance that records a deletion (4.5.7): the NGSI-LD Null in place of the value, and when."""
    kind = instance["type"]
    kept: dict[str, Any] = {
        "type": kind,
        VALUE_MEMBER[kind]: _NULLS.get(kind, NULL),
        "createdAt": instance["createdAt"],
        "modifiedAt": at,
        "deletedAt": at,
    }
    if "datasetId" in instance:
        kept["datasetId"] = instance["datasetId"]
    return cast("Instance", kept)


def new_instance_id() -> str:
    """An `instanceId` for a point that no change of an entity made; nobody can guess it."""
    return _PREFIX + secrets.token_hex(16)


def with_id(instance: Instance, instance_id: str) -> Instance:
    """The instance with its `instanceId`."""
    return cast("Instance", {**instance, "instanceId": instance_id})


def _points(before: Entity | None, after: Entity | None, key: str, when: str) -> Iterator[Point]:
    old, new = _instances(before), _instances(after)
    for place in {**old, **new}:
        attribute, dataset = place
        became, was = new.get(place), old.get(place)
        if became == was:
            continue
        instance = became if became is not None else tombstone(cast("Instance", was), when)
        if attribute == SCOPE:
            instance = _timed(instance, when)
        yield Point(attribute, with_id(instance, _id(key, attribute, dataset)))


def _instances(entity: Entity | None) -> dict[tuple[str, str | None], Instance]:
    """All instances by attribute and dataset, the scope among them."""
    if entity is None:
        return {}
    found: dict[tuple[str, str | None], Instance] = {
        (iri, instance.get("datasetId")): instance
        for iri, instances in entity["attrs"].items()
        for instance in instances
    }
    if "scope" in entity:
        found[(SCOPE, None)] = _scope(entity)
    return found


def _scope(entity: Entity) -> Instance:
    """The scope as a Property; that of an unchanged scope is equal whenever it is looked at."""
    return cast("Instance", {"type": "Property", "value": entity["scope"], "createdAt": "", "modifiedAt": ""})


def _timed(scope: Instance, when: str) -> Instance:
    """The point of a scope: observed when it was set (4.5.6), unless it is a deletion."""
    times = {"createdAt": when, "modifiedAt": when}
    return cast("Instance", {**scope, **times, **({} if "deletedAt" in scope else {"observedAt": when})})


def _id(key: str, attribute: str, dataset: str | None) -> str:
    text = f"{key}\n{attribute}\n{dataset or ''}"
    return _PREFIX + hashlib.sha256(text.encode()).hexdigest()[:32]
