"""Update the attributes of an entity (clause 5.6.2): whole instances are replaced, nulls delete."""

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.provision.fragments import changed, check_identity, expiry_after, scope_list, with_types
from machi.ngsild.provision.instances import combined, dataset_of, find, succeeding, without_nulls
from machi.ngsild.provision.report import SCOPE, NotUpdated, Outcome
from machi.ngsild.reading import NULL, Fragment, is_deletion

_NO_SCOPE = "the entity has no scope that could be replaced"


def update(entity: Entity, fragment: Fragment, now: str) -> Outcome:
    """Replace, append or delete the attribute instances that the fragment names.

    A null for what is not there changes nothing, as in RFC 7396; a scope that could not be replaced is
    reported.

    Raises:
        BadRequestData: the fragment names another entity.
    """
    check_identity(entity, fragment)
    attrs = dict(entity["attrs"])
    updated: list[str] = []
    refused: list[NotUpdated] = []
    for iri, sent in fragment["attrs"].items():
        stored = attrs.get(iri, [])
        applicable = [one for one in sent if not is_deletion(one) or _is_there(stored, one)]
        if applicable:
            attrs[iri] = combined(stored, [_stored(one) for one in applicable], _replaced)
            updated.append(iri)
    scope = entity.get("scope")
    if "scope" in fragment:
        if scope is None:
            refused.append(NotUpdated(SCOPE, _NO_SCOPE))
        else:
            scope = None if fragment["scope"] == NULL else scope_list(fragment["scope"])
            updated.append(SCOPE)
    types, expires = with_types(entity, fragment), expiry_after(entity, fragment)
    if not updated and types == entity["type"] and expires == entity.get("expiresAt"):
        return Outcome(entity, (), tuple(refused))
    left = {iri: instances for iri, instances in attrs.items() if instances}
    result = changed(entity, now, left, type=types, scope=scope, expiresAt=expires)
    return Outcome(result, tuple(updated), tuple(refused))


def _is_there(stored: list[Instance], sent: Instance) -> bool:
    return find(stored, dataset_of(sent)) is not None


def _stored(sent: Instance) -> Instance:
    return sent if is_deletion(sent) else without_nulls(sent)


def _replaced(stored: Instance, sent: Instance) -> Instance | None:
    return None if is_deletion(sent) else succeeding(stored, sent)
