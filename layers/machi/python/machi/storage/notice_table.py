"""Which notices have been sent, in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| notice taken on or sent | `NOTICE#{id}` | `NOTICE` (TTL) |

Holds no more than the id and a state: what was told to whom is nobody's business afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from machi.core.clock import Clock
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.storage.people_keys import CLOSED, citizen_key, key, seconds, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE = timedelta(minutes=2)
"""How long one sender has a notice for itself; more than a function's life."""
_REMEMBERED = timedelta(days=15)
"""Longer than a queue keeps a message."""
_SENDING, _SENT = "sending", "sent"


class Taken(Enum):
    """What came of taking a notice on."""

    MINE = "mine"
    """To be sent now, by whoever asked."""
    SENT = "sent"
    """Was sent before."""
    BUSY = "busy"
    """Somebody else is at it."""


class NoticeTable:
    """Remembers notices, so that a message delivered twice is told once."""

    def __init__(self, client: DynamoDBClient, table_name: str, clock: Clock) -> None:
        self._client = client
        self._table = table_name
        self._clock = clock

    def take(self, notice: str) -> Taken:
        """Take a notice on, unless it was sent or somebody else is at it (1 WCU)."""
        now = self._clock()
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    **_key(notice),
                    **CLOSED,
                    "state": text(_SENDING),
                    "leaseEnds": seconds(now + LEASE),
                    "expires": seconds(now + _REMEMBERED),
                },
                ConditionExpression="attribute_not_exists(pk) OR (#state = :sending AND leaseEnds <= :now)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":sending": text(_SENDING), ":now": seconds(now)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            found = self._client.get_item(TableName=self._table, Key=_key(notice), ConsistentRead=True)
            state = found.get("Item", {}).get("state", {}).get("S")
            return Taken.SENT if state == _SENT else Taken.BUSY
        return Taken.MINE

    def sent(self, notice: str) -> None:
        """Note that it was sent (1 WCU)."""
        self._set(notice, "SET #state = :state", {":state": text(_SENT)})

    def give_back(self, notice: str) -> None:
        """Let the next attempt have it at once (1 WCU)."""
        self._set(notice, "SET #state = :state, leaseEnds = :now", {":state": text(_SENDING)})

    def _set(self, notice: str, update: str, values: dict[str, Any]) -> None:
        now = {":now": seconds(self._clock())} if ":now" in update else {}
        self._client.update_item(
            TableName=self._table,
            Key=_key(notice),
            UpdateExpression=update,
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={**values, **now},
        )


class ReaderTable:
    """In which language a citizen is written to."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def language_of(self, citizen: CitizenId) -> Language:
        """The language of the profile, else the one in which the terms were accepted, else Japanese.

        Nothing else of either item is read (0.5 to 1 RCU).
        """
        for sort in ("PROFILE", "ACCOUNT"):
            answer = self._client.get_item(
                TableName=self._table,
                Key=citizen_key(citizen, sort),
                ProjectionExpression="#language",
                ExpressionAttributeNames={"#language": "language"},
            )
            found = answer.get("Item", {}).get("language", {}).get("S")
            if found in set(Language):
                return Language(found)
        return Language.JAPANESE


def _key(notice: str) -> dict[str, Any]:
    return key(f"NOTICE#{notice}", "NOTICE")
