"""A citizen's timeline in the `people` table: `CITIZEN#{subject}` / `HISTORY#{time}#{id}`.

Written by `machi.storage.consent_table` and `machi.storage.disclosure_table`, read here in one query.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.consent.disclosure import Way
from machi.consent.record import EventKind
from machi.consent.timeline import EntryKind, TimelineEntry
from machi.core.ids import CitizenId, DataItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PREFIX = "HISTORY#"
_LAST = "\x7f"
"""Sorts behind every key of an entry."""


class TimelineTable:
    """Implements `machi.consent.timeline.TimelineRepository` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def latest(self, subject: CitizenId, *, before: str | None, limit: int) -> Sequence[TimelineEntry]:
        """One query, newest first (1 RCU for each 4 KB), strongly consistent: what just happened is there."""
        # Between counts its end too, so one more is asked for than is wanted.
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": f"CITIZEN#{subject}"},
                ":first": {"S": _PREFIX},
                ":last": {"S": _PREFIX + (before or _LAST)},
            },
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit + 1,
        )
        entries = [_entry(item) for item in answer["Items"]]
        return [entry for entry in entries if entry.cursor != before][:limit]


def _entry(item: dict[str, Any]) -> TimelineEntry:
    kind = EntryKind(item["kind"]["S"])
    is_consent = kind is EntryKind.CONSENT
    return TimelineEntry(
        id=item["id"]["S"],
        at=datetime.fromisoformat(item["sk"]["S"].split("#")[1]).astimezone(UTC),
        kind=kind,
        party=item["application" if is_consent else "recipient"]["S"],
        items=tuple(DataItem(each["S"]) for each in item["items"]["L"]),
        event=EventKind(item["event"]["S"]) if is_consent else None,
        way=None if is_consent else Way(item["way"]["S"]),
        purpose=None if is_consent else item["purpose"]["S"],
    )
