"""Add attributes to an entity (clause 5.6.3), with or without overwriting what is there."""

from enum import Enum

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.provision.fragments import changed, check_identity, expiry_after, scope_list, with_types
from machi.ngsild.provision.instances import dataset_of, find, succeeding
from machi.ngsild.provision.report import SCOPE, NotUpdated, Outcome
from machi.ngsild.reading import Fragment

_THERE = "the attribute already exists and overwriting was not allowed"


class Existing(Enum):
    """What happens to an attribute instance that the entity already has."""

    REPLACED = "replaced"
    LEFT = "left untouched"


def append(entity: Entity, fragment: Fragment, now: str, existing: Existing = Existing.REPLACED) -> Outcome:
    """Append the fragment's attributes, its types and scopes.

    Raises:
        BadRequestData: the fragment names another entity.
    """
    check_identity(entity, fragment)
    attrs = dict(entity["attrs"])
    updated: list[str] = []
    refused: list[NotUpdated] = []
    for iri, sent in fragment["attrs"].items():
        stored = attrs.get(iri, [])
        taken = sent if existing is Existing.REPLACED else _new_ones(stored, sent)
        if taken:
            attrs[iri] = _appended(stored, taken)
            updated.append(iri)
        if len(taken) < len(sent):
            refused.append(NotUpdated(iri, _THERE))
    scope = _scope_after(entity, fragment, existing)
    if scope != entity.get("scope"):
        updated.append(SCOPE)
    types = with_types(entity, fragment)
    expires = _expiry_after(entity, fragment, existing)
    if not updated and types == entity["type"] and expires == entity.get("expiresAt"):
        return Outcome(entity, (), tuple(refused))
    result = changed(entity, now, attrs, type=types, scope=scope, expiresAt=expires)
    return Outcome(result, tuple(updated), tuple(refused))


def _new_ones(stored: list[Instance], sent: list[Instance]) -> list[Instance]:
    return [instance for instance in sent if find(stored, dataset_of(instance)) is None]


def _appended(stored: list[Instance], sent: list[Instance]) -> list[Instance]:
    arriving = {dataset_of(instance): instance for instance in sent}
    kept = [
        succeeding(instance, arriving.pop(dataset_of(instance)))
        if dataset_of(instance) in arriving
        else instance
        for instance in stored
    ]
    return kept + list(arriving.values())


def _scope_after(entity: Entity, fragment: Fragment, existing: Existing) -> list[str] | None:
    sent = fragment.get("scope")
    if sent is None:
        return entity.get("scope")
    if existing is Existing.REPLACED:
        return scope_list(sent)
    return scope_list([*entity.get("scope", ()), *scope_list(sent)])


def _expiry_after(entity: Entity, fragment: Fragment, existing: Existing) -> str | None:
    if existing is Existing.LEFT and "expiresAt" in entity:
        return entity["expiresAt"]
    return expiry_after(entity, fragment)
