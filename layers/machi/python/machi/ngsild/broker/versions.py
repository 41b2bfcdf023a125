"""What does an entity look like to a reader of an earlier version of NGSI-LD? (clause 4.3.6.8)

`Prefer: ngsi-ld=1.5` asks for it. What a version does not know is left out, or rewritten as the nearest
thing it knows: VocabProperty, JsonProperty, ListProperty and LanguageProperty as Property,
ListRelationship as Relationship.
"""

import re
from typing import Any, cast

from machi.ngsild.entity import VALUE_MEMBER, Entity, Instance

Version = tuple[int, int]

NEWEST: Version = (1, 9)

_PREFERENCE = re.compile(r'\s*ngsi-ld\s*=\s*"?([0-9]{1,2})\.([0-9]{1,2})(?:\.[0-9]{1,2})?"?\s*')

_TYPE_SINCE: dict[str, Version] = {
    "LanguageProperty": (1, 4),
    "JsonProperty": (1, 8),
    "VocabProperty": (1, 8),
    "ListProperty": (1, 8),
    "ListRelationship": (1, 8),
}
_MEMBER_SINCE: dict[str, Version] = {
    "datasetId": (1, 3),
    "observedAt": (1, 3),
    "unitCode": (1, 3),
    "objectType": (1, 8),
    "expiresAt": (1, 9),
    "valueType": (1, 9),
}
_ENTITY_SINCE: dict[str, Version] = {"scope": (1, 4), "expiresAt": (1, 9)}
_SEVERAL_SINCE: Version = (1, 3)
"""Since when entities may have several types, and attributes several instances."""


def preferred_version(header: str | None) -> Version | None:
    """The version that a `Prefer` header asks for, at most the newest; None if it asks for none."""
    for preference in (header or "").split(","):
        found = _PREFERENCE.fullmatch(preference)
        if found is not None:
            return min((int(found[1]), int(found[2])), NEWEST)
    return None


def amended(entity: Entity, version: Version) -> Entity:
    """The entity as the version knows it; the same object where that makes no difference."""
    result: dict[str, Any] = {
        name: value for name, value in entity.items() if version >= _ENTITY_SINCE.get(name, version)
    }
    if version < _SEVERAL_SINCE and len(entity.get("type", ())) > 1:
        result["type"] = entity["type"][:1]
    result["attrs"] = _attributes(entity["attrs"], version)
    return entity if result == entity else cast("Entity", result)


def _attributes(attrs: dict[str, list[Instance]], version: Version) -> dict[str, list[Instance]]:
    return {
        iri: [_instance(instance, version) for instance in _several(instances, version)]
        for iri, instances in attrs.items()
    }


def _several(instances: list[Instance], version: Version) -> list[Instance]:
    """The default instance, or else the first, where a version knows but one."""
    if version >= _SEVERAL_SINCE or len(instances) == 1:
        return instances
    return [next((one for one in instances if "datasetId" not in one), instances[0])]


def _instance(instance: Instance, version: Version) -> Instance:
    kind = instance["type"]
    result: dict[str, Any] = {
        name: value for name, value in instance.items() if version >= _MEMBER_SINCE.get(name, version)
    }
    if version < _TYPE_SINCE.get(kind, version):
        result["type"] = "Relationship" if kind == "ListRelationship" else "Property"
        result[VALUE_MEMBER[result["type"]]] = result.pop(VALUE_MEMBER[kind], None)
    if "attrs" in instance:
        result["attrs"] = _attributes(instance["attrs"], version)
    return cast("Instance", result)
