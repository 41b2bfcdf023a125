"""Temporal evolutions of entities in the `history` table; see docs/data-model.md, H1 to H9."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from machi.core.clock import Clock, utc_now
from machi.core.errors import Conflict
from machi.core.ids import EntityId, Tenant
from machi.ngsild.repositories import Cursor
from machi.ngsild.temporal.evolution import Head, Point, TimeProperty
from machi.ngsild.temporal.repository import FoundHead, Window
from machi.storage.client import THREADS
from machi.storage.cursor import read_cursor, write_cursor
from machi.storage.history_items import (
    HEAD,
    check_names,
    head_document,
    head_in,
    head_key,
    head_pk,
    instance_token,
    point_document,
    point_in,
    points_pk,
    sort_key,
    type_pk,
)
from machi.storage.key_range import LAST, KeyRange, Place, merged, read_ranges

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 8
_FIRST_PAUSE = 0.02  # seconds
_BATCH = 25  # items of one BatchWriteItem
_PAGE = 25  # heads read at once


class HistoryTable:
    """Implements `machi.ngsild.temporal.repository.HistoryRepository` on DynamoDB."""

    def __init__(
        self,
        client: DynamoDBClient,
        table_name: str,
        retention: timedelta,
        clock: Clock = utc_now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._client, self._table, self._retention, self._clock = client, table_name, retention, clock
        self._known_types: set[tuple[Tenant, str]] = set()

    def head(self, tenant: Tenant, entity: EntityId) -> Head | None:
        """H1: read one head, strongly consistent (1 RCU)."""
        found = self._head(tenant, entity)
        return None if found is None else found[0]

    def record(self, tenant: Tenant, head: Head, points: Sequence[Point]) -> None:
        """H2: write points (1 WCU for each KB of each) and read the head (1 RCU); write it if it says more.

        The head last: what it names is believed to be there, and is not written again.

        Raises:
            BadRequestData: a point, the id or a type is larger than an item or a key may be.
        """
        check_names(head)
        self._put_points(tenant, head.id, points)
        for _ in range(_ATTEMPTS):
            found = self._head(tenant, head.id)
            joined = head if found is None else found[0].joined(head)
            if found is not None and joined == found[0]:
                return
            self._enter_types(tenant, joined, None if found is None else found[0])
            if self._put_head(tenant, joined, None if found is None else found[1]):
                return
        raise Conflict("the evolution is being changed by others")

    def points(
        self,
        tenant: Tenant,
        entity: EntityId,
        attribute: str,
        window: Window,
        *,
        newest_first: bool,
        expected: int | None = None,
    ) -> Iterator[Point]:
        """H3: points in the order of time (0.5 RCU for each 4 KB read)."""
        if window.by is TimeProperty.OBSERVED_AT:
            low, high = f"O#{window.start or ''}", f"O#{LAST}" if window.end is None else f"O#{window.end}"
            pk = points_pk(tenant, entity, attribute)
            items = self._query(pk, low, high, newest_first=newest_first, limit=expected)
            yield from filter(window.holds, (point_in(item, attribute) for item in items))
            return
        found = filter(window.holds, self.every_point(tenant, entity, attribute))
        yield from sorted(
            found, key=lambda point: (point.time(window.by) or "", point.id), reverse=newest_first
        )

    def unobserved(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        """H4: points without `observedAt`, in the order of `modifiedAt` (0.5 RCU for each 4 KB)."""
        items = self._query(points_pk(tenant, entity, attribute), "N#", f"N#{LAST}")
        points = [point_in(item, attribute) for item in items]
        yield from sorted(points, key=lambda each: (each.time(TimeProperty.MODIFIED_AT) or "", each.id))

    def every_point(self, tenant: Tenant, entity: EntityId, attribute: str) -> Iterator[Point]:
        """H4: all points of one attribute (0.5 RCU for each 4 KB)."""
        for item in self._query(points_pk(tenant, entity, attribute), "", LAST):
            yield point_in(item, attribute)

    def point(self, tenant: Tenant, entity: EntityId, attribute: str, instance_id: str) -> Point | None:
        """H5: find one point by its id: reads the attribute's points until it is there."""
        wanted = instance_token(instance_id)
        for item in self._query(points_pk(tenant, entity, attribute), "", LAST):
            if item["sk"]["S"].endswith(wanted):
                found = point_in(item, attribute)
                if found.id == instance_id:
                    return found
        return None

    def replace(self, tenant: Tenant, entity: EntityId, old: Point, new: Point) -> None:
        """H6: put one point in the place of another, in one transaction if its time moves (2 WCU each)."""
        pk = points_pk(tenant, entity, old.attribute)
        if sort_key(old) == sort_key(new):
            self._put_points(tenant, entity, [new])
            return
        self._client.transact_write_items(
            TransactItems=[
                {"Delete": {"TableName": self._table, "Key": {"pk": {"S": pk}, "sk": {"S": sort_key(old)}}}},
                {"Put": {"TableName": self._table, "Item": self._item(tenant, entity, new)}},
            ]
        )

    def delete_points(self, tenant: Tenant, entity: EntityId, points: Sequence[Point]) -> None:
        """H7: delete points; an attribute without points leaves the head."""
        keys = [(points_pk(tenant, entity, point.attribute), sort_key(point)) for point in points]
        self._delete_all(keys)
        gone = {
            attribute
            for attribute in {point.attribute for point in points}
            if next(self.every_point(tenant, entity, attribute), None) is None
        }
        if gone:
            self._forget_attributes(tenant, entity, gone)

    def delete(self, tenant: Tenant, entity: EntityId) -> bool:
        """H8: delete an evolution whole, the head last, so that a broken deletion can be repeated."""
        found = self._head(tenant, entity)
        if found is None:
            return False
        head, _ = found
        for attribute in head.attributes:
            pk = points_pk(tenant, entity, attribute)
            self._delete_all([(pk, item["sk"]["S"]) for item in self._query(pk, "", LAST)])
        self._delete_all([(type_pk(tenant, iri), entity) for iri in head.types])
        self._delete_all([(head_pk(tenant, entity), HEAD)])
        return True

    def search(
        self,
        tenant: Tenant,
        *,
        types: tuple[str, ...] | None = None,
        ids: tuple[EntityId, ...] | None = None,
        after: Cursor | None = None,
    ) -> Iterator[FoundHead]:
        """H9: heads by id or type, in key order, each once (1 RCU for each; 0.5 for 4 KB of entries)."""
        name = repr((tenant, types, ids))
        place = None if after is None else read_cursor(name, after)
        if ids is not None:
            return self._by_id(tenant, sorted(set(ids)), types, name, place)
        wanted = self._types(tenant) if types is None else list(types)
        return self._by_type(tenant, merged([KeyRange(type_pk(tenant, iri)) for iri in wanted]), name, place)

    def _by_id(
        self,
        tenant: Tenant,
        ids: Sequence[EntityId],
        types: tuple[str, ...] | None,
        name: str,
        after: Place | None,
    ) -> Iterator[FoundHead]:
        waiting = [entity for entity in ids if after is None or entity > after.sk]
        for start in range(0, len(waiting), _PAGE):
            some = waiting[start : start + _PAGE]
            heads = self._heads(tenant, some)
            for entity in some:
                found = heads.get(entity)
                if found is not None and (types is None or not set(types).isdisjoint(found.types)):
                    yield FoundHead(found, write_cursor(name, Place("", entity)))

    def _by_type(
        self, tenant: Tenant, ranges: list[KeyRange], name: str, after: Place | None
    ) -> Iterator[FoundHead]:
        pages = read_ranges(self._client, self._table, ranges, after=after, page=_PAGE, names=())
        for entries in pages:
            heads = self._heads(tenant, [EntityId(entry.place.sk) for entry in entries])
            for entry in entries:
                found = heads.get(EntityId(entry.place.sk))
                if found is None:
                    continue
                own = {type_pk(tenant, iri) for iri in found.types}
                if entry.place.pk == min((each.pk for each in ranges if each.pk in own), default=""):
                    yield FoundHead(found, write_cursor(name, entry.place))

    def _types(self, tenant: Tenant) -> list[str]:
        return [item["sk"]["S"] for item in self._query(f"{tenant}#HTYPES", "", LAST)]

    def _enter_types(self, tenant: Tenant, head: Head, known: Head | None) -> None:
        """Make the evolution findable by its types; of a deleted entity, as long as its points are kept."""
        is_entered = known is not None and (known.deleted_at is None) == (head.deleted_at is None)
        for iri in head.types:
            if (tenant, iri) not in self._known_types:
                self._put({"pk": {"S": f"{tenant}#HTYPES"}, "sk": {"S": iri}})
                self._known_types.add((tenant, iri))
            if known is None or not is_entered or iri not in known.types:
                entry = {"pk": {"S": type_pk(tenant, iri)}, "sk": {"S": head.id}}
                self._put(entry | self._end(head))

    def _end(self, head: Head) -> dict[str, Any]:
        """An evolution goes with its last points, so it has an end once the entity is deleted."""
        return {} if head.deleted_at is None else self._expires()

    def _expires(self) -> dict[str, Any]:
        return {"expires": {"N": str(int((self._clock() + self._retention).timestamp()))}}

    def _head(self, tenant: Tenant, entity: EntityId) -> tuple[Head, int] | None:
        item = self._client.get_item(
            TableName=self._table, Key=head_key(tenant, entity), ConsistentRead=True
        ).get("Item")
        return None if item is None else (head_in(item), int(item["v"]["N"]))

    def _heads(self, tenant: Tenant, entities: Sequence[EntityId]) -> dict[EntityId, Head]:
        keys = [head_key(tenant, entity) for entity in dict.fromkeys(entities)]
        waiting: Mapping[str, Any] = {self._table: {"Keys": keys, "ConsistentRead": True}}
        found: dict[EntityId, Head] = {}
        for attempt in range(_ATTEMPTS):
            answer = self._client.batch_get_item(RequestItems=waiting)
            heads = map(head_in, answer["Responses"].get(self._table, []))
            found |= {head.id: head for head in heads}
            waiting = answer.get("UnprocessedKeys") or {}
            if not waiting:
                return found
            self._pause(random.uniform(0.5, 1.5) * _FIRST_PAUSE * 2**attempt)  # noqa: S311  # jitter
        raise TimeoutError("the table did not give all heads of a batch")

    def _put_head(self, tenant: Tenant, head: Head, version: int | None) -> bool:
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": {
                **head_key(tenant, head.id),
                "doc": {"B": head_document(head)},
                "v": {"N": str((version or 0) + 1)},
                **self._end(head),
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if version is not None:
            put["ConditionExpression"] = "v = :before"
            put["ExpressionAttributeValues"] = {":before": {"N": str(version)}}
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _forget_attributes(self, tenant: Tenant, entity: EntityId, gone: set[str]) -> None:
        for _ in range(_ATTEMPTS):
            found = self._head(tenant, entity)
            if found is None:
                return
            head, version = found
            kept = Head(head.id, head.types, head.attributes - gone, head.created_at, head.deleted_at)
            if self._put_head(tenant, kept, version):
                return
        raise Conflict("the evolution is being changed by others")

    def _put_points(self, tenant: Tenant, entity: EntityId, points: Sequence[Point]) -> None:
        items = [self._item(tenant, entity, point) for point in points]
        if len(items) == 1:
            self._put(items[0])
            return
        unique = {(item["pk"]["S"], item["sk"]["S"]): {"PutRequest": {"Item": item}} for item in items}
        self._write_batches(list(unique.values()))

    def _put(self, item: dict[str, Any]) -> None:
        self._client.put_item(TableName=self._table, Item=item)

    def _item(self, tenant: Tenant, entity: EntityId, point: Point) -> dict[str, Any]:
        return {
            "pk": {"S": points_pk(tenant, entity, point.attribute)},
            "sk": {"S": sort_key(point)},
            "doc": {"B": point_document(point)},
            **self._expires(),
        }

    def _delete_all(self, keys: Sequence[tuple[str, str]]) -> None:
        self._write_batches(
            [{"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for pk, sk in dict.fromkeys(keys)]
        )

    def _write_batches(self, requests: Sequence[Any]) -> None:
        """Put and delete, each on its own, in as few calls as may be (1 WCU for each KB all the same)."""
        batches = [requests[start : start + _BATCH] for start in range(0, len(requests), _BATCH)]
        if len(batches) == 1:
            self._write_batch(batches[0])
        elif batches:
            with ThreadPoolExecutor(THREADS) as threads:
                list(threads.map(self._write_batch, batches))

    def _write_batch(self, requests: Sequence[Any]) -> None:
        waiting: Mapping[str, Any] = {self._table: requests}
        for attempt in range(_ATTEMPTS):
            waiting = self._client.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}
            if not waiting:
                return
            self._pause(random.uniform(0.5, 1.5) * _FIRST_PAUSE * 2**attempt)  # noqa: S311  # jitter
        raise TimeoutError("the table did not take all items of a batch")

    def _query(
        self, pk: str, low: str, high: str, *, newest_first: bool = False, limit: int | None = None
    ) -> Iterator[Any]:
        values: dict[str, Any] = {":pk": {"S": pk}}
        condition = "pk = :pk"
        if low or high != LAST:
            condition += " AND sk BETWEEN :low AND :high"
            values |= {":low": {"S": low}, ":high": {"S": high}}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ScanIndexForward=not newest_first,
            PaginationConfig={} if limit is None else {"PageSize": max(limit, 1)},
        )
        for page in pages:
            yield from page["Items"]
