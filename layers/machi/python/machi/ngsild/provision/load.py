"""Is what an importer brings any different from what is stored? Times of the system do not count."""

from collections.abc import Mapping, Sequence
from typing import Any

from machi.ngsild.entity import Entity

_SYSTEM_TIMES = frozenset({"createdAt", "modifiedAt"})


def says_the_same(stored: Entity, new: Entity) -> bool:
    """True if the two are equal apart from `createdAt` and `modifiedAt` at any depth."""
    return bool(_content(stored) == _content(new))


def _content(entity: Entity) -> Mapping[str, Any]:
    members = {name: value for name, value in entity.items() if name not in _SYSTEM_TIMES | {"attrs", "type"}}
    return {**members, "type": set(entity["type"]), "attrs": _attributes(entity["attrs"])}


def _attributes(attrs: Mapping[str, Sequence[Any]]) -> dict[str, dict[str | None, Mapping[str, Any]]]:
    return {
        iri: {instance.get("datasetId"): _instance(instance) for instance in instances}
        for iri, instances in attrs.items()
    }


def _instance(instance: Mapping[str, Any]) -> Mapping[str, Any]:
    members = {name: value for name, value in instance.items() if name not in _SYSTEM_TIMES | {"attrs"}}
    return {**members, "attrs": _attributes(instance.get("attrs", {}))}
