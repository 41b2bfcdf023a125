"""Take attributes out of an entity: one instance or all (5.6.5), or all but some (purge, 5.6.21)."""

from collections.abc import Collection
from enum import Enum

from machi.ngsild.entity import Entity
from machi.ngsild.errors import ResourceNotFound
from machi.ngsild.provision.fragments import changed
from machi.ngsild.provision.instances import find, without
from machi.ngsild.provision.report import SCOPE, Outcome


class Instances(Enum):
    """Which instances of the attribute are meant."""

    ONE = "the one of the dataset given, or the default instance"
    ALL = "all (deleteAll)"


def delete_attribute(
    entity: Entity, iri: str, now: str, *, dataset: str | None = None, instances: Instances = Instances.ONE
) -> Outcome:
    """Delete an attribute, or `scope` if it goes by that IRI.

    Raises:
        ResourceNotFound: the entity has no such attribute, or no instance of that dataset.
    """
    if iri == SCOPE:
        return _without_scope(entity, now)
    stored = entity["attrs"].get(iri)
    if stored is None or (instances is Instances.ONE and find(stored, dataset) is None):
        raise ResourceNotFound("the entity has no such attribute instance")
    left = [] if instances is Instances.ALL else without(stored, dataset)
    attrs = {name: found for name, found in {**entity["attrs"], iri: left}.items() if found}
    return Outcome(changed(entity, now, attrs), (iri,))


def drop_attributes(entity: Entity, iris: Collection[str], now: str) -> Outcome:
    """Delete the named attributes, as far as they are there."""
    return keep_attributes(entity, [iri for iri in _members(entity) if iri not in iris], now)


def keep_attributes(entity: Entity, iris: Collection[str], now: str) -> Outcome:
    """Delete all attributes but the named ones."""
    gone = tuple(iri for iri in _members(entity) if iri not in iris)
    if not gone:
        return Outcome(entity)
    attrs = {iri: found for iri, found in entity["attrs"].items() if iri in iris}
    scope = entity.get("scope") if SCOPE in iris else None
    return Outcome(changed(entity, now, attrs, scope=scope), gone)


def _members(entity: Entity) -> list[str]:
    return [*entity["attrs"], *([SCOPE] if "scope" in entity else [])]


def _without_scope(entity: Entity, now: str) -> Outcome:
    if "scope" not in entity:
        raise ResourceNotFound("the entity has no scope")
    return Outcome(changed(entity, now, entity["attrs"], scope=None), (SCOPE,))
