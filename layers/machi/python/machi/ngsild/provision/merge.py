"""Merge a fragment into an entity, down into its values (clauses 5.5.12 and 5.6.17, after RFC 7396)."""

from dataclasses import dataclass
from typing import Any, cast

from machi.ngsild.entity import VALUE_MEMBER, Entity, Instance
from machi.ngsild.errors import BadRequestData
from machi.ngsild.provision.fragments import changed, check_identity, expiry_after, scope_list, with_types
from machi.ngsild.provision.instances import combined, dataset_of, find
from machi.ngsild.provision.report import SCOPE, Outcome
from machi.ngsild.reading import NULL, Fragment, checked_instance, is_deletion
from machi.ngsild.reading.values import is_geometry

_OPEN = {"Property": "value", "JsonProperty": "json", "LanguageProperty": "languageMap"}
"""Types whose values are merged member by member; those of others are replaced whole."""
_VALUES = frozenset(VALUE_MEMBER.values())
_OWN = frozenset({"datasetId", "createdAt", "attrs"})


@dataclass(frozen=True, slots=True)
class Common:
    """What the request says once for all its attributes (table 6.5.3.4-1)."""

    observed_at: str | None = None
    """Taken on by merged attributes that have an `observedAt`, unless they were sent a new one."""
    language: str | None = None
    """The key of `languageMap` that a bare text replaces."""


_NOTHING = Common()


def merge(entity: Entity, fragment: Fragment, now: str, common: Common = _NOTHING) -> Outcome:
    """Merge types, scope, expiry and attributes.

    Raises:
        BadRequestData: the fragment names another entity, or adds an attribute without a value.
    """
    check_identity(entity, fragment)
    attrs = dict(entity["attrs"])
    updated: list[str] = []
    for iri, sent in fragment["attrs"].items():
        stored = attrs.get(iri, [])
        applicable = [
            one for one in sent if not is_deletion(one) or find(stored, dataset_of(one)) is not None
        ]
        if applicable:
            attrs[iri] = _merged_instances(stored, applicable, common)
            updated.append(iri)
    scope = entity.get("scope")
    if "scope" in fragment:
        scope = None if fragment["scope"] == NULL else scope_list(fragment["scope"])
        updated.append(SCOPE)
    types, expires = with_types(entity, fragment), expiry_after(entity, fragment)
    if not updated and types == entity["type"] and expires == entity.get("expiresAt"):
        return Outcome(entity)
    left = {iri: instances for iri, instances in attrs.items() if instances}
    return Outcome(changed(entity, now, left, type=types, scope=scope, expiresAt=expires), tuple(updated))


def _merged_instances(stored: list[Instance], sent: list[Instance], common: Common) -> list[Instance]:
    old = {dataset_of(instance) for instance in stored}
    complete = [instance if dataset_of(instance) in old else _as_new(instance) for instance in sent]
    return combined(stored, complete, lambda have, patch: _merged(have, patch, common))


def _as_new(sent: Instance) -> Instance:
    """An instance that merges with nothing: nulls in it delete nothing and vanish (RFC 7396)."""
    kind = _type_of(sent)
    if kind is None or VALUE_MEMBER[kind] not in sent:
        raise BadRequestData("a new attribute needs a type and a value")
    result: dict[str, Any] = {name: value for name, value in sent.items() if value != NULL}
    result["type"] = kind
    member = VALUE_MEMBER[kind]
    if kind in _OPEN:
        result[member] = merged_value(None, result[member])
    attrs = {iri: new for iri, found in sent.get("attrs", {}).items() if (new := _new_ones(found))}
    result.pop("attrs", None)
    made = cast("Instance", {**result, "attrs": attrs} if attrs else result)
    return made if "type" in {*sent} else checked_instance(made)


def _type_of(sent: Instance) -> str | None:
    """The type as sent, or what the concise form leaves open: a `value` is of a Property or GeoProperty."""
    said: dict[str, Any] = {**sent}
    if "type" in said or "value" not in said:
        return said.get("type")
    return "GeoProperty" if is_geometry(said["value"]) else "Property"


def _new_ones(instances: list[Instance]) -> list[Instance]:
    return [_as_new(instance) for instance in instances if not is_deletion(instance)]


def _merged(stored: Instance, sent: Instance, common: Common) -> Instance | None:
    if is_deletion(sent):
        return None
    patch = _in_common_language(stored, sent, common)
    kind = patch.get("type", stored["type"])
    result: dict[str, Any] = {**stored, "modifiedAt": sent["modifiedAt"]}
    if kind != stored["type"]:
        result.pop(VALUE_MEMBER[stored["type"]], None)
    for member, value in patch.items():
        if value == NULL:
            result.pop(member, None)
        elif member in _VALUES:
            result[member] = _value_after(kind, member, result.get(member), value)
        elif member not in _OWN:
            result[member] = value
    if VALUE_MEMBER[kind] not in result:
        raise BadRequestData("an attribute of this type needs another value member")
    if common.observed_at is not None and "observedAt" in stored and "observedAt" not in patch:
        result["observedAt"] = common.observed_at
    if kind == "GeoProperty" and "type" not in {*patch}:
        result = {**checked_instance(cast("Instance", result))}
    attrs = _merged_attributes(stored.get("attrs", {}), patch.get("attrs", {}), common)
    result.pop("attrs", None)
    return cast("Instance", {**result, "attrs": attrs} if attrs else result)


def _merged_attributes(
    stored: dict[str, list[Instance]], sent: dict[str, list[Instance]], common: Common
) -> dict[str, list[Instance]]:
    attrs = dict(stored)
    for iri, instances in sent.items():
        have = attrs.get(iri, [])
        applicable = [
            one for one in instances if not is_deletion(one) or find(have, dataset_of(one)) is not None
        ]
        attrs[iri] = _merged_instances(have, applicable, common)
    return {iri: instances for iri, instances in attrs.items() if instances}


def _value_after(kind: str, member: str, stored: object, sent: object) -> object:
    if VALUE_MEMBER[kind] != member:
        raise BadRequestData("the value does not stand in the member that the attribute's type has")
    return merged_value(stored, sent) if kind in _OPEN else sent


def merged_value(stored: object, sent: object) -> object:
    """JSON Merge Patch with the NGSI-LD Null in place of null; typed values are replaced whole."""
    if not isinstance(sent, dict) or "@value" in sent:
        return sent
    result = dict(stored) if isinstance(stored, dict) and "@value" not in stored else {}
    for name, value in sent.items():
        if value == NULL:
            result.pop(name, None)
        else:
            result[name] = merged_value(result.get(name), value)
    return result


def _in_common_language(stored: Instance, sent: Instance, common: Common) -> Instance:
    """A bare text sent for a LanguageProperty stands for one of its languages (5.6.17.4)."""
    if common.language is None or stored["type"] != "LanguageProperty" or sent.get("type") != "Property":
        return sent
    text = sent.get("value")
    if not isinstance(text, str | list):
        return sent
    rest = {name: value for name, value in sent.items() if name not in {"value", "valueType"}}
    return cast("Instance", {**rest, "type": "LanguageProperty", "languageMap": {common.language: text}})
