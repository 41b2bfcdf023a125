"""How is an entity written down as JSON? (clauses 4.5.1, 4.5.4, 4.5.5, 4.5.16, 4.5.17 and 4.5.23)"""

from collections.abc import Iterable, Mapping
from typing import Any

from machi.core.ids import EntityId
from machi.ngsild.context import Context
from machi.ngsild.entity import Entity, Instance
from machi.ngsild.query.geo import LOCATION
from machi.ngsild.query.targets import objects_of
from machi.ngsild.reading.values import is_geometry
from machi.ngsild.rendering.attribute import Writer
from machi.ngsild.rendering.view import Format, Links, View

_SYSTEM = ("createdAt", "modifiedAt", "deletedAt", "expiresAt")
_LINKING = {"Relationship": "entity", "ListRelationship": "entityList"}
_DEFAULT_VIEW = View()


class Renderer:
    """Writes the entities of one request."""

    def __init__(self, context: Context, view: View = _DEFAULT_VIEW) -> None:
        self._context = context
        self._view = view
        self._compact = context.compact
        writer = Writer(context, view)
        self._write, self._write_all = writer.write, writer.write_all
        self._simplified = view.format is Format.SIMPLIFIED

    def entity(self, entity: Entity, links: Links | None = None) -> dict[str, object]:
        """One entity; what a projection has taken away is left out."""
        return {**_id(entity), **self._members(entity, links)}

    def feature(
        self,
        entity: Entity,
        geometry_property: str | None = None,
        links: Links | None = None,
        *,
        whole: Entity | None = None,
    ) -> dict[str, object]:
        """One entity as a GeoJSON Feature; `geometry_property` is a name, `location` if None.

        `whole` is the entity before a projection: a projection thins out the properties, but the Feature
        stays where its entity is (4.5.16.2).
        """
        iri = LOCATION if geometry_property is None else self._context.expand_term(geometry_property)
        return {
            **_id(entity),
            "type": "Feature",
            "geometry": _geometry(self._chosen((whole or entity)["attrs"].get(iri, []))),
            "properties": self._members(entity, links),
        }

    def feature_collection(
        self, entities: Iterable[Entity], geometry_property: str | None = None, links: Links | None = None
    ) -> dict[str, object]:
        """Entities as a GeoJSON FeatureCollection."""
        features = [self.feature(entity, geometry_property, links) for entity in entities]
        return {"type": "FeatureCollection", "features": features}

    def _members(self, entity: Mapping[str, Any], links: Links | None) -> dict[str, object]:
        """Everything but the id."""
        shown: dict[str, object] = {}
        if "type" in entity:
            shown["type"] = _one_or_all([self._compact(iri) for iri in entity["type"]])
        if "scope" in entity:
            shown["scope"] = _one_or_all(entity["scope"])
        if self._view.system_attributes:
            shown |= {name: entity[name] for name in _SYSTEM if name in entity}
        owner = EntityId(entity["id"]) if "id" in entity else None
        for iri, instances in entity["attrs"].items():
            chosen = instances if self._view.datasets is None else self._chosen(instances)
            if chosen:
                shown[self._compact(iri)] = self._attribute(iri, chosen, links, owner)
        return shown

    def _attribute(
        self, iri: str, instances: list[Instance], links: Links | None, owner: EntityId | None
    ) -> object:
        if links is None or links.depth <= 0 or instances[0]["type"] not in _LINKING:
            written = self._write_all(instances)
        else:
            within = links.beyond(iri, owner)
            written = [self._joined(instance, within) for instance in instances]
        if len(written) == 1:
            return written[0]
        if not self._simplified:
            return written
        names = [instance.get("datasetId", "@none") for instance in instances]
        return {"dataset": dict(zip(names, written, strict=True))}

    def _joined(self, instance: Instance, links: Links) -> object:
        """A Relationship with the entities it links to in it, or in simplified form in its place."""
        written = self._write(instance)
        if instance["type"] not in _LINKING:
            return written
        targets = objects_of(instance)
        found = [self._linked(target, links) for target in targets]
        is_single = instance["type"] == "Relationship" and not isinstance(instance.get("object"), list)
        if self._simplified:
            mixed = [
                target if entity is None else entity for target, entity in zip(targets, found, strict=True)
            ]
            return mixed[0] if is_single else mixed
        there = [entity for entity in found if entity is not None]
        if there:
            written[_LINKING[instance["type"]]] = there[0] if is_single else there
        return written

    def _linked(self, target: str, links: Links) -> dict[str, object] | None:
        identifier = EntityId(target)
        entity = None if identifier in links.contained_by else links.resolve(identifier)
        return None if entity is None else self.entity(links.projection.apply(entity), links)

    def _chosen(self, instances: list[Instance]) -> list[Instance]:
        """The instances of the datasets asked for."""
        datasets = self._view.datasets
        if datasets is None:
            return instances
        return [instance for instance in instances if instance.get("datasetId", "@none") in datasets]


def with_context(document: dict[str, object], context: Context) -> dict[str, object]:
    """The document with its `@context`, for answers in JSON-LD."""
    return {**document, "@context": context.json}


def _id(entity: Mapping[str, Any]) -> dict[str, object]:
    """The id, unless a projection has taken it away."""
    return {"id": entity["id"]} if "id" in entity else {}


def _one_or_all(items: list[str]) -> str | list[str]:
    return items[0] if len(items) == 1 else items


def _geometry(instances: list[Instance]) -> object:
    """The geometry of the default instance, or of the only one; None if there is none (4.5.16.1)."""
    chosen = next((one for one in instances if "datasetId" not in one), None)
    if chosen is None and len(instances) == 1:
        chosen = instances[0]
    if chosen is None or chosen["type"] != "GeoProperty" or not is_geometry(chosen.get("value")):
        return None
    return chosen["value"]
