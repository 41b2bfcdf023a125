"""How a search finds its candidates: which stretches of the index it reads, and how each entry is judged.

Entries are filtered before any entity is read: by the attributes and scopes they carry, and by their
cell. An entity with several entries in the stretches is reported at the first of them, which the entity
itself tells; so an entry that is out of date leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from machi.core.ids import EntityId, Tenant
from machi.ngsild.query.geo import Bounds
from machi.ngsild.repositories import Candidate, Cursor, Search, StoredEntity
from machi.storage import entity_index as index
from machi.storage.cells import bounds_of, touches
from machi.storage.client import THREADS
from machi.storage.cursor import read_cursor, write_cursor
from machi.storage.key_range import Entry, KeyRange, Place, merged, read_ranges
from machi.storage.spans import Span
from machi.storage.type_facts import TypeFacts, holds
from machi.storage.type_registry import TypeRegistry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GetMany = Callable[[Tenant, Sequence[EntityId]], Mapping[EntityId, StoredEntity]]

_SMALL = 1_000  # entries of a type read to tell which attributes its entities have now,
_FEW = 100  # so many at a time
_FEW_TYPES = 4  # looked up one by one; for more of them all types are read at once
_MANY_SCOPES = 16  # beyond these, reading the types whole costs fewer queries


@dataclass(frozen=True, slots=True)
class _Plan:
    geoproperty: str
    names: tuple[str, ...]
    """Members of an entry that judging it needs."""
    ranges: list[KeyRange]
    carries: Callable[[Entry], bool]
    """Does an entry carry what a match needs? All entries of an entity carry the same."""
    area: Bounds | None = None

    def judge(self, entry: Entry) -> bool:
        """From an entry alone: may it lead to a match?"""
        return self.reads(entry.place) and self.carries(entry)

    def reads(self, place: Place) -> bool:
        """False if an entry, though it lies in the ranges, is passed over for its cell."""
        cell = None if self.area is None else index.cell_in(place)
        return cell is None or self.area is None or touches(bounds_of(cell), self.area)

    def is_first(self, tenant: Tenant, place: Place, stored: StoredEntity) -> bool:
        """True if the entity has this entry, and none before it that the plan reads."""
        own = index.places_like(place, tenant, stored.entity, self.geoproperty)
        if len(own) == 1:
            return place == own[0]
        read = (each for each in own if any(each in wanted for wanted in self.ranges) and self.reads(each))
        return place == min(read, default=None)


class EntitySearch:
    """Searches of the entity table."""

    def __init__(self, client: DynamoDBClient, table: str, registry: TypeRegistry, get_many: GetMany) -> None:
        self._client, self._table, self._registry, self._get_many = client, table, registry, get_many

    def candidates(
        self, tenant: Tenant, search: Search, *, after: Cursor | None, page: int, now: int
    ) -> Iterator[Candidate]:
        """Candidates in key order, each entity once.

        Raises:
            BadRequestData: `after` is no cursor of this search.
        """
        name = f"{tenant} {_described(search)}"
        place = None if after is None else read_cursor(name, after)
        if search.ids is not None:
            return self._by_id(tenant, search.ids, name, place, page)
        plan = self._plan(tenant, search, now)
        return self._by_entry(tenant, plan, name, self._kept(plan, place, page))

    def count(self, tenant: Tenant, search: Search, *, now: int) -> int | None:
        """How many entities a search by types and scopes has; None where only reading them can tell."""
        if search != Search(types=search.types, scopes=search.scopes):
            return None
        if search.scopes is None and search.types is not None and len(search.types) == 1:
            return self._count_type(tenant, search.types[0], now)
        plan = self._plan(tenant, search, now)
        kept = self._kept(plan, None, _SMALL)
        return len({index.entity_of(entry.place) for entries in kept for entry in entries})

    def _count_type(self, tenant: Tenant, iri: str, now: int) -> int:
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": index.type_range(tenant, iri).pk}},
            "Select": "COUNT",
        }
        if self._registry.facts_of(tenant, iri).expiring:
            query["FilterExpression"] = "attribute_not_exists(expires) OR expires > :now"
            query["ExpressionAttributeValues"][":now"] = {"N": str(now)}
        pages = self._client.get_paginator("query").paginate(**query)
        return sum(answer["Count"] for answer in pages)

    def types(self, tenant: Tenant, *, now: int) -> Mapping[str, frozenset[str]]:
        """Types that have entities → IRIs of the attributes these have (of large types: ever had)."""
        known = self._registry.all_of(tenant)
        if not known:
            return {}
        with ThreadPoolExecutor(min(len(known), THREADS)) as threads:
            present = threads.map(lambda iri: self._attributes_of(tenant, iri, known[iri], now), known)
            return {iri: found for iri, found in zip(known, present, strict=True) if found is not None}

    def _by_id(
        self, tenant: Tenant, ids: Sequence[EntityId], name: str, after: Place | None, page: int
    ) -> Iterator[Candidate]:
        wanted = sorted(set(ids))
        if after is not None:
            wanted = [entity for entity in wanted if entity > after.sk]
        for start in range(0, len(wanted), page):
            batch = wanted[start : start + page]
            found = self._get_many(tenant, batch)
            for entity in batch:
                if entity in found:
                    yield Candidate(found[entity], write_cursor(name, Place("", entity)))

    def _by_entry(
        self, tenant: Tenant, plan: _Plan, name: str, batches: Iterator[list[Entry]]
    ) -> Iterator[Candidate]:
        for entries in batches:
            ids = [EntityId(index.entity_of(entry.place)) for entry in entries]
            found = self._get_many(tenant, ids)
            for entity, entry in zip(ids, entries, strict=True):
                stored = found.get(entity)
                if stored is not None and plan.is_first(tenant, entry.place, stored):
                    yield Candidate(stored, write_cursor(name, entry.place))

    def _kept(self, plan: _Plan, after: Place | None, page: int) -> Iterator[list[Entry]]:
        """The entries that may lead to a match, about `page` at a time, however the ranges are cut."""
        pages = read_ranges(self._client, self._table, plan.ranges, after=after, page=page, names=plan.names)
        kept: list[Entry] = []
        for entries in pages:
            kept += filter(plan.judge, entries)
            if len(kept) >= page:
                yield kept
                kept = []
        if kept:
            yield kept

    def _plan(self, tenant: Tenant, search: Search, now: int) -> _Plan:
        carries = _carries(search, now)
        spans = None if search.area is None else index.area_spans(search.area)
        if spans is not None:
            return self._plan_by_area(tenant, search, spans, carries)
        types = self._registry.all_of(tenant) if search.types is None else search.types
        if search.scopes is None or len(search.scopes) > _MANY_SCOPES:
            ranges = [index.type_range(tenant, iri) for iri in types]
        else:
            ranges = [wanted for iri in types for wanted in index.scope_ranges(tenant, iri, search.scopes)]
        return _Plan(search.geoproperty, _needed(search), merged(ranges), carries)

    def _plan_by_area(
        self, tenant: Tenant, search: Search, spans: list[Span], carries: Callable[[Entry], bool]
    ) -> _Plan:
        ranges: list[KeyRange] = []
        for iri, facts in self._facts(tenant, search.types):
            if holds(facts.places, search.geoproperty):
                ranges += index.area_ranges(tenant, iri, search.geoproperty, spans, facts)
        return _Plan(search.geoproperty, _needed(search), merged(ranges), carries, search.area)

    def _facts(self, tenant: Tenant, types: Sequence[str] | None) -> Iterable[tuple[str, TypeFacts]]:
        if types is not None and len(types) <= _FEW_TYPES:
            return [(iri, self._registry.facts_of(tenant, iri)) for iri in types]
        known = self._registry.all_of(tenant)
        return [(iri, facts) for iri, facts in known.items() if types is None or iri in types]

    def _attributes_of(self, tenant: Tenant, iri: str, facts: TypeFacts, now: int) -> frozenset[str] | None:
        """Attributes of a type's entities now; None without entities, and what they ever had if too many.

        Stops as soon as every attribute has been seen.
        """
        possible = {index.token_of(name): name for name in facts.attributes}
        wanted, seen, number = [index.type_range(tenant, iri)], set[str](), 0
        for entries in read_ranges(self._client, self._table, wanted, page=_FEW, names=("a", "expires")):
            alive = [entry for entry in entries if _is_alive(entry, now)]
            number += len(alive)
            seen.update(*map(_tokens, alive))
            if number >= _SMALL or (number and seen.issuperset(possible)):
                return facts.attributes
        return frozenset(possible[token] for token in seen & possible.keys()) if number else None


def _needed(search: Search) -> tuple[str, ...]:
    attributes = ("a",) if search.attributes or search.any_attributes else ()
    return (*attributes, *(("sc",) if search.scopes is not None else ()), "expires")


def _carries(search: Search, now: int) -> Callable[[Entry], bool]:
    needed = {index.token_of(name) for name in search.attributes}
    any_of = {index.token_of(name) for name in search.any_attributes}
    scopes = search.scopes

    def judge(entry: Entry) -> bool:
        if not _is_alive(entry, now):
            return False
        if needed or any_of:
            tokens = _tokens(entry)
            if not needed <= tokens or (any_of and any_of.isdisjoint(tokens)):
                return False
        return scopes is None or any(_is_in(scope["S"], scopes) for scope in _scopes(entry))

    return judge


def _is_in(scope: str, wanted: Sequence[str]) -> bool:
    for each in wanted:
        root = each.removesuffix("/#")
        if scope == root or (root != each and scope.startswith(root + "/")):
            return True
    return False


def _tokens(entry: Entry) -> set[str]:
    return set(entry.item["a"]["S"].split(" ")) if "a" in entry.item else set()


def _scopes(entry: Entry) -> Sequence[Any]:
    scopes: Sequence[Any] = entry.item["sc"]["L"] if "sc" in entry.item else ()
    return scopes


def _is_alive(entry: Entry, now: int) -> bool:
    return "expires" not in entry.item or int(entry.item["expires"]["N"]) > now


def _described(search: Search) -> str:
    return repr(
        (
            search.types,
            search.ids,
            search.area,
            search.geoproperty,
            search.scopes,
            sorted(search.attributes),
            sorted(search.any_attributes),
        )
    )
