"""Update parts of one attribute instance (clause 5.6.4); what is not sent stays."""

from collections.abc import Sequence
from typing import Any, cast

from machi.ngsild.entity import VALUE_MEMBER, Entity, Instance
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.provision.fragments import changed
from machi.ngsild.provision.instances import combined, dataset_of, find, living
from machi.ngsild.provision.report import Outcome
from machi.ngsild.reading import NULL, checked_instance, is_deletion

_KEPT = frozenset({"type", "datasetId", "createdAt", "attrs"})
_STAMPS = frozenset({"createdAt", "modifiedAt"})
_VALUES = frozenset(VALUE_MEMBER.values())


def update_attribute(entity: Entity, iri: str, sent: Sequence[Instance], now: str) -> Outcome:
    """Overwrite members and sub-attributes of the addressed instances; a null takes one away.

    Raises:
        ResourceNotFound: the entity has no such attribute instance.
        BadRequestData: nothing is sent, or the type of the attribute would change.
    """
    if not all(instance.keys() - _STAMPS for instance in sent):
        raise BadRequestData("the body says nothing about the attribute")
    stored = entity["attrs"].get(iri, [])
    if not sent or any(find(stored, dataset_of(instance)) is None for instance in sent):
        raise ResourceNotFound("the entity has no such attribute instance")
    attrs = {**entity["attrs"], iri: combined(stored, sent, _updated)}
    return Outcome(changed(entity, now, {name: found for name, found in attrs.items() if found}), (iri,))


def check_same_type(stored: Instance, sent: Instance) -> None:
    """An attribute keeps its type, and its value stands in the member that the type has.

    Raises:
        BadRequestData: the sent instance is of another type.
    """
    allowed = VALUE_MEMBER[stored["type"]]
    if sent.get("type", stored["type"]) != stored["type"] or any(
        member in sent and member != allowed for member in _VALUES
    ):
        raise BadRequestData("the type of an attribute cannot be changed")


def _updated(stored: Instance, sent: Instance) -> Instance | None:
    if is_deletion(sent):
        return None
    check_same_type(stored, sent)
    result: dict[str, Any] = {**stored, "modifiedAt": sent["modifiedAt"]}
    for member, value in sent.items():
        if value == NULL:
            result.pop(member, None)
        elif member not in _KEPT:
            result[member] = value
    if stored["type"] == "GeoProperty" and "type" not in {*sent}:
        result = {**checked_instance(cast("Instance", result))}
    attrs = dict(stored.get("attrs", {}))
    for iri, instances in sent.get("attrs", {}).items():
        attrs[iri] = combined(attrs.get(iri, []), instances, _replaced)
    attrs = {iri: kept for iri, found in attrs.items() if (kept := living(found))}
    result.pop("attrs", None)
    return cast("Instance", {**result, "attrs": attrs} if attrs else result)


def _replaced(stored: Instance, sent: Instance) -> Instance | None:
    return None if is_deletion(sent) else {**sent, "createdAt": stored["createdAt"]}
