"""The broker's storage in memory, with the promises of `machi.ngsild.repositories` and nothing else."""

from collections.abc import Iterator, Mapping, Sequence

import orjson

from machi.core.errors import Conflict
from machi.core.ids import DEFAULT_TENANT, EntityId, Tenant
from machi.ngsild.errors import BadRequestData
from machi.ngsild.query.geo import Bounds
from machi.ngsild.repositories import Candidate, Cursor, EntityMap, Search, StoredEntity, Write
from machi.storage.cells import box_of, touches


class MemoryEntities:
    """Implements EntityRepository."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Tenant, EntityId], StoredEntity] = {}
        self._version = 0

    def get(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        return self.kept.get((tenant, entity))

    get_latest = get

    def get_many(self, tenant: Tenant, entities: Sequence[EntityId]) -> Mapping[EntityId, StoredEntity]:
        return {each: self.kept[tenant, each] for each in entities if (tenant, each) in self.kept}

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
        entity = change.before.entity if change.after is None and change.before else change.after
        assert entity is not None
        key = (tenant, EntityId(entity["id"]))
        current = self.kept.get(key)
        if (current and current.version) != (change.before and change.before.version):
            raise Conflict("somebody else was first")
        if change.after is None:
            del self.kept[key]
            return None
        self._version += 1
        self.kept[key] = StoredEntity(change.after, self._version, len(orjson.dumps(change.after)))
        return self.kept[key]

    def write_many(
        self, tenant: Tenant, changes: Sequence[Write]
    ) -> Sequence[StoredEntity | Conflict | BadRequestData | None]:
        results: list[StoredEntity | Conflict | BadRequestData | None] = []
        for change in changes:
            try:
                results.append(self.write(tenant, change))
            except Conflict as conflict:
                results.append(conflict)
        return results

    def search(
        self,
        tenant: Tenant,
        search: Search,
        *,
        after: Cursor | None = None,
        page: int = 100,  # noqa: ARG002  # memory has no pages
    ) -> Iterator[Candidate]:
        if after is not None and not after.startswith(f"{hash((tenant, search))}|"):
            raise BadRequestData("the cursor does not belong to this query")
        last = None if after is None else after.partition("|")[2]
        return self._search(tenant, search, last)

    def count(self, tenant: Tenant, search: Search) -> int | None:
        if search != Search(types=search.types) or search.types is None:
            return None
        return sum(1 for _ in self.search(tenant, search))

    def types(self, tenant: Tenant) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for (owner, _), stored in self.kept.items():
            if owner == tenant:
                for iri in stored.entity["type"]:
                    found[iri] = found.get(iri, frozenset()) | stored.entity["attrs"].keys()
        return found

    def _search(self, tenant: Tenant, search: Search, last: str | None) -> Iterator[Candidate]:
        for (owner, entity), stored in sorted(self.kept.items()):
            if owner == tenant and (last is None or entity > last) and may_match(stored, search):
                yield Candidate(stored, f"{hash((tenant, search))}|{entity}")


class MemoryTenants:
    """Implements TenantRepository."""

    def __init__(self) -> None:
        self.known = {DEFAULT_TENANT}

    def exists(self, tenant: Tenant) -> bool:
        return tenant in self.known

    def remember(self, tenant: Tenant) -> None:
        self.known.add(tenant)


class MemoryEntityMaps:
    """Implements EntityMapRepository."""

    def __init__(self) -> None:
        self.kept: dict[tuple[Tenant, str], EntityMap] = {}

    def get(self, tenant: Tenant, map_id: str) -> EntityMap | None:
        return self.kept.get((tenant, map_id))

    def put(self, tenant: Tenant, entity_map: EntityMap) -> None:
        self.kept[tenant, entity_map.id] = entity_map

    def delete(self, tenant: Tenant, map_id: str) -> bool:
        return self.kept.pop((tenant, map_id), None) is not None


def may_match(stored: StoredEntity, search: Search) -> bool:
    """What a search promises not to miss, by looking at the entity itself."""
    entity = stored.entity
    if search.types is not None and set(search.types).isdisjoint(entity["type"]):
        return False
    if search.ids is not None and entity["id"] not in search.ids:
        return False
    if not search.attributes <= entity["attrs"].keys():
        return False
    if search.any_attributes and search.any_attributes.isdisjoint(entity["attrs"]):
        return False
    if search.scopes is not None and not any(
        scope == wanted.removesuffix("/#")
        or (wanted.endswith("/#") and scope.startswith(wanted.removesuffix("#")))
        for scope in entity.get("scope", [])
        for wanted in search.scopes
    ):
        return False
    return search.area is None or any(touches(box, search.area) for box in _boxes(stored, search.geoproperty))


def _boxes(stored: StoredEntity, geoproperty: str) -> Iterator[Bounds]:
    for instance in stored.entity["attrs"].get(geoproperty, []):
        value = instance.get("value")
        box = box_of(value) if isinstance(value, dict) else None
        if box is not None:
            yield box
