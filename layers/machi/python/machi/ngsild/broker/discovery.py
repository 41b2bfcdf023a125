"""Which types of entities and which attributes are there? (clauses 5.7.5 to 5.7.11, 4.5.10 to 4.5.15)

Lists come from what storage knows of each type. Details of one type or attribute need its entities to
be looked at, so their counts and attribute types rest on a bounded number of them, as 5.7.11 allows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from machi.core.clock import Clock, to_iso
from machi.core.ids import Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import ResourceNotFound
from machi.ngsild.provision import unexpired
from machi.ngsild.repositories import EntityRepository, Search

MOST_EXAMINED = 5_000
"""Entities looked at for the details of one type or attribute."""

Name = Callable[[str], str]
"""From an IRI to the name to show."""
Description = dict[str, object]


@dataclass(slots=True)
class _Seen:
    """What the entities looked at have in common."""

    entities: int = 0
    instances: int = 0
    types: Counter[str] = field(default_factory=Counter)
    attribute_types: dict[str, dict[str, None]] = field(default_factory=dict)


class Discovery:
    """Describes types and attributes; `name` compacts IRIs by the request's @context."""

    def __init__(self, entities: EntityRepository, clock: Clock) -> None:
        self._entities, self._clock = entities, clock

    def type_list(self, tenant: Tenant, name: Name) -> Description:
        """5.7.5: an EntityTypeList."""
        types = sorted(map(name, self._entities.types(tenant)))
        return {"id": "urn:ngsi-ld:EntityTypeList:all", "type": "EntityTypeList", "typeList": types}

    def types(self, tenant: Tenant, name: Name) -> list[Description]:
        """5.7.6: an EntityType for every type."""
        return [
            {
                "id": iri,
                "type": "EntityType",
                "typeName": name(iri),
                "attributeNames": sorted(map(name, attributes)),
            }
            for iri, attributes in sorted(self._entities.types(tenant).items())
        ]

    def type(self, tenant: Tenant, iri: str, name: Name) -> Description:
        """5.7.7: an EntityTypeInfo.

        Raises:
            ResourceNotFound: there is no entity of the type.
        """
        search = Search(types=(iri,))
        seen = self._look(tenant, search)
        if not seen.entities:
            raise ResourceNotFound("there is no entity of this type")
        return {
            "id": iri,
            "type": "EntityTypeInfo",
            "typeName": name(iri),
            "entityCount": self._entities.count(tenant, search) or seen.entities,
            "attributeDetails": [
                {
                    "id": attribute,
                    "type": "Attribute",
                    "attributeName": name(attribute),
                    "attributeTypes": list(types),
                }
                for attribute, types in sorted(seen.attribute_types.items())
            ],
        }

    def attribute_list(self, tenant: Tenant, name: Name) -> Description:
        """5.7.8: an AttributeList."""
        attributes = sorted(map(name, _types_of_attributes(self._entities.types(tenant))))
        return {"id": "urn:ngsi-ld:AttributeList:all", "type": "AttributeList", "attributeList": attributes}

    def attributes(self, tenant: Tenant, name: Name) -> list[Description]:
        """5.7.9: an Attribute for every attribute, with the types that have it."""
        return [
            {
                "id": iri,
                "type": "Attribute",
                "attributeName": name(iri),
                "typeNames": sorted(map(name, types)),
            }
            for iri, types in sorted(_types_of_attributes(self._entities.types(tenant)).items())
        ]

    def attribute(self, tenant: Tenant, iri: str, name: Name) -> Description:
        """5.7.10: an Attribute with all its details.

        Raises:
            ResourceNotFound: no entity has the attribute.
        """
        types = _types_of_attributes(self._entities.types(tenant)).get(iri)
        if types is not None:
            search = Search(types=tuple(sorted(types)), attributes=frozenset({iri}))
            seen = self._look(tenant, search, iri)
            if seen.entities:
                return {
                    "id": iri,
                    "type": "Attribute",
                    "attributeName": name(iri),
                    "attributeCount": seen.instances,
                    "attributeTypes": list(seen.attribute_types[iri]),
                    "typeNames": sorted(map(name, seen.types)),
                }
        raise ResourceNotFound("no entity has this attribute")

    def _look(self, tenant: Tenant, search: Search, attribute: str | None = None) -> _Seen:
        seen = _Seen()
        for entity in islice(self._alive(tenant, search), MOST_EXAMINED):
            if attribute is not None and attribute not in entity["attrs"]:
                continue
            seen.entities += 1
            seen.types.update(entity["type"])
            for iri, instances in entity["attrs"].items():
                if iri == attribute:
                    seen.instances += len(instances)
                kinds = seen.attribute_types.setdefault(iri, {})
                kinds.update((instance["type"], None) for instance in instances)
        return seen

    def _alive(self, tenant: Tenant, search: Search) -> Iterable[Entity]:
        now = to_iso(self._clock())
        for candidate in self._entities.search(tenant, search, page=200):
            entity = unexpired(candidate.stored.entity, now)
            if entity is not None:
                yield entity


def _types_of_attributes(types: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for iri, attributes in types.items():
        for attribute in attributes:
            found.setdefault(attribute, []).append(iri)
    return found
