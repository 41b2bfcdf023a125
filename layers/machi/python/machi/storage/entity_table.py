"""Entities in the `context` table: one item each, with index entries; see docs/data-model.md."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

from machi.core.clock import Clock, utc_now
from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.errors import BadRequestData, NgsiLdError
from machi.ngsild.repositories import Candidate, Cursor, Search, StoredEntity, Version, Write
from machi.storage.client import THREADS
from machi.storage.documents import unpacked_with_size
from machi.storage.entity_changes import Change, change_of, entity_key
from machi.storage.entity_search import EntitySearch
from machi.storage.transactions import LostRace, put_or_delete, transact
from machi.storage.type_registry import TypeRegistry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH = 100  # items of one BatchGetItem
_ITEMS = 100  # items of one transaction
_BYTES = 3_500_000  # of one transaction, which may have 4 MB
_RANDOM_BITS = 12  # of a version
_PAUSE = 0.02  # seconds before asking again for what a batch left out
_ROUNDS = 8

_Item = Mapping[str, Any]
Result = StoredEntity | Conflict | NgsiLdError | None


class EntityTable:
    """Implements `machi.ngsild.repositories.EntityRepository` on DynamoDB."""

    def __init__(
        self,
        client: DynamoDBClient,
        table_name: str,
        clock: Clock = utc_now,
        pause: Callable[[float], None] = time.sleep,
        is_personal: Callable[[Iterable[str]], bool] = lambda _types: False,
    ) -> None:
        """`is_personal` tells of types whether the data catalogue has one of them in class closed."""
        self._is_personal = is_personal
        self._client, self._table, self._clock, self._pause = client, table_name, clock, pause
        self._registry = TypeRegistry(client, table_name)
        self._search = EntitySearch(client, table_name, self._registry, self.get_many)

    def get(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        """E1: read one entity, eventually consistent (0.5 RCU for each 4 KB)."""
        return self._get(tenant, entity, is_consistent=False)

    def get_latest(self, tenant: Tenant, entity: EntityId) -> StoredEntity | None:
        """E2: read one entity, strongly consistent (1 RCU for each 4 KB)."""
        return self._get(tenant, entity, is_consistent=True)

    def get_many(self, tenant: Tenant, entities: Sequence[EntityId]) -> Mapping[EntityId, StoredEntity]:
        """E3: read entities, eventually consistent (0.5 RCU for each 4 KB of each), a hundred a call.

        Each is unpacked when it is taken out, so that those who take one after the other hold one.
        """
        wanted = list(dict.fromkeys(entities))
        batches = [wanted[start : start + _BATCH] for start in range(0, len(wanted), _BATCH)]
        if len(batches) > 1:
            with ThreadPoolExecutor(min(len(batches), THREADS)) as threads:
                found = list(threads.map(lambda batch: self._get_batch(tenant, batch), batches))
        else:
            found = [self._get_batch(tenant, batch) for batch in batches]
        return _Found([item for batch in found for item in batch], self._now())

    def write(self, tenant: Tenant, change: Write) -> StoredEntity | None:
        """E4: write one change.

        One conditional put (1 WCU for each KB) where no index entry moves; else a transaction (2 WCU for
        each KB of the entity, and for each entry that comes or goes).

        Raises:
            Conflict: the entity is not in the state the change starts from.
            BadRequestData: the entity is too large, or has too many entries.
        """
        prepared = self._prepare(tenant, change)
        try:
            if prepared.moves:
                transact(self._client, [prepared], pause=self._pause)
            else:
                put_or_delete(self._client, prepared)
        except LostRace:
            raise Conflict("the entity was changed by somebody else") from None
        return prepared.after

    def write_many(self, tenant: Tenant, changes: Sequence[Write]) -> Sequence[Result]:
        """E5: write changes of different entities: as many calls at once as there are threads.

        Changes that move index entries share transactions, which cost the same and need fewer calls; one
        that loses its race is taken out and the others written.
        """
        results: list[Result] = [None] * len(changes)
        simple: list[tuple[int, Change]] = []
        moving: list[tuple[int, Change]] = []
        for number, change in enumerate(changes):
            try:
                prepared = self._prepare(tenant, change)
            except NgsiLdError as error:
                results[number] = error
                continue
            (moving if prepared.moves else simple).append((number, prepared))
        groups = [[item] for item in simple] + _grouped(moving)
        with ThreadPoolExecutor(THREADS) as threads:
            for written in threads.map(self._write_group, groups):
                for number, result in written:
                    results[number] = result
        return results

    def search(
        self, tenant: Tenant, search: Search, *, after: Cursor | None = None, page: int = 100
    ) -> Iterator[Candidate]:
        """E6 to E9: candidates by id, area, scope or type; see `EntitySearch`."""
        return self._search.candidates(tenant, search, after=after, page=page, now=self._now())

    def count(self, tenant: Tenant, search: Search) -> int | None:
        """E10: count the entries of one type (0.5 RCU for each 4 KB); None for any other search."""
        return self._search.count(tenant, search, now=self._now())

    def types(self, tenant: Tenant) -> Mapping[str, frozenset[str]]:
        """E11: the types that have entities, each with one short query besides the registry."""
        return self._search.types(tenant, now=self._now())

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _prepare(self, tenant: Tenant, change: Write) -> Change:
        if change.after is not None and self._is_personal(change.after["type"]):
            raise BadRequestData("entities of this type are personal and belong into the tenant `personal`")
        prepared = change_of(self._table, tenant, change, version=self._next(change), now=self._now())
        if change.after is not None:
            self._registry.learn(tenant, change.after["type"], prepared.facts)
        return prepared

    def _next(self, change: Write) -> Version:
        """Microseconds since 1970, so that versions also grow across deletion and creation anew.

        Random bits below tell writers apart that start from one state in one microsecond.
        """
        moment: datetime = self._clock()
        now = int(moment.timestamp() * 1_000_000) << _RANDOM_BITS
        least = now if change.before is None else max(now, change.before.version + 1)
        return least + secrets.randbits(_RANDOM_BITS)

    def _get(self, tenant: Tenant, entity: EntityId, *, is_consistent: bool) -> StoredEntity | None:
        answer = self._client.get_item(
            TableName=self._table, Key=entity_key(tenant, entity), ConsistentRead=is_consistent
        )
        item = answer.get("Item")
        return None if item is None else _stored(item, self._now())

    def _get_batch(self, tenant: Tenant, batch: Sequence[EntityId]) -> list[_Item]:
        asked: dict[str, Any] = {self._table: {"Keys": [entity_key(tenant, entity) for entity in batch]}}
        found: list[_Item] = []
        for attempt in range(_ROUNDS):
            answer = self._client.batch_get_item(RequestItems=asked)
            found += answer["Responses"].get(self._table, [])
            asked = dict(answer.get("UnprocessedKeys") or {})
            if not asked:
                return found
            self._pause(_PAUSE * 2**attempt)
        raise TimeoutError("the table did not give all entities of a batch")

    def _write_group(self, group: list[tuple[int, Change]]) -> list[tuple[int, Result]]:
        waiting, written = list(group), list[tuple[int, Result]]()
        while waiting:
            try:
                if len(waiting) == 1 and not waiting[0][1].moves:
                    put_or_delete(self._client, waiting[0][1])
                else:
                    transact(self._client, [change for _, change in waiting], pause=self._pause)
            except LostRace as lost:
                losers = {waiting[position][0] for position in lost.positions}
                written += [
                    (number, Conflict("the entity was changed by somebody else")) for number in losers
                ]
                waiting = [item for item in waiting if item[0] not in losers]
            except Exception as error:  # noqa: BLE001  # told of each change concerned, not of the others
                failed = NgsiLdError("the entity could not be written")
                failed.__cause__ = error
                return written + [(number, failed) for number, _ in waiting]
            else:
                written += [(number, change.after) for number, change in waiting]
                break
        return written


class _Found(Mapping[EntityId, StoredEntity]):
    """Items as read, by the entity's id."""

    def __init__(self, items: Sequence[_Item], now: int) -> None:
        self._items = {_id_of(item): item for item in items if _is_alive(item, now)}

    def __getitem__(self, entity: EntityId) -> StoredEntity:
        return _unpacked(self._items[entity])

    def __contains__(self, entity: object) -> bool:
        return entity in self._items

    def __iter__(self) -> Iterator[EntityId]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _stored(item: _Item, now: int) -> StoredEntity | None:
    return _unpacked(item) if _is_alive(item, now) else None


def _unpacked(item: _Item) -> StoredEntity:
    entity, size = unpacked_with_size(bytes(item["doc"]["B"]))
    return StoredEntity(entity, int(item["v"]["N"]), size)


def _is_alive(item: _Item, now: int) -> bool:
    """False for one that the table removes within days; until then nobody sees it."""
    return "expires" not in item or int(item["expires"]["N"]) > now


def _id_of(item: _Item) -> EntityId:
    return EntityId(item["pk"]["S"].partition("#E#")[2])  # a tenant's name has no `#`


def _grouped(changes: list[tuple[int, Change]]) -> list[list[tuple[int, Change]]]:
    groups: list[list[tuple[int, Change]]] = []
    items = size = 0
    for number, change in changes:
        items, size = items + 1 + len(change.moves), size + change.size
        if not groups or items > _ITEMS or size > _BYTES:
            groups.append([])
            items, size = 1 + len(change.moves), change.size
        groups[-1].append((number, change))
    return groups
