"""What of a personal entity an application may see, and what becomes of the rest when it writes."""

from machi.core.ids import DataItem
from machi.ngsild.entity import Entity, Instance
from machi.personal.catalogue import PersonalType

CITIZEN = "urn:ngsi-ld:Citizen:"
"""Before an application's pseudonym for a citizen; the platform's own id never leaves."""


def visible(
    entity: Entity, declared: PersonalType, items: frozenset[DataItem], pseudonym: str
) -> Entity | None:
    """The entity with the consented attributes only; None if none of it is consented.

    Times of the entity are those of what is shown: a change of something withheld must not show either.
    """
    attrs = {iri: instances for iri, instances in entity["attrs"].items() if declared.items.get(iri) in items}
    if not attrs:
        return None
    shown = [instance for instances in attrs.values() for instance in instances]
    created = min(instance["createdAt"] for instance in shown)
    modified = max(instance["modifiedAt"] for instance in shown)
    named = _named(pseudonym, created)
    return {
        "id": entity["id"],
        "type": entity["type"],
        "createdAt": created,
        "modifiedAt": modified,
        "attrs": {declared.subject: [named], **attrs},
    }


def withheld(entity: Entity, declared: PersonalType, items: frozenset[DataItem]) -> dict[str, list[Instance]]:
    """The attributes that `visible` leaves out, without the one that names the citizen."""
    return {
        iri: instances
        for iri, instances in entity["attrs"].items()
        if iri != declared.subject and declared.items.get(iri) not in items
    }


def pseudonym_in(entity: Entity, declared: PersonalType) -> str | None:
    """The application's pseudonym for whom the entity is about; None if it names nobody."""
    match entity["attrs"].get(declared.subject):
        case [{"type": "Relationship", "object": str(target)}] if target.startswith(CITIZEN):
            return target.removeprefix(CITIZEN)
    return None


def changed_items(before: Entity | None, after: Entity | None, declared: PersonalType) -> frozenset[DataItem]:
    """The items that a write adds, changes or removes."""
    old = {} if before is None else before["attrs"]
    new = {} if after is None else after["attrs"]
    return frozenset(item for iri, item in declared.items.items() if old.get(iri) != new.get(iri))


def _named(pseudonym: str, at: str) -> Instance:
    return {"type": "Relationship", "object": f"{CITIZEN}{pseudonym}", "createdAt": at, "modifiedAt": at}
