"""Put new content in the place of an entity (5.6.18) or of an attribute instance (5.6.19)."""

from collections.abc import Sequence

from machi.ngsild.entity import Entity, Instance
from machi.ngsild.errors import BadRequestData, ResourceNotFound
from machi.ngsild.provision.fragments import changed
from machi.ngsild.provision.instances import combined, dataset_of, find, succeeding
from machi.ngsild.provision.report import Outcome


def replace_entity(entity: Entity, new: Entity) -> Outcome:
    """The new content; `createdAt` of the entity remains (4.8).

    Raises:
        BadRequestData: the new content carries another id.
    """
    if new["id"] != entity["id"]:
        raise BadRequestData("the id in the body must be the id of the entity addressed")
    return Outcome({**new, "createdAt": entity["createdAt"]}, tuple(new["attrs"]))


def replace_attribute(entity: Entity, iri: str, sent: Sequence[Instance], now: str) -> Outcome:
    """Replace the instances of an attribute that have the datasets of those sent.

    Raises:
        ResourceNotFound: the entity has no such attribute instance.
    """
    stored = entity["attrs"].get(iri, [])
    if any(find(stored, dataset_of(instance)) is None for instance in sent):
        raise ResourceNotFound("the entity has no such attribute instance")
    attrs = {**entity["attrs"], iri: combined(stored, sent, succeeding)}
    return Outcome(changed(entity, now, attrs), (iri,))
