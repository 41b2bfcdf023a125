"""Context information provision: what clients do to one entity (clauses 5.6.1 to 5.6.6, 5.6.17 to 5.6.19).

Errors come in the order of the clauses: an id that is no URI, an entity that is not there, a body that
is wrong. Each operation names its clause.
"""

from machi.core.ids import EntityId, Tenant
from machi.ngsild.broker.ids import attribute_iri
from machi.ngsild.broker.payload import Payload
from machi.ngsild.broker.tenants import Tenants
from machi.ngsild.broker.writing import Target, Writer
from machi.ngsild.context import Context
from machi.ngsild.entity import Entity
from machi.ngsild.errors import BadRequestData
from machi.ngsild.provision import (
    SCOPE,
    Common,
    Existing,
    Instances,
    Outcome,
    append,
    delete_attribute,
    merge,
    replace_attribute,
    replace_entity,
    update,
    update_attribute,
)
from machi.ngsild.reading import (
    Nulls,
    read_attribute,
    read_entity,
    read_fragment,
    read_merge_fragment,
    read_simplified_fragment,
)


class Provision:
    """Operations on one entity. All raise BadRequestData for what cannot be understood."""

    def __init__(self, writer: Writer, tenants: Tenants) -> None:
        self._writer, self._tenants = writer, tenants

    def create(self, tenant: Tenant, payload: Payload) -> EntityId:
        """5.6.1 Create Entity; the tenant comes into being with its first entity (5.5.10).

        Raises:
            AlreadyExists: there is an entity with that id.
        """
        entity = read_entity(payload.document, payload.context, self._writer.now())
        self._tenants.remember(tenant)
        self._writer.create(tenant, entity)
        return EntityId(entity["id"])

    def update(self, target: Target, payload: Payload) -> Outcome:
        """5.6.2 Update Attributes.

        Raises:
            ResourceNotFound: no such entity.
        """

        def apply(entity: Entity, now: str) -> Outcome:
            fragment = read_fragment(payload.document, payload.context, now, Nulls.UPDATE)
            return update(entity, fragment, now)

        return self._writer.change(target, apply)

    def append(self, target: Target, payload: Payload, existing: Existing) -> Outcome:
        """5.6.3 Append Attributes.

        Raises:
            ResourceNotFound: no such entity.
        """

        def apply(entity: Entity, now: str) -> Outcome:
            fragment = read_fragment(payload.document, payload.context, now, Nulls.FORBIDDEN)
            return append(entity, fragment, now, existing)

        return self._writer.change(target, apply)

    def update_attribute(self, target: Target, name: str, payload: Payload) -> None:
        """5.6.4 Partial Attribute Update; here the body is looked at before the entity.

        Raises:
            ResourceNotFound: no such entity or attribute instance.
        """
        iri = _attribute(name, payload.context)
        read_attribute(payload.document, payload.context, self._writer.now(), Nulls.UPDATE, iri)

        def apply(entity: Entity, now: str) -> Outcome:
            sent = read_attribute(payload.document, payload.context, now, Nulls.UPDATE, iri)
            return update_attribute(entity, iri, sent, now)

        self._writer.change(target, apply)

    def delete_attribute(
        self, target: Target, name: str, context: Context, *, dataset: str | None, instances: Instances
    ) -> None:
        """5.6.5 Delete Attribute; `scope` may be deleted too.

        Raises:
            ResourceNotFound: no such entity or attribute instance.
        """
        iri = attribute_iri(name, context)
        self._writer.change(
            target,
            lambda entity, now: delete_attribute(entity, iri, now, dataset=dataset, instances=instances),
        )

    def delete(self, target: Target) -> None:
        """5.6.6 Delete Entity.

        Raises:
            ResourceNotFound: no such entity.
        """
        self._writer.delete(target)

    def merge(self, target: Target, payload: Payload, common: Common) -> None:
        """5.6.17 Merge Entity, from the normalized or concise form.

        Raises:
            ResourceNotFound: no such entity.
        """

        def apply(entity: Entity, now: str) -> Outcome:
            fragment = read_merge_fragment(
                payload.document, payload.context, now, entity, lang=common.language
            )
            return merge(entity, fragment, now, common)

        self._writer.change(target, apply)

    def merge_simplified(self, target: Target, payload: Payload, common: Common) -> None:
        """5.6.17 Merge Entity, from the simplified form: attributes keep the types they have.

        Raises:
            ResourceNotFound: no such entity.
        """

        def apply(entity: Entity, now: str) -> Outcome:
            fragment = read_simplified_fragment(
                payload.document,
                payload.context,
                now,
                entity,
                lang=common.language,
                observed_at=common.observed_at,
            )
            return merge(entity, fragment, now, common)

        self._writer.change(target, apply)

    def replace(self, target: Target, payload: Payload) -> None:
        """5.6.18 Replace Entity; id and types may be left out and are those of the entity then.

        Raises:
            ResourceNotFound: no such entity.
        """

        def apply(entity: Entity, now: str) -> Outcome:
            new = read_entity(_completed(payload.document, entity, payload.context), payload.context, now)
            return replace_entity(entity, new)

        self._writer.change(target, apply)

    def replace_attribute(self, target: Target, name: str, payload: Payload) -> None:
        """5.6.19 Replace Attribute.

        Raises:
            ResourceNotFound: no such entity or attribute instance.
        """
        iri = _attribute(name, payload.context)

        def apply(entity: Entity, now: str) -> Outcome:
            sent = read_attribute(payload.document, payload.context, now, Nulls.FORBIDDEN, iri)
            return replace_attribute(entity, iri, sent, now)

        self._writer.change(target, apply)


def _attribute(name: str, context: Context) -> str:
    iri = attribute_iri(name, context)
    if iri == SCOPE:
        raise BadRequestData("the scope of an entity is changed by changing the entity")
    return iri


def _completed(document: object, entity: Entity, context: Context) -> object:
    if not isinstance(document, dict):
        return document
    return {"id": entity["id"], "type": [context.compact(iri) for iri in entity["type"]], **document}
