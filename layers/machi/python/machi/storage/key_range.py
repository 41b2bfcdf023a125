"""Stretches of the index, read lazily in key order and page by page, over one partition after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LAST = "\U0010ffff"
"""Sorts behind every character."""

_AHEAD = 8  # queries of one reading under way at once
_LARGEST_PAGE = 1_000  # items of one Query: small ones reach 1 MB at some thousands


class Place(NamedTuple):
    """The key of an item; places order as the keys of one reading do."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True, order=True)
class KeyRange:
    """Sort keys from `low` to `high`, both included, of one partition."""

    pk: str
    low: str = ""
    high: str = LAST

    def __contains__(self, place: Place) -> bool:
        return place.pk == self.pk and self.low <= place.sk <= self.high


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the index."""

    place: Place
    item: Mapping[str, Any]


def read_ranges(
    client: DynamoDBClient,
    table: str,
    ranges: Sequence[KeyRange],
    *,
    after: Place | None = None,
    page: int,
    names: Sequence[str],
) -> Iterator[list[Entry]]:
    """Pages of the items in the ranges, in key order, behind `after`.

    Reads 0.5 RCU for each 4 KB of items, and 0.5 RCU at least for each range. The first pages of further
    ranges are fetched together, twice as many each time, so that many ranges with little in them take few
    round trips, and a first range that suffices costs at most one page that nobody needed. Overlapping
    ranges must have been merged by the caller.
    """
    waiting = [_behind(wanted, after) for wanted in sorted(ranges)]
    queries = [_query(table, wanted, page, names) for wanted in waiting if wanted is not None]
    if len(queries) <= 1:
        for query in queries:
            yield from _pages(client, query, client.query(**query))
        return
    with ThreadPoolExecutor(_AHEAD) as threads:
        start, width = 0, 2
        while start < len(queries):
            group = queries[start : start + width]
            answers = threads.map(lambda query: client.query(**query), group)
            for query, answer in zip(group, answers, strict=True):
                yield from _pages(client, query, answer)
            start, width = start + width, min(width * 2, _AHEAD)


def _behind(wanted: KeyRange, after: Place | None) -> KeyRange | None:
    """The part of a range behind a place, None if there is none."""
    if after is None or wanted.pk > after.pk:
        return wanted
    if (wanted.pk, wanted.high) <= after:
        return None
    return KeyRange(wanted.pk, max(wanted.low, after.sk + "\0"), wanted.high)


def _query(table: str, wanted: KeyRange, page: int, names: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {":pk": {"S": wanted.pk}}
    condition = "pk = :pk"
    if wanted.low or wanted.high != LAST:
        condition += " AND sk BETWEEN :low AND :high"
        values |= {":low": {"S": wanted.low or "\0"}, ":high": {"S": wanted.high}}
    return {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ProjectionExpression": ", ".join(("sk", *names)),
        "Limit": min(page, _LARGEST_PAGE),
    }


def _pages(client: DynamoDBClient, query: dict[str, Any], first: Any) -> Iterator[list[Entry]]:  # noqa: ANN401  # botocore's
    pk, answer = query["ExpressionAttributeValues"][":pk"]["S"], first
    while True:
        if answer["Items"]:
            yield [Entry(Place(pk, item["sk"]["S"]), item) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return
        answer = client.query(**query, ExclusiveStartKey=answer["LastEvaluatedKey"])


def merged(ranges: Sequence[KeyRange]) -> list[KeyRange]:
    """The ranges without overlaps, in order."""
    result: list[KeyRange] = []
    for wanted in sorted(ranges):
        previous = result[-1] if result else None
        if previous is not None and previous.pk == wanted.pk and wanted.low <= previous.high:
            result[-1] = KeyRange(previous.pk, previous.low, max(previous.high, wanted.high))
        else:
            result.append(wanted)
    return result
