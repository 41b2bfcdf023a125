"""The broker's storage as one application may see it: consented attributes of consenting citizens."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from machi.consent.repositories import GrantRepository
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId, CitizenId, ConsentId, DataItem, EntityId, Tenant
from machi.ngsild.entity import Entity
from machi.ngsild.errors import AlreadyExists, BadRequestData, NgsiLdError
from machi.ngsild.provision import unexpired
from machi.ngsild.repositories import Candidate, Cursor, Search, StoredEntity, Write
from machi.personal.access import NOBODY, Access
from machi.personal.catalogue import PersonalType
from machi.personal.errors import NotConsented
from machi.personal.repositories import PersonalEntityRepository, Pseudonyms
from machi.personal.view import changed_items, pseudonym_in, visible, withheld

_NO_PSEUDONYM = "-"  # names nobody, and stands where an entity names nobody


@dataclass(frozen=True, slots=True)
class PersonalStores:
    """Where personal entities, grants and pseudonyms are kept."""

    entities: PersonalEntityRepository
    grants: GrantRepository
    pseudonyms: Pseudonyms


class ConsentedEntities:
    """Implements `machi.ngsild.repositories.EntityRepository` for one application and one request.

    Whatever is withheld does not exist here, and is looked for with the same work as what does.
    """

    def __init__(self, stores: PersonalStores, access: Access, declared: Mapping[str, PersonalType]) -> None:
        self._stores, self._access = stores, access
        self._declared = {iri: kind for iri, kind in declared.items() if kind.all_items & access.items}
        """Types that the application's agreement is about at all; the others it never finds anything of."""
        self.filtered: frozenset[str] | None = frozenset()
        """Attributes that the query looks at, None for any: of every entity examined they become known a
        little, whether it matches or not."""
        self._owners: dict[str, CitizenId] = {}

    def get(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        """One entity, if there is one and anything of it may be seen."""
        return self._seen(entity)

    def get_latest(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        """As `get`: personal entities are always read as they are now."""
        return self._seen(entity)

    def get_many(self, tenant: Tenant, entities: Sequence[EntityId]) -> Mapping[EntityId, StoredEntity]:
        """Those that may be seen."""
        found = {entity: self._seen(entity) for entity in dict.fromkeys(entities)}
        return {entity: stored for entity, stored in found.items() if stored is not None}

    def search(
        self, tenant: Tenant, search: Search, *, after: Cursor | None = None, page: int = 100
    ) -> Iterator[Candidate]:
        """Every entity of every consenting citizen, consent by consent.

        Raises:
            BadRequestData: `after` is no cursor of this search.
        """
        if search.ids is not None:
            yield from self._by_id(search.ids, after)
            return
        types = [iri for iri in self._declared if search.types is None or iri in search.types]
        consent, entity = _place(after)
        for grant in self._stores.grants.grants_to(self._access.application, consent):
            behind = entity if grant.consent == consent else ""
            for stored in self._of_citizen(grant.subject, types):
                if stored.entity["id"] > behind:
                    yield Candidate(stored, f"{grant.consent}|{stored.entity['id']}")

    def count(self, tenant: Tenant, search: Search) -> int | None:
        """None: only the consented view can tell."""
        return None

    def types(self, tenant: Tenant) -> Mapping[str, frozenset[str]]:
        """The declared types the agreement is about, whether or not there is any entity."""
        return {
            iri: frozenset(name for name, item in kind.items.items() if item in self._access.items)
            for iri, kind in self._declared.items()
        }

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
        """Apply a change of the view to the entity behind it, if the citizen agreed to being recorded.

        Raises:
            NotConsented: no such citizen, no consent, or not for this.
            BadRequestData: not of a type, id or form that may be recorded.
            Conflict: the entity is not in the state the change starts from.
        """
        before = None if change.before is None else change.before.entity
        entity = before if change.after is None else change.after
        if entity is None:
            return None
        declared = self._writable(entity)
        pseudonym = pseudonym_in(entity, declared)
        if before is not None and pseudonym_in(before, declared) != pseudonym:
            raise BadRequestData("an entity stays with the citizen it is about")
        subject = self._stores.pseudonyms.subject_of(pseudonym or _NO_PSEUDONYM)
        changed = changed_items(before, change.after, declared)
        if not self._access.may_record(subject or NOBODY, changed or declared.all_items) or subject is None:
            raise NotConsented("the citizen has not agreed to this")
        return self._apply(subject, declared, change)

    def write_many(
        self, tenant: Tenant, changes: Sequence[Write]
    ) -> Sequence[StoredEntity | Conflict | NgsiLdError | None]:
        """Each change on its own, one after the other."""
        results: list[StoredEntity | Conflict | NgsiLdError | None] = []
        for change in changes:
            try:
                results.append(self.write(tenant, change))
            except (Conflict, NgsiLdError) as error:
                results.append(error)
        return results

    def note_shown(self, entities: Sequence[Entity], shown: frozenset[str] | None) -> None:
        """Note the items of what an answer shows; `shown` are attributes, None for all."""
        for entity in entities:
            declared = self._declared[entity["type"][0]]
            self._access.sees(self._owners[entity["id"]], _items(entity, declared, shown))

    def _by_id(self, ids: Sequence[EntityId], after: Cursor | None) -> Iterator[Candidate]:
        _, behind = _place(after)
        for entity in sorted(set(ids)):
            stored = self._seen(entity)
            if stored is not None and entity > behind:
                yield Candidate(stored, f"|{entity}")

    def _seen(self, entity: EntityId) -> StoredEntity | None:
        """Reads owner, consent and entity whether or not they are there: time tells nothing."""
        subject = self._stores.entities.owner_of(entity) or NOBODY
        items = self._access.readable(subject)
        stored = self._stores.entities.get(subject, entity)
        return None if stored is None else self._viewed(subject, items, stored)

    def _of_citizen(self, subject: CitizenId, types: Sequence[str]) -> Iterator[StoredEntity]:
        items = self._access.readable(subject)
        if not items:
            return
        for stored in self._stores.entities.all_of(subject, types):
            viewed = self._viewed(subject, items, stored)
            if viewed is not None:
                yield viewed

    def _viewed(
        self, subject: CitizenId, items: frozenset[DataItem], stored: StoredEntity
    ) -> StoredEntity | None:
        declared = self._declared.get(stored.entity["type"][0])
        alive = unexpired(stored.entity, self._access.now)
        if declared is None or alive is None:
            return None
        entity = visible(alive, declared, items, self._stores.pseudonyms.of(subject))
        if entity is None:
            return None
        self._owners[entity["id"]] = subject
        self._access.sees(subject, _items(entity, declared, self.filtered))
        return replace(stored, entity=entity)

    def _writable(self, entity: Entity) -> PersonalType:
        declared = self._declared.get(entity["type"][0]) if len(entity["type"]) == 1 else None
        if declared is None or self._access.application not in declared.writers:
            raise NotConsented("the application records no entities of this type")
        if not _is_own(entity["id"], self._access.application):
            raise BadRequestData("the id must be urn:ngsi-ld:{type}:{city}:{application}:{local}")
        if not entity["attrs"].keys() <= {declared.subject, *declared.items} or "scope" in entity:
            raise BadRequestData("the type has no such attribute")
        return declared

    def _apply(self, subject: CitizenId, declared: PersonalType, change: Write) -> StoredEntity | None:
        entities, after = self._stores.entities, change.after
        if change.before is None:
            if after is None:
                return None
            if entities.owner_of(EntityId(after["id"])) is not None:
                raise AlreadyExists("there already is an entity with this id")
            return entities.write(subject, Write(None, after))
        behind = entities.get(subject, EntityId(change.before.entity["id"]))
        if behind is None or behind.version != change.before.version:
            raise Conflict("the entity was changed by somebody else")
        kept = withheld(behind.entity, declared, self._access.readable(subject))
        if after is None and not kept:
            return entities.write(subject, Write(behind, None))
        attrs = {} if after is None else after["attrs"]
        merged: Entity = {**behind.entity, "attrs": {**kept, **attrs}}
        if after is not None:
            merged["modifiedAt"] = max(after["modifiedAt"], behind.entity["modifiedAt"])
        return entities.write(subject, Write(behind, merged))


def _items(entity: Entity, declared: PersonalType, attributes: frozenset[str] | None) -> frozenset[DataItem]:
    return frozenset(
        item
        for iri, item in declared.items.items()
        if iri in entity["attrs"] and (attributes is None or iri in attributes)
    )


def _is_own(entity: str, application: ApplicationId) -> bool:
    """Ids carry their application, so that no application learns by a clash what another has recorded."""
    return re.fullmatch(rf"urn:ngsi-ld:[^:]+:[0-9]{{6}}:{re.escape(application)}:.+", entity) is not None


def _place(after: Cursor | None) -> tuple[ConsentId | None, str]:
    if after is None:
        return None, ""
    consent, bar, entity = after.partition("|")
    if not bar:
        raise BadRequestData("the cursor does not come from a link of this API")
    return (ConsentId(consent) if consent else None), entity
